import { stat } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { byDialect, ident, join, renderInline, type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type IntakeState, intakePaths, type Resolution, type TakenFile } from './intake-state.ts'
import { type CompileOptions, createClocks } from './mapping/compile-table.ts'
import type { BoundFile } from './mapping/in-place-rows.ts'
import { rawRowsOf } from './mapping/raw-columns.ts'
import {
  type CustomerNames,
  institution,
  type RowSources,
  tableColumns,
  tableRows,
} from './mapping/table-rows.ts'
import { rateDay } from './quality/rates.ts'
import { stageFile } from './readers/stage-file.ts'
import { standardColumns } from './standard-columns.ts'

export interface StandardViewsOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  /** `.tranche` */
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution' | 'consents'>
  /** Clocks that are there already: what a zone did in two centuries takes a while to tell. */
  readonly clocks?: CompileOptions['clocks']
}

/**
 * Creates schema `standard` with a view for every table of the standard model, whether or not a source maps it:
 * its columns, extras, `known_at`, `source`, `_file`, `_line`; transactions also have `amount_base`.
 * @throws TrancheError invalid_source where a file that is read in place is gone or has changed since
 */
export async function createStandardViews(options: StandardViewsOptions): Promise<void> {
  const { warehouse, catalogue, state } = options
  const sources = await rowSources(options)
  const brought = await tablesBrought(warehouse)
  await warehouse.run(sql`create schema if not exists standard`)
  for (const { name } of standardTables) {
    if (brought.has(wholePrefix + name)) {
      await createView(warehouse, name, sql`select * from ${wholeRows(name)}`)
      continue
    }
    const own = viewOf(sources, name, state, catalogue)
    const rows = brought.has(asidePrefix + name) ? await withoutAside(warehouse, name, own) : own
    await createView(
      warehouse,
      name,
      brought.has(broughtPrefix + name) ? withBrought(catalogue, name, rows) : rows,
    )
  }
}

/** Rows of a standard table that a run brought from tables of the cluster, for its findings. */
export function broughtRows(table: StandardTableName): Sql {
  return ident('run_state', `${broughtPrefix}${table}`)
}

/** All rows of a standard table that findings read, of which only the cluster can tell which stand. */
export function wholeRows(table: StandardTableName): Sql {
  return ident('run_state', `${wholePrefix}${table}`)
}

/** What rows of this machine name that is not there on the cluster: source, column_name, value. */
export function asideRows(table: StandardTableName): Sql {
  return ident('run_state', `${asidePrefix}${table}`)
}

const broughtPrefix = 'standard_'
const wholePrefix = 'whole_'
const asidePrefix = 'aside_'

