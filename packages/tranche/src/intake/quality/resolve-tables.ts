import { mkdir, rm } from 'node:fs/promises'
import { dirname, join as joinPath } from 'node:path'
import { type Expectation, type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { canonicalJson, sha256 } from '../../workspace/hash.ts'
import { joinSystems, keysTable } from '../identity/join-systems.ts'
import { sharedTable, withSharedTables } from '../identity/shared-tables.ts'
import { aliasesTable, findSpellings } from '../identity/spellings.ts'
import { intakePaths, type Resolution, type ResolutionNote, type TakenTable } from '../intake-state.ts'
import { sideBySide } from '../mapping/side-by-side.ts'
import { type RowSources, tableRows } from '../mapping/table-rows.ts'
import { findDuplicates } from './duplicates.ts'
import { dropOrphans } from './orphans.ts'
import { writeRates } from './rates.ts'

export interface ResolveOptions {
  readonly warehouse: Warehouse
  /** Opens another connection to the same engine, which is closed here. */
  readonly beside: () => Promise<Warehouse>
  readonly signal: AbortSignal
  /** Rows of all files; names are found here. */
  readonly sources: Omit<RowSources, 'names'>
  readonly home: string
}

/** What decides the resolution: the rows of all files, and how sources rank and refer to each other. */
export function resolutionHash({ catalogue, files }: Pick<RowSources, 'catalogue' | 'files'>): string {
  return sha256(
    canonicalJson({
      version: 1,
      files: files.map(({ hash, copyOf }) => [hash, copyOf]),
      sources: catalogue.sources.map(({ key, value }) => [
        key,
        value.system,
        value.tables.map(({ table, precedence, expectations }) => [
          table,
          precedence,
          foreignKeys(expectations),
        ]),
      ]),
      extras: catalogue.extras,
      identity: catalogue.workspace.identity,
      currency: catalogue.workspace.currency,
      timeZone: catalogue.workspace.timeZone,
    }),
  )
}

/**
 * Looks at the rows of all files together: joins systems, spells customers one way, finds duplicates and rows that
 * refer to nothing, and names customers known only from other tables. Writes what it found under standard/all/<hash>/.
 */
export async function resolveTables(options: ResolveOptions): Promise<Resolution> {
  return await withSharedTables(options.warehouse, () => resolveAll(options))
}

async function resolveAll(options: ResolveOptions): Promise<Resolution> {
  const { warehouse, sources, home, signal } = options
  const hash = resolutionHash(sources)
  const folder = joinPath(sources.folder, dirname(intakePaths.resolved(hash, 'x')))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o750 })
  const path = (name: string) => joinPath(sources.folder, intakePaths.resolved(hash, name))
  const unnamed: RowSources = { ...sources, names: { home, keys: null, aliases: null, keyCase: null } }
  const identity = await joinSystems(warehouse, unnamed)
  const keyed: RowSources = {
    ...unnamed,
    names: { ...unnamed.names, keys: identity.length > 0 ? keysTable : null },
  }
  await collectNumbers(warehouse, keyed)
  const { n: spelled, keyCase } = await findSpellings(
    warehouse,
    sql`select distinct customer_id from ${numbersTable}`,
  )
  const named: RowSources = {
    ...keyed,
    names: { ...keyed.names, aliases: spelled > 0 ? aliasesTable : null, keyCase },
  }
  const found = await sideBySide({
    items: standardTables.map(({ name }) => name),
    lanes: mostLanes,
    open: () => openLane(options),
    work: async (name, lane) => await resolveTable((await lane).connection, named, name, path),
    close: async (lane) => {
      const { connection, stop } = await lane
      signal.removeEventListener('abort', stop)
      connection.close()
    },
  })
  const resolved = found.filter((table) => table !== null)
  const spelling: readonly ResolutionNote[] =
    spelled > 0
      ? [
          {
            kind: 'folded_keys',
            source: '',
            table: 'customer_versions',
            column: 'customer_id',
            n: spelled,
            failed: spelled,
          },
        ]
      : []
  const droppedRows = await countDropped(
    warehouse,
    resolved.map(({ name }) => name),
    path,
  )
  if (identity.length > 0)
    await warehouse.writeParquet(
      sql`select source, source_key, customer_id, method from ${keysTable} order by all`,
      path('keys'),
    )
  if (spelled > 0)
    await warehouse.writeParquet(sql`select * from ${aliasesTable} order by spelling`, path('aliases'))
  const derivedCustomers = await writeDerived(warehouse, named, path('derived'))
  const rates = await writeRates(warehouse, named, path('rates'))
  return {
    hash,
    dropped: droppedRows,
    merged: resolved.filter(({ isMerged }) => isMerged).map(({ name }) => name),
    hasKeys: identity.length > 0,
    hasAliases: spelled > 0,
    keyCase,
    derivedCustomers,
    hasRates: rates.written,
    identity,
    notes: [...spelling, ...resolved.flatMap(({ notes }) => notes), ...rates.notes],
  }
}

