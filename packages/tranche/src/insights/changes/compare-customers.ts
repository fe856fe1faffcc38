import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import type { CustomerFrame } from '../frame.ts'
import { type Measure, measureOf } from '../measures.ts'
import { type Cell, mergeSmall, type SplitMove, splitMove } from './kitagawa.ts'
import { type comparedMeasures, splitAttributes, temporaryColumns } from './previous-tables.ts'

/** The move of one measure, split by one attribute. */
export interface ComparedMove {
  readonly measure: Measure
  readonly attribute: string
  readonly split: SplitMove
}

export interface CustomersCompared {
  readonly now: number
  readonly before: number
  readonly came: number
  readonly left: number
}

/** Columns of whose values the standing segments are made. */
export const standingColumns = ['tier', 'activity'] as const

const ages = [25, 35, 45, 55, 65] as const

/**
 * Joins the customers of both runs once, then sums by level then and now: enough for moves, their parts and their variances.
 * Leaves the temporary table `compared` and the published table `changes` (measure, attribute, level, then and now).
 */
export async function compareCustomers(
  warehouse: Warehouse,
  frame: CustomerFrame,
  minimum: number,
): Promise<{ readonly customers: CustomersCompared; readonly moves: readonly ComparedMove[] }> {
  const before = new Set(await temporaryColumns(warehouse, 'previous_customers'))
  const measures = measuresOf(frame).filter(({ column }) => before.has(column))
  const attributes = splitAttributes.filter((name) => before.has(name) && has(frame, name))
  await joinRuns(warehouse, frame, { measures, attributes, before })
  const customers = await warehouse.row<{ now: number; before: number; came: number; left: number }>(sql`
    select count(*) filter (where is_now) as now, count(*) filter (where is_before) as before,
      count(*) filter (where not is_before) as came, count(*) filter (where not is_now) as "left" from compared`)
  const moves: ComparedMove[] = []
  for (const measure of measures)
    for (const attribute of attributes) {
      const cells = await cellsOf(warehouse, measure.column, attribute)
      const split = splitMove(mergeSmall(cells, minimum))
      if (split !== undefined && Math.min(split.nBefore, split.nNow) >= Math.max(minimum, 2))
        moves.push({ measure, attribute, split })
    }
  await publishChanges(warehouse, moves)
  return { customers, moves }
}

/** One measure of money, one of conversion, one of default, and value: those that the report is about. */
function measuresOf(frame: CustomerFrame): readonly Measure[] {
  const kinds = [
    ['revenue_365d', 'spend_365d', 'm'],
    ['value_12m'],
    ['conversion_30d', 'invested_ever', 'repeat_customer'],
    ['default_12m', 'default_ever'],
  ] as const satisfies readonly (readonly (typeof comparedMeasures)[number][])[]
  return kinds.flatMap((names) => {
    const name = names.find((column) => frame.numbers.has(column))
    const measure = name === undefined ? undefined : measureOf(frame, name)
    return measure === undefined ? [] : [measure]
  })
}

const has = (frame: CustomerFrame, name: string) => frame.numbers.has(name) || frame.levels.has(name)

async function joinRuns(
  warehouse: Warehouse,
  frame: CustomerFrame,
  {
    measures,
    attributes,
    before,
  }: {
    readonly measures: readonly Measure[]
    readonly attributes: readonly string[]
    readonly before: ReadonlySet<string>
  },
): Promise<void> {
  const sides = [
    {
      name: 'now',
      of: (column: string) => ident(frame.home.get(column) === 'customer_facts' ? 'f' : 'v', column),
    },
    { name: 'before', of: (column: string) => ident('p', column) },
  ] as const
  const columns = sides.flatMap(({ name, of }) => [
    ...measures.map(
      ({ column }) => sql`cast(${of(column)} as decimal(18,4)) as ${ident(`${column}_${name}`)}`,
    ),
    ...attributes.map(
      (attribute) => sql`${levelOf(attribute, of(attribute))} as ${ident(`${attribute}_${name}`)}`,
    ),
  ])
  const standing = standingColumns.flatMap((name) => [
    sql`${ident('v', name)} as ${ident(`standing_${name}_now`)}`,
    sql`${before.has(name) ? ident('p', name) : sql`cast(null as varchar)`} as ${ident(`standing_${name}_before`)}`,
  ])
  const needsFacts = measures.some(({ column }) => frame.home.get(column) === 'customer_facts')
  const facts = needsFacts ? sql`left join customer_facts as f on f.customer_id = v.customer_id` : sql``
  await warehouse.run(sql`
    create or replace temp table compared as
    select ${join([sql`v.customer_id is not null as is_now`, sql`p.customer_id is not null as is_before`, ...standing, ...columns])}
    from customer_value as v ${facts} full join previous_customers as p on p.customer_id = v.customer_id`)
}

