import { join as joinPath } from 'node:path'
import {
  type ColumnMapping,
  type ColumnType,
  type StandardTableName,
  standardTables,
} from '@tranche/contract'
import { byDialect, ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { intakePaths, type Resolution, type TakenTable } from '../intake-state.ts'
import { type CodedColumns, readCoded } from './coded-texts.ts'
import { compileTable, createClocks, readDirectly } from './compile-table.ts'
import { instantMs } from './local-time.ts'
import { knownTight } from './order-of-columns.ts'
import type { RawColumns, RawRows } from './raw-columns.ts'
import { type Group, type RowSources, type Selected, tableColumns } from './table-rows.ts'

/** A file that is read where it lies. */
export interface BoundFile {
  readonly relation: Sql
  readonly columns: RawColumns
  /** Equal for files with the same columns of the same types. */
  readonly shape: string
}

/** The mapping of files in place as a query; values that are in order in all of them are taken as they stand. */
export function inPlaceRows(
  sources: RowSources,
  table: StandardTableName,
  group: Group,
  selected: Selected,
): Sql {
  const { catalogue, clocks } = sources
  const takens = group.members.map(({ taken }) => taken)
  const [first] = takens
  const compiled = compileTable({
    source: catalogue.sources.find(({ key }) => key === group.source)!,
    index: group.index,
    rows: rawRows(sources, table, group, selected),
    file: group.members[0]!.file.path,
    fileId: fileColumn,
    more: [{ name: '_file', value: fileColumn }],
    clocks: closeClocks(catalogue, takens) ?? clocks,
    lookedUp: () => {
      throw new TypeError('A file with look-ups is never read in place.')
    },
  })
  const direct = new Set(first!.direct.filter((name) => takens.every((taken) => taken.direct.includes(name))))
  const read = readDirectly(readCoded(compiled, codedInAll(takens)), direct)
  const values = read.columns.map(
    ({ name, type, value }) => sql`cast(${value} as ${columnType(type)}) as ${ident(name)}`,
  )
  const { rows } = compiled
  const where = compiled.where === null ? sql`` : sql` where ${compiled.where}`
  const mapped = sql`(select ${join(values)}, s._file, ${rows.line} as _line from ${rows.from}${where})`
  const knownAt = first!.columns.includes('known_at') ? sql`` : sql`${compiled.defaultKnownAt} as known_at, `
  return sql`(select *, ${knownAt}cast(0 as integer) as _part from ${mapped})`
}

/** Texts of columns with codes, where they are known of all files; what a text stands for is the same in all. */
function codedInAll(takens: readonly TakenTable[]): CodedColumns {
  const [first] = takens
  const names = Object.keys(first!.coded).filter((name) =>
    takens.every(({ coded }) => coded[name] !== undefined),
  )
  return Object.fromEntries(
    names.map((name) => [name, [...new Map(takens.flatMap(({ coded }) => coded[name]!))]]),
  )
}

/** Rows of a file and mapping that were left out when all files were looked at: _file, _line, _part. */
export function droppedRows(
  folder: string,
  resolution: Resolution,
  table: StandardTableName,
  ids: readonly string[],
  index: number,
): Sql {
  const dropped = joinPath(folder, intakePaths.resolved(resolution.hash, `dropped-${table}`))
  return sql`(select _file, _line, _part from read_parquet(${dropped}) where _index = ${index} and _file in (${join(ids.map((id) => sql`${id}`))}))`
}

export function hasDropped(
  resolution: Resolution | null,
  table: StandardTableName,
  file: string,
  index: number,
): boolean {
  return (
    resolution?.dropped.some((drop) => drop.table === table && drop.file === file && drop.index === index) ??
    false
  )
}

const fileColumn = ident('s', '~file')

function semiJoined(only: Sql, file: string, index: number): Sql {
  return sql` semi join (select _line from ${only} where _file = ${file} and _index = ${index}) o on o._line = r._line`
}

/** The files one under the other, each without its rejected and dropped rows, which are told by their line alone. */
function rawRows(
  { inPlace, folder }: RowSources,
  table: StandardTableName,
  { members, index }: Group,
  { resolution, only }: Selected,
): RawRows {
  const parts = members.map(({ file, taken }) => {
    const { relation } = inPlace.get(file.hash)!
    // A join says it outright: the engine turns `not exists` over a union into a far dearer plan.
    const lines: Sql[] = []
    if (taken.stepsOver) {
      const path = joinPath(folder, intakePaths.lines(taken.table, taken.hash))
      lines.push(sql`select line from read_parquet(${path})`)
    }
    if (resolution !== null && hasDropped(resolution, table, file.id, index))
      lines.push(sql`select _line as line from ${droppedRows(folder, resolution, table, [file.id], index)}`)
    const except =
      lines.length === 0 ? sql`` : sql` anti join (${join(lines, ' union all ')}) d on d.line = r._line`
    const some = only === null ? sql`` : semiJoined(only, file.id, index)
    return sql`select ${file.id} as "~file", r.* from ${relation} r${some}${except}`
  })
  const tight = members[0]!.taken.tight.filter((name) =>
    members.every(({ taken }) => taken.tight.includes(name)),
  )
  const rows: RawRows = {
    from: sql`(${join(parts, ' union all ')}) s`,
    line: sql`s._line`,
    part: sql`0`,
    columns: inPlace.get(members[0]!.file.hash)!.columns,
  }
  return knownTight(rows, new Set(tight))
}

/**
 * The values of a column of which every row of the table is read in place from a column of whole numbers, and kept: a relation
 * of `key`. Null where that is not so. Not for numbers of customers, which each system spells its own way.
 */
export function numbersInPlace(
  { files, catalogue, inPlace }: RowSources,
  table: StandardTableName,
  column: string,
): Sql | null {
  const parts: Sql[] = []
  for (const file of files) {
    if (file.copyOf !== null) continue
    const source = catalogue.sources.find(({ key }) => key === file.source)
    for (const taken of file.tables) {
      if (taken.table !== table) continue
      const mapping = source?.value.tables[taken.index]
      const from = mapping?.unpivot === undefined ? renamedFrom(mapping?.columns[column]) : undefined
      const bound = inPlace.get(file.hash)
      if (from === undefined || bound === undefined || taken.place !== 'in_place') return null
      if (taken.kept !== taken.read || !wholeTypes.has(bound.columns.get(from)?.engineType ?? '')) return null
      parts.push(sql`select cast(${ident(from)} as bigint) as key from ${bound.relation}`)
    }
  }
  return parts.length === 0 ? null : sql`(${join(parts, ' union all ')})`
}

/** The source's column that a standard one is nothing but another name of. */
function renamedFrom(mapping: ColumnMapping | undefined): string | undefined {
  const given = Object.values(mapping ?? {}).filter((value) => value !== undefined)
  return given.length === 1 ? mapping?.from : undefined
}

/** The engine's whole numbers that a BIGINT holds. */
const wholeTypes: ReadonlySet<string> = new Set([
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
])

const marginMs = 2 * 86_400_000

/** Where the table's time is the only one of the files, the clocks between its ends are all that is needed. */
function closeClocks(catalogue: Catalogue, takens: readonly TakenTable[]) {
  const [first] = takens
  const instants = tableColumns(catalogue, first!.table).filter(
    ({ name, type }) => type === 'instant' && first!.columns.includes(name),
  )
  const time = standardTables.find(({ name }) => name === first!.table)!
  const [only] = instants
  if (instants.length !== 1 || only?.name !== ('time' in time ? time.time : undefined)) return null
  const ends = takens.flatMap(({ oldest, newest }) =>
    [oldest, newest].flatMap((text) => instantMs(text) ?? []),
  )
  if (ends.length === 0) return null
  return createClocks(catalogue.workspace.timeZone, {
    fromMs: ends.reduce((a, b) => Math.min(a, b)) - marginMs,
    toMs: ends.reduce((a, b) => Math.max(a, b)) + marginMs,
  })
}

function columnType(type: ColumnType): Sql {
  return byDialect((dialect) => dialect.columnType(type))
}
