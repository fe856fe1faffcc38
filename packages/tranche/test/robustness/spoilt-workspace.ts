import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { unsafeRaw } from '../../src/sql/sql.ts'
import { command, complaint } from './in-process.ts'
import { goodRows, header, type SpoiltFile, streamOf, text } from './spoilt-file.ts'

/** A small institution with a published run, into which spoilt files are put. */
export interface SmallInstitution {
  readonly dir: string
  /** Files as partners hand them over: a folder of any format. */
  readonly orders: string
  readonly parquet: Buffer
  run(): Promise<string | null>
  /** The whole of what is published: pointer, and size and time of the run's database. */
  published(): Promise<string>
  remove(): Promise<void>
}

const settings =
  'name: {en: Shop, zh: 小店}\ntimeZone: Asia/Shanghai\nwarehouse: {engine: duckdb, threads: 1, memoryMb: 1024}\n'

const source = `key: orders
files: data/orders
tables:
  - table: transactions
    columns:
      transaction_id: {from: order_id}
      customer_id: {from: customer}
      occurred_at: {from: time}
      amount: {from: amount}
      category: {from: note}
      kind: {value: purchase}
`

const features = `- key: spend
  label: {en: Spend, zh: 消费}
  from: transactions
  measure: {sum: amount}
  unit: money
- key: last_note
  label: {en: Last note, zh: 最近备注}
  from: transactions
  measure: {last: category, by: [occurred_at, transaction_id]}
`

export async function createSmallInstitution(): Promise<SmallInstitution> {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-spoilt-'))
  const orders = join(dir, 'data', 'orders')
  await mkdir(orders, { recursive: true })
  await mkdir(join(dir, 'sources'))
  await mkdir(join(dir, 'features'))
  await writeFile(join(dir, 'tranche.yaml'), settings)
  await writeFile(join(dir, 'sources', 'orders.yaml'), source)
  await writeFile(join(dir, 'features', 'features.yaml'), features)
  await writeFile(join(orders, 'valid.csv'), text([header, ...goodRows('valid', 120, streamOf('valid', 0))]))
  const warehouse = await openDuckDb({ path: ':memory:' })
  const sample = join(dir, 'sample.parquet')
  await warehouse.writeParquet(
    unsafeRaw(
      `select 'p' || i as order_id, 'c' || (i % 40) as customer, timestamp '2024-03-01' + interval (i) hour as time, i / 7 as amount, 'tea' as note from range(500) t(i)`,
    ),
    sample,
  )
  warehouse.close()
  const run = async () => complaint(await command(['-C', dir, 'run']), { code: 0 })
  return {
    dir,
    orders,
    parquet: await readFile(sample),
    run,
    published: async () => await readFile(join(dir, '.tranche', 'current.json'), 'utf8'),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}

export async function put(
  place: SmallInstitution,
  { name, bytes }: Pick<SpoiltFile, 'name' | 'bytes'>,
): Promise<string> {
  const path = join(place.orders, name)
  await writeFile(path, bytes)
  return path
}
