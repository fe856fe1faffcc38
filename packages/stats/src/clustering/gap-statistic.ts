import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'
import { fitKMeans } from './k-means.ts'
import { fitPca, predictPca } from './pca.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type GapStatistic = {
  /** From 1 cluster to the most asked for. */
  readonly logWithin: readonly number[]
  readonly expectedLogWithin: readonly number[]
  readonly gap: readonly number[]
  /** Simulation error of the gap, √(1 + 1/B)·sd. */
  readonly standardError: readonly number[]
}

export type GapOptions = {
  readonly maximumClusters: number
  readonly references: number
  readonly random: RandomGenerator
  /** 2 (Tibshirani's paper): squared distances; 1: distances, the default of R's `clusGap`. */
  readonly power: 1 | 2
  /** Box in which reference rows are drawn: around the data, or along its principal components (R's `scaledPCA`). */
  readonly reference: 'original' | 'principalComponents'
  /** Starts of each k-means of the data. Default 25. */
  readonly restarts?: number
  /** Starts of each k-means of a reference set. Default: the same; fewer raise the expectation a little. */
  readonly referenceRestarts?: number
}

/**
 * Gap statistic: how much lower the dispersion within k clusters is than in rows without structure. The dispersion is
 * Σ D/(2·size) with D counting each pair once, as `clusGap` does; the paper counts it twice, which moves all logarithms
 * by ln 2 and no gap.
 * Cost O(references × clusters × k-means), and n²·p for power 1.
 * Source: Tibshirani, Walther & Hastie (2001), J. R. Statist. Soc. B 63, https://doi.org/10.1111/1467-9868.00293
 * Parity: R's cluster::clusGap.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `zeroVariance`, `invalidOption`, `insufficientData`.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 20, 21, 22), n: 6, p: 1 }
 * const options = { maximumClusters: 3, references: 10, random: createRandom(1), power: 2, reference: 'original' }
 * suggestClusters(gapStatistic(rows, options), 'globalMaximum') // → 2
 */
export function gapStatistic(rows: Rows, options: GapOptions): GapStatistic {
  requireFiniteRows(rows)
  const { maximumClusters: most, references, random, power } = options
  if (!(most >= 1 && most <= rows.n))
    throw new StatsError('invalidOption', `maximumClusters is ${most}; from 1 to ${rows.n} was expected.`)
  if (!(references >= 2))
    throw new StatsError('invalidOption', `There are ${references} reference sets; at least 2 were expected.`)
  const ks = Array.from({ length: most }, (_, i) => i + 1)
  const restarts = options.restarts ?? 25
  const within = (data: Rows, stream: RandomGenerator, starts: number): number[] =>
    ks.map((k) => logWithin(data, k, stream, starts, power))
  const observed = within(rows, random.stream(0), restarts)
  const draw = referenceSampler(rows, options.reference)
  const simulated = Array.from({ length: references }, (_, b) => {
    const stream = random.stream(b + 1)
    return within(draw(stream), stream, options.referenceRestarts ?? restarts)
  })
  const expected = ks.map((_, i) => simulated.reduce((s, run) => s + run[i]!, 0) / references)
  const standardError = ks.map((_, i) => {
    const variance = simulated.reduce((s, run) => s + (run[i]! - expected[i]!) ** 2, 0) / references
    return Math.sqrt((1 + 1 / references) * variance)
  })
  return {
    logWithin: observed,
    expectedLogWithin: expected,
    gap: expected.map((e, i) => e - observed[i]!),
    standardError,
  }
}

