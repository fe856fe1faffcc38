import type { IdentifierKind, Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { StagedFile, StagedKind } from '../readers/staged-file.ts'

/** A column of a source's file as the mapping reads it. */
export interface RawColumn {
  readonly name: string
  /** Its value in the staged row `s`. */
  readonly sql: Sql
  readonly kind: StagedKind
  /** A text without the white space around it, where that was worked out already. */
  readonly clean?: Sql
  /** Whether no text of the column has white space around it, so that none need be taken off. */
  readonly tight?: boolean
  /** The engine's own name of its type. */
  readonly engineType: string
  /**
   * Set where the column names a person: then `sql` is the pseudonym, or NULL where nothing may read it, and only
   * formats that take no more than a date of birth or a gender out of it see the text.
   */
  readonly identifier?: { readonly kind: IdentifierKind; readonly readable: boolean; readonly text: Sql }
}

export type RawColumns = ReadonlyMap<string, RawColumn>

/** Rows as the mapping reads them: `from` gives the alias `s` with `_line` (and `_part` where rows were unfolded). */
export interface RawRows {
  readonly from: Sql
  readonly line: Sql
  /** Which of the rows made from one line; 0 where a line gives one. */
  readonly part: Sql
  readonly columns: RawColumns
}

/** The staged file's own rows; `sealed` names a table of `_line` and pseudonyms where columns are pseudonyms. */
export async function rawRowsOf(
  warehouse: Warehouse,
  staged: Pick<StagedFile, 'relation' | 'columns'>,
  identifiers: Source['identifiers'],
  sealed: string | null,
): Promise<RawRows> {
  const types = await engineTypes(warehouse, staged.relation)
  const columns = new Map<string, RawColumn>()
  for (const { name, kind } of staged.columns) {
    const identifier = identifiers[name]
    if (identifier === undefined) {
      columns.set(name, { name, sql: ident('s', name), kind, engineType: types.get(name) ?? '' })
      continue
    }
    const readable = identifier.use === 'pseudonym' && sealed !== null
    columns.set(name, {
      name,
      sql: readable ? ident('p', name) : sql`cast(null as varchar)`,
      kind: 'text',
      engineType: 'VARCHAR',
      identifier: { kind: identifier.kind, readable, text: ident('s', name) },
    })
  }
  const from =
    sealed === null
      ? sql`${staged.relation} s`
      : sql`${staged.relation} s left join ${ident(sealed)} p on p._line = s._line`
  return { from, line: sql`s._line`, part: sql`0`, columns }
}

async function engineTypes(warehouse: Warehouse, relation: Sql): Promise<ReadonlyMap<string, string>> {
  const described = await warehouse.rows<{ column_name: string; column_type: string }>(
    sql`describe select * from ${relation}`,
  )
  return new Map(described.map((column) => [column.column_name, column.column_type.toUpperCase()]))
}

/** A raw column as text, NULL where nothing stands. */
export function rawText(column: RawColumn): Sql {
  return column.kind === 'text' ? column.sql : sql`cast(${column.sql} as varchar)`
}

/** `a, b, c` of fragments with names. */
export function selectList(items: readonly { readonly name: string; readonly value: Sql }[]): Sql {
  return join(items.map(({ name, value }) => sql`${value} as ${ident(name)}`))
}
