import { join as joinPath } from 'node:path'
import { type ColumnType, type StandardTableName, standardTables } from '@tranche/contract'
import { byDialect, ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { intakePaths, type Resolution, type TakenFile, type TakenTable } from '../intake-state.ts'
import type { CompileOptions } from './compile-table.ts'
import { type BoundFile, droppedRows, hasDropped, inPlaceRows } from './in-place-rows.ts'
import { customerColumns } from './order-of-columns.ts'

/** Where a table's rows come from: all that is needed to read them in any warehouse. */
export interface RowSources {
  readonly catalogue: Catalogue
  /** `.tranche` */
  readonly folder: string
  readonly files: readonly TakenFile[]
  readonly clocks: CompileOptions['clocks']
  /** Files that are read in place, by hash of the file. */
  readonly inPlace: ReadonlyMap<string, BoundFile>
  /** Customer numbers of other systems and other spellings, where they are known already. */
  readonly names: CustomerNames
}

export interface CustomerNames {
  /** The system whose numbers need no prefix. */
  readonly home: string
  /** Relation source, source_key, customer_id; null before systems are joined. */
  readonly keys: Sql | null
  /** Relation spelling, customer_id; null where every number is spelled one way. */
  readonly aliases: Sql | null
  /** The case in which numbers are spelled, where it is one. */
  readonly keyCase: 'upper' | 'lower' | null
}

export interface TableColumn {
  readonly name: string
  readonly type: ColumnType
}

/** Columns of a standard table in this workspace: its own, then extras, then `known_at`. */
export function tableColumns(
  catalogue: Pick<Catalogue, 'extras'>,
  name: StandardTableName,
): readonly TableColumn[] {
  const table = standardTables.find((candidate) => candidate.name === name)!
  return [
    ...table.columns.map((column) => ({ name: column.name, type: column.type })),
    ...(catalogue.extras[name] ?? []).map(({ key, type }) => ({ name: key, type })),
    { name: 'known_at', type: 'instant' },
  ]
}

/** Name of the column that says which source a row is of; the table of keys has its own meaning of `source`. */
export function sourceColumn(table: StandardTableName): string {
  return table === 'customer_keys' ? '_source' : 'source'
}

/** The system of a source, by default the institution itself. */
export const institution = 'institution'

/** Which rows of a table to read: those of a `resolution`, or those named by a relation of _file, _index, _line, _part. */
export interface Selected {
  readonly resolution: Resolution | null
  readonly only: Sql | null
}

/**
 * All rows mapped to a table, before duplicates are left out: its columns, the source, `_file`, `_line`, `_part`
 * (which row of the line) and `_index` (which mapping of the source).
 * A `resolution` leaves out what it dropped and adds what it merged; `only` takes few rows before any of their values
 * is worked out.
 */
export function tableRows(
  sources: RowSources,
  table: StandardTableName,
  resolution: Resolution | null,
  only: Sql | null = null,
): Sql {
  const columns = tableColumns(sources.catalogue, table)
  const selected: Selected = { resolution, only }
  const parts = groupsOf(sources, table).map((group) => groupRows(sources, table, columns, group, selected))
  if (resolution?.merged.includes(table)) {
    const merged = joinPath(sources.folder, intakePaths.resolved(resolution.hash, `merged-${table}`))
    parts.push(sql`select ${join(allNames(table, columns))} from read_parquet(${merged})`)
  }
  if (parts.length === 0) return sql`(select ${join(emptyColumns(table, columns))} where false)`
  return sql`(${join(parts, ' union all ')})`
}

export interface Group {
  readonly source: string
  readonly index: number
  readonly system: string
  readonly place: TakenTable['place']
  readonly folded: TakenTable['folded']
  readonly members: readonly { readonly file: TakenFile; readonly taken: TakenTable }[]
}

/** Files of one mapping are read together, those in place if they have the same columns. */
function groupsOf({ files, catalogue, inPlace }: RowSources, table: StandardTableName): readonly Group[] {
  const groups = new Map<string, Group & { members: { file: TakenFile; taken: TakenTable }[] }>()
  for (const file of files) {
    if (file.copyOf !== null) continue
    const source = catalogue.sources.find(({ key }) => key === file.source)
    for (const taken of file.tables) {
      if (taken.table !== table || taken.place === 'cluster') continue
      const places: TakenTable['place'][] = taken.kept > taken.patched ? [taken.place] : []
      if (taken.patched > 0) places.push('written')
      for (const place of places) {
        const shape = place === 'in_place' ? `${inPlace.get(file.hash)!.shape} ${taken.folded}` : ''
        const id = `${file.source}\x1f${taken.index}\x1f${shape}`
        const group = groups.get(id) ?? {
          source: file.source,
          index: taken.index,
          system: source?.value.system ?? institution,
          place,
          folded: place === 'in_place' ? taken.folded : null,
          members: [],
        }
        group.members.push({ file, taken })
        groups.set(id, group)
      }
    }
  }
  return [...groups.values()]
}

function groupRows(
  sources: RowSources,
  table: StandardTableName,
  columns: readonly TableColumn[],
  group: Group,
  selected: Selected,
): Sql {
  const { members } = group
  const given = new Set([...members[0]!.taken.columns, 'known_at'])
  const own =
    group.place === 'in_place'
      ? inPlaceRows(sources, table, group, selected)
      : writtenRows(sources, group, selected)
  const names = joinNames(sources.names, group, columns, table)
  const values = columns.map(({ name, type }) =>
    given.has(name)
      ? sql`${names.values.get(name) ?? ident('t', name)} as ${ident(name)}`
      : sql`cast(null as ${columnType(type)}) as ${ident(name)}`,
  )
  const meta = sql`${group.source} as ${ident(sourceColumn(table))}, t._file, t._line, t._part, cast(${group.index} as integer) as _index`
  return sql`select ${join(values)}, ${meta} from ${own} t${names.joins}${leaveOut(sources, table, group, selected.resolution)}`
}

function writtenRows({ folder }: RowSources, { members, index }: Group, { only }: Selected): Sql {
  const paths = members.map(
    ({ taken }) => sql`${joinPath(folder, intakePaths.standard(taken.table, taken.hash))}`,
  )
  const rows = sql`read_parquet([${join(paths)}])`
  return only === null
    ? rows
    : sql`(select r.* from ${rows} r semi join (select * from ${only} where _index = ${index}) o on o._file = r._file and o._line = r._line and o._part = r._part)`
}

/** Leaves out rows of written files that were dropped when all files were looked at. */
function leaveOut(
  { folder }: RowSources,
  table: StandardTableName,
  { members, index, place }: Group,
  resolution: Resolution | null,
): Sql {
  if (place === 'in_place') return sql``
  const ids = members.map(({ file }) => file.id).filter((id) => hasDropped(resolution, table, id, index))
  if (resolution === null || ids.length === 0) return sql``
  const rows = droppedRows(folder, resolution, table, ids, index)
  return sql` anti join ${rows} d on d._file = t._file and d._line = t._line and d._part = t._part`
}

/** The one number of a customer, whichever system's number and spelling a row has. */
function joinNames(
  { home, keys, keyCase, ...names }: CustomerNames,
  { system, folded }: Group,
  columns: readonly TableColumn[],
  table: StandardTableName,
): { readonly joins: Sql; readonly values: ReadonlyMap<string, Sql> } {
  const values = new Map<string, Sql>()
  // Numbers that are all in the case of the others have no other spelling.
  const aliases = folded !== null && folded === keyCase ? null : names.aliases
  let joins = sql``
  // Given pairs already name the other system's number.
  const foreign = system !== home && table !== 'customer_keys'
  for (const { name } of columns) {
    if (!customerColumns.includes(name)) continue
    let value = ident('t', name)
    if (foreign) {
      const prefixed = sql`(${`${system}:`} || ${value})`
      if (keys === null) value = prefixed
      else {
        const alias = `k_${name}`
        joins = sql`${joins} left join (select source_key, customer_id from ${keys} where source = ${system}) ${ident(alias)} on ${ident(alias, 'source_key')} = ${value}`
        value = sql`coalesce(${ident(alias, 'customer_id')}, ${prefixed})`
      }
    }
    if (aliases !== null) {
      const alias = `a_${name}`
      joins = sql`${joins} left join ${aliases} ${ident(alias)} on ${ident(alias, 'spelling')} = ${value}`
      value = sql`coalesce(${ident(alias, 'customer_id')}, ${value})`
    }
    if (foreign || aliases !== null) values.set(name, value)
  }
  return { joins, values }
}

function allNames(table: StandardTableName, columns: readonly TableColumn[]): readonly Sql[] {
  return [...columns.map(({ name }) => name), sourceColumn(table), '_file', '_line', '_part', '_index'].map(
    (name) => ident(name),
  )
}

function emptyColumns(table: StandardTableName, columns: readonly TableColumn[]): readonly Sql[] {
  return [
    ...columns.map(({ name, type }) => sql`cast(null as ${columnType(type)}) as ${ident(name)}`),
    sql`cast(null as varchar) as ${ident(sourceColumn(table))}`,
    sql`cast(null as varchar) as _file`,
    sql`cast(null as bigint) as _line`,
    sql`cast(null as integer) as _part`,
    sql`cast(null as integer) as _index`,
  ]
}

function columnType(type: ColumnType): Sql {
  return byDialect((dialect) => dialect.columnType(type))
}