/** Statements over one table are often too small for more than one thread; more connections would only share the memory. */
const mostLanes = 2

/** A connection of a lane, and what interrupts it. */
interface Lane {
  readonly connection: Warehouse
  readonly stop: () => void
}

async function openLane({ beside, signal }: ResolveOptions): Promise<Lane> {
  const connection = await beside()
  const stop = () => connection.interrupt()
  signal.addEventListener('abort', stop)
  return { connection, stop }
}

interface ResolvedTable {
  readonly name: StandardTableName
  readonly isMerged: boolean
  readonly notes: readonly ResolutionNote[]
}

/** Writes which rows of a table are left out, and those merged of several sources; null where all stay as they are. */
async function resolveTable(
  warehouse: Warehouse,
  sources: RowSources,
  name: StandardTableName,
  path: (name: string) => string,
): Promise<ResolvedTable | null> {
  const duplicates = await findDuplicates(warehouse, sources, name)
  const orphans = await dropOrphans(warehouse, sources, name, duplicates?.dropped ?? null, numbersTable)
  if (duplicates === null && orphans === null) return null
  const dropped = orphans ?? duplicates!.dropped
  const merged = duplicates?.merged ?? null
  await warehouse.writeParquet(sql`select * from ${ident(dropped)}`, path(`dropped-${name}`))
  if (merged !== null) {
    await warehouse.writeParquet(sql`select * from ${ident(merged)}`, path(`merged-${name}`))
    await warehouse.run(sql`drop table ${ident(merged)}`)
  }
  const notes = await supersededNotes(warehouse, sources, name, dropped)
  await warehouse.run(sql`drop table ${ident(dropped)}`)
  return { name, isMerged: merged !== null, notes }
}

/** Holds table_name, customer_id, once each. */
const numbersTable = sharedTable('numbers')

async function collectNumbers(warehouse: Warehouse, sources: RowSources): Promise<void> {
  const tables = customerTables(sources.catalogue)
  const parts = tables.map(
    (name) =>
      sql`select ${name} as table_name, customer_id from (select distinct customer_id from ${tableRows(sources, name, null)}) where customer_id is not null`,
  )
  const query =
    parts.length === 0
      ? sql`select '' as table_name, '' as customer_id where false`
      : join(parts, ' union all ')
  await warehouse.run(sql`create or replace table ${numbersTable} as ${query}`)
}

/** Mapped tables whose rows belong to customers, customers themselves first. */
function customerTables(catalogue: Catalogue): readonly StandardTableName[] {
  const names = standardTables
    .filter(({ name, perCustomer }) => perCustomer && name !== 'customer_keys' && catalogue.mapped.has(name))
    .map(({ name }) => name)
  return names
}

