import type { Source, SourceFormat, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import type { Sql } from '../../sql/sql.ts'

/** What a source's column holds before any mapping: text formats give texts, Parquet its own types. */
export type StagedKind = 'text' | 'number' | 'date' | 'instant' | 'bool' | 'decimal'

export interface StagedColumn {
  readonly name: string
  readonly kind: StagedKind
}

/**
 * One file (or table of a database) as rows of the warehouse, nothing interpreted yet.
 * Texts stand as they were written; an empty cell is NULL, and so is one that a short row doesn't reach.
 */
export interface StagedFile {
  /** A table or table function: the source's own columns by their own names, and `_line` bigint. */
  readonly relation: Sql
  readonly columns: readonly StagedColumn[]
  /** Table of rows that could not be read at all, or null; its columns are those of `rejectedColumns`. */
  readonly rejected: string | null
  /** Line of the first record, so that rows can be counted whatever stands above them. */
  readonly firstLine: number
  /** Rows read, rejected ones included. */
  readonly records: number
  /** What was recognised or left out, for the quality page: encoding, delimiter, header, totals rows. */
  readonly notes: readonly Text[]
  /** Drops what was staged. The relation must not be used afterwards. */
  drop(): Promise<void>
}

/** Columns of a table of rejected rows: line bigint, the rest varchar. */
export const rejectedColumns = ['line', 'column', 'reason', 'detail_en', 'detail_zh', 'original'] as const

/** Why a row could not be read. */
export type RejectReason =
  | 'ragged'
  | 'unterminated_quote'
  | 'stray_quote'
  | 'too_large'
  | 'not_json'
  | 'bad_encoding'

export interface StageProgress {
  readonly rows: number
  readonly bytes: number
  readonly totalBytes: number
}

export interface StageOptions {
  /** A source's definition, or a bare format where there is none yet; absent: recognised. */
  readonly source?: Pick<Source, 'key' | 'format' | 'postgres'> & Partial<Pick<Source, 'tables' | 'files'>>
  readonly format?: SourceFormat
  /** Path of one file; for a table of PostgreSQL, `postgres:<table>`. */
  readonly file: string
  readonly warehouse: Warehouse
  /** Columns whose texts must not reach the table of rejected rows. */
  readonly sealed?: readonly string[]
  readonly signal?: AbortSignal
  readonly progress?: (event: StageProgress) => void
  /** Reads at most this many rows and says so in `notes`: for profiles and previews. */
  readonly limit?: number
}
