import type { Row, Warehouse } from '../engine/warehouse.ts'
import { customersSql } from '../segments/customer-blocks.ts'
import type { RuleScope } from '../segments/rule-scope.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import {
  comparedSides,
  type LevelCount,
  type Moments,
  mostLevels,
  namesByKind,
  type SideBySide,
  type SidesRead,
} from './compared-sides.ts'

export interface SideBySideOptions {
  readonly warehouse: Warehouse
  readonly scope: RuleScope
  readonly names: readonly string[]
  /** Fewer people than this are not shown. */
  readonly minimum: number
  /** Relations of customer_id; without the second, everybody else. */
  readonly first: Sql
  readonly second: Sql | null
}

/** Every column of two groups of customers against each other, as `comparedSides` does. One scan for numbers, one for each text. */
export async function sideBySide(options: SideBySideOptions): Promise<SideBySide> {
  const { warehouse, scope, names } = options
  const { numbers, flags, texts } = namesByKind(names, scope)
  const sides = sidesSql(options)
  const counts = await warehouse.row<{ first: number; second: number; both: number }>(sql`
    select count(*) filter (where side = 1) as first, count(*) filter (where side = 2) as second,
      count(*) filter (where side = 3) as both from (${sides}) as sides`)
  const rows = (of: readonly string[]) =>
    sql`select customers.*, sides.side from (${customersSql(of, scope)}) as customers
      join (${sides}) as sides on sides.customer_id = customers.customer_id`
  const moments = await readMoments(warehouse, rows, [...numbers, ...flags])
  const levels = await readLevels(warehouse, rows, texts)
  return comparedSides({ ...counts, moments, levels }, options)
}

/** One row per customer with these columns and `side`: 1 in the first group, 2 in the second, 3 in both. */
type SidedRows = (names: readonly string[]) => Sql

/** 1 for the first group, 2 for the second or everybody else, 3 for both. */
function sidesSql({ first, second }: SideBySideOptions): Sql {
  if (second === null)
    return sql`select features.customer_id, case when a.customer_id is null then 2 else 1 end as side
      from features left join (${first}) as a on a.customer_id = features.customer_id`
  return sql`select coalesce(a.customer_id, b.customer_id) as customer_id,
      case when b.customer_id is null then 1 when a.customer_id is null then 2 else 3 end as side
    from (${first}) as a full join (${second}) as b on b.customer_id = a.customer_id`
}

async function readMoments(warehouse: Warehouse, sided: SidedRows, names: readonly string[]) {
  const values = names.flatMap((name) => {
    const value = sql`cast(${ident(name)} as double)`
    return [
      sql`count(${ident(name)}) as ${ident(`n:${name}`)}`,
      sql`avg(${value}) as ${ident(`mean:${name}`)}`,
      sql`var_samp(${value}) as ${ident(`variance:${name}`)}`,
    ]
  })
  const rows = await warehouse.rows<Record<string, number | null>>(sql`
    select ${join([sql`side`, ...values])}
    from (${sided(names)}) as customers where side < 3 group by side`)
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

/** How many of each side have each value of each text. */
async function readLevels(
  warehouse: Warehouse,
  sided: SidedRows,
  names: readonly string[],
): Promise<SidesRead['levels']> {
  if (names.length === 0) return () => []
  const counts = names.map(
    (name) => sql`select * from (
      select ${name} as name, ${ident(name)} as level, count(*) filter (where side = 1) as first,
        count(*) filter (where side = 2) as second
      from (${sided([name])}) as customers where side < 3 and ${ident(name)} is not null
      group by ${ident(name)} order by count(*) desc, level limit ${mostLevels + 1}) as counted`,
  )
  const found = await warehouse.rows<LevelCount & { readonly name: string } & Row>(
    sql`select name, level, first, second from (${join(counts, ' union all ')}) as levels
      order by name, first + second desc, level`,
  )
  const levels = Map.groupBy(found, ({ name }) => name)
  return (name) => {
    const rows = levels.get(name) ?? []
    return rows.length > mostLevels ? 'too many' : rows
  }
}