/**
 * Number of clusters that a gap statistic suggests.
 * - `tibshirani`: the smallest k with gap(k) ≥ gap(k+1) − s(k+1). - `firstSE`: the smallest k within one error of the
 * first local maximum (R's default `firstSEmax`). - `globalMaximum`.
 * A number of clusters from 1 to the most examined.
 * Cost O(clusters).
 * Source: Tibshirani, Walther & Hastie (2001), https://doi.org/10.1111/1467-9868.00293; R's cluster::maxSE
 * @throws StatsError `emptyData`, `lengthMismatch`
 * @example
 * const gap = { logWithin: [3, 2, 1.9], expectedLogWithin: [3.1, 2.9, 2.7], gap: [0.1, 0.9, 0.8], standardError: [0.05, 0.05, 0.05] }
 * suggestClusters(gap, 'tibshirani') // → 2
 */
export function suggestClusters(
  { gap, standardError }: GapStatistic,
  rule: 'tibshirani' | 'firstSE' | 'globalMaximum',
): number {
  const last = gap.length - 1
  if (rule === 'globalMaximum') return gap.indexOf(Math.max(...gap)) + 1
  if (rule === 'tibshirani') {
    const found = gap.findIndex((g, i) => i < last && g >= gap[i + 1]! - standardError[i + 1]!)
    return (found < 0 ? last : found) + 1
  }
  let peak = gap.findIndex((g, i) => i === last || g >= gap[i + 1]!)
  if (peak < 0) peak = last
  return gap.findIndex((g) => g >= gap[peak]! - standardError[peak]!) + 1
}

function logWithin(rows: Rows, k: number, random: RandomGenerator, restarts: number, power: 1 | 2): number {
  const { labels, model } = fitKMeans(rows, { k, random, restarts: k === 1 ? 1 : restarts })
  // The sum of squared distances over pairs, divided by the size, is the sum of squares around the mean: the inertia.
  const dispersion = (power === 2 ? model.inertia : pairDispersion(rows, labels, k)) / 2
  if (!(dispersion > 0))
    throw new StatsError('zeroVariance', `With ${k} clusters no dispersion is left to compare.`, {
      hint: 'Lower maximumClusters.',
    })
  return Math.log(dispersion)
}

/** Σ over clusters of the sum of distances over pairs, divided by the size. */
function pairDispersion({ data, n, p }: Rows, labels: Int32Array, k: number): number {
  const sums = new Float64Array(k)
  const sizes = new Float64Array(k)
  for (let a = 0; a < n; a++) {
    sizes[labels[a]!]!++
    for (let b = 0; b < a; b++) {
      if (labels[a] !== labels[b]) continue
      let d = 0
      for (let j = 0; j < p; j++) d += (data[a * p + j]! - data[b * p + j]!) ** 2
      sums[labels[a]!]! += Math.sqrt(d)
    }
  }
  return sums.reduce((s, x, c) => s + (sizes[c]! > 0 ? x / sizes[c]! : 0), 0)
}

function referenceSampler(
  rows: Rows,
  kind: 'original' | 'principalComponents',
): (random: RandomGenerator) => Rows {
  const { n, p } = rows
  if (kind === 'original') return boxSampler(rows)
  const pca = fitPca(rows)
  const sample = boxSampler(predictPca(pca, rows))
  return (random) => {
    const scores = sample(random)
    const data = new Float64Array(n * p)
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < p; j++) {
        let sum = pca.scale.means[j]!
        for (let c = 0; c < scores.p; c++) sum += scores.data[i * scores.p + c]! * pca.directions[c]![j]!
        data[i * p + j] = sum
      }
    }
    return { data, n, p }
  }
}

function boxSampler({ data, n, p }: Rows): (random: RandomGenerator) => Rows {
  const low = new Float64Array(p).fill(Number.POSITIVE_INFINITY)
  const high = new Float64Array(p).fill(Number.NEGATIVE_INFINITY)
  for (let at = 0; at < data.length; at++) {
    low[at % p] = Math.min(low[at % p]!, data[at]!)
    high[at % p] = Math.max(high[at % p]!, data[at]!)
  }
  return (random) => ({
    data: Float64Array.from(
      { length: n * p },
      (_, at) => low[at % p]! + (high[at % p]! - low[at % p]!) * random.uniform(),
    ),
    n,
    p,
  })
}
