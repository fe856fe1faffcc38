import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Feature } from '@tranche/contract'
import { featureSchema, standardTables, workspaceSchema } from '@tranche/contract'
import { parse } from 'yaml'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import type { Warehouse } from '../packages/tranche/src/engine/warehouse.ts'
import { computeFeatures } from '../packages/tranche/src/features/compute-features.ts'
import { duckdbDialect } from '../packages/tranche/src/sql/duckdb-dialect.ts'
import {
  ident,
  join as joinSql,
  renderInline,
  sql,
  typed,
  unsafeRaw,
} from '../packages/tranche/src/sql/sql.ts'
import type { Catalogue, Definition } from '../packages/tranche/src/workspace/catalogue.ts'

/**
 * The feature compiler against the bare scans in the engine that it can't do without (RFM by customer, distinct days,
 * quintiles), on the same Parquet file, with the same threads and memory, in alternating order.
 */
const customers = Number(process.env['BENCH_CUSTOMERS'] ?? 1_000_000)
const rows = Number(process.env['BENCH_ROWS'] ?? customers * 20)
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 2)
const threads = 2
const memoryMb = 3_000
const days = 730
const firstDay = '2023-01-01'
const dates = ['2025-01-01', '2024-10-01', '2024-07-01'].map((day) => `${day}T00:00:00Z`)

const dir = await mkdtemp(join(tmpdir(), 'tranche-bench-'))
const file = join(dir, 'transactions.parquet')
try {
  await generate()
  const features = await starterFeatures()
  console.log(`${customers} customers, ${rows} transactions, ${features.length} features, ${threads} threads`)
  const bare: number[] = []
  const one: number[] = []
  const three: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await timed('bare scans', bareScans))
    one.push(
      await timed('features as of one date', (warehouse) => compiled(warehouse, features, dates.slice(0, 1))),
    )
    if (round === 0 || process.env['BENCH_THREE'] !== undefined)
      three.push(
        await timed('features as of three dates', (warehouse) => compiled(warehouse, features, dates)),
      )
  }
  const best = (seconds: readonly number[]) => Math.min(...seconds)
  console.log(`one date / bare scans: ${(best(one) / best(bare)).toFixed(2)} (at most 3)`)
  console.log(`three dates / one date: ${(best(three) / best(one)).toFixed(2)} (at most 2.5)`)
  console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`)
} finally {
  await rm(dir, { recursive: true, force: true })
}

async function timed(label: string, work: (warehouse: Warehouse) => Promise<void>): Promise<number> {
  const database = join(dir, `${label.replaceAll(' ', '-')}.duckdb`)
  const warehouse = await openDuckDb({ path: database, threads, memoryMb, spillTo: join(dir, 'spill') })
  try {
    await warehouse.run(sql`create schema standard`)
    for (const table of standardTables) await createTable(warehouse, table)
    const before = process.cpuUsage()
    const start = performance.now()
    await work(warehouse)
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    console.log(`${label}: ${seconds.toFixed(2)} s (${((user + system) / 1e6).toFixed(1)} s of processor)`)
    return seconds
  } finally {
    warehouse.close()
    await rm(database, { force: true })
  }
}

async function createTable(warehouse: Warehouse, table: (typeof standardTables)[number]): Promise<void> {
  const name = ident('standard', table.name)
  const extra = unsafeRaw(
    'cast(null as timestamp) as known_at, cast(null as varchar) as _file, cast(null as bigint) as _line',
  )
  const path = unsafeRaw(duckdbDialect.literal(typed('varchar', file)))
  if (table.name === 'transactions')
    return await warehouse.run(
      sql`create view ${name} as select *, cast(null as varchar) as product_id, cast(null as varchar) as source, ${extra} from read_parquet(${path})`,
    )
  if (table.name === 'customer_versions') {
    const others = table.columns
      .filter((column) => column.name !== 'customer_id')
      .map(
        (column) =>
          `cast(null as ${renderInline(duckdbDialect.columnType(column.type), duckdbDialect)}) as "${column.name}"`,
      )
    return await warehouse.run(
      sql`create view ${name} as select 'C' || lpad(cast(n as varchar), 7, '0') as customer_id, ${unsafeRaw(others.join(', '))}, cast(null as varchar) as source, ${extra} from range(${unsafeRaw(String(customers))}) as t(n)`,
    )
  }
  const columns = table.columns
    .filter((column) => column.name !== ('source' as string))
    .map((column) => sql`${ident(column.name)} ${duckdbDialect.columnType(column.type)}`)
  await warehouse.run(
    sql`create table ${name} (${joinSql(columns)}, known_at timestamp, source varchar, _file varchar, _line bigint)`,
  )
}

async function bareScans(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create table rfm as select customer_id, max(occurred_at) as r, count(*) as f, sum(amount) as m
    from standard.transactions where kind = 'purchase' group by customer_id`)
  await warehouse.run(sql`create table days as select customer_id, count(*) as days, min(day) as first, max(day) as last
    from (select distinct customer_id, cast(occurred_at as date) as day from standard.transactions where kind = 'purchase')
    group by customer_id`)
  await warehouse.run(sql`create table quintiles as select customer_id,
    ntile(5) over (order by r, customer_id) as r, ntile(5) over (order by f, customer_id) as f,
    ntile(5) over (order by m, customer_id) as m from rfm`)
}

