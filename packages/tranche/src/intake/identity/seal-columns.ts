import type { IdentifierKind, Source } from '@tranche/contract'
import type { Column, Warehouse } from '../../engine/warehouse.ts'
import type { Keyring } from '../../privacy/pseudonym.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { StagedFile } from '../readers/staged-file.ts'

export interface SealedColumns {
  /** Temporary table: `_line`, and each sealed column's pseudonym under the column's name. */
  readonly table: string
  readonly matching: readonly { readonly column: string; readonly kind: IdentifierKind }[]
}

const pageRows = 100_000

/**
 * Makes pseudonyms of the columns that are matched or keyed by. The texts pass through memory in batches and are
 * written nowhere. Null where a source seals nothing.
 */
export async function sealColumns(
  warehouse: Warehouse,
  staged: Pick<StagedFile, 'relation' | 'columns'>,
  identifiers: Source['identifiers'],
  keyring: Keyring,
  table: string,
): Promise<SealedColumns | null> {
  const present = new Set(staged.columns.map(({ name }) => name))
  const sealed = Object.entries(identifiers).filter(([name, { use }]) => use !== 'drop' && present.has(name))
  if (sealed.length === 0) return null
  await warehouse.run(
    sql`create or replace temp table ${ident(table)} (_line bigint, ${join(sealed.map(([name]) => sql`${ident(name)} varchar`))})`,
  )
  const raw = `${table}_raw`
  const texts = sealed.map(([name]) => sql`cast(${ident(name)} as varchar) as ${ident(name)}`)
  await warehouse.run(
    sql`create or replace temp table ${ident(raw)} as select _line, ${join(texts)} from ${staged.relation}`,
  )
  try {
    const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(raw)}`)
    // By pages: an append would end a result that is still being streamed on the same connection.
    for (let from = 0; from < n; from += pageRows) {
      const page = await warehouse.columns(
        sql`select * from ${ident(raw)} where rowid >= ${from} and rowid < ${from + pageRows}`,
      )
      const line = page.byName['_line']
      if (line?.type !== 'number') throw new TypeError('A staged file has no line numbers.')
      await warehouse.append(table, [
        { name: '_line', type: 'bigint', values: Array.from(line.values) },
        ...sealed.map(([name, { kind }]) => ({
          name,
          type: 'varchar' as const,
          values: sealAll(page.byName[name], kind, keyring),
        })),
      ])
    }
  } finally {
    await warehouse.run(sql`drop table if exists ${ident(raw)}`)
  }
  return {
    table,
    matching: sealed.flatMap(([column, { kind, use }]) => (use === 'match' ? [{ column, kind }] : [])),
  }
}

function sealAll(
  column: Column | undefined,
  kind: IdentifierKind,
  keyring: Keyring,
): readonly (string | null)[] {
  if (column?.type !== 'string') throw new TypeError('Identifiers are read as text.')
  return column.values.map((text) => (text === null ? null : keyring.seal(kind, text)))
}
