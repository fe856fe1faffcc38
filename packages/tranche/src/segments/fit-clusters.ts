import type { ClusterModel, SegmentSet } from '@tranche/contract'
import {
  clusterStability,
  createRandom,
  fitKMeans,
  gapStatistic,
  jarqueBeraTest,
  predictKMeans,
  type RandomGenerator,
  type Rows,
  silhouette,
  summarizeSample,
} from '@tranche/stats'
import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { saltedHash } from '../sql/salted-hash.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { customersSql } from './customer-blocks.ts'
import type { RuleScope } from './rule-scope.ts'

type ClusterSettings = NonNullable<SegmentSet['cluster']>

/** Customers that clusters are fitted on, the same ones for the same customer numbers and seed. */
const mostSampled = 20_000
/** Of these, so many judge a number of clusters; the silhouette compares each with each. */
const mostJudged = 1_500
const mostForGap = 600
const restarts = 8
/** A number of clusters much less stable than the best one is not chosen however clear its silhouette. */
const stabilityKept = 0.8
/** Skewness above which the logarithm is tried. */
const skewed = 1

/**
 * k-means on a hashed sample: numbers on the standard scale, of their logarithm where that is less skewed, missing ones at the
 * median. Customers of whom less than half is known are left out; where a survey weighs them, each counts as many as he stands
 * for. Where the number of clusters is a range, the clearest by silhouette among those that resampling finds again.
 * Null where there are fewer than ten customers, or no two that differ, for each cluster asked for.
 * Source: k-means as in `fitKMeans`; silhouette, Rousseeuw (1987); stability, Hennig (2007); gap, Tibshirani et al. (2001).
 */
export async function fitClusters(
  warehouse: Warehouse,
  { features, weight, k, seed }: ClusterSettings,
  scope: RuleScope,
): Promise<ClusterModel | null> {
  const doubles = [...new Set([...features, ...(weight === undefined ? [] : [weight])])]
  const read = await warehouse.columns(sql`
    select ${join(doubles.map((name) => sql`cast(${ident(name)} as double) as ${ident(name)}`))} from (
      select * from (${customersSql(doubles, scope)}) as customers
      where ${mostKnown(features)}${weight === undefined ? sql`` : sql` and ${ident(weight)} > 0`}
      order by ${saltedHash(String(seed), sql`customer_id`)}, customer_id limit ${mostSampled}
    ) as sampled order by customer_id`)
  const weights = weight === undefined ? undefined : valuesOf(weight, read)
  const [from, to] = typeof k === 'number' ? [k, k] : [k.from, k.to]
  if (read.rowCount < 10 * to) return null
  const all = features.map((name) => prepare(name, read, weights))
  const prepared = all.filter(({ sd }) => sd > 0)
  const rows = standardRows(prepared, read.rowCount)
  if (prepared.length === 0 || !hasDistinct(headOf(rows, mostForGap), to)) return null
  const random = createRandom(seed)
  const tried = []
  for (let count = from; count <= to; count++) tried.push(judge(rows, count, random.stream(count)))
  const gaps = from === to ? null : gapsOf(rows, to, random.stream(0))
  const chosen = choose(tried)
  const fit = fitKMeans(rows, {
    k: chosen,
    restarts,
    random: random.stream(1_000 + chosen),
    ...(weights === undefined ? {} : { weights }),
  })
  const order = fit.model.sizes
    .map((size, cluster) => ({ size, cluster }))
    .sort((a, b) => b.size - a.size || a.cluster - b.cluster)
  return {
    kind: 'cluster',
    features: prepared.map(({ values: _, ...feature }) => feature),
    centers: order.map(({ cluster }) => fit.model.centers.slice(cluster * rows.p, (cluster + 1) * rows.p)),
    tried: tried.map((one) => ({ ...one, gap: gaps?.[one.k - 1] ?? null })),
    sampled: read.rowCount,
    constant: all.filter(({ sd }) => sd === 0).map(({ name }) => name),
  }
}

interface Prepared {
  readonly name: string
  readonly logarithm: boolean
  readonly median: number
  readonly mean: number
  readonly sd: number
  /** On the scale of mean and deviation, before they are applied. */
  readonly values: Float64Array
}

