import { type Sql, sql, whole } from '../sql/sql.ts'

/**
 * Cramér's V of two codes of a relation, of the rows in which both are known, as a statement. It adds squares alone: the
 * shorter sum less one falls below zero by a hair where codes have nothing to do with each other.
 * @param least the fewer of the numbers of levels, less one
 */
export function cramersVQuery(
  coded: { readonly x: Sql; readonly y: Sql; readonly from: Sql },
  least: number,
): Sql {
  return sql`with coded as (select ${coded.x} as x, ${coded.y} as y from ${coded.from}),
cells as (select x, y, cast(count(*) as double) as n from coded where x is not null and y is not null group by x, y),
xs as (select x, sum(n) as r from cells group by x),
ys as (select y, sum(n) as c from cells group by y),
pairs as (select coalesce(cells.n, 0) as n, r * c / total as expected, total
  from xs cross join ys cross join (select sum(n) as total from cells) as sums left join cells on cells.x = xs.x and cells.y = ys.y)
select sqrt(sum((n - expected) * (n - expected) / expected / total) / ${whole(least)}) as estimate from pairs`
}
