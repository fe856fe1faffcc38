import { type StandardTableName, standardTables } from '@tranche/contract'
import type { RunContext } from '../engine/run-context.ts'
import type { TrinoWarehouse } from '../engine/trino.ts'
import { bringTable } from '../engine/trino-bring.ts'
import type { SharedFolder } from '../engine/trino-load.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { isTableInPlace, takenInPlace } from '../intake/cluster/standard-rows.ts'
import type { IntakeState } from '../intake/intake-state.ts'
import { asideRows, broughtRows, wholeRows } from '../intake/standard-views.ts'
import { knownBefore } from '../sql/known-before.ts'
import { byDialect, ident, join, list, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { customerTables, derivedThere } from './customers-on-cluster.ts'
import { type Met, readMeeting } from './meeting.ts'
import { columnsThere } from './standard-columns-there.ts'

export interface BringStandard {
  readonly catalogue: Catalogue
  readonly cluster: TrinoWarehouse
  readonly local: Warehouse
  readonly shared: SharedFolder | undefined
  readonly scratch: string
  readonly state: Pick<IntakeState, 'files'>
  readonly context: Pick<RunContext, 'asOf' | 'signal'>
}

/** Tables of few rows a customer, or of none: findings read them whole. */
export const broughtWhole: readonly StandardTableName[] = [
  'customer_versions',
  'products',
  'accounts',
  'applications',
  'costs',
  'indicators',
]

/**
 * Brings what findings read of tables in place: tables of few rows whole, of transactions the first two investments of each
 * customer and the last one of a known country and city, the ledger summed up by customer, day and what counts as a loss.
 * Other tables stay: findings read none of them. @returns rows brought
 */
export async function bringStandard(place: BringStandard): Promise<number> {
  const { state, context } = place
  let rows = 0
  const { orphans, contested } = await readMeeting(place.local)
  for (const { name } of standardTables) {
    const derives =
      name === 'customer_versions' && customerTables.some((table) => isTableInPlace(state.files, table))
    if (!isTableInPlace(state.files, name) && !derives) continue
    // Of rows here too only the cluster can tell which stand.
    const whole = contested.includes(name)
    const query = rowsRead(place, name, whole)
    if (query === null) continue
    context.signal.throwIfAborted()
    rows += await bringRows(place, name, query, whole ? wholeRows(name) : broughtRows(name))
  }
  for (const table of new Set(orphans.map((one) => one.table)))
    await bringOrphans(
      place,
      table,
      orphans.filter((one) => one.table === table),
    )
  return rows
}

/** Rows here that name nothing there are left out of the tables here, too. */
async function bringOrphans(
  { cluster, local, shared, scratch }: BringStandard,
  table: StandardTableName,
  orphans: Met['orphans'],
): Promise<void> {
  const aside = asideRows(table)
  await local.run(sql`create or replace table ${aside} (source varchar, column_name varchar, value varchar)`)
  for (const { source, column, values } of orphans) {
    await bringTable(values, sql`all`, { cluster, local, shared, scratch })
    await local.run(sql`insert into ${aside} select ${source}, ${column}, value from ${ident(values)}`)
    await local.run(sql`drop table ${ident(values)}`)
  }
}

async function bringRows(
  place: BringStandard,
  name: StandardTableName,
  query: Sql,
  as: Sql,
): Promise<number> {
  const { cluster, local } = place
  const table = `rows_${name}`
  await cluster.run(sql`create or replace table ${tableNamed(table)} as ${query}`)
  try {
    const rows = await bringTable(table, sql`all`, place)
    await local.run(sql`create or replace table ${as} as select * from ${ident(table)}`)
    return rows
  } finally {
    await local.run(sql`drop table if exists ${ident(table)}`)
    await cluster.run(sql`drop table if exists ${tableNamed(table)}`)
  }
}

function rowsRead(place: BringStandard, name: StandardTableName, whole: boolean): Sql | null {
  const { catalogue, state } = place
  const files = [...takenInPlace(state.files, name).map(({ file }) => file.id), derivedThere]
  const there = whole ? sql`true` : sql`_file in (${list(files)})`
  if (broughtWhole.includes(name))
    return sql`select ${columnsOf(catalogue, name, {})} from ${tableNamed('standard', name)} where ${there}`
  if (name === 'transactions') return transactionsRead(place, there)
  if (name === 'ledger') return ledgerRead(place, there)
  return null
}

function transactionsRead({ catalogue, context }: BringStandard, there: Sql): Sql {
  const at = timestampOf(Date.parse(context.asOf))
  const rows = tableNamed('standard', 'transactions')
  const known = sql`${there} and customer_id is not null and occurred_at < ${at} and ${knownBefore(at)}`
  // Where somebody bought last is no purchase again: it bears no kind and no product.
  const placeOnly = Object.fromEntries(
    columnsThere(catalogue, 'transactions')
      .filter(({ name }) => !placeColumns.includes(name))
      .map(({ name }) => [name, sql`null`]),
  )
  const lastWith = (column: string) => sql`select ${columnsOf(catalogue, 'transactions', placeOnly)} from (
      select t.*, row_number() over (partition by customer_id order by occurred_at desc, transaction_id desc) as place
      from ${rows} t where ${known} and ${ident(column)} is not null
    ) where place = 1`
  return sql`select ${columnsOf(catalogue, 'transactions', {})} from (
      select t.*, row_number() over (partition by customer_id order by occurred_at, transaction_id) as place
      from ${rows} t where ${known} and kind = 'investment' and product_id is not null
    ) where place <= 2
    union all ${lastWith('country')} union all ${lastWith('city')}`
}

const placeColumns = [
  'transaction_id',
  'customer_id',
  'occurred_at',
  'country',
  'city',
  'known_at',
  'source',
  '_file',
  '_line',
]

function ledgerRead({ catalogue, context }: BringStandard, there: Sql): Sql {
  const at = timestampOf(Date.parse(context.asOf))
  const kind = sql`case when kind in ('charge_off', 'recovery') then kind end`
  const account = sql`case when kind = 'charge_off' then account_id end`
  const own: Readonly<Record<string, Sql>> = {
    customer_id: sql`customer_id`,
    on_date: sql`on_date`,
    amount: sql`amount`,
    kind: sql`kind`,
    account_id: sql`account_id`,
    source: sql`source`,
    _file: sql`_file`,
    _line: sql`_line`,
  }
  const others = Object.fromEntries(
    columnsThere(catalogue, 'ledger').map(({ name }) => [name, own[name] ?? sql`null`]),
  )
  return sql`select ${columnsOf(catalogue, 'ledger', others)} from (
      select customer_id, on_date, ${kind} as kind, ${account} as account_id, source, _file, _line, sum(amount) as amount
      from ${tableNamed('standard', 'ledger')} where ${there} and on_date < ${at} and ${knownBefore(at)}
      group by customer_id, on_date, ${kind}, ${account}, source, _file, _line
    )`
}

/** The columns of a standard table in their order and types, some of them by an expression. */
function columnsOf(
  catalogue: Catalogue,
  name: StandardTableName,
  values: Readonly<Record<string, Sql>>,
): Sql {
  return join(
    columnsThere(catalogue, name).map(
      (column) =>
        sql`cast(${values[column.name] ?? ident(column.name)} as ${byDialect((dialect) => dialect.columnType(column.type))}) as ${ident(column.name)}`,
    ),
  )
}
