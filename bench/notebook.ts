import { performance } from 'node:perf_hooks'
import { reportPolicySchema, workspaceSchema } from '@tranche/contract'
import {
  type BgNbdModel,
  bgNbdProbabilityAlive,
  discountedCustomerValue,
  fitKMeans,
  fitStandardisation,
  type GammaGammaModel,
  gammaGammaConditionalMean,
  standardise,
} from '@tranche/stats'
import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import type { Warehouse } from '../packages/tranche/src/engine/warehouse.ts'
import { createHistories, historiesOf } from '../packages/tranche/src/models/value/histories.ts'
import { scannedPurchases } from '../packages/tranche/src/models/value/purchase-rows.ts'
import { rfmScores } from '../packages/tranche/src/models/value/rfm.ts'
import { fitPurchaseModel, groupedDays, numbers } from '../packages/tranche/src/models/value/value-model.ts'
import { join, sql, typed, unsafeRaw } from '../packages/tranche/src/sql/sql.ts'
import type { Catalogue } from '../packages/tranche/src/workspace/catalogue.ts'
import type { NotebookRun } from './notebook-run.ts'

/**
 * What notebook.py does, with Tranche's own modules on the embedded engine.
 * node notebook.ts TRANSACTIONS.parquet AS_OF THREADS SPILL_FOLDER    prints results and seconds of each step as JSON
 */
const [path, asOf, threads, spillTo] = process.argv.slice(2) as [string, string, string, string]
const clusters = 8
const workspace = workspaceSchema.parse({
  name: { en: 'Benchmark', zh: '基准测试' },
  value: { timeUnit: 'day', horizonMonths: 12 },
})
const catalogue: Catalogue = {
  dir: '/',
  workspace,
  sources: [],
  features: [],
  metrics: [],
  segments: [],
  segmentSets: [],
  recommendations: [],
  ownRecommendations: false,
  attributePolicy: null,
  extras: {},
  mapped: new Set(['transactions']),
  report: reportPolicySchema.parse({}),
  settingsHash: '',
  warnings: [],
}

const seconds: Record<string, number> = {}
const warehouse = await openDuckDb({ path: ':memory:', threads: Number(threads), memoryMb: 2560, spillTo })
const begin = performance.now()
let last = begin
const results = await analyse(warehouse)
const run: NotebookRun = {
  versions: { node: process.versions.node, duckdb: warehouse.settings.version },
  seconds: { ...seconds, all: (performance.now() - begin) / 1000 },
  peakMemoryMb: process.resourceUsage().maxRSS / 1024,
  results,
}
warehouse.close()
console.log(JSON.stringify(run))

function done(step: string): void {
  const now = performance.now()
  seconds[step] = (now - last) / 1000
  last = now
}