/** A band of ages, or the level itself; `missing` where it is not known. */
function levelOf(attribute: string, value: Sql): Sql {
  if (attribute !== 'age_years') return sql`coalesce(${value}, 'missing')`
  const steps = ages.map((to, at) => {
    const from = ages[at - 1]
    const name = from === undefined ? `<${to}` : `${from}–${to}`
    return sql`when ${value} < ${typed('double', to)} then ${name}`
  })
  return sql`case when ${value} is null then 'missing' ${join(steps, ' ')} else ${`≥${ages.at(-1)}`} end`
}

async function cellsOf(warehouse: Warehouse, measure: string, attribute: string): Promise<readonly Cell[]> {
  const [then, now] = [ident(`${measure}_before`), ident(`${measure}_now`)]
  const level = (side: 'before' | 'now', value: Sql, isThere: Sql) =>
    sql`case when ${isThere} and ${value} is not null then ${ident(`${attribute}_${side}`)} end`
  // The engine keeps the width of factors, which a product of amounts would overflow.
  const wide = (value: Sql) => sql`cast(${value} as decimal(38,4))`
  const of = (value: Sql, other: Sql) =>
    sql`coalesce(cast(sum(${wide(value)} * ${wide(other)}) as double), 0)`
  const sum = (value: Sql) => sql`coalesce(cast(sum(${value}) as double), 0)`
  const rows = await warehouse.rows<Record<string, string | number | null>>(sql`
    select ${level('before', then, sql`is_before`)} as level_before, ${level('now', now, sql`is_now`)} as level_now, count(*) as n,
      ${sum(then)} as sum_before, ${sum(now)} as sum_now, ${of(then, then)} as squares_before, ${of(now, now)} as squares_now,
      ${of(then, now)} as products
    from compared group by 1, 2 having level_before is not null or level_now is not null order by 1 nulls first, 2 nulls first`)
  return rows.map((row) => ({
    before: row['level_before'] as string | null,
    now: row['level_now'] as string | null,
    n: Number(row['n']),
    sumBefore: Number(row['sum_before']),
    sumNow: Number(row['sum_now']),
    squaresBefore: Number(row['squares_before']),
    squaresNow: Number(row['squares_now']),
    products: Number(row['products']),
  }))
}

/** What findings of moves are given again from: shares and means of each level, then and now. */
async function publishChanges(warehouse: Warehouse, moves: readonly ComparedMove[]): Promise<void> {
  const rows = moves.flatMap(({ measure, attribute, split }) =>
    split.levels.map((level) => ({ measure: measure.column, attribute, ...level })),
  )
  const text = (name: string, values: readonly string[]) => ({ name, type: 'varchar' as const, values })
  const double = (name: string, of: (row: (typeof rows)[number]) => number | undefined) => ({
    name,
    type: 'double' as const,
    values: rows.map((row) => of(row) ?? Number.NaN),
  })
  const count = (name: string, of: (row: (typeof rows)[number]) => number) => ({
    name,
    type: 'bigint' as const,
    values: rows.map(of),
  })
  await warehouse.createFrom('changes', [
    text(
      'measure',
      rows.map((row) => row.measure),
    ),
    text(
      'attribute',
      rows.map((row) => row.attribute),
    ),
    text(
      'level',
      rows.map((row) => row.level),
    ),
    count('customers_before', (row) => row.nBefore),
    count('customers_now', (row) => row.nNow),
    double('share_before', (row) => row.shareBefore),
    double('share_now', (row) => row.shareNow),
    double('mean_before', (row) => row.meanBefore),
    double('mean_now', (row) => row.meanNow),
  ])
}
