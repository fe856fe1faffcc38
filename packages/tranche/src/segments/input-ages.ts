import { type StandardTable, standardTables } from '@tranche/contract'
import { hasTable } from '../engine/has-table.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { byDialect, ident, join, sql, tableNamed, typed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { standingSegments } from './standing.ts'

type Definitions = Pick<Catalogue, 'features' | 'metrics' | 'segments' | 'segmentSets'>

/** Tables that customer value rests on. */
const behindValue = ['transactions']
const msPerDay = 86_400_000

/**
 * Leaves the table `segment_inputs`: for each segment the standard tables that it rests on, and how many whole days before the
 * as-of the newest row of each lies; NULL where rows bear no date. One look at the time of each table.
 */
export async function publishInputAges(
  warehouse: Warehouse,
  definitions: Definitions,
  asOf: string,
  rowsOf: Warehouse = warehouse,
): Promise<void> {
  const rests = restsOf(definitions)
  const tables = [...new Set([...rests.values()].flatMap((names) => [...names]))].sort()
  const newest = await newestOf(rowsOf, tables, asOf)
  const rows = [...rests].flatMap(([segment, names]) =>
    [...names].sort().map((input) => ({ segment, input, at: newest.get(input) ?? null })),
  )
  const texts = (name: string, values: readonly (string | null)[]) => ({
    name,
    type: 'varchar' as const,
    values,
  })
  await warehouse.createFrom('segment_inputs', [
    texts(
      'segment',
      rows.map(({ segment }) => segment),
    ),
    texts(
      'input',
      rows.map(({ input }) => input),
    ),
    texts(
      'newest',
      rows.map(({ at }) => at),
    ),
    {
      name: 'age_days',
      type: 'bigint',
      values: rows.map(({ at }) => (at === null ? null : ageInDays(at, asOf))),
    },
  ])
}

const ageInDays = (at: string, asOf: string) =>
  Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(at)) / msPerDay))

/** Standard tables behind what a rule names. */
export function tablesBehind(names: readonly string[], definitions: Definitions): ReadonlySet<string> {
  return closure(
    names.map((name) => `feature:${name}`),
    nodesOf(definitions),
  )
}

function restsOf(definitions: Definitions): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = nodesOf(definitions)
  const { segments, segmentSets } = definitions
  return new Map<string, ReadonlySet<string>>([
    ...standingSegments.map(({ key }) => [key, new Set(behindValue)] as const),
    ...segmentSets.flatMap(({ key, value }) => {
      const tables = closure([`segment_set:${key}`], nodes)
      return cellsOf(value).map((cell) => [cell.key, tables] as const)
    }),
    ...segments.map(({ key }) => [key, closure([`segment:${key}`], nodes)] as const),
  ])
}

function nodesOf({
  features,
  metrics,
  segments,
  segmentSets,
}: Definitions): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...features, ...metrics, ...segments, ...segmentSets].map(({ kind, key, needs }) => [
      `${kind}:${key}`,
      needs,
    ]),
  )
}

/** A name that nothing defines is a column of a customer's value, or a segment made of one. */
function closure(
  needs: readonly string[],
  nodes: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const tables = new Set<string>()
  const seen = new Set<string>()
  const waiting = [...needs]
  for (let need = waiting.pop(); need !== undefined; need = waiting.pop()) {
    if (seen.has(need)) continue
    seen.add(need)
    const [kind, name] = [need.slice(0, need.indexOf(':')), need.slice(need.indexOf(':') + 1)]
    const below = nodes.get(need)
    if (kind === 'table') tables.add(name)
    else if (below !== undefined) waiting.push(...below)
    else if (kind === 'feature' || kind === 'segment') for (const table of behindValue) tables.add(table)
  }
  return tables
}

async function newestOf(
  warehouse: Warehouse,
  tables: readonly string[],
  asOf: string,
): Promise<ReadonlyMap<string, string>> {
  const all: readonly StandardTable[] = standardTables
  const timed = all.filter(({ name, time }) => tables.includes(name) && time !== undefined)
  if (timed.length === 0) return new Map()
  const before = typed('timestamp', new Date(asOf).toISOString().replace('T', ' ').replace('Z', ''))
  const newest = timed.map(
    ({ name, time }) => sql`
      select ${name} as name, max(cast(${ident(time!)} as ${byDialect((dialect) => dialect.columnType('instant'))})) as newest from ${tableNamed('standard', name)}
      where ${ident(time!)} < ${before} and ${knownBefore(before)}`,
  )
  const rows = await warehouse.rows<{ name: string; newest: string | null }>(join(newest, ' union all '))
  return new Map(rows.flatMap(({ name, newest: at }) => (at === null ? [] : [[name, at] as const])))
}

/** How old the inputs of a segment are. */
export interface InputAges {
  /** Whole days before the as-of of the newest row of the input that is newest, and of the one that is oldest. */
  readonly youngestInputDays: number | null
  readonly oldestInputDays: number | null
  /** The table whose newest row is oldest. */
  readonly oldestInput: string | null
}

export const unknownAges: InputAges = { youngestInputDays: null, oldestInputDays: null, oldestInput: null }

/** The ages of the inputs of all segments of a run; none for a run that kept none. */
export async function inputAges(warehouse: Warehouse): Promise<ReadonlyMap<string, InputAges>> {
  if (!(await keptAges(warehouse))) return new Map()
  const rows = await warehouse.rows<{ segment: string } & Record<keyof InputAges, number & string>>(sql`
    select segment, min(age_days) as "youngestInputDays", max(age_days) as "oldestInputDays",
      arg_max(input, age_days) as "oldestInput"
    from segment_inputs where age_days is not null group by segment`)
  return new Map(rows.map(({ segment, ...ages }) => [segment, ages]))
}

/** Runs of older versions kept no ages, nor do those that stay on a cluster. */
export async function keptAges(warehouse: Warehouse): Promise<boolean> {
  return warehouse.dialect.name === 'duckdb' && (await hasTable(warehouse, 'segment_inputs'))
}