async function analyse(warehouse: Warehouse): Promise<NotebookRun['results']> {
  await mapFile(warehouse)
  await createHistories(catalogue, warehouse, asOf, scannedPurchases(catalogue, asOf))
  done('summary')

  const histories = sql`(select customer_id, days_since_last as r, purchase_days as f, amount as m, frequency, recency_days, age_days, repeat_amount
      from ${historiesOf(asOf)})`
  const scores = await rfmScores(warehouse, workspace.rfm, histories)
  await warehouse.run(sql`create temp table scored as select *, ${join(scores)} from ${histories}`)
  const cells = await warehouse.rows<{ cell: string; n: number }>(
    sql`select r_score || '-' || f_score || '-' || m_score as cell, count(*) as n from scored group by 1 order by 1`,
  )
  done('rfm')

  const customers =
    await warehouse.columns(sql`select r, f, cast(m as double) as m, frequency, recency_days, age_days,
      cast(repeat_amount as double) / nullif(frequency, 0) as spend
    from scored order by customer_id`)
  const [r, f, m] = [numbers(customers, 'r'), numbers(customers, 'f'), numbers(customers, 'm')]
  const history = {
    frequency: numbers(customers, 'frequency'),
    recency: numbers(customers, 'recency_days'),
    T: numbers(customers, 'age_days'),
  }
  const spend = numbers(customers, 'spend')
  const grouped = groupedDays(
    await warehouse.columns(sql`select frequency, recency_days, age_days, count(*) as customers
      from scored group by all order by all`),
  )
  done('read')

  const repeaters = Int32Array.from(spend.keys()).filter((row) => spend[row]! > 0)
  const { bgNbd, gammaGamma } = fitPurchaseModel(
    grouped,
    {
      frequency: Float64Array.from(repeaters, (row) => history.frequency[row]!),
      meanAmount: Float64Array.from(repeaters, (row) => spend[row]!),
    },
    'day',
  )
  if (bgNbd === null || gammaGamma === null) throw new Error('A model was refused on the benchmark data.')
  done('models')

  const pAlive = bgNbdProbabilityAlive(bgNbd, history)
  const value = futureValue(bgNbd, gammaGamma, history, spend)
  done('value')

  const { model, labels } = cluster(r, f, m)
  done('k_means')

  const profiles = profile(labels, [r, f, m], value)
  done('profiles')
  return {
    customers: customers.rowCount,
    purchaseDays: sum(f),
    amount: sum(m),
    daysSinceLast: sum(r),
    rfmCells: Object.fromEntries(cells.map(({ cell, n }) => [cell, n])),
    bgNbd: { ...bgNbd.parameters },
    bgNbdLogLikelihood: bgNbd.diagnostics!.logLikelihood,
    gammaGamma: { ...gammaGamma.parameters },
    pAlive: sum(pAlive),
    value: sum(value),
    inertia: model.inertia,
    iterations: model.diagnostics.iterations,
    profiles,
  }
}

/** The file as the standard table of transactions; amounts in exact decimals, as a mapping makes them. */
async function mapFile(warehouse: Warehouse): Promise<void> {
  const file = warehouse.dialect.literal(typed('varchar', path))
  await warehouse.run(sql`create schema standard`)
  await warehouse.run(sql`create view standard.transactions as
    select customer_id, occurred_at, cast(null as timestamp) as known_at, kind, cast(amount as decimal(18,4)) as amount
    from read_parquet(${unsafeRaw(file)})`)
}

/** Twelve months of 30 days, discounted by 1% a month: the conventions of lifetimes. */
function futureValue(
  bgNbd: BgNbdModel,
  gammaGamma: GammaGammaModel,
  history: Parameters<typeof bgNbdProbabilityAlive>[1],
  spend: Float64Array,
): Float64Array {
  const mean = gammaGammaConditionalMean(gammaGamma, { frequency: history.frequency, monetaryValue: spend })
  return discountedCustomerValue(bgNbd, history, mean, { periods: 12, periodLength: 30, discountRate: 0.01 })
}

function cluster(r: Float64Array, f: Float64Array, m: Float64Array) {
  const n = r.length
  const data = new Float64Array(n * 3)
  for (let row = 0; row < n; row++) {
    data[row * 3] = Math.log1p(r[row]!)
    data[row * 3 + 1] = Math.log1p(f[row]!)
    data[row * 3 + 2] = Math.log1p(m[row]!)
  }
  const rows = { data, n, p: 3 }
  const scaled = standardise(rows, fitStandardisation(rows, 0))
  const starts = new Float64Array(clusters * 3)
  for (let c = 0; c < clusters; c++) {
    const row = Math.floor((c * n) / clusters)
    starts.set(scaled.data.subarray(row * 3, row * 3 + 3), c * 3)
  }
  return fitKMeans(scaled, { k: clusters, starts, tolerance: 1e-4, maxIterations: 300 })
}

function profile(labels: Int32Array, [r, f, m]: readonly Float64Array[], value: Float64Array) {
  const profiles = Array.from({ length: clusters }, () => ({
    customers: 0,
    recency: 0,
    frequency: 0,
    monetary: 0,
    value_12m: 0,
  }))
  labels.forEach((label, row) => {
    const profile = profiles[label]!
    profile.customers++
    profile.recency += r![row]!
    profile.frequency += f![row]!
    profile.monetary += m![row]!
    profile.value_12m += value[row]!
  })
  for (const profile of profiles) {
    profile.recency /= profile.customers
    profile.frequency /= profile.customers
    profile.monetary /= profile.customers
  }
  return profiles
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0)
}
