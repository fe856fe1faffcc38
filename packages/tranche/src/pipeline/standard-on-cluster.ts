import { join as joinPath } from 'node:path'
import { type StandardTable, type StandardTableName, standardTables } from '@tranche/contract'
import { loadTable } from '../engine/load-table.ts'
import type { SharedFolder } from '../engine/trino-load.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { withoutOrphans } from '../intake/cluster/references.ts'
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
 * @returns rows handed over, and what was seen of customers
 * @throws TrancheError refused where keys of several sources meet
 */
export async function createStandardOnCluster(
  place: StandardOnCluster,
): Promise<CustomersThere & { readonly rows: number }> {
  const { catalogue, cluster, signal, progress, state } = place
  const inPlace = (name: StandardTableName) => isTableInPlace(state.files, name)
  const ofCustomers = customerTables.some(inPlace) ? customerTables : []
  let rows = 0
  const parts = new Map<StandardTableName, readonly Sql[]>()
  for (const { name } of standardTables) {
    signal.throwIfAborted()
    const isView = inPlace(name) || ofCustomers.includes(name)
    const handed = await handOver(place, name, isView ? `taken_${name}` : `standard_${name}`)
    rows += handed
    progress(rows)
    if (isView) parts.set(name, await partsOf(place, name, handed))
  }
  const ofEach = new Map(ofCustomers.map((name) => [name, parts.get(name) ?? []]))
  const customers = ofCustomers.length === 0 ? nobody : await findCustomersThere(cluster, ofEach)
  for (const [name, own] of parts) {
    signal.throwIfAborted()
    const spell = customers.spelled > 0 && ofCustomers.includes(name)
    const all = unionOf(catalogue, name, own)
    const alike = spell ? spelledAlike(catalogue, name, all) : all
    if (own.length > 1 || spell) await requireKeys(place, name, alike)
    const derived = name === 'customer_versions' && customers.derived > 0
    await cluster.run(
      sql`create or replace view ${tableNamed('standard', name)} security invoker as ${alike}${derived ? sql` union all ${derivedRows(catalogue)}` : sql``}`,
    )
  }
  return { rows, ...customers }
}

const nobody: CustomersThere = { spelled: 0, derived: 0 }

async function handOver(
  { catalogue, cluster, local, shared }: StandardOnCluster,
  name: StandardTableName,
  table: string,
): Promise<number> {
  const from = { warehouse: local, relation: ident('standard', name) }
  return await loadTable(cluster, shared, table, columnsThere(catalogue, name), from)
}

/** Queries that give the rows of a table, each with its columns. */
async function partsOf(place: StandardOnCluster, name: StandardTableName, handed: number): Promise<Sql[]> {
  const { catalogue, state } = place
  const options: RowsInPlaceOptions = {
    catalogue,
    clocks: createClocks(catalogue.workspace.timeZone),
    home: homeSystem(catalogue),
  }
  const there: Sql[] = []
  for (const [index, item] of takenInPlace(state.files, name).entries()) {
    const rows = standardRows(options, item)
    const once = item.taken.repeats === undefined ? rows : await settleRepeats(place, name, index, rows)
    there.push(withoutOrphans(options, item, once))
  }
  const rates = name === 'transactions' ? await handOverRates(place) : null
  const parts = there.map((rows) => (name === 'transactions' ? withBaseAmount(place, rows, rates) : rows))
  const columns = join(columnsThere(catalogue, name).map((column) => ident(column.name)))
  return handed === 0 ? parts : [...parts, sql`select ${columns} from ${tableNamed('taken', name)}`]
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
  const kept = tableNamed('once', `${name}_${index}`)
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

/** Of one table keys were told apart as it was looked at; those of several meet only here. */
async function requireKeys(
  { cluster }: StandardOnCluster,
  name: StandardTableName,
  rows: Sql,
): Promise<void> {
  const table: StandardTable = standardTables.find((candidate) => candidate.name === name)!
  const key = join(table.key.map((column) => ident(column)))
  const { n } = await cluster.row<{ n: number }>(
    sql`select count(*) - count(distinct row(${key})) as n from (${rows})`,
  )
  if (n === 0) return
  throw new TrancheError(
    'refused',
    {
      en: `${n} rows of ${name} repeat a key (${table.key.join(', ')}) of another source or spelling, and some lie in a table of the cluster.`,
      zh: `${name} 有 ${n} 行与其他来源或写法的键（${table.key.join(', ')}）重复，其中有集群表的行。`,
    },
    {
      hint: {
        en: 'Let each source give rows of its own (where), or take the table in with cluster.copy: true, which resolves them.',
        zh: '请用 where 使各来源互不重复，或设 cluster.copy: true 读入该表，由系统处理重复。',
      },
    },
  )
}