async function compiled(
  warehouse: Warehouse,
  features: readonly Definition<Feature>[],
  asOfs: readonly string[],
): Promise<void> {
  const workspace = workspaceSchema.parse({ name: { en: 'Bench', zh: '基准' }, timeZone: 'Asia/Shanghai' })
  const catalogue: Pick<Catalogue, 'features' | 'extras' | 'workspace'> = { features, extras: {}, workspace }
  const { rows: written } = await computeFeatures({ warehouse, catalogue, asOfs })
  if (written === 0) throw new Error('The compiler wrote no rows.')
}

/** Sixty features of the starter catalogue: those of transactions first, then those of customers. */
async function starterFeatures(): Promise<Definition<Feature>[]> {
  const folder = new URL('../packages/tranche/packs/starter/features/', import.meta.url)
  const found: Feature[] = []
  for (const name of (await readdir(folder)).sort())
    for (const value of parse(await readFile(new URL(name, folder), 'utf8')))
      found.push(featureSchema.parse(value))
  const of = (table: string) => found.filter(({ from }) => from === table)
  return [...of('transactions'), ...of('customer_versions')].slice(0, 60).map((value) => ({
    kind: 'feature' as const,
    key: value.key,
    value,
    place: { file: 'bench' },
    placeOf: () => ({ file: 'bench' }),
    logicHash: '',
    textHash: '',
    needs: [],
  }))
}

/** Transactions in order of time, customers unequally busy, everything by hash of the row's number. */
async function generate(): Promise<void> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb })
  await warehouse.writeParquet(
    sql`select 'T' || lpad(cast(r as varchar), 9, '0') as transaction_id,
      'C' || lpad(cast(cast(floor(u1 * (u2 * 0.5 + 0.5) * ${customers}) as integer) as varchar), 7, '0') as customer_id,
      cast(null as varchar) as account_id,
      cast(${firstDay} as timestamp) + to_seconds(floor(r / ${rows} * ${days * 86_400})) as occurred_at,
      case when k < 80 then 'purchase' when k < 86 then 'installment' when k < 92 then 'investment' when k < 96 then 'repayment' else 'refund' end as kind,
      cast(hash(r * 5) % 100000 / 100 + 1 as decimal(18, 4)) as amount, 'CNY' as currency,
      (['food', 'travel', 'online', 'fuel', 'health', 'fun', 'home', 'education'])[cast(hash(r * 13) % 8 + 1 as integer)] as category,
      cast(null as varchar) as merchant,
      (['app', 'web', 'store'])[cast(hash(r * 17) % 3 + 1 as integer)] as channel, cast(null as varchar) as city, cast(null as varchar) as country
      from (select r, hash(r * 7 + 1) % 1000000 / 1000000.0 as u1, hash(r * 11 + 3) % 1000000 / 1000000.0 as u2, hash(r * 3) % 100 as k from range(${rows}) as t(r))`,
    file,
  )
  warehouse.close()
}
