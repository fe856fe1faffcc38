import type { Dialect } from '../sql/dialect.ts'
import type { Sql } from '../sql/sql.ts'

/** JavaScript's side of a cell: DECIMAL and integers above 2^53 as exact text, DATE as YYYY-MM-DD, instants as ISO text in UTC. */
export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [name: string]: Cell }
export type Row = Readonly<Record<string, Cell>>

/** A column of doubles (dates in days, instants in ms since 1970) or of texts; `valid[i]` is 0 where it is NULL. */
export type Column =
  | { readonly type: 'number'; readonly values: Float64Array; readonly valid: Uint8Array }
  | { readonly type: 'string'; readonly values: readonly (string | null)[] }

export interface Columns {
  readonly rowCount: number
  readonly names: readonly string[]
  readonly byName: Readonly<Record<string, Column>>
}

export type AppendColumn =
  | { readonly name: string; readonly type: 'varchar'; readonly values: readonly (string | null)[] }
  | {
      readonly name: string
      readonly type: 'double'
      readonly values: ArrayLike<number>
      readonly valid?: Uint8Array
    }
  | { readonly name: string; readonly type: 'integer'; readonly values: Int32Array }
  | { readonly name: string; readonly type: 'bigint'; readonly values: readonly (bigint | number | null)[] }
  | { readonly name: string; readonly type: 'boolean'; readonly values: readonly (boolean | null)[] }

/** A database beside a warehouse's own, whose tables are packed as they are written. */
export interface Scratch {
  readonly database: string
  /** Rows of some sixty bytes that the engine sorts without writing them to the disk first. */
  readonly rowsAtOnce: number
}

/** The engine a run computes in. One writer; statements run one at a time on it. */
export interface Warehouse {
  readonly dialect: Dialect
  /** For tables of many rows that go with their computation, which would fill the memory else. */
  readonly scratch?: Scratch
  /** Runs a statement for its effect. */
  run(statement: Sql): Promise<void>
  /** All rows of a small result. */
  rows<T extends Row = Row>(statement: Sql): Promise<readonly T[]>
  /** The only row of a result that has exactly one. */
  row<T extends Row = Row>(statement: Sql): Promise<T>
  /** A whole result as typed columns. */
  columns(statement: Sql): Promise<Columns>
  /**
   * A whole result of many rows as typed columns, its rows in the order of all columns: the same on every engine, however they
   * come from it.
   */
  sortedColumns(statement: Sql): Promise<Columns>
  /** A large result as typed columns, a few thousand rows at a time. */
  batches(statement: Sql): AsyncIterable<Columns>
  /** Creates the table from columns held here, replacing one of that name. */
  createFrom(table: string, columns: readonly AppendColumn[]): Promise<void>
  /** Appends columns to a table that has them, by position. */
  append(table: string, columns: readonly AppendColumn[]): Promise<void>
  /** Writes a result as Parquet; the file appears whole or not at all. */
  writeParquet(statement: Sql, file: string): Promise<void>
  /** Stops what is running; its promise rejects. */
  interrupt(): void
  close(): void
}
