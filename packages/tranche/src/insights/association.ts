import { type Sql, sql, whole } from '../sql/sql.ts'

/**
 * Cramér's V of two codes of a relation, of the rows in which both are known, as a statement.
 * @param least the fewer of the numbers of levels, less one
 */
export function cramersVQuery(
  coded: { readonly x: Sql; readonly y: Sql; readonly from: Sql },
  least: number,
): Sql {
  return sql`with coded as (select ${coded.x} as x, ${coded.y} as y from ${coded.from}),
cells as (select x, y, cast(count(*) as double) as n from coded where x is not null and y is not null group by x, y),
sums as (select *, sum(n) over (partition by x) as r, sum(n) over (partition by y) as c from cells)
select sqrt((sum(n * n / (r * c)) - 1) / ${whole(least)}) as estimate from sums`
}
