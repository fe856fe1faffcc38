import { normalQuantile, normalSurvival } from '../distributions/normal.ts'
import type { Interval } from '../inference/sample.ts'
import { requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { orderOf } from './order-of.ts'

/** Weight of positives and negatives from the highest score down, one entry per distinct score. */
export type RankedCounts = {
  readonly scores: Float64Array
  readonly positives: Float64Array
  readonly negatives: Float64Array
  readonly totalPositive: number
  readonly totalNegative: number
}

/**
 * Cumulative positives and negatives by descending score; everything about ranking follows from them.
 * y, score and weights have length n; columns have one entry per distinct score.
 * Cost O(n log n).
 * Source: Fawcett (2006), "An introduction to ROC analysis", https://doi.org/10.1016/j.patrec.2005.10.010
 * @param y outcomes 0 or 1.
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `notFinite`, `oneClass`.
 * @example
 * rankedCounts([1, 0, 1, 0], [0.9, 0.4, 0.4, 0.1]).positives // → [1, 2, 2]
 */
export function rankedCounts(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  weights?: ArrayLike<number>,
): RankedCounts {
  const n = requireSameLength({ y, score, weights })
  const values = Float64Array.from(score)
  for (let i = 0; i < n; i++) {
    if (!(y[i] === 0 || y[i] === 1))
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    if (!Number.isFinite(values[i]!))
      throw new StatsError(
        'notFinite',
        `The score of row ${i} is ${values[i]}; a finite number was expected.`,
      )
  }
  const order = orderOf(
    values,
    Uint32Array.from({ length: n }, (_, i) => i),
  )
  const scores: number[] = []
  const positives: number[] = []
  const negatives: number[] = []
  let up = 0
  let down = 0
  for (let i = n - 1; i >= 0; i--) {
    const row = order[i]!
    const w = weights ? weights[row]! : 1
    if (y[row] === 1) up += w
    else down += w
    if (i > 0 && values[order[i - 1]!] === values[row]) continue
    scores.push(values[row]!)
    positives.push(up)
    negatives.push(down)
  }
  if (!(up > 0 && down > 0))
    throw new StatsError(
      'oneClass',
      `There is ${up > 0 ? 'no negative' : 'no positive'} row, so nothing can be ranked above or below another.`,
    )
  return {
    scores: Float64Array.from(scores),
    positives: Float64Array.from(positives),
    negatives: Float64Array.from(negatives),
    totalPositive: up,
    totalNegative: down,
  }
}

export type RankingMetrics = {
  /** Chance that a positive outranks a negative, ties counting half. */
  readonly auc: number
  /** 2·AUC − 1. */
  readonly gini: number
  /** Largest distance between the two cumulative shares. */
  readonly ks: number
  /** Score from which on it is reached. */
  readonly ksScore: number
  /** Σ (recall step) × precision, the area under precision and recall without interpolation. */
  readonly averagePrecision: number
}

/**
 * AUC, Gini, Kolmogorov–Smirnov and average precision of a score.
 * y, score and weights have length n; AUC, KS and precision lie in [0, 1], Gini in [−1, 1].
 * Cost O(n log n).
 * Source: Hanley & McNeil (1982), Radiology 143, https://doi.org/10.1148/radiology.143.1.7063747; Davis & Goadrich
 * (2006).
 * @throws StatsError as `rankedCounts`.
 * @example
 * rankingMetrics([1, 0, 1, 0], [0.9, 0.4, 0.4, 0.1]).auc // → 0.875
 */
export function rankingMetrics(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  weights?: ArrayLike<number>,
): RankingMetrics {
  const { scores, positives, negatives, totalPositive, totalNegative } = rankedCounts(y, score, weights)
  let area = 0
  let ks = 0
  let ksScore = scores[0]!
  let averagePrecision = 0
  let up = 0
  let down = 0
  for (let i = 0; i < scores.length; i++) {
    area += ((negatives[i]! - down) * (positives[i]! + up)) / 2
    averagePrecision +=
      ((positives[i]! - up) / totalPositive) * (positives[i]! / (positives[i]! + negatives[i]!))
    up = positives[i]!
    down = negatives[i]!
    const gap = Math.abs(up / totalPositive - down / totalNegative)
    if (gap > ks) {
      ks = gap
      ksScore = scores[i]!
    }
  }
  const auc = area / (totalPositive * totalNegative)
  return { auc, gini: 2 * auc - 1, ks, ksScore, averagePrecision }
}

/**
 * Points of the ROC curve from (0, 0) to (1, 1), with the score from which on each is reached: of every score, or only of
 * the `corners`, where equal steps do not go on (scikit-learn's default, `drop_intermediate`).
 * Columns of one length; rates in [0, 1].
 * Cost O(n log n).
 * Source: Fawcett (2006), "An introduction to ROC analysis", https://doi.org/10.1016/j.patrec.2005.10.010
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `notFinite`, `oneClass`
 * @example
 * rocCurve([1, 0, 1, 0], [0.9, 0.4, 0.4, 0.1]).truePositiveRate // → [0, 0.5, 1, 1]
 */
export function rocCurve(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  weights?: ArrayLike<number>,
  points: 'all' | 'corners' = 'all',
): {
  readonly falsePositiveRate: Float64Array
  readonly truePositiveRate: Float64Array
  readonly thresholds: Float64Array
} {
  const r = rankedCounts(y, score, weights)
  const bends = (column: Float64Array, i: number): boolean =>
    column[i + 1]! - 2 * column[i]! + column[i - 1]! !== 0
  const last = r.scores.length - 1
  const kept = Array.from(r.scores.keys()).filter(
    (i) => points === 'all' || i === 0 || i === last || bends(r.negatives, i) || bends(r.positives, i),
  )
  return {
    falsePositiveRate: Float64Array.of(0, ...kept.map((i) => r.negatives[i]! / r.totalNegative)),
    truePositiveRate: Float64Array.of(0, ...kept.map((i) => r.positives[i]! / r.totalPositive)),
    thresholds: Float64Array.of(Number.POSITIVE_INFINITY, ...kept.map((i) => r.scores[i]!)),
  }
}

export type GainsRow = {
  /** Share of the rows, highest scores first, up to here. */
  readonly share: number
  /** Positives among them, as a share of all positives. */
  readonly gain: number
  /** Gain over share: how many times better than at random. */
  readonly lift: number
  /** Positives in this step alone, as a share of its rows. */
  readonly rate: number
}

/**
 * Gains and lift by equal shares of rows, highest scores first; a tie at an edge counts in part.
 * Shares in [0, 1]; y and score have length n.
 * Cost O(n log n).
 * Source: Fawcett (2006), "An introduction to ROC analysis", https://doi.org/10.1016/j.patrec.2005.10.010
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `notFinite`, `oneClass`
 * @example
 * gainsTable([1, 0, 1, 0], [0.9, 0.4, 0.5, 0.1], 2).map((row) => row.lift) // → [2, 1]
 */
export function gainsTable(y: ArrayLike<number>, score: ArrayLike<number>, steps = 10): readonly GainsRow[] {
  const r = rankedCounts(y, score)
  const total = r.totalPositive + r.totalNegative
  const positivesAt = (rows: number): number => {
    let i = 0
    while (i < r.scores.length && r.positives[i]! + r.negatives[i]! < rows) i++
    if (i === r.scores.length) return r.totalPositive
    const before = i > 0 ? r.positives[i - 1]! : 0
    const rowsBefore = i > 0 ? before + r.negatives[i - 1]! : 0
    return (
      before +
      ((r.positives[i]! - before) * (rows - rowsBefore)) / (r.positives[i]! + r.negatives[i]! - rowsBefore)
    )
  }
  let last = 0
  return Array.from({ length: steps }, (_, k) => {
    const share = (k + 1) / steps
    const found = positivesAt(share * total)
    const rate = (found - last) / (total / steps)
    last = found
    return { share, gain: found / r.totalPositive, lift: found / r.totalPositive / share, rate }
  })
}

export type AucComparison = {
  readonly auc: number
  readonly standardError: number
  readonly interval: Interval
}

/**
 * AUC with DeLong's standard error and interval.
 * y (0 or 1) and score have length n.
 * Cost O(n log n).
 * Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, https://doi.org/10.2307/2531595; Sun & Xu (2014) for
 * the ranks.
 * @throws StatsError as `rankedCounts`, `insufficientData` for fewer than 2 rows of a class.
 * @example
 * aucInterval([1, 0, 1, 0, 1, 0], [0.9, 0.4, 0.6, 0.1, 0.3, 0.2]) // → { auc: 0.8888889, standardError: 0.1571348, interval: { low: 0.5809103, high: 1, level: 0.95 } }
 */
export function aucInterval(y: ArrayLike<number>, score: ArrayLike<number>, level = 0.95): AucComparison {
  requireLevel('level', level)
  const { auc, positive, negative } = placements(y, score)
  const standardError = Math.sqrt(variance(positive) / positive.length + variance(negative) / negative.length)
  const reach = normalQuantile((1 + level) / 2) * standardError
  return {
    auc,
    standardError,
    interval: { low: Math.max(0, auc - reach), high: Math.min(1, auc + reach), level },
  }
}

/**
 * DeLong's test that two scores of the same rows have the same AUC.
 * y (0 or 1) and both scores have length n.
 * Cost O(n log n).
 * Source: DeLong et al. (1988), https://doi.org/10.2307/2531595
 * @throws StatsError as `aucInterval`, `zeroVariance` if the scores rank alike.
 * @example
 * compareAuc([1, 0, 1, 0, 1, 0], [0.9, 0.4, 0.6, 0.1, 0.3, 0.2], [0.2, 0.4, 0.6, 0.5, 0.3, 0.1]).difference // → 0.3333333
 */
export function compareAuc(
  y: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): { readonly difference: number; readonly standardError: number; readonly pValue: number } {
  const a = placements(y, first)
  const b = placements(y, second)
  const spread =
    variance(a.positive.map((v, i) => v - b.positive[i]!)) / a.positive.length +
    variance(a.negative.map((v, i) => v - b.negative[i]!)) / a.negative.length
  if (!(spread > 0))
    throw new StatsError(
      'zeroVariance',
      'Both scores rank the rows alike, so there is no difference to test.',
    )
  const standardError = Math.sqrt(spread)
  const difference = a.auc - b.auc
  return {
    difference,
    standardError,
    pValue: Math.min(1, 2 * normalSurvival(Math.abs(difference) / standardError)),
  }
}

/** Share of the other class that each row outranks, ties half. */
function placements(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
): { auc: number; positive: Float64Array; negative: Float64Array } {
  const r = rankedCounts(y, score)
  if (r.totalPositive < 2 || r.totalNegative < 2)
    throw new StatsError(
      'insufficientData',
      `DeLong’s variance needs at least 2 rows of each class, got ${r.totalPositive} and ${r.totalNegative}.`,
    )
  const at = new Map(Array.from(r.scores, (s, i) => [s, i]))
  const positive: number[] = []
  const negative: number[] = []
  for (let i = 0; i < y.length; i++) {
    const k = at.get(score[i]!)!
    if (y[i] === 1) {
      const above = k > 0 ? r.negatives[k - 1]! : 0
      positive.push(1 - (above + r.negatives[k]!) / 2 / r.totalNegative)
    } else {
      const above = k > 0 ? r.positives[k - 1]! : 0
      negative.push((above + r.positives[k]!) / 2 / r.totalPositive)
    }
  }
  const auc = positive.reduce((s, v) => s + v, 0) / positive.length
  return { auc, positive: Float64Array.from(positive), negative: Float64Array.from(negative) }
}

function variance(values: Float64Array): number {
  const mean = values.reduce((s, v) => s + v, 0) / values.length
  return values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1)
}
