import type { Warehouse } from '../../engine/warehouse.ts'
import { join, type Sql, sql, whole } from '../../sql/sql.ts'

/** Rows in the order of a value, ties in order of customer_id, missing values last. */
export interface RankOrder {
  readonly value: Sql
  readonly descending: boolean
}

/** The last row before a cut in the order; null where the cut comes before all rows. */
export type RankCut = { readonly value: string | null; readonly customer: string } | null

/**
 * The rows at some places in the order, so that customers can be told apart by comparing them with these few instead of
 * each by a rank of its own: an engine puts narrow rows in order on all threads, and ranks wide ones on one.
 * @param relation with customer_id and what the value is made of
 * @param places counted from 1, none beyond the last row; 0 is before the first
 */
export async function rankCuts(
  warehouse: Warehouse,
  relation: Sql,
  { value, descending }: RankOrder,
  places: readonly number[],
): Promise<readonly RankCut[]> {
  if (places.every((place) => place < 1)) return places.map(() => null)
  const direction = descending ? sql`desc` : sql`asc`
  const found = await warehouse.rows<{ value: string | null; customer: string; place: number }>(
    sql`select cast(value as varchar) as value, customer, place from (
      select ${value} as value, customer_id as customer, row_number() over (order by ${value} ${direction} nulls last, customer_id) as place
      from ${relation}
    ) as placed where place in (${join(places.map((place) => whole(place)))})`,
  )
  return places.map((wanted) => found.find(({ place }) => place === wanted) ?? null)
}

/** Whether a row with customer_id comes after the cut. Never NULL. */
export function isAfter(cut: RankCut, { value, descending }: RankOrder): Sql {
  if (cut === null) return sql`true`
  if (cut.value === null) return sql`(${value} is null and customer_id > ${cut.customer})`
  const last = sql`cast(${cut.value} as decimal(38, 4))`
  const beyond = descending ? sql`${value} < ${last}` : sql`${value} > ${last}`
  return sql`(${value} is null or ${beyond} or (${value} = ${last} and customer_id > ${cut.customer}))`
}