/** Who is known of less than half of it is in no cluster: what is missing would place him. */
export function mostKnown(features: readonly string[]): Sql {
  const known = features.map((name) => sql`cast(${ident(name)} is not null as integer)`)
  return sql`(2 * (${join(known, ' + ')}) >= ${typed('bigint', features.length)})`
}

function valuesOf(name: string, { byName }: Columns): Float64Array {
  const column = byName[name]
  return column?.type === 'number' ? column.values : new Float64Array(0)
}

function prepare(name: string, { byName }: Columns, weights: Float64Array | undefined): Prepared {
  const column = byName[name]
  const raw = column?.type === 'number' ? column : { values: new Float64Array(0), valid: new Uint8Array(0) }
  const known = raw.values.filter((_, row) => raw.valid[row] === 1).sort()
  const median = known.length === 0 ? 0 : known[Math.floor((known.length - 1) / 2)]!
  const filled = raw.values.map((value, row) => (raw.valid[row] === 1 ? value : median))
  const logarithms = filled.map(Math.log1p)
  const raised = skewnessOf(filled)
  const logarithm = (known[0] ?? 0) >= 0 && raised > skewed && skewnessOf(logarithms) < raised
  const values = logarithm ? logarithms : filled
  const { mean, sd } = moments(values, weights)
  return { name, logarithm, median, mean, sd, values }
}

function moments(values: Float64Array, weights?: Float64Array): { mean: number; sd: number } {
  const { mean, variance } = weights === undefined ? summarizeSample(values) : weighted(values, weights)
  const sd = Math.sqrt(variance)
  // A constant says nothing of who is alike.
  return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 0 }
}

function weighted(values: Float64Array, weights: Float64Array): { mean: number; variance: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = values.reduce((sum, value, row) => sum + weights[row]! * value, 0) / total
  const squares = values.reduce((sum, value, row) => sum + weights[row]! * (value - mean) ** 2, 0)
  return { mean, variance: squares / total }
}

function skewnessOf(values: Float64Array): number {
  return moments(values).sd === 0 ? 0 : Math.abs(jarqueBeraTest(values).skewness)
}

function standardRows(prepared: readonly Prepared[], n: number): Rows {
  const p = prepared.length
  const data = new Float64Array(n * p)
  prepared.forEach(({ values, mean, sd }, column) => {
    for (let row = 0; row < n; row++) data[row * p + column] = (values[row]! - mean) / sd
  })
  return { data, n, p }
}

function judge(rows: Rows, k: number, random: RandomGenerator) {
  const few = headOf(rows, mostJudged)
  const { labels } = fitKMeans(few, { k, restarts, random: random.stream(0) })
  const again = (some: Rows, all: Rows, stream: RandomGenerator) =>
    predictKMeans(fitKMeans(some, { k, restarts: 3, random: stream }).model, all)
  return {
    k,
    silhouette: silhouette(few, labels).mean,
    stability: clusterStability(few, labels, again, { random: random.stream(1), resamples: 10 })
      .meanAdjustedRand,
  }
}

function gapsOf(rows: Rows, most: number, random: RandomGenerator): readonly number[] | null {
  const few = headOf(rows, mostForGap)
  return gapStatistic(few, {
    maximumClusters: most,
    references: 5,
    random,
    power: 2,
    reference: 'original',
    restarts: 3,
  }).gap
}

/** Rows stand in the order of customer numbers, which says nothing of what they hold; every so many is taken. */
function headOf({ data, n, p }: Rows, most: number): Rows {
  if (n <= most) return { data, n, p }
  const step = n / most
  const few = new Float64Array(most * p)
  for (let row = 0; row < most; row++) {
    const from = Math.floor(row * step) * p
    few.set(data.subarray(from, from + p), row * p)
  }
  return { data: few, n: most, p }
}

function hasDistinct({ data, n, p }: Rows, most: number): boolean {
  const seen = new Set<string>()
  for (let row = 0; row < n && seen.size < most; row++)
    seen.add(data.subarray(row * p, (row + 1) * p).join(' '))
  return seen.size >= most
}

function choose(
  tried: readonly { readonly k: number; readonly silhouette: number; readonly stability: number }[],
): number {
  const best = Math.max(...tried.map(({ stability }) => stability))
  const found = tried.filter(({ stability }) => stability >= stabilityKept * best)
  return found.reduce((a, b) => (b.silhouette > a.silhouette ? b : a)).k
}
