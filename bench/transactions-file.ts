import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createRandom,
  type RandomGenerator,
  sampleBeta,
  sampleExponential,
  sampleGamma,
} from '@tranche/stats'
import { type DuckDbWarehouse, openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { sql } from '../packages/tranche/src/sql/sql.ts'

/** Where the benchmarks keep what they make: files, Python's packages, workspaces. Not in git; `make clean` removes it. */
export const benchFolder = fileURLToPath(new URL('../.cache/bench/', import.meta.url))

/** The first day after the last purchase, in UTC. */
export const asOf = '2025-07-01T00:00:00Z'

const endDay = Date.parse(asOf) / 86_400_000
const historyDays = 730
/** Repeat purchase days are BG/NBD (per day), the amount of a day is Gamma-Gamma, so that both models are well posed. */
const planted = { r: 1.5, alpha: 17.5, a: 0.8, b: 10, p: 4, q: 5, v: 320 } as const
/** Chance of one more payment on a purchase day; makes 20 transactions of a mean customer. */
const anotherPayment = 0.265
const customersPerBatch = 20_000
/** Raised when the file's content changes, so that an old one isn't taken for it. */
const fileVersion = 1

/** Customers that are drawn one by one; beyond, the same histories are lived again under further numbers. */
const drawnAtMost = 1_000_000

/**
 * The transactions of so many customers, about 20 each, in one Parquet file in order of time; generated once.
 * @param customers up to a million, or whole millions
 * @returns the file's path
 */
export async function transactionsFile(customers: number): Promise<string> {
  await mkdir(benchFolder, { recursive: true })
  const file = join(benchFolder, `transactions-${customers}-v${fileVersion}.parquet`)
  if (existsSync(file)) return file
  console.log(`  generating ${file}`)
  const drawn = customers > drawnAtMost ? await transactionsFile(drawnAtMost) : null
  const scratch = join(benchFolder, `generate-${process.pid}`)
  await mkdir(scratch)
  const warehouse = await openDuckDb({
    path: join(scratch, 'drawn.duckdb'),
    memoryMb: 4096,
    spillTo: scratch,
  })
  try {
    if (drawn === null) {
      await draw(warehouse, customers)
      await warehouse.writeParquet(statement(), file)
    } else await warehouse.writeParquet(repeated(drawn, customers / drawnAtMost), file)
  } finally {
    warehouse.close()
    await rm(scratch, { recursive: true, force: true })
  }
  return file
}

function statement() {
  return sql`
    select row_number() over (order by second, customer, part) as transaction_id,
      'C' || lpad(cast(cast(customer as bigint) as varchar), 7, '0') as customer_id,
      make_timestamp(cast(second as bigint) * 1000000) as occurred_at,
      cents / 100 as amount, 'purchase' as kind,
      (['groceries', 'dining', 'travel', 'fuel', 'clothing', 'electronics', 'health', 'home', 'leisure', 'education'])
        [cast(10 - floor(sqrt(code % 100)) as integer)] as category,
      'M' || lpad(cast(cast(code as bigint) // 100 % 3000 as varchar), 4, '0') as merchant,
      (['app', 'web', 'store', 'phone'])[cast(4 - floor(sqrt(code // 300000 % 16)) as integer)] as channel
    from drawn order by transaction_id`
}

/** Number by number, so that the file stays in order of time. */
function repeated(drawn: string, times: number) {
  return sql`
    select (transaction_id - 1) * ${times} + copy + 1 as transaction_id,
      'C' || lpad(cast(cast(substr(customer_id, 2) as bigint) + copy * ${drawnAtMost} as varchar), 7, '0') as customer_id,
      occurred_at, amount, kind, category, merchant, channel
    from (select *, unnest(range(${times})) as copy from read_parquet(${drawn}))`
}

async function draw(warehouse: DuckDbWarehouse, customers: number): Promise<void> {
  const columns = (rows: Rows) =>
    (['customer', 'part', 'second', 'cents', 'code'] as const).map((name) => ({
      name,
      type: 'double' as const,
      values: rows[name],
    }))
  const random = createRandom(20_250_701)
  for (let from = 0; from < customers; from += customersPerBatch) {
    const rows: Rows = { customer: [], part: [], second: [], cents: [], code: [] }
    const until = Math.min(customers, from + customersPerBatch)
    for (let customer = from; customer < until; customer++) drawCustomer(random, customer, rows)
    if (from === 0) await warehouse.createFrom('drawn', columns(rows))
    else await warehouse.append('drawn', columns(rows))
  }
}

interface Rows {
  readonly customer: number[]
  readonly part: number[]
  readonly second: number[]
  readonly cents: number[]
  readonly code: number[]
}

/** Fader, Hardie and Lee (2005) for the days, Fader and Hardie (2013) for the amounts. */
function drawCustomer(random: RandomGenerator, customer: number, rows: Rows): void {
  const { r, alpha, a, b, p, q, v } = planted
  const rate = sampleGamma(random, r, alpha)
  const dropout = sampleBeta(random, a, b)
  const spendRate = sampleGamma(random, q, v)
  const first = endDay - 1 - Math.floor(random.uniform() * historyDays)
  addDay(random, customer, first, sampleGamma(random, p, spendRate), rows)
  let day = first
  for (let time = sampleExponential(random, rate); ; time += sampleExponential(random, rate)) {
    day = Math.max(day + 1, first + Math.round(time))
    if (day >= endDay) return
    addDay(random, customer, day, sampleGamma(random, p, spendRate), rows)
    if (random.uniform() < dropout) return
  }
}

/** A day's amount, paid in one or several transactions of at least a cent. */
function addDay(random: RandomGenerator, customer: number, day: number, amount: number, rows: Rows): void {
  let payments = 1
  while (random.uniform() < anotherPayment) payments++
  const cents = Math.max(1, Math.round((amount * 100) / payments))
  for (let part = 0; part < payments; part++) {
    rows.customer.push(customer)
    rows.part.push(part)
    rows.second.push(day * 86_400 + 28_800 + (random.uint32() % 50_000))
    rows.cents.push(cents)
    rows.code.push(random.uint32())
  }
}
