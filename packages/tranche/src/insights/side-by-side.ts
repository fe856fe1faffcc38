import {
  adjustPValues,
  chiSquareIndependence,
  cohenD,
  cohenH,
  twoProportionZTest,
  welchTTest,
} from '@tranche/stats'
import type { Row, Warehouse } from '../engine/warehouse.ts'
import { customersSql } from '../segments/customer-blocks.ts'
import type { RuleScope } from '../segments/rule-scope.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'

/** A text with more distinct values than this is a name and no group. */
const mostLevels = 40
/** Adjusted p below which a difference counts as shown. */
const shownBelow = 0.05

/** One side of a comparison: over those for whom the value is known. */
export interface Side {
  readonly n: number
  /** Mean, or share of those for whom it holds. */
  readonly value: number
}

export interface ComparedLevel {
  readonly level: string
  /** Share of each side; null where fewer people than may be shown stand behind it. */
  readonly first: number | null
  readonly second: number | null
}

interface Tested {
  readonly name: string
  readonly p: number
  /** By Benjamini and Hochberg over everything compared. */
  readonly pAdjusted: number
  readonly shown: boolean
}

export type ComparedColumn =
  | (Tested & {
      readonly kind: 'mean' | 'share'
      readonly first: Side
      readonly second: Side
      readonly difference: number
      readonly low: number
      readonly high: number
      /** Cohen's d of means, Cohen's h of shares. */
      readonly effectSize: number
    })
  | (Tested & {
      readonly kind: 'levels'
      readonly levels: readonly ComparedLevel[]
      /** Cramér's V. */
      readonly effectSize: number
    })

export interface SideBySide {
  readonly first: number
  readonly second: number
  /** Customers on both sides, who are left out of the comparison. */
  readonly both: number
  /** The largest differences first. */
  readonly columns: readonly ComparedColumn[]
  /** Names that could not be compared: too few people, or nothing varies. */
  readonly leftOut: readonly string[]
}

interface Comparison {
  readonly warehouse: Warehouse
  readonly scope: RuleScope
  readonly names: readonly string[]
  /** Fewer people than this are not shown. */
  readonly minimum: number
}

export interface SideBySideOptions extends Comparison {
  /** Relations of customer_id; without the second, everybody else. */
  readonly first: Sql
  readonly second: Sql | null
}

export interface SidedOptions extends Comparison {
  /** One row per customer with these columns and `side`: 1 in the first group, 2 in the second, 3 in both. */
  readonly rows: (names: readonly string[]) => Sql
}

/** Every column of two groups of customers against each other, as `compareSides` does. */
export async function sideBySide(options: SideBySideOptions): Promise<SideBySide> {
  const sides = sidesSql(options)
  const rows = (names: readonly string[]) =>
    names.length === 0
      ? sides
      : sql`select customers.*, sides.side from (${customersSql(names, options.scope)}) as customers
          join (${sides}) as sides on sides.customer_id = customers.customer_id`
  return await compareSides({ ...options, rows })
}

/**
 * Every column of the two sides of a relation against each other: means by Welch's t, shares by the pooled z-test with Newcombe's
 * interval, levels by chi-square, all tests corrected together. One scan for numbers, one for each text.
 */
export async function compareSides(options: SidedOptions): Promise<SideBySide> {
  const { warehouse, scope, names, minimum } = options
  const numbers = names.filter((name) => scope.columns.get(name)!.type === 'number')
  const flags = names.filter((name) => scope.columns.get(name)!.type === 'bool')
  const texts = names.filter((name) => scope.columns.get(name)!.type === 'string')
  const counts = await warehouse.row<{ first: number; second: number; both: number }>(sql`
    select count(*) filter (where side = 1) as first, count(*) filter (where side = 2) as second,
      count(*) filter (where side = 3) as both from (${options.rows([])}) as sides`)
  const moments = await readMoments(options, [...numbers, ...flags])
  const found: Untested[] = [
    ...numbers.map((name) => comparedMeans(name, moments(name), minimum)),
    ...flags.map((name) => comparedShares(name, moments(name), minimum)),
  ].filter((column) => column !== undefined)
  const levels = await readLevels(options, texts)
  for (const name of texts) {
    const column = comparedLevels(name, levels.get(name) ?? [], minimum)
    if (column !== undefined) found.push(column)
  }
  const adjusted = adjustPValues(
    found.map(({ p }) => p),
    'benjaminiHochberg',
  )
  const columns = found.map(
    (column, index): ComparedColumn => ({
      ...column,
      pAdjusted: adjusted[index]!,
      shown: adjusted[index]! < shownBelow,
    }),
  )
  const compared = new Set(columns.map(({ name }) => name))
  return {
    ...counts,
    columns: columns.sort(
      (a, b) => Math.abs(b.effectSize) - Math.abs(a.effectSize) || a.name.localeCompare(b.name, 'en'),
    ),
    leftOut: names.filter((name) => !compared.has(name)),
  }
}

type Untested = ComparedColumn extends infer Column
  ? Column extends ComparedColumn
    ? Omit<Column, 'pAdjusted' | 'shown'>
    : never
  : never

