import type { Sql } from './sql.ts'

/** The numbers from `start`, `length` of them, of a set of numbers from 0 to below `size`. */
export interface Slice {
  readonly size: number
  readonly start: number
  readonly length: number
}

/** Sets of days, counted from a first one, on which something was: one aggregate serves however many windows. */
export interface DaySets {
  /** Aggregate: the set of whole numbers from 0 to below `size`; NULLs and what `only` leaves out don't count, and NULL without any. */
  collect(number: Sql, size: number, only: (value: Sql) => Sql): Sql
  /** A slice in the form in which all that is asked of it is read, to be computed once. */
  sliced(set: Sql, slice: Slice): Sql
  /** How many days a slice has; NULL without any. */
  count(sliced: Sql): Sql
  /** Sum of the squared distances between neighbouring days of a slice; NULL without two. */
  squaredGaps(sliced: Sql): Sql
  /** From the first day of a slice to its second; NULL without a second. */
  firstGap(sliced: Sql): Sql
}

/** Sets of months, counted back from a last one, which is 0. */
export interface MonthSets {
  /** Aggregate: the set of whole numbers from 0 to below `size`; others, NULLs and what `only` leaves out don't count, and NULL without any. */
  collect(number: Sql, size: number, only: (value: Sql) => Sql): Sql
  /** Most months in a row. */
  longestRun(set: Sql): Sql
  /** Months in a row up to the last, or where that is not in the set up to the one before; 0 where neither is. */
  lastRun(set: Sql): Sql
}
