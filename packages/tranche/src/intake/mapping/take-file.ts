import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type Place, TrancheError } from '../../errors.ts'
import type { Keyring } from '../../privacy/pseudonym.ts'
import { ident, join as joinSql, sql } from '../../sql/sql.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import { sealColumns } from '../identity/seal-columns.ts'
import { type FileContent, intakePaths, type TakenTable } from '../intake-state.ts'
import { type ColumnProfile, countedColumns, type ProfiledColumn } from '../quality/profile.ts'
import { lookupTable } from '../quality/row-counts.ts'
import { kindsOf, rowCheck, rowKinds } from '../quality/row-expectations.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import { type CompiledTable, type CompileOptions, compileTable } from './compile-table.ts'
import { profiledColumns, profileOf } from './file-profile.ts'
import { type MapTableOptions, writeTable } from './map-table.ts'
import { knownTight, tightColumns, tightTexts } from './order-of-columns.ts'
import { type RawRows, rawRowsOf } from './raw-columns.ts'
import { readTableInPlace } from './read-in-place.ts'
import { checkSourceColumns } from './source-checks.ts'
import type { SourceFile } from './source-files.ts'
import { findWays, type Ways } from './usual-texts.ts'

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
    profile ??= await profileOf(warehouse, rows, profiled)
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

/** @param profiled columns to profile in the same scan; null where the file must be written */
async function takeTable(
  options: TakeFileOptions,
  given: RawRows,
  index: number,
  profiled: readonly ProfiledColumn[] | null,
): Promise<{ readonly table: TakenTable; readonly profile?: readonly ColumnProfile[] }> {
  const { warehouse } = options
  const first = compileOver(options, given, index, new Map())
  const mayStay =
    profiled !== null && options.isParquet && first.mapping.unpivot === undefined && !looksUp(first)
  const tight = mayStay ? await tightColumns(warehouse, first, given) : await tightTexts(warehouse, given)
  const rows = knownTight(given, tight)
  const { asked } = compileOver(options, rows, index, new Map())
  const { ways, tables } = await findWays(
    warehouse,
    asked,
    options.staged.records,
    `texts_${options.fileId}_${index}`,
  )
  try {
    return await mapRows(options, rows, index, mayStay ? profiled : null, ways)
  } finally {
    for (const table of tables) await warehouse.run(sql`drop table if exists ${ident(table)}`)
  }
}

function compileOver(
  { source, file, fileId, clocks, lookedUp }: TakeFileOptions,
  rows: RawRows,
  index: number,
  ways: Ways,
): CompiledTable {
  return compileTable({ source, index, rows, file: file.path, fileId, clocks, lookedUp, ways })
}

async function mapRows(
  options: TakeFileOptions,
  rows: RawRows,
  index: number,
  profiled: readonly ProfiledColumn[] | null,
  ways: Ways,
): Promise<{ readonly table: TakenTable; readonly profile?: readonly ColumnProfile[] }> {
  const { warehouse, source, file, fileId, folder } = options
  const compile = (over: RawRows) => compileOver(options, over, index, ways)
  const compiled = compile(rows)
  const hash = sha256(`${options.hash}\x1f${index}`)
  const mapTable: MapTableOptions = {
    warehouse,
    compiled,
    raw: rows,
    compileOver: (lines) =>
      compile({
        ...rows,
        from: sql`${rows.from} semi join (${lines}) only_lines on only_lines.line = ${rows.line}`,
      }),
    ...(await checksOf(compiled, source, index, options)),
    standardFile: await pathFor(folder, intakePaths.standard(compiled.table.name, hash)),
    quarantineFile: await pathFor(folder, intakePaths.quarantine(hash)),
    linesFile: await pathFor(folder, intakePaths.lines(compiled.table.name, hash)),
    source: source.key,
    file: file.path,
    fileId,
    records: options.staged.records,
    unreadable: options.staged.rejected,
  }
  const inPlace = profiled === null ? null : await readTableInPlace(mapTable, profiled)
  const mapped = inPlace?.mapped ?? (await writeTable(mapTable))
  return {
    table: {
      ...mapped,
      table: compiled.mapping.table,
      index,
      hash,
      columns: compiled.columns.map(({ name }) => name),
      numbered: compiled.numbered,
    },
    ...(inPlace === null ? {} : { profile: inPlace.profile }),
  }
}

function looksUp({ mapping }: CompiledTable): boolean {
  return [...Object.values(mapping.columns), ...Object.values(mapping.extras)].some(
    ({ lookup }) => lookup !== undefined,
  )
}

async function checksOf(
  compiled: CompiledTable,
  source: Definition<Source>,
  index: number,
  options: TakeFileOptions,
): Promise<Pick<MapTableOptions, 'refusing' | 'counting'>> {
  const kinded = kindsOf(compiled.mapping.expectations, (at) =>
    source.placeOf(['tables', index, 'expectations', at]),
  )
  for (const { expectation, place } of kinded)
    await refuseBadPattern(options.warehouse, expectation.pattern, place)
  const columns = compiled.columns.map(({ name, type }) => ({ name, type }))
  const zone = options.clocks(undefined).zone
  const checks = kinded
    .filter(({ kind }) => (rowKinds as readonly string[]).includes(kind))
    .map((item) => rowCheck(item, columns, (name) => ident(name), zone))
  return {
    refusing: checks.filter(({ expectation }) => expectation.quarantine),
    counting: checks.filter(({ expectation }) => !expectation.quarantine),
  }
}

/** Only the engine knows its regular expressions. */
async function refuseBadPattern(
  warehouse: Warehouse,
  pattern: string | undefined,
  place: Place,
): Promise<void> {
  if (pattern === undefined) return
  try {
    await warehouse.rows(sql`select regexp_full_match('', ${pattern})`)
  } catch (cause) {
    throw new TrancheError(
      'invalid_definition',
      {
        en: `pattern: ${JSON.stringify(pattern)} is no regular expression of RE2.`,
        zh: `pattern：${JSON.stringify(pattern)} 不是 RE2 正则表达式。`,
      },
      { place, cause },
    )
  }
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

async function pathFor(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  return path
}
