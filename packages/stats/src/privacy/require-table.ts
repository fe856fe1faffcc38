import { StatsError } from '../stats-error.ts'
import type { SensitiveTable } from './equivalence-classes.ts'

/** The table itself, if every class has rows and every value a share. */
export function requireTable(table: SensitiveTable): SensitiveTable {
  const { counts, sizes, overall } = table
  if (
    counts.length === 0 ||
    sizes.length !== counts.length ||
    counts.some((row) => row.length !== overall.length)
  )
    throw new StatsError('lengthMismatch', 'A sensitive table has one row a class and one count a value.')
  const held = counts.every((row, c) => row.every((count) => count >= 0 && count <= sizes[c]!))
  if (!(held && sizes.every((size) => size > 0) && overall.every((share) => share > 0 && share <= 1)))
    throw new StatsError('outOfDomain', 'A class of a sensitive table has no rows, or a value no share.')
  return table
}
