import type { ColumnType } from '@tranche/contract'
import type { DaySets, MonthSets } from './number-sets.ts'
import type { Sql, SqlParameter } from './sql.ts'
import type { OffsetStep } from './time-zone.ts'

/** How a database writes names and the places of values. */
export interface Spelling {
  quote(identifier: string): string
  placeholder(parameter: SqlParameter, position: number): string
}

/**
 * What engines say differently. A dialect translates exactly or throws.
 * Session zone is UTC in every engine; weeks start on Monday; instants are timestamps without zone, in UTC.
 */
export interface Dialect extends Spelling {
  readonly name: 'duckdb' | 'trino'
  literal(parameter: SqlParameter): string
  /** Name of a table of a run, by its path (`standard`, `transactions`). */
  table(path: readonly string[]): Sql
  /** What is created for tables that go with their computation, which drops them: `temp table` where there are such. */
  readonly scratchTable: Sql
  /**
   * What follows the name of a new table so that rows whose whole numbers of a column lie in one range of this width are kept in
   * files of their own, and a range is read without the others; nothing where rows that are written in order lie so anyway.
   */
  inRanges(column: string, width: number): Sql
  /** Type of a standard column. Money is DECIMAL(18,4). */
  columnType(type: ColumnType): Sql
  /** numerator / denominator as doubles; NULL where the denominator is zero or either is NULL. */
  divide(numerator: Sql, denominator: Sql): Sql
  /** 60 bits of sha256 of the text, as bigint: the same in every engine and in Node. */
  hash60(text: Sql): Sql
  /** DATE from TIMESTAMP or DATE, dropping the time. NULL stays NULL. */
  toDate(instant: Sql): Sql
  /** TIMESTAMP moved by whole seconds. */
  addSeconds(instant: Sql, seconds: number): Sql
  /** Wall-clock TIMESTAMP of an instant in UTC, by two or more offsets in order, of which the first holds from the beginning. */
  localTimestamp(instant: Sql, steps: readonly OffsetStep[]): Sql
  /** Whole days from one DATE to another, as bigint. NULL where either is. */
  daysBetween(from: Sql, to: Sql): Sql
  /** First day of the DATE's month, a DATE. */
  monthStart(day: Sql): Sql
  /** The value if it is a finite double, else NULL; writes the value twice. */
  finite(value: Sql): Sql
  /** The same, writing the value once, for those too large to be repeated. */
  finiteOnce(value: Sql): Sql
  /** `yes` or `no` by a condition that is written once; NULL where it is NULL. */
  pick(condition: Sql, yes: Sql, no: Sql): Sql
  /** A double rounded to a number of decimals, half away from zero. */
  round(value: Sql, decimals: number): Sql
  /** Whether a text begins with, ends with, holds another; NULL where either is. */
  match(kind: 'startsWith' | 'endsWith' | 'contains', subject: Sql, part: Sql): Sql
  /** Whether an array of texts holds one; NULL where either is. */
  hasElement(array: Sql, element: Sql): Sql
  /** Type of the narrowest whole number that holds 0 … 255, or 0 … 32,767. */
  wholeType(upTo: 'byte' | 'short'): Sql
  /** Whether a whole number has this bit on; NULL where the number is. */
  hasBit(number: Sql, bit: Sql): Sql
  /** Whether texts of few kinds are better stored by their places in a list; the engine's own files may do so already. */
  readonly storesTextsByPlace: boolean
  /** Whether amounts of 18 digits are packed so that they are read many times as fast as those of 38. */
  readonly packsNarrowAmounts: boolean
  /** DATE moved by whole days, or by whole months; a day that a month lacks becomes its last. */
  addTo(day: Sql, by: Sql, unit: 'day' | 'month'): Sql
  /** Microseconds of an instant since 1970, as bigint. NULL where it is; infinite ones have none. */
  microsOf(instant: Sql): Sql
  /** Whole seconds of an instant since 1970, as bigint, of one that has no part of a second. NULL where it is. */
  secondsOf(instant: Sql): Sql
  /** An instant moved on by days of 24 hours, or a DATE by days. */
  daysAfter(moment: Sql, days: Sql): Sql
  /** A value that no other of the type goes before; for instants and days, none of the years 1 to 9999. */
  lowest(type: ColumnType): Sql
  /** Aggregate: the known value whose key is the least or greatest; NULL without a known value. Keys hold no NULL beside one. */
  extreme(kind: 'first' | 'last', value: Sql, key: Sql): Sql
  /** Aggregate: the exact median of doubles, the mean of the middle two where their number is even. NULLs don't count. */
  median(value: Sql): Sql
  /** Aggregate: sample standard deviation of doubles, in whatever order they come; NULL below two. NULLs don't count. */
  deviation(value: Sql): Sql
  /**
   * A double as DECIMAL: multiplied by its power of ten and rounded half away from zero; NULL where it doesn't fit.
   * Of a product above 2^63 digits past those that a double holds may differ.
   */
  toDecimal(value: Sql, precision: number, scale: number): Sql
  /** The double that a text says in decimal digits, with or without an exponent; NULL where it says none. */
  readDouble(text: Sql): Sql
  /** Aggregate: the value at a share of the ordered ones, the smallest below which no less of them lie. NULLs don't count. */
  quantileOf(value: Sql, share: number): Sql
  /** Aggregate: the quantile of doubles between two neighbours in proportion (Hyndman and Fan's type 7). NULLs don't count. */
  quantileBetween(value: Sql, share: number): Sql
  /** A BIGINT with one bit on, counted from 0. */
  bitAt(place: Sql): Sql
  /** Aggregate: every bit that is on in any of the numbers. NULLs don't count. */
  allBits(value: Sql): Sql
  readonly daySets: DaySets
  readonly monthSets: MonthSets
}
