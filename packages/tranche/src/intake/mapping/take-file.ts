import { join } from 'node:path'
import type { Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import type { Keyring } from '../../privacy/pseudonym.ts'
import { ident, join as joinSql, sql } from '../../sql/sql.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import { sealColumns } from '../identity/seal-columns.ts'
import { type FileContent, intakePaths, type TakenTable } from '../intake-state.ts'
import { type ColumnProfile, countedColumns } from '../quality/profile.ts'
import { lookupTable } from '../quality/row-counts.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import type { CompileOptions } from './compile-table.ts'
import { profiledColumns, profileOf } from './file-profile.ts'
import { rawRowsOf } from './raw-columns.ts'
import { checkSourceColumns } from './source-checks.ts'
import type { SourceFile } from './source-files.ts'
import { pathFor, takeTable } from './take-table.ts'

export interface TakeFileOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly source: Definition<Source>
  readonly file: SourceFile
  readonly staged: StagedFile
  readonly isParquet: boolean
  readonly hash: string
  readonly sha256: string
  readonly fileId: string
  /** `.tranche` */
  readonly folder: string
  readonly keyring: Keyring
  readonly clocks: CompileOptions['clocks']
  readonly lookedUp: CompileOptions['lookedUp']
}

/** Maps one staged file to the standard tables of its source, and profiles it. */
export async function takeFile(options: TakeFileOptions): Promise<FileContent> {
  const { warehouse, source, staged, fileId } = options
  const { identifiers } = source.value
  const sealed = await sealColumns(warehouse, staged, identifiers, options.keyring, `sealed_${fileId}`)
  try {
    const rows = await rawRowsOf(warehouse, staged, identifiers, sealed?.table ?? null)
    const counted = await countedColumns(
      warehouse,
      staged.columns,
      staged.records,
      options.isParquet ? options.file.absolute : null,
    )
    const profiled = profiledColumns(rows, staged, counted)
    let profile: readonly ColumnProfile[] | undefined
    const tables: TakenTable[] = []
    for (const index of source.value.tables.keys()) {
      const taken = await takeTable(options, rows, index, sealed === null ? profiled : null)
      tables.push(taken.table)
      profile ??= taken.profile
    }
    profile ??= await profileOf(warehouse, rows, profiled, staged.records)
    const hasLinks =
      sealed !== null &&
      sealed.matching.length > 0 &&
      (await writeLinks(options, sealed.table, sealed.matching, tables))
    return {
      sha256: options.sha256,
      hash: options.hash,
      id: fileId,
      records: staged.records,
      unreadable: await countUnreadable(options),
      columns: staged.columns,
      notes: staged.notes,
      profile,
      checks: await checkSourceColumns(warehouse, source, rows, {
        clock: options.clocks(undefined),
        file: options.file.path,
      }),
      tables,
      hasLinks,
    }
  } finally {
    if (sealed !== null) await warehouse.run(sql`drop table if exists ${ident(sealed.table)}`)
  }
}

/** Counts unreadable rows; those of a source that is only looked up are quarantined here, having no table. */
async function countUnreadable(options: TakeFileOptions): Promise<number> {
  const { warehouse, staged, source, file, folder, hash } = options
  if (staged.rejected === null) return 0
  const rejected = ident(staged.rejected)
  if (source.value.tables.length === 0)
    await warehouse.writeParquet(
      sql`select ${source.key} as source, ${lookupTable} as table_name, ${file.path} as file, line, 0 as part, "column", reason, detail_en, detail_zh, left(original, 1000) as original from ${rejected} order by line`,
      await pathFor(folder, intakePaths.quarantine(hash)),
    )
  return (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${rejected}`)).n
}

/** Which pseudonyms stand beside which of the system's customer numbers; no text of a person. */
async function writeLinks(
  { warehouse, source, folder, hash }: TakeFileOptions,
  sealed: string,
  matching: readonly { readonly column: string; readonly kind: string }[],
  tables: readonly TakenTable[],
): Promise<boolean> {
  const keyed =
    tables.find(({ table }) => table === 'customer_versions') ??
    tables.find(({ columns }) => columns.includes('customer_id'))
  if (keyed === undefined)
    throw new TrancheError(
      'invalid_definition',
      {
        en: `Source ${source.key} has columns for matching, but maps no customer_id to match.`,
        zh: `来源 ${source.key} 有用于匹配的列，但没有映射 customer_id。`,
      },
      { place: source.placeOf(['identifiers']) },
    )
  const file = join(folder, intakePaths.standard(keyed.table, keyed.hash))
  const links = matching.map(
    ({ column, kind }) =>
      sql`select customer_id as key, ${kind} as kind, p.${ident(column)} as pseudonym from read_parquet(${file}) t join ${ident(sealed)} p on p._line = t._line where p.${ident(column)} is not null and customer_id is not null`,
  )
  await warehouse.writeParquet(
    sql`select distinct * from (${joinSql(links, ' union all ')}) order by kind, pseudonym, key`,
    await pathFor(folder, intakePaths.links(hash)),
  )
  return true
}
