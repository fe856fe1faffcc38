import { join as joinPath } from 'node:path'
import { type StandardTableName, standardTables } from '@tranche/contract'
import { loadTable, type ReadyTable, readyTable, takeTable } from '../engine/load-table.ts'
import { sideBySide } from '../engine/side-by-side.ts'
import type { SharedFolder } from '../engine/trino-load.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { keptOfRepeated, rowsOnce } from '../intake/cluster/repeats.ts'
import {
  isTableInPlace,
  type RowsInPlaceOptions,
  standardRows,
  takenInPlace,
} from '../intake/cluster/standard-rows.ts'
import { type IntakeState, intakePaths } from '../intake/intake-state.ts'
import { createClocks } from '../intake/mapping/compile-table.ts'
import { sourceColumn, tableColumns } from '../intake/mapping/table-rows.ts'
import { rateDay } from '../intake/quality/rates.ts'
import { homeSystem } from '../intake/standard-views.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import {
  type CustomersThere,
  customerTables,
  derivedRows,
  findCustomersThere,
  spelledAlike,
} from './customers-on-cluster.ts'
import { type Meeting, noMeeting } from './meeting.ts'
import { countContested, settleKeys } from './meeting-keys.ts'
import { tablesHeldThere, withoutOrphansHere, withoutOrphansThere } from './meeting-references.ts'
import { columnsThere } from './standard-columns-there.ts'

export interface StandardOnCluster {
  readonly catalogue: Catalogue
  readonly cluster: Warehouse
  /** The engine on this machine, in which the standard views are. */
  readonly local: Warehouse
  readonly shared: SharedFolder | undefined
  /** `.tranche` */
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly progress: (rows: number) => void
  readonly signal: AbortSignal
}

/**
 * Makes every standard table on the cluster: one whose rows are all here is handed over, one that has rows there is a view over
 * its mappings, united with what was handed over. Where rows of customers lie there, so are all tables of customers.
 * @returns rows handed over, and what was seen where rows of both places met
 * @throws TrancheError refused where keys of several sources can't be told
 */
export async function createStandardOnCluster(
  place: StandardOnCluster,
): Promise<CustomersThere & { readonly rows: number; readonly met: Meeting }> {
  const { catalogue, cluster, signal, progress, state } = place
  const ofCustomers = customersThere(state)
  const isView = viewsThere(catalogue, state)
  const handed = new Map<StandardTableName, number>()
  let rows = 0
  // The cluster takes a table while the next is written here.
  await sideBySide(
    standardTables,
    async ({ name }) => {
      signal.throwIfAborted()
      return await written(place, name, handedName(name, isView))
    },
    async (ready, { name }) => {
      const own = await takeTable(cluster, ready)
      handed.set(name, own)
      rows += own
      progress(rows)
    },
  )
  const met = noMeeting()
  const options: RowsInPlaceOptions = {
    catalogue,
    clocks: createClocks(catalogue.workspace.timeZone),
    home: homeSystem(catalogue),
    handed: (name) => (handed.get(name) ? tableNamed(handedName(name, isView)) : null),
  }
  const parts = new Map<StandardTableName, readonly Sql[]>()
  for (const { name } of standardTables)
    if (isView(name)) parts.set(name, await partsOf(place, options, name, met))
  const ofEach = new Map(ofCustomers.map((name) => [name, parts.get(name) ?? []]))
  const customers = ofCustomers.length === 0 ? nobody : await findCustomersThere(cluster, ofEach)
  for (const [name, own] of parts) {
    signal.throwIfAborted()
    const spell = customers.spelled > 0 && ofCustomers.includes(name)
    const all = unionOf(catalogue, name, own)
    const alike = spell ? spelledAlike(catalogue, name, all) : all
    const once = own.length > 1 || spell ? await settled(place, name, alike, met) : alike
    const derived = name === 'customer_versions' && customers.derived > 0
    await cluster.run(
      sql`create or replace view ${tableNamed('standard', name)} security invoker as ${once}${derived ? sql` union all ${derivedRows(catalogue)}` : sql``}`,
    )
  }
  return { rows, met, ...customers }
}

type Views = (name: StandardTableName) => boolean

function customersThere({ files }: Pick<IntakeState, 'files'>): readonly StandardTableName[] {
  return customerTables.some((name) => isTableInPlace(files, name)) ? customerTables : []
}

/** Which standard tables are views there. */
function viewsThere(catalogue: Catalogue, state: Pick<IntakeState, 'files'>): Views {
  const ofCustomers = customersThere(state)
  const held = tablesHeldThere(catalogue)
  return (name) => isTableInPlace(state.files, name) || ofCustomers.includes(name) || held.has(name)
}

const handedName = (name: StandardTableName, isView: Views) =>
  isView(name) ? `taken_${name}` : `standard_${name}`

/** What a run has handed over of each standard table, whether that be no row. */
export function handedOver(
  catalogue: Catalogue,
  state: Pick<IntakeState, 'files'>,
): (name: StandardTableName) => Sql {
  const isView = viewsThere(catalogue, state)
  return (name) => tableNamed(handedName(name, isView))
}

