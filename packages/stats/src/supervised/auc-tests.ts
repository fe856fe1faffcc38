import { normalQuantile } from '../distributions/normal.ts'
import { zPValue } from '../inference/proportion-tests.ts'
import type { Alternative, Interval } from '../inference/sample.ts'
import { tPValue } from '../inference/t-tests.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { rankedCounts } from './ranking-metrics.ts'

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

export type AucTest = {
  readonly difference: number
  readonly standardError: number
  /** Difference over standard error. */
  readonly statistic: number
  readonly pValue: number
}

/**
 * DeLong's test that two scores of the same rows have the same AUC. `greater`: the first score's is the greater one.
 * y (0 or 1) and both scores have length n.
 * Cost O(n log n).
 * Source: DeLong et al. (1988), https://doi.org/10.2307/2531595
 * Parity: pROC's `roc.test`.
 * @throws StatsError as `aucInterval`, `zeroVariance` if the scores rank alike.
 * @example
 * compareAuc([1, 0, 1, 0, 1, 0], [0.9, 0.4, 0.6, 0.1, 0.3, 0.2], [0.2, 0.4, 0.6, 0.5, 0.3, 0.1]).difference // → 0.3333333
 */
export function compareAuc(
  y: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  alternative: Alternative = 'twoSided',
): AucTest {
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
  const statistic = difference / standardError
  return { difference, standardError, statistic, pValue: zPValue(statistic, alternative) }
}

/** Outcomes (0 or 1) and scores of one sample. */
export type ScoredRows = { readonly y: ArrayLike<number>; readonly score: ArrayLike<number> }

/**
 * The same for scores of different rows, as of two populations or two periods, by t with Welch and Satterthwaite's degrees
 * of freedom.
 * Each sample's columns have one length.
 * Cost O(n log n).
 * Source: DeLong et al. (1988), https://doi.org/10.2307/2531595; the degrees of freedom as in Robin et al. (2011),
 * https://doi.org/10.1186/1471-2105-12-77
 * Parity: pROC's `roc.test(paired = FALSE)`.
 * @throws StatsError as `aucInterval`, `zeroVariance` if both scores separate the classes perfectly.
 * @example
 * const first = { y: [1, 0, 1, 0, 1, 0], score: [0.9, 0.4, 0.6, 0.1, 0.3, 0.2] }
 * const second = { y: [1, 0, 1, 0, 1, 0], score: [0.2, 0.4, 0.6, 0.5, 0.3, 0.1] }
 * compareAucOfSamples(first, second).degreesOfFreedom // → 7.352941
 */
export function compareAucOfSamples(
  first: ScoredRows,
  second: ScoredRows,
  alternative: Alternative = 'twoSided',
): AucTest & { readonly degreesOfFreedom: number } {
  const [a, b] = [first, second].map(({ y, score }) => {
    const { auc, positive, negative } = placements(y, score)
    return {
      auc,
      n: y.length,
      variance: variance(positive) / positive.length + variance(negative) / negative.length,
    }
  }) as [AucVariance, AucVariance]
  const total = a.variance + b.variance
  if (!(total > 0))
    throw new StatsError('zeroVariance', 'Neither AUC varies, so their difference cannot be tested.')
  const standardError = Math.sqrt(total)
  const difference = a.auc - b.auc
  const statistic = difference / standardError
  const degreesOfFreedom = total ** 2 / (a.variance ** 2 / (a.n - 1) + b.variance ** 2 / (b.n - 1))
  return {
    difference,
    standardError,
    statistic,
    pValue: tPValue(statistic, degreesOfFreedom, alternative),
    degreesOfFreedom,
  }
}

type AucVariance = { readonly auc: number; readonly n: number; readonly variance: number }

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
