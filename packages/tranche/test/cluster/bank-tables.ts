import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { TrinoWarehouse } from '../../src/engine/trino.ts'
import { addFile, type SharedFolder } from '../../src/engine/trino-load.ts'
import { ident, join as joinSql, type Sql, sql, unsafeRaw } from '../../src/sql/sql.ts'

const typesThere: Readonly<Record<string, string>> = {
  VARCHAR: 'varchar',
  'TIMESTAMP WITH TIME ZONE': 'timestamp(6) with time zone',
  TIMESTAMP: 'timestamp(6)',
  SMALLINT: 'integer',
}

/**
 * The rows of a file of a simulated institution, each once, as Parquet beside it and as a table of the bank's own on the
 * cluster: names, types and values as the file has them.
 */
export async function tableFromFile(
  cluster: TrinoWarehouse,
  shared: SharedFolder,
  table: string,
  file: string,
  rows: Sql = sql`select distinct * from raw`,
): Promise<void> {
  const local = await openDuckDb({ path: ':memory:' })
  try {
    await local.run(sql`create table raw as select * from ${await rowsOfFile(file)}`)
    const described = await local.rows<{ column_name: string; column_type: string }>(sql`describe ${rows}`)
    const columns = described.map(
      ({ column_name: name, column_type: type }) =>
        sql`${ident(name)} ${unsafeRaw(typesThere[type] ?? type.toLowerCase())}`,
    )
    await cluster.run(sql`create table ${ident(table)} (${joinSql(columns)})`)
    const parquet = file.replace(/[^/]+$/, `${table}.parquet`)
    await local.writeParquet(sql`${rows} order by all`, parquet)
    await addFile(cluster, shared, table, (target) => copyFile(parquet, target))
  } finally {
    local.close()
  }
}

async function rowsOfFile(file: string): Promise<Sql> {
  if (file.endsWith('.parquet')) return sql`read_parquet(${file})`
  const bytes = await readFile(file)
  const copy = `${file}.utf8`
  await writeFile(copy, textOf(bytes))
  return sql`read_csv(${copy}, all_varchar = true, header = true, delim = ',', quote = '"', ignore_errors = true)`
}

/** As the simulated systems write: some in UTF-8, some in GB18030. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** A source's definition, changed in place. */
export async function changeSource(
  dir: string,
  source: string,
  change: (definition: Record<string, unknown>) => void,
): Promise<void> {
  const file = join(dir, 'sources', `${source}.yaml`)
  const definition = parseDocument(await readFile(file, 'utf8')).toJS() as Record<string, unknown>
  change(definition)
  await writeFile(file, JSON.stringify(definition))
}

/** Makes a source a table of the cluster. */
export function onCluster(table: string, copy = false) {
  return (definition: Record<string, unknown>): void => {
    delete definition['files']
    delete definition['format']
    definition['cluster'] = { table, ...(copy ? { copy } : {}) }
  }
}

/** Takes out what asks rows here about rows there: identities, and keys of other tables. */
export function withoutOthers(definition: Record<string, unknown>): void {
  for (const column of Object.values((definition['identifiers'] ?? {}) as Record<string, { use: string }>))
    column.use = 'drop'
  const tables = (definition['tables'] ?? []) as { expectations?: Record<string, unknown>[] }[]
  for (const table of tables)
    if (table.expectations !== undefined)
      table.expectations = table.expectations.filter(
        (expectation) => expectation['foreign_key'] === undefined,
      )
}

/** Makes a source a file of the rows of such a table. */
export function onFile(path: string) {
  return (definition: Record<string, unknown>): void => {
    delete definition['format']
    definition['files'] = path
  }
}
