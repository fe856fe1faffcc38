import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRun } from '../../src/engine/published.ts'
import type { TrinoWarehouse } from '../../src/engine/trino.ts'
import type { Row } from '../../src/engine/warehouse.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { tableFromFile } from './bank-tables.ts'
import { warehouseSettings } from './both-engines.ts'

export interface Tables {
  /** Rows by source, as a file has them. */
  readonly rows: Readonly<Record<string, string>>
  /** Mappings by source. */
  readonly tables: Readonly<Record<string, readonly object[]>>
  /** What else a source says. */
  readonly more?: Readonly<Record<string, object>>
  /** Sources that stay files. */
  readonly files?: readonly string[]
}

export interface Both {
  readonly here: RunOutcome
  readonly there: RunOutcome
}

/** Runs the same rows from files, and from tables of the cluster that are read where they lie. */
export async function runInBothPlaces(
  { room, bank, schema }: { readonly room: string; readonly bank: TrinoWarehouse; readonly schema: string },
  name: string,
  tables: Tables,
): Promise<Both> {
  const connection = clusterOptions(schema)
  const dirs = { here: join(room, name, 'here'), there: join(room, name, 'there') }
  for (const [side, dir] of Object.entries(dirs)) {
    for (const folder of ['sources', 'features']) await mkdir(join(dir, folder), { recursive: true })
    await writeFile(
      join(dir, 'tranche.yaml'),
      'name: {en: Small, zh: 小}\ntimeZone: Asia/Shanghai\ncurrency: CNY\n',
    )
    if (side === 'there') await appendFile(join(dir, 'tranche.yaml'), warehouseSettings(schema))
    await writeFile(
      join(dir, 'features', 'spend.yaml'),
      '- {key: spend, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, unit: money}\n',
    )
    for (const [key, rows] of Object.entries(tables.rows)) {
      const file = join(dir, `${key}.csv`)
      await writeFile(file, `${rows.trim().replaceAll(/\n +/g, '\n')}\n`)
      const inPlace = side === 'there' && !tables.files?.includes(key)
      const table = `${name}_${key}`
      if (inPlace) await tableFromFile(bank, connection.shared!, table, file, sql`select * from raw`)
      const place = inPlace
        ? { cluster: { table: `${connection.catalog}.${schema}.${table}` } }
        : { files: `${key}.csv` }
      const source = { key, ...place, ...tables.more?.[key], tables: tables.tables[key] ?? [] }
      await writeFile(join(dir, 'sources', `${key}.yaml`), JSON.stringify(source))
    }
  }
  return {
    here: await runPipeline(await loadWorkspace(dirs.here)),
    there: await runPipeline(await loadWorkspace(dirs.there)),
  }
}

/** What each customer came to. */
export async function spendOf({ folder }: RunOutcome): Promise<readonly Row[]> {
  const run = await openRun(folder)
  try {
    return await run.rows(sql`select customer_id, spend from features order by customer_id`)
  } finally {
    run.close()
  }
}

/** Why rows are stepped over where they lie. */
export async function steppedOver({ folder }: RunOutcome): Promise<readonly string[]> {
  const run = await openRun(folder)
  try {
    const rows = await run.rows<{ message: string }>(
      sql`select message_en as message from quality where kind = 'stepped_over' order by 1`,
    )
    return rows.map(({ message }) => message)
  } finally {
    run.close()
  }
}

/** What the quality page says of keys of other tables. */
export async function keysChecked({ folder }: RunOutcome): Promise<readonly Row[]> {
  const run = await openRun(folder)
  try {
    return await run.rows(sql`select check_key, status, observed, n, failed, message_en from quality
      where kind = 'foreign_key' order by check_key`)
  } finally {
    run.close()
  }
}

export const countsOf = ({ manifest }: RunOutcome, source: string) =>
  manifest.rows.find((counts) => counts.source === source)

export const people = {
  rows: 'no,since\n1,2024-01-05\n2,2024-01-06\n3,2024-01-07\n4,2024-01-08',
  tables: [
    {
      table: 'customer_versions',
      columns: { customer_id: { from: 'no' }, onboarded_at: { from: 'since' } },
    },
  ],
}

export const payment = {
  transaction_id: { from: 'id' },
  customer_id: { from: 'who' },
  occurred_at: { from: 'paid_at' },
  amount: { from: 'amount' },
  kind: { value: 'purchase' },
}
