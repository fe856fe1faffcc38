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
  /** How many days the slice has; NULL without any. */
  count(set: Sql, slice: Slice): Sql
  /** Sum of the squared distances between neighbouring days of the slice; NULL without two. */
  squaredGaps(set: Sql, slice: Slice): Sql
  /** From the first day of the slice to its second; NULL without a second. */
  firstGap(set: Sql, slice: Slice): Sql
}

/** Sets of months, counted back from a last one, which is 0. */
export interface MonthSets {
  /** Aggregate: the set of whole numbers from 0 to below `size`; others, NULLs and what `only` leaves out don't count, and NULL without any. */
  collect(number: Sql, size: number, only: (value: Sql) => Sql): Sql
  /** The set in the form in which its runs are read, to be computed once. */
  prepared(set: Sql): Sql
  /** Most months in a row. */
  longestRun(prepared: Sql): Sql
  /** Months in a row up to the last, or where that is not in the set up to the one before; 0 where neither is. */
  lastRun(prepared: Sql): Sql
}
