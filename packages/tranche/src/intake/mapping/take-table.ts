import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Source } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type Place, TrancheError } from '../../errors.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import { intakePaths, type TakenTable } from '../intake-state.ts'
import type { ColumnProfile, ProfiledColumn } from '../quality/profile.ts'
import { kindsOf, rowCheck, rowKinds } from '../quality/row-expectations.ts'
import { type CompiledTable, compileTable } from './compile-table.ts'
import { type MappedTable, type MapTableOptions, writeTable } from './map-table.ts'
import { knownTight, type Order, orderOf, tightTexts } from './order-of-columns.ts'
import type { RawRows } from './raw-columns.ts'
import { readTableInPlace } from './read-in-place.ts'
import type { TakeFileOptions } from './take-file.ts'
import { findWays, type Ways } from './usual-texts.ts'

export interface TakenRows {
  readonly table: TakenTable
  /** Where the file was profiled in the same look. */
  readonly profile?: readonly ColumnProfile[]
}

/**
 * Maps a staged file's rows to one standard table.
 * @param profiled columns to profile in the same scan; null where the file must be written
 */
export async function takeTable(
  options: TakeFileOptions,
  given: RawRows,
  index: number,
  profiled: readonly ProfiledColumn[] | null,
): Promise<TakenRows> {
  const inPlace = profiled === null ? null : await takeInPlace(options, given, index, profiled)
  if (inPlace !== null) return inPlace
  const rows = knownTight(given, await tightTexts(options.warehouse, given))
  return await withMapping(options, rows, index, async (mapTable) => ({
    table: takenTable(mapTable, options, index, await writeTable(mapTable)),
  }))
}

/** So many rows from a file's beginning tell what to take for granted of its texts. */
const firstRows = 10_000

/** Null where the rows had better be written. */
async function takeInPlace(
  options: TakeFileOptions,
  given: RawRows,
  index: number,
  profiled: readonly ProfiledColumn[],
): Promise<TakenRows | null> {
  const { warehouse, source, isParquet } = options
  const mapping = source.value.tables[index]!
  const looksUp = [...Object.values(mapping.columns), ...Object.values(mapping.extras)].some(
    ({ lookup }) => lookup !== undefined,
  )
  if (!isParquet || mapping.unpivot !== undefined || looksUp) return null
  const compileAnew = (from: RawRows['from']) => compileOver(options, { ...given, from }, index, new Map())
  const anew = compileAnew(given.from)
  const read = (order: Order) =>
    withMapping(options, knownTight(given, order.tight), index, async (mapTable) => {
      const found = await readTableInPlace({ ...mapTable, order, compileAnew, profiled })
      if (typeof found === 'string') return found
      return { table: takenTable(mapTable, options, index, found.mapped), profile: found.profile }
    })
  const guessed = await read(await orderOf(warehouse, anew, given, firstRows))
  const found = guessed === 'out_of_order' ? await read(await orderOf(warehouse, anew, given, null)) : guessed
  return typeof found === 'string' ? null : found
}

/** Finds out how texts are written, and compiles the mapping so. */
async function withMapping<T>(
  options: TakeFileOptions,
  rows: RawRows,
  index: number,
  work: (mapTable: MapTableOptions) => Promise<T>,
): Promise<T> {
  const { warehouse, source, staged, file, fileId, folder } = options
  const anyWay = compileOver(options, rows, index, new Map())
  const { ways, tables } = await findWays(warehouse, anyWay.asked, staged.records, `texts_${fileId}_${index}`)
  try {
    const compiled = ways.size === 0 ? anyWay : compileOver(options, rows, index, ways)
    const name = compiled.table.name
    const hash = tableHash(options, index)
    return await work({
      warehouse,
      compiled,
      raw: rows,
      compileOver: (lines) => {
        const from = sql`${rows.from} semi join (${lines}) only_lines on only_lines.line = ${rows.line}`
        return compileOver(options, { ...rows, from }, index, ways)
      },
      ...(await checksOf(compiled, source, index, options)),
      standardFile: await pathFor(folder, intakePaths.standard(name, hash)),
      quarantineFile: await pathFor(folder, intakePaths.quarantine(hash)),
      linesFile: await pathFor(folder, intakePaths.lines(name, hash)),
      source: source.key,
      file: file.path,
      fileId,
      records: staged.records,
      unreadable: staged.rejected,
    })
  } finally {
    for (const table of tables) await warehouse.run(sql`drop table if exists ${ident(table)}`)
  }
}

function takenTable(
  { compiled }: MapTableOptions,
  options: TakeFileOptions,
  index: number,
  mapped: MappedTable,
): TakenTable {
  return {
    ...mapped,
    table: compiled.mapping.table,
    index,
    hash: tableHash(options, index),
    columns: compiled.columns.map(({ name }) => name),
    numbered: compiled.numbered,
  }
}

function tableHash({ hash }: TakeFileOptions, index: number): string {
  return sha256(`${hash}\x1f${index}`)
}

function compileOver(
  { source, file, fileId, clocks, lookedUp }: TakeFileOptions,
  rows: RawRows,
  index: number,
  ways: Ways,
): CompiledTable {
  return compileTable({ source, index, rows, file: file.path, fileId, clocks, lookedUp, ways })
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

/** A file's path, its folder made. */
export async function pathFor(folder: string, name: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o750 })
  return path
}
