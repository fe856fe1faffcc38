import { requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { rankedCounts, rocCurve } from './ranking-metrics.ts'

export type RocBand = {
  /** Which rate the band is of; the area is the mean of the other one over it, times its width. */
  readonly of: 'specificity' | 'sensitivity'
  readonly from: number
  readonly to: number
  /** On the scale where ½ is chance and 1 perfect. Default false. */
  readonly corrected?: boolean
}

/**
 * Area under a band of the ROC curve: between two specificities, or beside it between two sensitivities.
 * y (0 or 1), score and weights have length n. Range: [0, to − from]; corrected at most 1.
 * Cost O(n log n).
 * Source: McClish (1989), https://doi.org/10.1177/0272989X8900900307
 * Parity: pROC's `auc(partial.auc, partial.auc.focus, partial.auc.correct)`.
 * @throws StatsError as `rankedCounts`, `outOfDomain` unless 0 ≤ from < to ≤ 1.
 * @example
 * rocBandArea([1, 0, 1, 0, 0], [0.9, 0.8, 0.4, 0.3, 0.1], { of: 'specificity', from: 0.5, to: 1 }) // → 0.3333333
 */
export function rocBandArea(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  band: RocBand,
  weights?: ArrayLike<number>,
): number {
  const { of, from, to, corrected = false } = band
  requireProbability('from', from)
  requireProbability('to', to)
  if (!(from < to))
    throw new StatsError('outOfDomain', `The band goes from ${from} to ${to}; from < to was expected.`)
  const { falsePositiveRate, truePositiveRate } = rocCurve(y, score, weights)
  const specificity = falsePositiveRate.map((v) => 1 - v)
  // Both rates of the band's side and the other, so that the first one rises.
  const [x, height] =
    of === 'specificity'
      ? [specificity.toReversed(), truePositiveRate.toReversed()]
      : [truePositiveRate, specificity]
  let area = 0
  for (let i = 1; i < x.length; i++) {
    const [left, right] = [x[i - 1]!, x[i]!]
    const [start, stop] = [Math.max(from, left), Math.min(to, right)]
    if (!(stop > start)) continue
    const at = (v: number): number =>
      height[i - 1]! + ((height[i]! - height[i - 1]!) * (v - left)) / (right - left)
    area += ((at(start) + at(stop)) / 2) * (stop - start)
  }
  if (!corrected) return area
  const [least, most] = [((to - from) * (2 - from - to)) / 2, to - from]
  return (1 + (area - least) / (most - least)) / 2
}

export type BestThreshold = {
  /** Half-way between the lowest score above it and the highest below. */
  readonly threshold: number
  readonly sensitivity: number
  readonly specificity: number
}

/**
 * The threshold that suits best: `youden` maximises sensitivity + r·specificity, `closestTopLeft` minimises
 * (1 − sensitivity)² + r·(1 − specificity)², where r = (1 − prevalence)/(costRatio·prevalence) is 1 unless told.
 * y (0 or 1) and score have length n; scores above the threshold are positive. Of equals the highest.
 * Cost O(n log n).
 * Source: Youden (1950), https://doi.org/10.1002/1097-0142(1950)3:1%3C32::AID-CNCR2820030106%3E3.0.CO;2-3; Perkins & Schisterman (2006), https://doi.org/10.1093/aje/kwj063
 * Parity: pROC's `coords(x = "best")`.
 * @param options.costRatio what a missed positive costs in units of a false alarm. Default 1.
 * @throws StatsError as `rankedCounts`, `outOfDomain`.
 * @example
 * bestThreshold([1, 0, 1, 0, 0], [0.9, 0.8, 0.4, 0.3, 0.1]).threshold // → 0.35
 */
export function bestThreshold(
  y: ArrayLike<number>,
  score: ArrayLike<number>,
  options: {
    readonly by?: 'youden' | 'closestTopLeft'
    readonly costRatio?: number
    readonly prevalence?: number
  } = {},
): BestThreshold {
  const { by = 'youden', costRatio = 1, prevalence = 0.5 } = options
  requirePositive('costRatio', costRatio)
  if (!(prevalence > 0 && prevalence < 1))
    throw new StatsError('outOfDomain', `prevalence is ${prevalence}; a number between 0 and 1 was expected.`)
  const r = (1 - prevalence) / (costRatio * prevalence)
  const { scores, positives, negatives, totalPositive, totalNegative } = rankedCounts(y, score)
  const worth = (sensitivity: number, specificity: number): number =>
    by === 'youden' ? sensitivity + r * specificity : -((1 - sensitivity) ** 2 + r * (1 - specificity) ** 2)
  let best = { threshold: Number.POSITIVE_INFINITY, sensitivity: 0, specificity: 1 }
  for (let i = 0; i < scores.length; i++) {
    const sensitivity = positives[i]! / totalPositive
    const specificity = 1 - negatives[i]! / totalNegative
    if (!(worth(sensitivity, specificity) > worth(best.sensitivity, best.specificity))) continue
    const next = scores[i + 1]
    const threshold = next === undefined ? Number.NEGATIVE_INFINITY : scores[i]! / 2 + next / 2
    best = { threshold, sensitivity, specificity }
  }
  return best
}
