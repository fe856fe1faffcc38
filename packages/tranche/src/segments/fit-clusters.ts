import type { ClusterModel, SegmentSet } from '@tranche/contract'
import {
  clusterStability,
  createRandom,
  gapStatistic,
  type RandomGenerator,
  type Rows,
  StatsError,
  silhouette,
} from '@tranche/stats'
import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { saltedHash } from '../sql/salted-hash.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { clusterMethods, type FitOptions, type FoundClusters } from './cluster-methods.ts'
import { customersSql } from './customer-blocks.ts'
import { codedText, mixedRows } from './mixed-rows.ts'
import { prepare, standardRows, valuesOf } from './prepared-features.ts'
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

/**
 * Clusters of a hashed sample: numbers on the standard scale, of their logarithm where that is less skewed, missing ones at the
 * median; texts, which k-prototypes takes beside them, by level, a missing one being a level of its own. Customers of whom less
 * than half is known are left out; where a survey weighs them, each counts as many as he stands for. Where the number of clusters
 * is a range, the data chooses (`choose`). Null where there are fewer than ten customers,
 * or no two that differ, for each cluster asked for, or a mixture falls in on too few.
 * Source: `clusterMethods`; silhouette, Rousseeuw (1987); stability, Hennig (2007); gap, Tibshirani et al. (2001).
 */
export async function fitClusters(
  warehouse: Warehouse,
  settings: ClusterSettings,
  scope: RuleScope,
): Promise<ClusterModel | null> {
  const { features, weight, k, seed, method = 'k_means' } = settings
  const isText = (name: string) => scope.columns.get(name)!.type === 'string'
  const read = await readSample(warehouse, settings, scope)
  const weights = weight === undefined ? undefined : valuesOf(weight, read)
  const [from, to] = typeof k === 'number' ? [k, k] : [k.from, k.to]
  if (read.rowCount < 10 * to) return null
  const all = features.filter((name) => !isText(name)).map((name) => prepare(name, read, weights))
  const texts = features.filter(isText).map((name) => codedText(name, textsOf(name, read)))
  const prepared = all.filter(({ sd }) => sd > 0)
  const mixed = mixedRows(standardRows(prepared, read.rowCount), texts)
  const { rows } = mixed
  if (rows.p === 0 || !hasDistinct(headOf(rows, mostForGap), to)) return null
  const random = createRandom(seed)
  try {
    const find = (some: Rows, options: FitOptions) =>
      clusterMethods[method]({ ...mixed, rows: some }, options)
    const tried = []
    for (let count = from; count <= to; count++) tried.push(judge(rows, count, random.stream(count), find))
    const gaps = from === to ? null : gapsOf(rows, to, random.stream(0))
    const chosen = choose(tried, gaps)
    const fit = find(rows, {
      k: chosen,
      restarts,
      random: random.stream(1_000 + chosen),
      ...(weights === undefined ? {} : { weights }),
    })
    return {
      kind: 'cluster',
      features: prepared.map(({ values: _, ...feature }) => feature),
      ...fit.model(bySize(fit.labels, chosen, weights)),
      tried: tried.map((one) => ({ ...one, gap: gaps?.gap[one.k - 1] ?? null })),
      sampled: read.rowCount,
      constant: all.filter(({ sd }) => sd === 0).map(({ name }) => name),
    }
  } catch (error) {
    if (error instanceof StatsError && fallsIn.has(error.code)) return null
    throw error
  }
}

const fallsIn: ReadonlySet<string> = new Set(['singular', 'zeroVariance', 'insufficientData'])

async function readSample(
  warehouse: Warehouse,
  { features, weight, seed }: ClusterSettings,
  scope: RuleScope,
): Promise<Columns> {
  const names = [...new Set([...features, ...(weight === undefined ? [] : [weight])])]
  const typed = names.map((name) =>
    scope.columns.get(name)!.type === 'string'
      ? ident(name)
      : sql`cast(${ident(name)} as double) as ${ident(name)}`,
  )
  return await warehouse.columns(sql`
    select ${join(typed)} from (
      select * from (${customersSql(names, scope)}) as customers
      where ${mostKnown(features)}${weight === undefined ? sql`` : sql` and ${ident(weight)} > 0`}
      order by ${saltedHash(String(seed), sql`customer_id`)}, customer_id limit ${mostSampled}
    ) as sampled order by customer_id`)
}

/** Clusters by the customers, or the people, that they hold, the largest first. */
function bySize(labels: ArrayLike<number>, k: number, weights: Float64Array | undefined): readonly number[] {
  const sizes = new Float64Array(k)
  for (let row = 0; row < labels.length; row++) sizes[labels[row]!]! += weights?.[row] ?? 1
  return Array.from(sizes, (size, cluster) => ({ size, cluster }))
    .sort((a, b) => b.size - a.size || a.cluster - b.cluster)
    .map(({ cluster }) => cluster)
}

/** Who is known of less than half of it is in no cluster: what is missing would place him. */
export function mostKnown(features: readonly string[]): Sql {
  const known = features.map((name) => sql`cast(${ident(name)} is not null as integer)`)
  return sql`(2 * (${join(known, ' + ')}) >= ${typed('bigint', features.length)})`
}

function textsOf(name: string, { byName }: Columns): readonly (string | null)[] {
  const column = byName[name]
  return column?.type === 'string' ? column.values : []
}

function judge(
  rows: Rows,
  k: number,
  random: RandomGenerator,
  find: (rows: Rows, options: FitOptions) => FoundClusters,
) {
  const few = headOf(rows, mostJudged)
  const { labels } = find(few, { k, restarts, random: random.stream(0) })
  const again = (some: Rows, all: Rows, stream: RandomGenerator) =>
    find(some, { k, restarts: 3, random: stream }).place(all)
  return {
    k,
    silhouette: new Set(Array.from(labels)).size < 2 ? 0 : silhouette(few, labels).mean,
    stability: clusterStability(few, labels, again, { random: random.stream(1), resamples: 10 })
      .meanAdjustedRand,
  }
}

function gapsOf(rows: Rows, most: number, random: RandomGenerator) {
  return gapStatistic(headOf(rows, mostForGap), {
    maximumClusters: most,
    references: 10,
    random,
    power: 2,
    reference: 'original',
    restarts: 3,
  })
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

type Gaps = Pick<ReturnType<typeof gapStatistic>, 'gap' | 'standardError'>

/**
 * Of the numbers that resampling finds again: the first after which the gap rises no further than chance, as its authors choose; where
 * it rises to the end, the clearest by silhouette, which of groups along one line would take the two ends alone.
 */
function choose(
  tried: readonly { readonly k: number; readonly silhouette: number; readonly stability: number }[],
  gaps: Gaps | null,
): number {
  const best = Math.max(...tried.map(({ stability }) => stability))
  const found = tried.filter(({ stability }) => stability >= stabilityKept * best)
  const settled = found.find(({ k }) => {
    const [own, next, error] = [gaps?.gap[k - 1], gaps?.gap[k], gaps?.standardError[k]]
    return own !== undefined && next !== undefined && error !== undefined && own >= next - error
  })
  return (settled ?? found.reduce((a, b) => (b.silhouette > a.silhouette ? b : a))).k
}
