import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { sharedTable } from './shared-tables.ts'

/** Holds spelling, customer_id; one row per number that is spelled unlike its kind. */
export const aliasesTable = sharedTable('aliases')

/** Above this share of numbers in another case than most, case is left alone but where two numbers differ by it only. */
const mostExceptions = 0.1

/**
 * Finds customer numbers that differ from the others in case only. Where nearly all are written in capitals, or
 * nearly all in small letters, the rest are meant so too; else only numbers that are equal but for case are one.
 * @param numbers query of distinct customer_id
 * @returns how many numbers are spelled otherwise, and the case the others are in
 */
export async function findSpellings(
  warehouse: Warehouse,
  numbers: Sql,
): Promise<{ readonly n: number; readonly keyCase: 'upper' | 'lower' | null }> {
  const { others, keyCase } = await otherSpellings(warehouse, numbers)
  if (others === null) return { n: 0, keyCase }
  await warehouse.run(sql`create or replace table ${aliasesTable} as ${others} order by spelling`)
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${aliasesTable}`)
  return { n, keyCase }
}

/** A query of spelling and customer_id for those spelled unlike the others, in any engine; null where none can be. */
export async function otherSpellings(
  warehouse: Warehouse,
  numbers: Sql,
): Promise<{ readonly others: Sql | null; readonly keyCase: 'upper' | 'lower' | null }> {
  const found = await warehouse.row<{ lettered: number; upper: number; lower: number }>(sql`
    select count(*) as lettered, count_if(customer_id = upper(customer_id)) as upper, count_if(customer_id = lower(customer_id)) as lower
    from (${numbers}) where upper(customer_id) <> lower(customer_id)`)
  if (found.lettered === 0) return { others: null, keyCase: 'upper' }
  const few = (share: number) =>
    share < found.lettered && found.lettered - share <= found.lettered * mostExceptions
  const others = few(found.upper)
    ? sql`select customer_id as spelling, upper(customer_id) as customer_id from (${numbers}) where customer_id <> upper(customer_id)`
    : few(found.lower)
      ? sql`select customer_id as spelling, lower(customer_id) as customer_id from (${numbers}) where customer_id <> lower(customer_id)`
      : found.upper === found.lettered || found.lower === found.lettered
        ? null
        : sql`select customer_id as spelling, first_spelling as customer_id from (select customer_id, min(customer_id) over (partition by upper(customer_id)) as first_spelling from (${numbers})) where customer_id <> first_spelling`
  const keyCase =
    few(found.upper) || found.upper === found.lettered
      ? 'upper'
      : few(found.lower) || found.lower === found.lettered
        ? 'lower'
        : null
  return { others, keyCase }
}
