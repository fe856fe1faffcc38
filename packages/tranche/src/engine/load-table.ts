import type { ColumnType } from '@tranche/contract'
import { sqlTypeOf } from '../sql/column-types.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { addFile, insertTuples, requireFewRows, type SharedFolder } from './trino-load.ts'
import type { Cell, Warehouse } from './warehouse.ts'

export interface LoadedColumn {
  readonly name: string
  readonly type: ColumnType
}

/**
 * Creates a table of the cluster, replacing one of that name, from a table that another engine holds here.
 * @returns its rows
 * @throws TrancheError unsupported where it is too large to be inserted and no folder is shared
 */
export async function loadTable(
  cluster: Warehouse,
  shared: SharedFolder | undefined,
  table: string,
  columns: readonly LoadedColumn[],
  from: { readonly warehouse: Warehouse; readonly relation: Sql },
): Promise<number> {
  const { dialect } = cluster
  const definitions = columns.map(({ name, type }) => sql`${ident(name)} ${dialect.columnType(type)}`)
  await cluster.run(sql`create or replace table ${dialect.table([table])} (${join(definitions)})`)
  const { n } = await from.warehouse.row<{ n: number }>(sql`select count(*) as n from ${from.relation}`)
  if (n === 0) return n
  const cast = columns.map(
    ({ name, type }) =>
      sql`cast(${ident(name)} as ${from.warehouse.dialect.columnType(type)}) as ${ident(name)}`,
  )
  const rows = sql`select ${join(cast)} from ${from.relation}`
  if (shared !== undefined)
    await addFile(cluster, shared, table, (file) => from.warehouse.writeParquet(rows, file))
  else {
    requireFewRows(table, n)
    await insertRows(cluster, table, columns, await from.warehouse.rows(rows))
  }
  return n
}

/** Creates a table of the cluster, replacing one of that name, as a run on this machine has made it: its types, its rows. */
export async function giveTable(
  table: string,
  cluster: Warehouse,
  shared: SharedFolder,
  local: Warehouse,
): Promise<number> {
  const rows = sql`select * from ${ident(table)}`
  const columns = await local.rows<{ column_name: string; column_type: string }>(sql`describe ${rows}`)
  const definitions = columns.map(({ column_name: name, column_type }) => {
    const type = typesThere[column_type]
    if (type === undefined)
      throw new TypeError(`No type of a cluster's tables holds ${name}, ${column_type}.`)
    return sql`${ident(name)} ${type}`
  })
  await cluster.run(sql`create or replace table ${cluster.dialect.table([table])} (${join(definitions)})`)
  const { n } = await local.row<{ n: number }>(sql`select count(*) as n from ${ident(table)}`)
  if (n > 0) await addFile(cluster, shared, table, (file) => local.writeParquet(rows, file))
  return n
}

const typesThere: Readonly<Record<string, Sql>> = {
  VARCHAR: sql`varchar`,
  BOOLEAN: sql`boolean`,
  INTEGER: sql`integer`,
  BIGINT: sql`bigint`,
  DOUBLE: sql`double`,
  DATE: sql`date`,
  TIMESTAMP: sql`timestamp(6)`,
  'DECIMAL(38,2)': sql`decimal(38, 2)`,
}

async function insertRows(
  cluster: Warehouse,
  table: string,
  columns: readonly LoadedColumn[],
  rows: readonly Readonly<Record<string, Cell>>[],
): Promise<void> {
  await insertTuples(cluster, table, rows.length, (row) =>
    columns.map(({ name, type }) => sql`${typed(sqlTypeOf[type], boundCell(rows[row]![name] ?? null))}`),
  )
}

/** Instants come as ISO texts. */
function boundCell(cell: Cell): string | number | boolean | null {
  if (typeof cell !== 'string') return cell as number | boolean | null
  return /^-?\d{4,}-\d\d-\d\dT[\d:.]+Z$/.test(cell) ? cell.replace('T', ' ').replace('Z', '') : cell
}
