import type { Finding } from '@tranche/contract'
import { wilsonInterval } from '@tranche/stats'
import type { Row, Warehouse } from '../../engine/warehouse.ts'
import { customersWithFacts } from '../../insights/frame.ts'
import { attributePolicyOf, permits } from '../../privacy/attribute-policy.ts'
import { mayShow } from '../../privacy/disclosure.ts'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type PersonaGroup, personaGroups, withMemberships } from './groups.ts'
import { type Persona, type PersonaMean, personaAttributes, personaMeasures, type Trait } from './persona.ts'

const attributes: readonly string[] = Object.values(personaAttributes).flat()
const measures: readonly string[] = Object.values(personaMeasures).flat()
const ageBounds = [25, 35, 45, 55] as const
const mostLevels = 40
/** A group under so many has no character to speak of. */
const leastMembers = 50
/** How far from what is usual a share must lie, in hundredths of it. */
const telling = { over: 120, under: 80 }
/** A group of whom fewer are known says nothing by this attribute. */
const leastKnown = 0.5

type Source = Pick<Catalogue, 'segments' | 'attributePolicy' | 'workspace'>

/**
 * Reads the cards of all groups: two statements over the customer value table, whatever the number of groups. A level
 * is told where its share in the group differs from that among all beyond chance (Wilson's interval of the group's
 * share, at a level corrected for all levels tested: Dunn 1961, doi:10.1080/01621459.1961.10482090), and where neither
 * the group nor what is left of it is too small to show.
 */
export async function readPersonas(
  warehouse: Warehouse,
  catalogue: Source,
  findings: readonly Finding[],
): Promise<readonly Persona[]> {
  const groups = await personaGroups(warehouse, catalogue, findings)
  if (groups.length === 0) return []
  const { value, facts } = await columnsOf(warehouse)
  const policy = attributePolicyOf(catalogue)
  const has = (name: string) => value.has(name) || facts.has(name)
  const shown = attributes.filter((name) => has(name) && permits(policy, name, 'insight'))
  const numbers = measures.filter(has)
  const home = (name: string) => ident(value.has(name) ? 'customer_value' : 'customer_facts', name)
  const joined = facts.size === 0 ? sql`customer_value` : await customersWithFacts(warehouse)
  const from = withMemberships(joined, groups)
  const counts = await readCounts(warehouse, { groups, names: shown, home, from })
  const totals = await readTotals(warehouse, { groups, names: numbers, home, from })
  const { population } = totals
  const tested = counts.reduce((sum, { groups: within }) => sum + within.length, 0)
  const minimum = catalogue.workspace.disclosure.minimumCell
  return groups.flatMap((group, index): Persona[] => {
    const customers = totals.customers[index]!
    if (customers < Math.max(leastMembers, minimum) || customers === population) return []
    const own = counts.map((cell) => ({ ...cell, n: cell.groups[index]! }))
    return [
      {
        key: group.key,
        name: group.name,
        members: group.members,
        customers,
        population,
        traits: traitsOf(own, customers, minimum, 1 - 0.05 / Math.max(1, tested)),
        means: meansOf(totals, numbers, index, minimum),
        unknown: unknownOf(own, shown, customers),
      },
    ]
  })
}

interface Cell {
  readonly attribute: string
  readonly level: string
  readonly all: number
  /** Members of each group. */
  readonly groups: readonly number[]
}

interface Reading {
  readonly groups: readonly PersonaGroup[]
  readonly names: readonly string[]
  readonly home: (name: string) => Sql
  readonly from: Sql
}

async function readCounts(
  warehouse: Warehouse,
  { groups, names, home, from }: Reading,
): Promise<readonly Cell[]> {
  if (names.length === 0) return []
  const picked = names.map((name) => sql`${levelOf(name, home(name))} as ${ident(name)}`)
  const flags = groups.map(({ condition }, index) => sql`${condition} as ${ident(`g${index}`)}`)
  const sets = names.map((name) => sql`(${ident(name)})`)
  const which = names.map((name) => sql`grouping(${ident(name)}) as ${ident(`of_${name}`)}`)
  const filtered = groups.map(
    (_, index) => sql`count(*) filter (where ${ident(`g${index}`)}) as ${ident(`n${index}`)}`,
  )
  const rows = await warehouse.rows<Row>(sql`
    with base as (select ${join([...picked, ...flags])} from ${from})
    select ${join([...names.map((name) => ident(name)), ...which, sql`count(*) as n`, ...filtered])}
    from base group by grouping sets (${join(sets)})
    order by ${join(names.map((name) => sql`${ident(name)} nulls last`))}, ${join(names.map((name) => ident(`of_${name}`)))}`)
  return rows.flatMap((row): Cell[] => {
    const attribute = names.find((name) => Number(row[`of_${name}`]) === 0)
    if (attribute === undefined || row[attribute] === null) return []
    const within = groups.map((_, index) => Number(row[`n${index}`]))
    return [{ attribute, level: String(row[attribute]), all: Number(row['n']), groups: within }]
  })
}

/** Ages stand in bands that are named as everywhere in the report. */
function levelOf(name: string, column: Sql): Sql {
  if (name !== 'age_years') return sql`cast(${column} as varchar)`
  const [first, ...rest] = ageBounds
  const bands = rest.map(
    (bound, index) =>
      sql`when ${column} < ${typed('double', bound)} then ${`${ageBounds[index]!}~${bound - 1}`}`,
  )
  return sql`case when ${column} is null then null when ${column} < ${typed('double', first)} then ${`<${first}`} ${join(bands, ' ')} else ${`≥${ageBounds.at(-1)!}`} end`
}

