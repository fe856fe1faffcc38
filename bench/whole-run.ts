import { appendFile, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { sql } from '../packages/tranche/src/sql/sql.ts'
import { memoryMb, type Totals, threads } from './bare-scans.ts'
import { runChild } from './child.ts'
import { benchFolder } from './transactions-file.ts'

const command = fileURLToPath(new URL('../bin/tranche', import.meta.url))

export interface WholeRun {
  readonly seconds: number
  readonly peakMemoryMb: number
  /** Name and seconds of each step, as the manifest has them. */
  readonly steps: readonly (readonly [string, number])[]
  readonly totals: Totals
  readonly features: number
}

/**
 * What a user types, from nothing: `tranche init --from FILE`, then the run that is measured: mapping, quality,
 * features, metrics, value, findings and both reports.
 */
export async function wholeRun(file: string): Promise<WholeRun> {
  const dir = join(benchFolder, 'workspace')
  await rm(dir, { recursive: true, force: true })
  await runChild(command, ['init', dir, '--from', file, '--yes'])
  await appendFile(
    join(dir, 'tranche.yaml'),
    `warehouse: {engine: duckdb, threads: ${threads}, memoryMb: ${memoryMb}}\n`,
  )
  const { seconds, peakMemoryMb } = await runChild(command, ['-C', dir, 'run'])
  const { run } = JSON.parse(await readFile(join(dir, '.tranche', 'current.json'), 'utf8')) as { run: string }
  const folder = join(dir, '.tranche', 'runs', run)
  const written = await readdir(folder)
  for (const name of ['report.en.html', 'report.zh.html'])
    if (!written.includes(name)) throw new Error(`The run wrote no ${name}.`)
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest
  const found = await publishedTotals(join(folder, 'run.duckdb'))
  await rm(dir, { recursive: true, force: true })
  return {
    seconds,
    peakMemoryMb: Math.max(peakMemoryMb ?? 0, manifest.peakMemoryMb ?? 0),
    steps: manifest.steps.map(({ key, seconds: took }) => [key, took]),
    totals: { ...found.totals, transactions: manifest.rows.reduce((sum, { kept }) => sum + kept, 0) },
    features: found.features,
  }
}

interface Manifest {
  readonly peakMemoryMb: number | null
  readonly steps: readonly { readonly key: string; readonly seconds: number }[]
  readonly rows: readonly { readonly kept: number }[]
}

async function publishedTotals(path: string) {
  const warehouse = await openDuckDb({ path, readOnly: true, threads, memoryMb })
  try {
    const totals = await warehouse.row<{ customers: number; purchaseDays: number; amount: number }>(
      sql`select count(f) as customers, cast(sum(f) as bigint) as "purchaseDays", cast(sum(m) as double) as amount
        from customer_value`,
    )
    const { features } = await warehouse.row<{ features: number }>(
      sql`select count(*) - 2 as features from duckdb_columns() where table_name = 'features' and schema_name = 'main'`,
    )
    return { totals, features }
  } finally {
    warehouse.close()
  }
}
