import type { ColumnType } from '@tranche/contract'
import { sqlTypeOf } from '../sql/column-types.ts'
import { byDialect, ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { insertTuples, requireFewRows, type SharedFolder, takeIncoming, writeIncoming } from './trino-load.ts'
import type { Cell, Warehouse } from './warehouse.ts'

export interface LoadedColumn {
  readonly name: string
  readonly type: ColumnType
}

/** A table that this machine has ready for the cluster. */
export interface ReadyTable {
  readonly table: string
  readonly rows: number
  readonly definitions: readonly Sql[]
  /** Puts the rows into the table, once it is there; absent where there are none. */
  readonly fill?: (cluster: Warehouse) => Promise<void>
}

/**
 * Writes the rows that a table of the cluster will have, from a table that another engine holds here.
 * @throws TrancheError unsupported where it is too large to be inserted and no folder is shared
 */
export async function readyTable(
  shared: SharedFolder | undefined,
  table: string,
  columns: readonly LoadedColumn[],
  { warehouse, relation }: { readonly warehouse: Warehouse; readonly relation: Sql },
): Promise<ReadyTable> {
  const definitions = columns.map(
    ({ name, type }) => sql`${ident(name)} ${byDialect((dialect) => dialect.columnType(type))}`,
  )
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${relation}`)
  if (n === 0) return { table, rows: n, definitions }
  const cast = columns.map(
    ({ name, type }) => sql`cast(${ident(name)} as ${warehouse.dialect.columnType(type)}) as ${ident(name)}`,
  )
  const rows = sql`select ${join(cast)} from ${relation}`
  if (shared !== undefined) {
    const incoming = await writeIncoming(shared, table, (file) => warehouse.writeParquet(rows, file))
    return { table, rows: n, definitions, fill: (cluster) => takeIncoming(cluster, table, incoming) }
  }
  requireFewRows(table, n)
  const found = await warehouse.rows(rows)
  return { table, rows: n, definitions, fill: (cluster) => insertRows(cluster, table, columns, found) }
}

/** Creates a table of the cluster, replacing one of that name. @returns its rows */
export async function takeTable(
  cluster: Warehouse,
  { table, rows, definitions, fill }: ReadyTable,
): Promise<number> {
  await cluster.run(sql`create or replace table ${cluster.dialect.table([table])} (${join(definitions)})`)
  await fill?.(cluster)
  return rows
}

/** Creates a table of the cluster, replacing one of that name, from a table that another engine holds here. @returns its rows */
export async function loadTable(
  cluster: Warehouse,
  shared: SharedFolder | undefined,
  table: string,
  columns: readonly LoadedColumn[],
  from: { readonly warehouse: Warehouse; readonly relation: Sql },
): Promise<number> {
  return await takeTable(cluster, await readyTable(shared, table, columns, from))
}

/** Writes the rows of a table as a run on this machine has made it, for a table of the same types on the cluster. */
export async function readyToGive(
  table: string,
  shared: SharedFolder,
  local: Warehouse,
): Promise<ReadyTable> {
  const rows = sql`select * from ${ident(table)}`
  const columns = await local.rows<{ column_name: string; column_type: string }>(sql`describe ${rows}`)
  const definitions = columns.map(({ column_name: name, column_type }) => {
    const type = typesThere[column_type]
    if (type === undefined)
      throw new TypeError(`No type of a cluster's tables holds ${name}, ${column_type}.`)
    return sql`${ident(name)} ${type}`
  })
  const { n } = await local.row<{ n: number }>(sql`select count(*) as n from ${ident(table)}`)
  if (n === 0) return { table, rows: n, definitions }
  const incoming = await writeIncoming(shared, table, (file) => local.writeParquet(rows, file))
  return { table, rows: n, definitions, fill: (cluster) => takeIncoming(cluster, table, incoming) }
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