/** Customers of whom only rows in other tables are known; rows that refer to nobody make nobody. */
async function writeDerived(warehouse: Warehouse, sources: RowSources, file: string): Promise<number> {
  // Who is not known there either can only be told on the cluster.
  if (sources.files.some(({ tables }) => tables.some(isClusterOf('customer_versions')))) return 0
  const spelled = (query: Sql) =>
    sources.names.aliases === null
      ? query
      : sql`select n.table_name, coalesce(a.customer_id, n.customer_id) as customer_id from (${query}) n left join ${sources.names.aliases} a on a.spelling = n.customer_id`
  const strict = strictTables(sources.catalogue)
  const counted =
    strict.length === 0
      ? sql`true`
      : sql`table_name not in (${join(strict.map((name) => sql`${name as string}`))})`
  const numbers = spelled(sql`select * from ${numbersTable}`)
  const query = sql`select distinct customer_id from (${numbers}) n where table_name <> 'customer_versions' and ${counted} and not exists (select 1 from (${numbers}) c where c.table_name = 'customer_versions' and c.customer_id = n.customer_id)`
  await warehouse.run(sql`create or replace temp table intake_derived as ${query}`)
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from intake_derived`)
  if (n > 0)
    await warehouse.writeParquet(sql`select customer_id from intake_derived order by customer_id`, file)
  await warehouse.run(sql`drop table intake_derived`)
  return n
}

const isClusterOf =
  (name: StandardTableName) =>
  ({ table, place }: TakenTable): boolean =>
    table === name && place === 'cluster'

/** Tables from which every source sets aside rows of unknown customers. */
function strictTables({ sources }: Catalogue): readonly StandardTableName[] {
  const byTable = Map.groupBy(
    sources.flatMap(({ value }) => value.tables),
    ({ table }) => table,
  )
  return [...byTable].flatMap(([table, mappings]) =>
    mappings.every(({ expectations }) => expectations.some(setsAsideStrangers)) ? [table] : [],
  )
}

function setsAsideStrangers({ column, foreign_key, quarantine }: Expectation): boolean {
  return (
    quarantine &&
    column === 'customer_id' &&
    foreign_key?.table === 'customer_versions' &&
    foreign_key.column === 'customer_id'
  )
}

function foreignKeys(expectations: readonly Expectation[]): unknown {
  return expectations.flatMap(({ column, foreign_key, quarantine }) =>
    foreign_key !== undefined && quarantine ? [{ column, foreign_key }] : [],
  )
}

async function countDropped(
  warehouse: Warehouse,
  tables: readonly StandardTableName[],
  path: (name: string) => string,
): Promise<Resolution['dropped']> {
  const counted: Resolution['dropped'][number][] = []
  for (const table of tables) {
    const rows = await warehouse.rows<{
      file: string
      index: number
      duplicates: number
      quarantined: number
      orphans: number
    }>(sql`
      select _file as file, _index as index, count_if(verdict in ('duplicate', 'superseded')) as duplicates,
        count_if(verdict in ('contradiction', 'orphan')) as quarantined, count_if(verdict = 'orphan') as orphans
      from read_parquet(${path(`dropped-${table}`)}) group by all order by all`)
    counted.push(...rows.map((row) => ({ table, ...row })))
  }
  return counted
}

/** Rows that gave way to a source of higher rank, and how many of them disagreed with it. */
async function supersededNotes(
  warehouse: Warehouse,
  { files }: RowSources,
  table: StandardTableName,
  dropped: string,
): Promise<readonly ResolutionNote[]> {
  const rows = await warehouse.rows<{ file: string; n: number; failed: number }>(
    sql`select _file as file, count(*) as n, count_if(disagrees) as failed from ${ident(dropped)} where verdict = 'superseded' group by all order by all`,
  )
  const bySource = new Map<string, { n: number; failed: number }>()
  for (const { file, n, failed } of rows) {
    const source = files.find(({ id }) => id === file)?.source ?? ''
    const sum = bySource.get(source) ?? { n: 0, failed: 0 }
    bySource.set(source, { n: sum.n + n, failed: sum.failed + failed })
  }
  return [...bySource].map(([source, sums]) => ({ kind: 'superseded', source, table, column: '', ...sums }))
}