async function tablesBrought(warehouse: Warehouse): Promise<ReadonlySet<string>> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'run_state'`,
  )
  return new Set(found.map(({ name }) => name))
}

async function withoutAside(warehouse: Warehouse, table: StandardTableName, rows: Sql): Promise<Sql> {
  const aside = asideRows(table)
  const named = await warehouse.rows<{ source: string; column: string }>(
    sql`select distinct source, column_name as "column" from ${aside} order by 1, 2`,
  )
  const conditions = named.map(
    ({ source, column }) => sql`(t.source = ${source} and coalesce(cast(t.${ident(column)} as varchar) in
      (select value from ${aside} where source = ${source} and column_name = ${column}), false))`,
  )
  return conditions.length === 0
    ? rows
    : sql`select * from (${rows}) t where not (${join(conditions, ' or ')})`
}

function withBrought(catalogue: Catalogue, table: StandardTableName, rows: Sql): Sql {
  const names = standardColumns(catalogue, table).map(({ name }) => ident(name))
  const columns = join(table === 'transactions' ? [...names, ident('amount_base')] : names)
  return sql`select ${columns} from (${rows}) union all select ${columns} from ${broughtRows(table)}`
}

/** What is needed to read rows of any table; files in place are bound to the warehouse. */
export async function rowSources({
  warehouse,
  catalogue,
  folder,
  state,
  clocks,
}: StandardViewsOptions): Promise<RowSources> {
  return {
    catalogue,
    folder,
    files: state.files,
    clocks: clocks ?? createClocks(catalogue.workspace.timeZone),
    inPlace: await bindInPlace(warehouse, catalogue, state.files),
    names: customerNames(catalogue, folder, state.resolution),
  }
}

/** Every file that is read in place, as the warehouse sees it. */
export async function bindInPlace(
  warehouse: Warehouse,
  catalogue: Catalogue,
  files: readonly TakenFile[],
): Promise<ReadonlyMap<string, BoundFile>> {
  const bound = new Map<string, BoundFile>()
  for (const file of files) {
    if (file.copyOf !== null || !file.tables.some(({ place }) => place === 'in_place')) continue
    const absolute = joinPath(catalogue.dir, file.path)
    const path = file.path.startsWith('/') ? file.path : absolute
    await refuseChanged(path, file)
    const staged = await stageFile({ file: path, format: { type: 'parquet' }, warehouse })
    const source = catalogue.sources.find(({ key }) => key === file.source)
    const { columns } = await rawRowsOf(warehouse, staged, source?.value.identifiers ?? {}, null)
    const shape = JSON.stringify(
      [...columns.values()].map(({ name, kind, engineType }) => [name, kind, engineType]),
    )
    bound.set(file.hash, { relation: staged.relation, columns, shape })
  }
  return bound
}

export function customerNames(
  catalogue: Catalogue,
  folder: string,
  resolution: Pick<Resolution, 'hash' | 'hasKeys' | 'hasAliases' | 'keyCase'> | null,
): CustomerNames {
  const relation = (name: string) =>
    sql`read_parquet(${joinPath(folder, intakePaths.resolved(resolution!.hash, name))})`
  return {
    home: homeSystem(catalogue),
    keys: resolution?.hasKeys ? relation('keys') : null,
    aliases: resolution?.hasAliases ? relation('aliases') : null,
    keyCase: resolution?.keyCase ?? null,
  }
}

/** The system whose numbers customers keep: the first of the first pair, else the institution's own. */
export function homeSystem({ workspace, sources }: Pick<Catalogue, 'workspace' | 'sources'>): string {
  const [first] = workspace.identity
  if (first !== undefined) return first.systems[0]
  const systems = sources.map(({ value }) => value.system ?? institution)
  return systems.includes(institution) ? institution : (systems[0] ?? institution)
}

async function createView(warehouse: Warehouse, table: StandardTableName, query: Sql): Promise<void> {
  // A view binds no parameters: its values are written as literals by the dialect.
  const text = renderInline(
    sql`create or replace view ${ident('standard', table)} as ${query}`,
    warehouse.dialect,
  )
  await warehouse.run(unsafeRaw(text))
}

function viewOf(
  sources: RowSources,
  table: StandardTableName,
  { resolution, consents }: StandardViewsOptions['state'],
  catalogue: Catalogue,
): Sql {
  const columns = join(standardColumns(catalogue, table).map(({ name }) => sql`t.${ident(name)}`))
  const rows = tableRows(sources, table, resolution)
  const path = (name: string) => joinPath(sources.folder, intakePaths.resolved(resolution.hash, name))
  if (table === 'customer_versions' && resolution.derivedCustomers > 0)
    return sql`select ${columns} from ${rows} t union all select ${join(derivedColumns(sources, table))} from read_parquet(${path('derived')}) d`
  if (table === 'customer_keys' && resolution.hasKeys)
    return sql`select ${columns} from ${rows} t union all select ${join(keyColumns(sources))} from read_parquet(${path('keys')}) d`
  if (table === 'consents' && consents !== undefined)
    return withStateConsents(sources, sql`select ${columns} from ${rows} t`, consents.hash)
  if (table === 'transactions') return withBaseAmount(sources, columns, rows, resolution)
  return sql`select ${columns} from ${rows} t`
}

/** Customers known only from their rows in other tables: nothing is known of them but the number. */
function derivedColumns({ catalogue }: RowSources, table: StandardTableName): readonly Sql[] {
  return [
    ...tableColumns(catalogue, table).map(({ name, type }) =>
      name === 'customer_id' ? sql`d.customer_id` : sql`cast(null as ${columnType(type)})`,
    ),
    sql`'_derived'`,
    sql`''`,
    sql`cast(0 as bigint)`,
  ]
}

function keyColumns({ catalogue }: RowSources): readonly Sql[] {
  const given = new Set(['source', 'source_key', 'customer_id', 'method'])
  return [
    ...tableColumns(catalogue, 'customer_keys').map(({ name, type }) =>
      given.has(name) ? sql`d.${ident(name)}` : sql`cast(null as ${columnType(type)})`,
    ),
    sql`''`,
    sql`cast(0 as bigint)`,
  ]
}

/** Adds the decisions that the state holds to those of the sources; one that both have is the source's. */
function withStateConsents({ catalogue, folder }: RowSources, fromSources: Sql, hash: string): Sql {
  const extras = new Set(catalogue.extras.consents?.map(({ key }) => key))
  const columns = tableColumns(catalogue, 'consents').map(({ name, type }) =>
    extras.has(name) ? sql`cast(null as ${columnType(type)})` : sql`s.${ident(name)}`,
  )
  const numbered = sql`(select *, row_number() over (order by customer_id, purpose, decided_at) as _line from read_parquet(${joinPath(folder, intakePaths.standard('consents', hash))}))`
  return sql`select * from (${fromSources}) union all
    select ${join(columns)}, '_state', '_state', s._line from ${numbered} s
    anti join (${fromSources}) f on f.customer_id = s.customer_id and f.purpose = s.purpose and f.decided_at = s.decided_at`
}

/** Adds `amount_base`: NULL where the day has no rate, never taken for one. */
function withBaseAmount(sources: RowSources, columns: Sql, rows: Sql, resolution: Resolution): Sql {
  const { catalogue, folder } = sources
  const base = catalogue.workspace.currency
  const taken = sources.files.flatMap(({ tables }) => tables.filter(({ table }) => table === 'transactions'))
  if (!taken.some((table) => table.columns.includes('currency')))
    return sql`select ${columns}, t.amount as amount_base from ${rows} t`
  const own = sql`t.currency is null or t.currency = ${base}`
  if (!resolution.hasRates)
    return sql`select ${columns}, case when ${own} then t.amount end as amount_base from ${rows} t`
  const rates = joinPath(folder, intakePaths.resolved(resolution.hash, 'rates'))
  return sql`select ${columns}, case when ${own} then t.amount else cast(t.amount * r.rate as decimal(18, 4)) end as amount_base from ${rows} t left join read_parquet(${rates}) r on r.currency = t.currency and r.day = ${rateDay(sources)}`
}

async function refuseChanged(path: string, file: TakenFile): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found !== undefined && found.size === file.bytes && found.mtimeMs === file.mtimeMs) return
  throw new TrancheError(
    'invalid_source',
    found === undefined
      ? {
          en: `${file.path} is gone; its rows are read where it lay.`,
          zh: `${file.path} 已不存在，其数据需从原文件读取。`,
        }
      : { en: `${file.path} has changed since it was taken in.`, zh: `${file.path} 在读入之后被修改过。` },
    {
      place: { file: file.path },
      hint: { en: 'Run again: tranche run', zh: '请重新运行：tranche run' },
    },
  )
}

function columnType(type: Parameters<Warehouse['dialect']['columnType']>[0]): Sql {
  return byDialect((dialect) => dialect.columnType(type))
}
