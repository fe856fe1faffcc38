import { appendFile, cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import type { Cell, Row, Warehouse } from '../../src/engine/warehouse.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { ident, type Sql, sql, tableNamed } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'

/** The same definitions over the same files, computed on this machine and on the cluster. */
export interface OnBoth {
  readonly here: RunOutcome
  readonly there: RunOutcome
  readonly embedded: Catalogue
  readonly remote: Catalogue
  /** The cluster as the run's tables are found on it. */
  readonly cluster: TrinoWarehouse
}

/** Runs the workspace of a folder, and a copy of it beside it on the cluster, in a schema that is made for it. */
export async function runOnBoth(dir: string, schema: string, settings = ''): Promise<OnBoth> {
  const copy = `${dir}-there`
  await cp(dir, copy, { recursive: true })
  await appendFile(join(copy, 'tranche.yaml'), `${settings}${warehouseSettings(schema)}`)
  const connection = clusterOptions(schema)
  const admin = openTrino(connection)
  await admin.run(sql`create schema ${ident(connection.catalog, schema)}`)
  admin.close()
  const embedded = await loadWorkspace(dir)
  const here = await runPipeline(embedded)
  const remote = await loadWorkspace(copy)
  const there = await runPipeline(remote)
  const cluster = openTrino({ ...connection, tablePrefix: there.manifest.cluster!.tablePrefix })
  return { here, there, embedded, remote, cluster }
}

/** Drops a schema of tests with all that is in it. */
export async function dropSchema(schema: string): Promise<void> {
  const connection = clusterOptions(schema)
  const admin = openTrino(connection)
  await admin.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  admin.close()
}

/** What `tranche.yaml` says of the cluster of tests. */
export function warehouseSettings(schema: string): string {
  const { url, catalog, shared } = clusterOptions(schema)
  return `
warehouse:
  engine: trino
  url: ${url}
  catalog: ${catalog}
  schema: ${schema}
  user: analyst
  clientTags: [growth]
  shared: {folder: ${shared!.folder}, location: '${shared!.location}'}
`
}

/** Tables that the cluster computes, each with what tells its rows apart. */
export const tablesOnCluster = [
  ['features', 'customer_id'],
  ['metrics', 'key'],
  ['customer_metrics', 'customer_id'],
  ['customer_value', 'customer_id'],
] as const

/**
 * Holds a table of the cluster to that of this machine: the same rows, counts, keys and decimals to the last digit, doubles
 * to a billionth. @returns its rows, as this machine has them
 */
export async function expectSameOnCluster(
  { here, cluster }: OnBoth,
  table: string,
  key: string,
): Promise<readonly Row[]> {
  const embedded = await openRun(here.folder)
  try {
    const all = sql`select * from ${tableNamed(table)} order by ${ident(key)}`
    return await expectSameRows(embedded, cluster, table, all)
  } finally {
    embedded.close()
  }
}

/** Holds every table of one run's own database to that of the other's. @returns their names */
export async function expectSameTables({ here, there }: OnBoth): Promise<readonly string[]> {
  const [embedded, brought] = [await openRun(here.folder), await openRun(there.folder)]
  try {
    const tables = await tablesOf(embedded)
    expect(await tablesOf(brought)).toEqual(tables)
    for (const table of tables)
      await expectSameRows(embedded, brought, table, sql`select * from ${ident(table)} order by all`)
    return tables
  } finally {
    embedded.close()
    brought.close()
  }
}

/** Holds both reports in both languages to the same bytes. */
export async function expectSameReports({ here, there }: OnBoth): Promise<void> {
  for (const name of ['en.html', 'zh.html', 'en.md', 'zh.md']) {
    const [expected, found] = await Promise.all(
      [here, there].map(({ folder }) => readFile(join(folder.path, `report.${name}`), 'utf8')),
    )
    expect(found).toBe(expected)
    expect(found!.length).toBeGreaterThan(10_000)
  }
}

/** As many as a reader of a failed test takes in. */
const mostShown = 20

async function expectSameRows(
  ours: Warehouse,
  theirs: Warehouse,
  table: string,
  all: Sql,
): Promise<readonly Row[]> {
  const doubles = await doubleColumns(ours, table)
  const [expected, found] = [await ours.rows(all), await theirs.rows(all)]
  expect([table, found.length]).toEqual([table, expected.length])
  const differences = expected.flatMap((row, index) =>
    Object.keys(row)
      .filter((name) => !isSame(row[name]!, found[index]![name]!, doubles.has(name)))
      .map((name) => `${Object.values(row)[0]} ${name}: ${row[name]} and ${found[index]![name]}`),
  )
  expect([table, differences.length, differences.slice(0, mostShown)]).toEqual([table, 0, []])
  return expected
}

function isSame(a: Cell, b: Cell, isDouble: boolean): boolean {
  if (!isDouble || a === null || b === null) return a === b
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y))
}

async function doubleColumns(warehouse: Warehouse, table: string): Promise<ReadonlySet<string>> {
  const found = await warehouse.rows<{ column_name: string; column_type: string }>(
    sql`describe ${tableNamed(table)}`,
  )
  return new Set(found.filter((one) => one.column_type === 'DOUBLE').map((one) => one.column_name))
}

async function tablesOf(warehouse: Warehouse): Promise<readonly string[]> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables
      where table_catalog = 'run' and table_schema = 'main' order by 1`,
  )
  return found.map(({ name }) => name)
}
