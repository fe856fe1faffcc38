import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql, whole } from '../../sql/sql.ts'

/** Fewer rows are grouped as fast as they are looked at twice. */
const fewestRows = 200_000

/** Bits that a row may take in the set of all numbers. */
const mostBitsPerRow = 16

/** Half of what the engine's sets of bits hold. */
const mostBits = 500_000_000

/**
 * Whether a text, or a number, is another whole number in each of so many rows, as serial numbers are: numbers that
 * lie close together are told apart by a bit each, several times as fast as by grouping rows. False also where that
 * can't be told so.
 */
export async function areDistinctNumbers(
  warehouse: Warehouse,
  rows: Sql,
  value: Sql,
  count: number,
): Promise<boolean> {
  if (count < fewestRows) return false
  const number = sql`try_cast(${value} as bigint)`
  const sample = await warehouse.row<{ others: number }>(
    sql`select count(*) as others from (select ${value} as key from ${rows} limit 1000) as sample where try_cast(key as bigint) is null`,
  )
  if (sample.others > 0) return false
  const { from, to, n, all } = await warehouse.row<{ from: number; to: number; n: number; all: number }>(
    sql`select min(${number}) as "from", max(${number}) as "to", count(${number}) as n, count(*) as "all" from ${rows}`,
  )
  const range = to - from + 1
  if (n < all || n > range || !Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return false
  if (range > Math.min(mostBits, n * mostBitsPerRow)) return false
  const { distinct } = await warehouse.row<{ distinct: number }>(
    sql`select bit_count(bitstring_agg(${number}, ${whole(from)}, ${whole(to)})) as "distinct" from ${rows}`,
  )
  return distinct === n
}
