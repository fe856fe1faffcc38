import { requireSameLength, StatsError } from '../stats-error.ts'
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
