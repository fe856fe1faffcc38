import { type StandardTable, type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { TakenFile } from '../intake-state.ts'
import { numberedKey } from '../mapping/compile-table.ts'
import { numbersInPlace } from '../mapping/in-place-rows.ts'
import { customerColumns } from '../mapping/order-of-columns.ts'
import {
  institution,
  type RowSources,
  sourceColumn,
  type TableColumn,
  tableColumns,
  tableRows,
} from '../mapping/table-rows.ts'
import { areDistinctNumbers } from './distinct-numbers.ts'

export interface Duplicates {
  /** Table of the run: _file, _index, _line, _part, verdict, and what the quarantine says of contradictions. */
  readonly dropped: string
  /** Table of the run with rows merged from several sources, or null. */
  readonly merged: string | null
}

/**
 * Rows of a table that repeat a key. Of rows that are equal the first is kept and the others are duplicates. Of rows
 * that contradict each other, the one of higher precedence, then the one known later, then of the later file and
 * line is kept, the others are contradictions. Rows of another source or system are no contradictions where one
 * outranks the other, or where they only know something else: the kept row takes over what it lacks.
 * Null where no key repeats, which one pass over the keys tells.
 */
export async function findDuplicates(
  warehouse: Warehouse,
  sources: RowSources,
  name: StandardTableName,
): Promise<Duplicates | null> {
  const table: StandardTable = standardTables.find((candidate) => candidate.name === name)!
  if (!mayRepeat(sources, table)) return null
  const rows = tableRows(sources, name, null)
  const key = table.key.map((column) => ident(column))
  const [only, second] = table.key
  if (
    only !== undefined &&
    second === undefined &&
    (await areDistinctKeys(warehouse, sources, name, { rows, key: only }))
  )
    return null
  const keyHash = sql`hash(${join(key)})`
  await warehouse.run(
    sql`create or replace temp table ${ident(keys)} as select ${keyHash} as h from ${rows} group by 1 having count(*) > 1`,
  )
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(keys)}`)
  if (n === 0) return null
  await rankFiles(warehouse, sources, name)
  const repeated = `intake_repeated_${name}`
  const found = await repeatedRows(warehouse, sources, name, keyHash)
  await warehouse.run(sql`create or replace temp table ${ident(repeated)} as
    select t.*, o.precedence, o.system_rank, o.position, o.system
    from ${found} t join ${ident(ranks(name))} o on o._file = t._file and o._index = t._index`)
  const columns = tableColumns(sources.catalogue, name)
  const judged = await judgeRepeated(warehouse, table, columns, repeated)
  const merged = await mergeSources(warehouse, table, columns, judged, sourceColumn(name))
  const dropped = await collectDropped(warehouse, table, judged)
  await warehouse.run(sql`drop table ${ident(repeated)}`)
  await warehouse.run(sql`drop table ${ident(judged)}`)
  await warehouse.run(sql`drop table ${ident(keys)}`)
  await warehouse.run(sql`drop table if exists ${ident(places)}`)
  await warehouse.run(sql`drop table ${ident(ranks(name))}`)
  return { dropped, merged }
}

/** Rows of which a key repeats: where files are read in place, no other column is worked out of the rest. */
async function repeatedRows(
  warehouse: Warehouse,
  sources: RowSources,
  name: StandardTableName,
  keyHash: Sql,
): Promise<Sql> {
  const rows = tableRows(sources, name, null)
  const repeats = sql`${keyHash} in (select h from ${ident(keys)})`
  const inPlace = sources.files.some(({ tables }) =>
    tables.some(({ table, place }) => table === name && place === 'in_place'),
  )
  if (!inPlace) return sql`(select * from ${rows} where ${repeats})`
  await warehouse.run(
    sql`create or replace temp table ${ident(places)} as select _file, _index, _line, _part from ${rows} where ${repeats}`,
  )
  return tableRows(sources, name, null, ident(places))
}

/** Whether a single key is another whole number in each row; read as numbers where files hold them as such. */
async function areDistinctKeys(
  warehouse: Warehouse,
  sources: RowSources,
  name: StandardTableName,
  { rows, key }: { readonly rows: Sql; readonly key: string },
): Promise<boolean> {
  const numbers = customerColumns.includes(key) ? null : numbersInPlace(sources, name, key)
  const kept = keptRows(sources, name)
  if (numbers !== null) return await areDistinctNumbers(warehouse, numbers, ident('key'), kept)
  return await areDistinctNumbers(warehouse, rows, ident(key), kept)
}

const takenFor = ({ files }: RowSources, name: string) =>
  files.flatMap((file) => file.tables.filter((item) => item.table === name && item.place !== 'cluster'))

function keptRows(sources: RowSources, name: string): number {
  return takenFor(sources, name).reduce((sum, { kept }) => sum + kept, 0)
}

/** Rows numbered by file and line never repeat. */
function mayRepeat(sources: RowSources, table: StandardTable): boolean {
  const taken = takenFor(sources, table.name)
  if (taken.every(({ kept }) => kept === 0)) return false
  const numbered = numberedKey(table)
  return numbered === null || taken.some((item) => !item.numbered)
}

const keys = 'intake_repeated_keys'
const places = 'intake_repeated_places'
const ranks = (name: string) => `intake_ranks_${name}`

/** One row per file and mapping: what it outranks. */
async function rankFiles(
  warehouse: Warehouse,
  { catalogue, files, names }: RowSources,
  table: StandardTableName,
): Promise<void> {
  const order = [names.home, ...catalogue.workspace.identity.flatMap(({ systems }) => systems)]
  const rows = files.flatMap((file, position) =>
    file.copyOf !== null ? [] : ranksOf(file, position, table, catalogue, order),
  )
  await warehouse.createFrom(ranks(table), [
    { name: '_file', type: 'varchar', values: rows.map((row) => row.file) },
    { name: '_index', type: 'bigint', values: rows.map((row) => row.index) },
    { name: 'precedence', type: 'bigint', values: rows.map((row) => row.precedence) },
    { name: 'system_rank', type: 'bigint', values: rows.map((row) => row.systemRank) },
    { name: 'position', type: 'bigint', values: rows.map((row) => row.position) },
    { name: 'system', type: 'varchar', values: rows.map((row) => row.system) },
  ])
}

function ranksOf(
  file: TakenFile,
  position: number,
  table: StandardTableName,
  catalogue: RowSources['catalogue'],
  order: readonly string[],
) {
  const source = catalogue.sources.find(({ key }) => key === file.source)!.value
  const system = source.system ?? institution
  const rank = order.indexOf(system)
  return file.tables
    .filter((taken) => taken.table === table)
    .map(({ index }) => ({
      file: file.id,
      index,
      precedence: source.tables[index]!.precedence,
      systemRank: rank < 0 ? order.length : rank,
      position,
      system,
    }))
}

/** Each repeated row with its verdict: kept, duplicate, contradiction, superseded. */
async function judgeRepeated(
  warehouse: Warehouse,
  table: StandardTable,
  columns: readonly TableColumn[],
  repeated: string,
): Promise<string> {
  const judged = `intake_judged_${table.name}`
  const key = join(table.key.map((column) => ident(column)))
  const content = columns.filter(({ name }) => name !== 'known_at' && !table.key.includes(name))
  const all = join([...table.key, ...content.map(({ name }) => name)].map((name) => ident(name)))
  const sameKey = join(
    table.key.map((name) => sql`w.${ident(name)} is not distinct from r.${ident(name)}`),
    ' and ',
  )
  const meta = sourceColumn(table.name as StandardTableName)
  const differing = content.map(
    ({ name }) =>
      sql`case when r.${ident(name)} is distinct from w.${ident(name)} and (w.${ident(name)} is not null or r.content_source = w.content_source) then ${name} end`,
  )
  const disagreeing = content.map(({ name }) => sql`(r.${ident(name)} <> w.${ident(name)})`)
  const disagrees = disagreeing.length === 0 ? sql`false` : sql`coalesce(${join(disagreeing, ' or ')}, false)`
  const names =
    differing.length === 0
      ? sql`''`
      : sql`array_to_string(list_filter([${join(differing)}], lambda n: n is not null), ', ')`
  const values = content.map(
    ({ name }, index) =>
      sql`case when ${differing[index]!} is not null then ${`${name}=`} || coalesce(cast(r.${ident(name)} as varchar), '') end`,
  )
  const shown =
    values.length === 0
      ? sql`''`
      : sql`array_to_string(list_filter([${join(values)}], lambda n: n is not null), ', ')`
  await warehouse.run(sql`create or replace temp table ${ident(judged)} as
    with ranked as (
      select *, ${ident(meta)} || '/' || cast(_index as varchar) as content_source,
        row_number() over (partition by ${key} order by precedence desc, system_rank, known_at desc nulls last, position desc, _line desc, _part desc) as best
      from ${ident(repeated)}
    ),
    grouped as (
      select *, min(best) over (partition by ${all}) as content,
        row_number() over (partition by ${all} order by precedence desc, system_rank, position, _line, _part) as occurrence
      from ranked
    ),
    winners as (select * from grouped where content = 1 and occurrence = 1)
    select r.*, w._file as kept_file, w._line as kept_line, ${names} as differing, ${shown} as shown, ${disagrees} as disagrees,
      case
        when r.occurrence > 1 then 'duplicate'
        when r.content = 1 then 'kept'
        when r.content_source = w.content_source then 'contradiction'
        when r.precedence <> w.precedence or r.system <> w.system then 'superseded'
        when ${disagrees} then 'contradiction'
        else 'superseded'
      end as verdict
    from grouped r join winners w on ${sameKey}`)
  return judged
}

/** Fills what the kept row lacks from rows of other sources; null where no source knows anything of another's rows. */
async function mergeSources(
  warehouse: Warehouse,
  table: StandardTable,
  columns: readonly TableColumn[],
  judged: string,
  meta: string,
): Promise<string | null> {
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident(judged)} where verdict = 'superseded'`,
  )
  if (n === 0) return null
  const merged = `intake_merged_${table.name}`
  const key = join(table.key.map((column) => ident(column)))
  const values = columns.map(({ name }) =>
    table.key.includes(name) || name === 'known_at'
      ? sql`${ofKept(name)} as ${ident(name)}`
      : sql`arg_min(${ident(name)}, best) as ${ident(name)}`,
  )
  const metas = [meta, '_file', '_line', '_part', '_index'].map(
    (name) => sql`${ofKept(name)} as ${ident(name)}`,
  )
  await warehouse.run(sql`create or replace temp table ${ident(merged)} as
    select ${join([...values, ...metas])}
    from ${ident(judged)} where verdict in ('kept', 'superseded')
    group by ${key} having count(*) > 1 order by all`)
  return merged
}

/** The kept row's own value, missing or not. */
function ofKept(name: string): Sql {
  return sql`first(${ident(name)} order by verdict) filter (where verdict = 'kept')`
}

/** Rows to leave out: all that were not kept, and kept ones whose merged form takes their place. */
async function collectDropped(warehouse: Warehouse, table: StandardTable, judged: string): Promise<string> {
  const dropped = `intake_dropped_${table.name}`
  const key = join(table.key.map((column) => ident(column)))
  await warehouse.run(sql`create or replace temp table ${ident(dropped)} as
    select _file, _index, _line, _part, verdict, disagrees, differing, shown, kept_file, kept_line
    from (
      select * replace (case when verdict = 'kept' and superseded > 0 then 'merged' else verdict end as verdict)
      from (select *, count_if(verdict = 'superseded') over (partition by ${key}) as superseded from ${ident(judged)})
    )
    where verdict <> 'kept'
    order by _file, _index, _line, _part`)
  return dropped
}
