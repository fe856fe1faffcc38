import { StatsError } from '../stats-error.ts'
import { rankedCounts, rocCurve } from './ranking-metrics.ts'

export type PrecisionRecallCurve = {
  /** Ascending; one entry per distinct score. */
  readonly thresholds: Float64Array
  /** Precision and recall of the rows at or above each threshold; one entry more, 1 and 0, for none of them. */
  readonly precision: Float64Array
  readonly recall: Float64Array
}

/**
 * Precision and recall at every threshold of a score.
 * y, score and weights have length n; both rates lie in [0, 1].
 * Cost O(n log n).
 * Source: Davis and Goadrich (2006), https://doi.org/10.1145/1143844.1143874
 * Parity: scikit-learn's precision_recall_curve.
 * @throws StatsError as `rankedCounts`.
 * @example
 * precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).precision // → [0.5, 0.6666667, 0.5, 1, 1]
 */
export function precisionRecallCurve(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  weights?: ArrayLike<number>,
): PrecisionRecallCurve {
  const { scores, positives, negatives, totalPositive } = rankedCounts(y, score, weights)
  const precision = positives.map((up, i) => up / (up + negatives[i]!)).reverse()
  const recall = positives.map((up) => up / totalPositive).reverse()
  return {
    thresholds: scores.toReversed(),
    precision: Float64Array.of(...precision, 1),
    recall: Float64Array.of(...recall, 0),
  }
}

/**
 * Area under the ROC curve up to a false positive rate, put on the scale where ½ is chance and 1 perfect.
 * y, score and weights have length n.
 * Range: [0, 1].
 * Cost O(n log n).
 * Source: McClish (1989), https://doi.org/10.1177/0272989X8900900307
 * Parity: scikit-learn's roc_auc_score with max_fpr.
 * @throws StatsError as `rankedCounts`, `outOfDomain` unless the rate is in (0, 1].
 * @example
 * partialAuc([1, 0, 1, 0, 0], [0.9, 0.8, 0.4, 0.3, 0.1], 0.5) // → 0.7777778
 */
export function partialAuc(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  largestFalsePositiveRate: number,
  weights?: ArrayLike<number>,
): number {
  const end = largestFalsePositiveRate
  if (!(end > 0 && end <= 1))
    throw new StatsError('outOfDomain', `The false positive rate is ${end}; a number in (0, 1] was expected.`)
  const { falsePositiveRate: x, truePositiveRate: height } = rocCurve(y, score, weights)
  let area = 0
  for (let i = 1; i < x.length && x[i - 1]! < end; i++) {
    const stop = Math.min(end, x[i]!)
    const slope = x[i]! > x[i - 1]! ? (height[i]! - height[i - 1]!) / (x[i]! - x[i - 1]!) : 0
    const width = stop - x[i - 1]!
    area += width * (height[i - 1]! + (slope * width) / 2)
  }
  if (end === 1) return area
  const chance = (end * end) / 2
  return (1 + (area - chance) / (end - chance)) / 2
}
