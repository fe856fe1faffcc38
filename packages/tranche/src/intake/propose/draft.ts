import type {
  ColumnMapping,
  ExtraMapping,
  IdentifierKind,
  SourceFormat,
  StandardTableName,
  TableMapping,
  Text,
} from '@tranche/contract'
import type { RecognisedIdentifier } from '../../privacy/identifiers.ts'
import type { ColumnProfile, FileProfile } from './profile.ts'

/** A mapping with the reason for it, which becomes a comment. */
export interface Reasoned<T> {
  readonly mapping: T
  readonly why: Text
}

export interface TableDraft {
  readonly table: StandardTableName
  readonly why: Text
  readonly where?: Reasoned<string>
  readonly precedence?: number
  readonly unpivot?: NonNullable<TableMapping['unpivot']>
  readonly columns: ReadonlyMap<string, Reasoned<ColumnMapping>>
  readonly extras: ReadonlyMap<string, Reasoned<ExtraMapping>>
}

export interface IdentifierDraft {
  readonly column: string
  readonly kind: IdentifierKind
  readonly use: 'drop' | 'match' | 'pseudonym'
  readonly why: Text
}

export interface SourceDraft {
  readonly key: string
  readonly label: Text
  readonly files: readonly string[]
  readonly format: SourceFormat
  /** The system whose customer numbers it uses, where they are not the institution's. */
  readonly system?: string
  readonly identifiers: readonly IdentifierDraft[]
  readonly tables: readonly TableDraft[]
  readonly notes: readonly Text[]
}

/** One file or sheet, or several of the same columns, looked at. */
export interface Subject {
  readonly key: string
  /** What the file or sheet is called by people. */
  readonly title: string
  readonly files: readonly string[]
  readonly format: SourceFormat
  readonly profile: FileProfile
  readonly readNotes: readonly Text[]
  readonly identifiers: ReadonlyMap<string, RecognisedIdentifier>
}

/** A column of a subject. */
export interface ColumnOf {
  readonly subject: Subject
  readonly column: ColumnProfile
}
