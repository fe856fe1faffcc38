import { appendFile, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '@tranche/contract'
import { parse } from 'yaml'
import { readCluster } from '../cluster/place.ts'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { openTrino } from '../packages/tranche/src/engine/trino.ts'
import { addFile } from '../packages/tranche/src/engine/trino-load.ts'
import { runPipeline } from '../packages/tranche/src/pipeline/run.ts'
import { simulateWorkspace } from '../packages/tranche/src/pipeline/simulate/simulate-workspace.ts'
import { ident, join as joinSql, sql, unsafeRaw } from '../packages/tranche/src/sql/sql.ts'
import { loadWorkspace } from '../packages/tranche/src/workspace/load.ts'
import { runChild } from './child.ts'
import { transactionsFile } from './transactions-file.ts'

/**
 * node --conditions=tranche-source bench/cluster.ts [customers …]    1000, 4000, 14000 and 66000 by default
 * What a run asks of the cluster of `npm run cluster -- up`, and what comes back, as the simulated institution grows; with
 * `file:50000`, as a file of nothing but some 20 transactions of each customer does, mapped by `tranche init`; with
 * `place:50000`, the same rows as a table of the cluster that is read where it lies.
 */
const command = fileURLToPath(new URL('../bin/tranche', import.meta.url))
const cluster = readCluster()
if (cluster === null) {
  console.error('No cluster is running: npm run cluster -- up')
  process.exit(2)
}
const given = process.argv.slice(2)
const sizes = given.length > 0 ? given : ['1000', '4000', '14000', '66000']
const schema = `bench_${Date.now()}`
const connection = { url: cluster.trino, catalog: 'lake', schema, user: 'bench' }

const admin = openTrino(connection)
await admin.run(sql`create schema ${ident('lake', schema)}`)
try {
  console.log(
    '| customers | transactions | queries | with one row or none | rows read | MB read | rows back: value | other | processor there, s | steps, s | in queries, s | between them | run, s |',
  )
  console.log('|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|')
  for (const size of sizes) {
    const measured = await measure(size)
    console.log(lineOf(measured))
    for (const line of stepsOf(measured.manifest)) console.log(`<!-- ${line} -->`)
  }
} finally {
  await admin.run(sql`drop schema if exists ${ident('lake', schema)} cascade`)
  admin.close()
}

interface Measured {
  readonly customers: number
  readonly manifest: Manifest
  readonly seconds: number
}

async function measure(size: string): Promise<Measured> {
  const [, kind, number] = /^(?:(file|place):)?(\d+)$/.exec(size) ?? []
  if (number === undefined) throw new Error(`${size} is no number of customers, nor file: or place: and one.`)
  const customers = Number(number)
  const dir = await mkdtemp(join(tmpdir(), 'tranche-bench-'))
  try {
    if (kind === undefined) await simulateWorkspace({ dir, customers, seed: 5 })
    else await runChild(command, ['init', dir, '--from', await transactionsFile(customers), '--yes'])
    if (kind === 'place') await putInPlace(dir, await transactionsFile(customers))
    await appendFile(
      join(dir, 'tranche.yaml'),
      `\nwarehouse: {engine: trino, url: '${cluster!.trino}', catalog: lake, schema: ${schema}, user: bench, shared: {folder: ${cluster!.shared}, location: 'local://'}}\n`,
    )
    const begin = performance.now()
    const { manifest } = await runPipeline(await loadWorkspace(dir))
    return { customers, manifest, seconds: (performance.now() - begin) / 1000 }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Makes the file a table of the cluster, and the workspace's only source that table. */
async function putInPlace(dir: string, file: string): Promise<void> {
  const table = basename(file, '.parquet').replaceAll('-', '_')
  const local = await openDuckDb({ path: ':memory:' })
  const described = await local.rows<{ column_name: string; column_type: string }>(
    sql`describe select * from read_parquet(${file})`,
  )
  local.close()
  const columns = described.map(({ column_name: name, column_type: type }) => {
    const there = type === 'TIMESTAMP' ? 'timestamp(6)' : type.toLowerCase()
    return sql`${ident(name)} ${unsafeRaw(there)}`
  })
  await admin.run(sql`create table ${ident(table)} (${joinSql(columns)})`)
  const shared = { folder: cluster!.shared, location: 'local://' }
  await addFile(admin, shared, table, (target) => copyFile(file, target))
  const [source] = await readdir(join(dir, 'sources'))
  const path = join(dir, 'sources', source!)
  const { files: _files, format: _format, ...definition } = parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...definition, cluster: { table: `lake.${schema}.${table}` } }))
}

function lineOf({ customers, manifest, seconds }: Measured): string {
  const { queries } = manifest.cluster!
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const returned = (of: (step: string) => boolean) =>
    sum(queries.flatMap((query) => (of(query.step) ? [query.returned] : [])))
  const onCluster = new Set(queries.map(({ step }) => step))
  const steps = sum(manifest.steps.flatMap((step) => (onCluster.has(step.key) ? [step.seconds] : [])))
  const asked = sum(queries.map((query) => query.seconds))
  const transactions = sum(
    manifest.rows.flatMap(({ table, kept }) => (table === 'transactions' ? [kept] : [])),
  )
  const cells = [
    ...[customers, transactions, queries.length, queries.filter(({ returned: n }) => n <= 1).length],
    ...[sum(queries.map(({ rows }) => rows)), Math.round(sum(queries.map(({ bytes }) => bytes)) / 1e6)],
    ...[returned((step) => step === 'value'), returned((step) => step !== 'value')],
    sum(queries.map(({ cpuSeconds }) => cpuSeconds ?? 0)).toFixed(1),
    ...[steps.toFixed(1), asked.toFixed(1), `${((100 * (steps - asked)) / seconds).toFixed(1)}%`],
    seconds.toFixed(1),
  ]
  return `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`
}

/** Of each step on the cluster: seconds, queries, seconds in them, those of processors there. */
function stepsOf({ steps, cluster: record }: Manifest): readonly string[] {
  return steps.map(({ key, seconds }) => {
    const asked = record!.queries.filter(({ step }) => step === key)
    const within = asked.reduce((total, query) => total + query.seconds, 0)
    const busy = asked.reduce((total, query) => total + (query.cpuSeconds ?? 0), 0)
    return `${key} ${seconds.toFixed(1)} s, ${asked.length} queries, ${within.toFixed(1)} s in them, processors ${busy.toFixed(1)} s`
  })
}