/** Where what was chosen of rows whose keys repeat is kept, by the place of their mapping among those of the table. */
export const keptOnce = (name: StandardTableName, index: number): Sql =>
  tableNamed('once', `${name}_${index}`)

/** Rows of a table, each key once. Of one source they were told apart as it was looked at; those of several meet only here. */
async function settled(
  place: StandardOnCluster,
  name: StandardTableName,
  rows: Sql,
  met: Meeting,
): Promise<Sql> {
  const { cluster, catalogue } = place
  if ((await countContested(cluster, name, rows)) === 0) return rows
  const columns = columnsThere(catalogue, name).map((column) => column.name)
  const given = columns.filter((column) => column !== 'amount_base')
  const rates = name === 'transactions' ? await handOverRates(place) : null
  const finish = (kept: Sql) => (name === 'transactions' ? withBaseAmount(place, kept, rates) : kept)
  const kept = await settleKeys(cluster, catalogue, name, { rows, columns: given, finish }, met)
  const own = columns.filter((column) => column !== '_file' && column !== '_line')
  const once = rowsOnce(name, own, rows, kept)
  return sql`select ${join(columns.map((column) => ident(column)))} from (${once})`
}

const nobody: CustomersThere = { spelled: 0, derived: 0 }

async function written(
  { catalogue, local, shared }: StandardOnCluster,
  name: StandardTableName,
  table: string,
): Promise<ReadyTable> {
  const from = { warehouse: local, relation: ident('standard', name) }
  return await readyTable(shared, table, columnsThere(catalogue, name), from)
}

/** Queries that give the rows of a table, each with its columns. */
async function partsOf(
  place: StandardOnCluster,
  options: RowsInPlaceOptions,
  name: StandardTableName,
  met: Meeting,
): Promise<Sql[]> {
  const { catalogue, cluster, state } = place
  const there: Sql[] = []
  for (const [index, item] of takenInPlace(state.files, name).entries()) {
    const rows = standardRows(options, item)
    const once = item.taken.repeats === undefined ? rows : await settleRepeats(place, name, index, rows)
    there.push(await withoutOrphansThere(cluster, options, item, once, met))
  }
  const rates = name === 'transactions' && there.length > 0 ? await handOverRates(place) : null
  const parts = there.map((rows) => (name === 'transactions' ? withBaseAmount(place, rows, rates) : rows))
  const handed = options.handed?.(name) ?? null
  if (handed === null) return parts
  const columns = join(columnsThere(catalogue, name).map((column) => ident(column.name)))
  const here = await withoutOrphansHere(cluster, options, state, name, handed, met)
  return [...parts, sql`select ${columns} from ${here}`]
}

/** Keeps what was chosen of rows whose keys repeat as a table, which is small, so that no query chooses again. */
async function settleRepeats(
  { catalogue, cluster }: StandardOnCluster,
  name: StandardTableName,
  index: number,
  rows: Sql,
): Promise<Sql> {
  const columns = tableColumns(catalogue, name).map((column) => column.name)
  const table = [...columns, sourceColumn(name)]
  const kept = keptOnce(name, index)
  await cluster.run(sql`create or replace table ${kept} as ${keptOfRepeated(name, table, rows)}`)
  return rowsOnce(name, table, rows, kept)
}

function unionOf(catalogue: Catalogue, name: StandardTableName, parts: readonly Sql[]): Sql {
  const columns = columnsThere(catalogue, name)
  if (parts.length > 0)
    return join(
      parts.map((rows) => sql`select ${join(columns.map((column) => ident(column.name)))} from (${rows})`),
      ' union all ',
    )
  return sql`select ${join(columns.map((column) => ident(column.name)))} from ${tableNamed('taken', name)}`
}

/** Exchange rates are few: they go to the cluster, to be joined there. Null where there are none. */
async function handOverRates(place: StandardOnCluster): Promise<Sql | null> {
  const { cluster, local, shared, folder, state } = place
  if (!state.resolution.hasRates) return null
  const file = joinPath(folder, intakePaths.resolved(state.resolution.hash, 'rates'))
  const columns = [
    { name: 'currency', type: 'string' as const },
    { name: 'day', type: 'date' as const },
    { name: 'rate', type: 'string' as const },
  ]
  const relation = sql`(select currency, day, cast(rate as varchar) as rate from read_parquet(${file}))`
  await loadTable(cluster, shared, 'rates', columns, { warehouse: local, relation })
  return tableNamed('rates')
}

/** Adds `amount_base`, as for rows of this machine: NULL where the day has no rate. */
function withBaseAmount({ catalogue, state }: StandardOnCluster, rows: Sql, rates: Sql | null): Sql {
  const own = sql`(t.currency is null or t.currency = ${catalogue.workspace.currency})`
  if (rates === null)
    return sql`select t.*, case when ${own} then t.amount end as amount_base from (${rows}) t`
  const rate = sql`cast(r.rate as decimal(18, 8))`
  return sql`select t.*, case when ${own} then t.amount else cast(t.amount * ${rate} as decimal(18, 4)) end as amount_base
    from (${rows}) t left join ${rates} r on r.currency = t.currency and r.day = ${rateDay({ files: state.files, catalogue })}`
}