/** 1 for the first group, 2 for the second or everybody else, 3 for both. */
function sidesSql({ first, second }: SideBySideOptions): Sql {
  if (second === null)
    return sql`select features.customer_id, case when a.customer_id is null then 2 else 1 end as side
      from features left join (${first}) as a on a.customer_id = features.customer_id`
  return sql`select coalesce(a.customer_id, b.customer_id) as customer_id,
      case when b.customer_id is null then 1 when a.customer_id is null then 2 else 3 end as side
    from (${first}) as a full join (${second}) as b on b.customer_id = a.customer_id`
}

interface Moments {
  readonly n: number
  readonly mean: number | null
  readonly variance: number | null
}

async function readMoments(options: SidedOptions, names: readonly string[]) {
  const values = names.flatMap((name) => {
    const value = sql`cast(${ident(name)} as double)`
    return [
      sql`count(${ident(name)}) as ${ident(`n:${name}`)}`,
      sql`avg(${value}) as ${ident(`mean:${name}`)}`,
      sql`var_samp(${value}) as ${ident(`variance:${name}`)}`,
    ]
  })
  const rows = await options.warehouse.rows<Record<string, number | null>>(sql`
    select ${join([sql`side`, ...values])}
    from (${options.rows(names)}) as customers where side < 3 group by side`)
  return (name: string): readonly [Moments, Moments] => {
    const of = (side: number): Moments => {
      const row = rows.find((found) => found['side'] === side)
      return {
        n: row?.[`n:${name}`] ?? 0,
        mean: row?.[`mean:${name}`] ?? null,
        variance: row?.[`variance:${name}`] ?? null,
      }
    }
    return [of(1), of(2)]
  }
}

function comparedMeans(
  name: string,
  [a, b]: readonly [Moments, Moments],
  minimum: number,
): Untested | undefined {
  if (Math.min(a.n, b.n) < Math.max(2, minimum)) return undefined
  const [first, second] = [a, b].map(({ n, mean, variance }) => ({ n, mean: mean!, variance: variance ?? 0 }))
  if (first!.variance === 0 && second!.variance === 0) return undefined
  const { estimate, interval, pValue } = welchTTest(first!, second!)
  return {
    name,
    kind: 'mean',
    first: { n: a.n, value: first!.mean },
    second: { n: b.n, value: second!.mean },
    difference: estimate,
    low: interval.low,
    high: interval.high,
    p: pValue,
    effectSize: cohenD(first!, second!),
  }
}

function comparedShares(
  name: string,
  [a, b]: readonly [Moments, Moments],
  minimum: number,
): Untested | undefined {
  const [first, second] = [a, b].map(({ n, mean }) => ({ n, successes: Math.round((mean ?? 0) * n) }))
  const mayShow = [first!, second!].every(({ n, successes }) => {
    const least = Math.min(successes, n - successes)
    return n >= minimum && (least === 0 || least >= minimum)
  })
  const held = first!.successes + second!.successes
  if (!mayShow || held === 0 || held === a.n + b.n) return undefined
  const { estimate, interval, pValue } = twoProportionZTest(first!, second!)
  return {
    name,
    kind: 'share',
    first: { n: a.n, value: a.mean! },
    second: { n: b.n, value: b.mean! },
    difference: estimate,
    low: interval.low,
    high: interval.high,
    p: pValue,
    effectSize: cohenH(a.mean!, b.mean!),
  }
}

interface LevelCount {
  readonly name: string
  readonly level: string
  readonly first: number
  readonly second: number
}

/** How many of each side have each value of each text; of a text with too many values, one more than may be. */
async function readLevels(
  { warehouse, rows }: SidedOptions,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly LevelCount[]>> {
  if (names.length === 0) return new Map()
  const counts = names.map(
    (name) => sql`select * from (
      select ${name} as name, ${ident(name)} as level, count(*) filter (where side = 1) as first,
        count(*) filter (where side = 2) as second
      from (${rows([name])}) as customers where side < 3 and ${ident(name)} is not null
      group by ${ident(name)} order by count(*) desc, level limit ${mostLevels + 1}) as counted`,
  )
  const found = await warehouse.rows<LevelCount & Row>(
    sql`select name, level, first, second from (${join(counts, ' union all ')}) as levels
      order by name, first + second desc, level`,
  )
  return Map.groupBy(found, ({ name }) => name)
}

function comparedLevels(name: string, rows: readonly LevelCount[], minimum: number): Untested | undefined {
  const total = (side: 'first' | 'second') => rows.reduce((sum, row) => sum + row[side], 0)
  const [first, second] = [total('first'), total('second')]
  if (rows.length < 2 || rows.length > mostLevels || Math.min(first, second) < minimum) return undefined
  const { pValue, cramersV } = chiSquareIndependence([
    rows.map((row) => row.first),
    rows.map((row) => row.second),
  ])
  const share = (n: number, all: number) => (n > 0 && n < minimum ? null : n / all)
  return {
    name,
    kind: 'levels',
    p: pValue,
    effectSize: cramersV,
    levels: rows
      .map((row) => ({
        level: row.level,
        first: share(row.first, first),
        second: share(row.second, second),
      }))
      .sort((a, b) => apart(b) - apart(a)),
  }
}

const apart = ({ first, second }: ComparedLevel): number =>
  first === null || second === null ? -1 : Math.abs(first - second)