/** What a number comes to among all customers, or among the members of a group. */
interface Total {
  readonly sum: number
  /** For how many it is known. */
  readonly n: number
}

interface Totals {
  readonly population: number
  /** By group. */
  readonly customers: readonly number[]
  readonly all: ReadonlyMap<string, Total>
  readonly groups: readonly ReadonlyMap<string, Total>[]
}

/** Sums by which groups customers are in, of which there are few combinations; groups are made of these. */
async function readTotals(warehouse: Warehouse, { groups, names, home, from }: Reading): Promise<Totals> {
  const bits = groups.map(({ condition }, index) => sql`case when ${condition} then ${2 ** index} else 0 end`)
  const picked = names.map((name) => sql`cast(${home(name)} as double) as ${ident(name)}`)
  const sums = names.flatMap((name) => [
    sql`coalesce(sum(${ident(name)}), 0) as ${ident(`sum_${name}`)}`,
    sql`count(${ident(name)}) as ${ident(`n_${name}`)}`,
  ])
  const rows = await warehouse.rows<Row>(sql`
    with base as (select ${join([sql`${join(bits, ' + ')} as within`, ...picked])} from ${from})
    select ${join([sql`within`, sql`count(*) as n`, ...sums])} from base group by within order by within`)
  const countOf = (some: readonly Row[]) => some.reduce((sum, row) => sum + Number(row['n']), 0)
  const totalsOf = (some: readonly Row[]) =>
    new Map(
      names.map((name) => [
        name,
        {
          sum: some.reduce((sum, row) => sum + Number(row[`sum_${name}`]), 0),
          n: some.reduce((sum, row) => sum + Number(row[`n_${name}`]), 0),
        },
      ]),
    )
  const members = groups.map((_, index) =>
    rows.filter((row) => Math.floor(Number(row['within']) / 2 ** index) % 2 === 1),
  )
  return {
    population: countOf(rows),
    customers: members.map(countOf),
    all: totalsOf(rows),
    groups: members.map(totalsOf),
  }
}

function traitsOf(
  cells: readonly (Cell & { readonly n: number })[],
  customers: number,
  minimum: number,
  level: number,
): readonly Trait[] {
  const names = [...new Set(cells.map(({ attribute }) => attribute))]
  return names.flatMap((attribute) => {
    const own = cells.filter((cell) => cell.attribute === attribute)
    const known = own.reduce((sum, { n }) => sum + n, 0)
    const all = own.reduce((sum, cell) => sum + cell.all, 0)
    if (own.length > mostLevels || known < leastKnown * customers || known < minimum) return []
    return own
      .filter((cell) =>
        [cell.n, known - cell.n, cell.all - cell.n].every((n) => n > 0 && mayShow(n, minimum)),
      )
      .map((cell) => ({
        attribute,
        level: cell.level,
        share: cell.n / known,
        overall: cell.all / all,
        n: cell.n,
        interval: wilsonInterval({ successes: cell.n, n: known }, { level }),
      }))
      .filter(({ share, overall, interval }) => {
        const index = (100 * share) / overall
        const differs = interval.low > overall || interval.high < overall
        return differs && (index >= telling.over || index <= telling.under)
      })
      .map(({ interval: _, ...trait }) => trait)
  })
}

function meansOf(
  totals: Totals,
  names: readonly string[],
  index: number,
  minimum: number,
): readonly PersonaMean[] {
  return names.flatMap((column): PersonaMean[] => {
    const all = totals.all.get(column)!
    const own = totals.groups[index]!.get(column)!
    if (all.n === 0 || own.n < leastMembers) return []
    const [mean, overall] = [own.sum / own.n, all.sum / all.n]
    if (isRate(column)) {
      if (!mayShow(own.sum, minimum) || !mayShow(own.n - own.sum, minimum)) return []
      const { low, high } = wilsonInterval({ successes: own.sum, n: own.n })
      if (low <= overall && overall <= high) return []
    }
    const adds = (personaMeasures.worth as readonly string[]).includes(column)
    const ofTotal = adds && all.sum > 0 && own.sum >= 0 ? own.sum / all.sum : null
    return [{ column, mean, overall, ofTotal }]
  })
}

/** Rates are told only where they differ from what is usual beyond chance. */
function isRate(column: string): boolean {
  return (personaMeasures.beware as readonly string[]).includes(column)
}

function unknownOf(
  cells: readonly (Cell & { readonly n: number })[],
  names: readonly string[],
  customers: number,
): Persona['unknown'] {
  return names.flatMap((attribute) => {
    if (!(personaAttributes.who as readonly string[]).includes(attribute)) return []
    const known = cells.filter((cell) => cell.attribute === attribute).reduce((sum, { n }) => sum + n, 0)
    const share = 1 - known / customers
    return share >= 0.2 ? [{ attribute, share }] : []
  })
}

async function columnsOf(warehouse: Warehouse) {
  const rows = await warehouse.rows<{ table_name: string; name: string }>(sql`
    select table_name, column_name as name from duckdb_columns()
    where schema_name = 'main' and table_name in ('customer_value', 'customer_facts')`)
  const of = (table: string) =>
    new Set(rows.filter((row) => row.table_name === table).map(({ name }) => name))
  return { value: of('customer_value'), facts: of('customer_facts') }
}
