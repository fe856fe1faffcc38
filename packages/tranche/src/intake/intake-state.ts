import type { StandardTableName, Text } from '@tranche/contract'
import type { CopiedConsents } from '../store/copy-consents.ts'
import type { ClusterTable } from './cluster/place.ts'
import type { Repeats } from './cluster/repeats.ts'
import type { CodedColumns } from './mapping/coded-texts.ts'
import type { CheckCount } from './mapping/map-table.ts'
import type { ColumnProfile } from './quality/profile.ts'
import type { StagedColumn } from './readers/staged-file.ts'

/** What became of one file in one standard table. */
export interface TakenTable {
  readonly table: StandardTableName
  /** Position of the mapping among the source's tables. */
  readonly index: number
  /** sha256 of content and mapping: the name of its files under standard/ and quarantine/. */
  readonly hash: string
  /**
   * Read through the mapping where the file lies, or written to standard/<table>/<hash>.parquet; `cluster`: rows of a table of
   * the cluster, of which none is on this machine.
   */
  readonly place: 'in_place' | 'written' | 'cluster'
  /** Columns of a file read in place that need no normalising. */
  readonly direct: readonly string[]
  /** Text columns of a file read in place, by its own names, that have no white space around any text. */
  readonly tight: readonly string[]
  /** Texts that stand in columns with codes of a file read in place, with what they stand for. */
  readonly coded: CodedColumns
  /** Rows of a file read in place that are written to standard/<table>/<hash>.parquet all the same. */
  readonly patched: number
  /** Whether standard/<table>/<hash>.lines.parquet names lines of a file in place that are stepped over. */
  readonly stepsOver: boolean
  /** The case in which all customer numbers of a file read in place are. */
  readonly folded: 'upper' | 'lower' | null
  /** Standard columns and extras that the mapping gives, and `known_at` where it is mapped. */
  readonly columns: readonly string[]
  /** Whether rows bear a number made of their file and line, having none of their own. */
  readonly numbered: boolean
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly filtered: number
  readonly checks: readonly CheckCount[]
  /** Ends of the table's time column, as the engine writes them. */
  readonly oldest: string | null
  readonly newest: string | null
  /** Rows known more than a day after their time. */
  readonly knownLate: number
  /** Of a table of the cluster: why rows are stepped over. */
  readonly faults?: readonly FaultCount[]
  /** Of a table of the cluster: rows that repeat a key and are not kept, counted among the others. */
  readonly repeats?: Repeats
  /** Of a table of the cluster: newest time that was over when it was looked at, by what dates the institution's data. */
  readonly newestPast?: string | null
}

/** Rows in which a column is at fault, counted where they lie. */
export interface FaultCount {
  readonly column: string
  /** Rows where nothing stands that must, and where something stands that is no value. */
  readonly missing: number
  readonly unreadable: number
  /** What such a text looks like, every letter an `a` and every digit a `9`; null where there is none, or it must not be seen. */
  readonly looks: string | null
  /** Rows that contradict another of the same key, which was known later. */
  readonly contradicted?: number
  /** Rows that name a row of another table which is not there. */
  readonly orphans?: { readonly rows: number; readonly table: string }
}

/** What a file gave: the same whenever content and mapping are. */
export interface FileContent {
  /** sha256 of the bytes; of the rows, for a table of a database. */
  readonly sha256: string
  /** sha256 of content, mapping and looked-up files. */
  readonly hash: string
  /** Short name of source and content: `_file` of its rows. */
  readonly id: string
  readonly records: number
  /** Of them, rows that the reader could not read. */
  readonly unreadable: number
  readonly columns: readonly StagedColumn[]
  readonly notes: readonly Text[]
  readonly profile: readonly ColumnProfile[]
  /** Of the source's own columns, by position among its expectations. */
  readonly checks: readonly CheckCount[]
  readonly tables: readonly TakenTable[]
  /** Whether identity/<hash>.parquet holds pseudonyms of its customers. */
  readonly hasLinks: boolean
  /** What it is on the cluster, where it is a table there that is read in place. */
  readonly there?: ClusterTable
  /** Tables there, by source, that its columns are looked up in or refer to. */
  readonly others?: Readonly<Record<string, ClusterTable>>
  /** Columns by whose values its content is told, of a table there that keeps no snapshots. */
  readonly summed?: readonly string[]
}

/** One file of a source, as it lay there. */
export interface TakenFile extends FileContent {
  readonly source: string
  /** From the workspace's folder, with slashes; absolute where it lies elsewhere. */
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly inode: number
  readonly status: 'new' | 'changed' | 'unchanged'
  /** The same content as an earlier file of the source: all its rows are duplicates. */
  readonly copyOf: string | null
}

/** What became of rows when all files were looked at together; files under standard/all/<hash>/. */
export interface Resolution {
  readonly hash: string
  /** Rows left out, by file and table. */
  readonly dropped: readonly {
    readonly table: StandardTableName
    readonly file: string
    readonly index: number
    readonly duplicates: number
    readonly quarantined: number
    /** Of the quarantined, rows that refer to nothing. */
    readonly orphans: number
  }[]
  /** Tables of which rows of several sources were merged into one. */
  readonly merged: readonly StandardTableName[]
  readonly hasKeys: boolean
  readonly hasAliases: boolean
  /** The case customer numbers are spelled in; null where some have both. */
  readonly keyCase: 'upper' | 'lower' | null
  readonly derivedCustomers: number
  readonly hasRates: boolean
  readonly identity: readonly IdentityReport[]
  readonly notes: readonly ResolutionNote[]
}

export interface IdentityReport {
  readonly systems: readonly [string, string]
  readonly method: 'identifier' | 'pair'
  readonly matched: number
  readonly unmatched: number
  readonly conflicting: number
}

/** Something the quality page says of a table as a whole. */
export interface ResolutionNote {
  readonly kind: 'superseded' | 'folded_keys' | 'missing_rates'
  readonly source: string
  readonly table: string
  readonly column: string
  readonly n: number
  readonly failed: number
}

/** All that views, quality and the next run need to know of what was taken in. Plain JSON. */
export interface IntakeState {
  readonly version: 1
  readonly files: readonly TakenFile[]
  readonly resolution: Resolution
  /** Decisions copied from the state to standard/consents/<hash>.parquet; absent where there were none. */
  readonly consents?: CopiedConsents
  /** Distributions that the next run is compared with, by `source.table.column`. */
  readonly distributions: Readonly<Record<string, Distribution>>
}

export interface Distribution {
  /** Upper ends of all bins but the last; empty for categories. */
  readonly cuts: readonly number[]
  readonly categories: readonly string[]
  readonly counts: readonly number[]
}

/** Folders under `.tranche` that intake writes. */
export const intakePaths = {
  standard: (table: string, hash: string) => `standard/${table}/${hash}.parquet`,
  lines: (table: string, hash: string) => `standard/${table}/${hash}.lines.parquet`,
  quarantine: (hash: string) => `quarantine/${hash}.parquet`,
  links: (hash: string) => `identity/${hash}.parquet`,
  content: (hash: string) => `standard/files/${hash}.json`,
  resolution: (hash: string) => `standard/all/${hash}/resolution.json`,
  resolved: (hash: string, name: string) => `standard/all/${hash}/${name}.parquet`,
} as const
