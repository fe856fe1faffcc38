import type { ColumnType } from '@tranche/contract'
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
}
