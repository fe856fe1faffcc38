import { normalQuantile } from '../distributions/normal.ts'
import { requireFinite, requireLevel, StatsError } from '../stats-error.ts'
import { type Interval, requireSummary, type SampleSummary } from './sample.ts'

export type RatioEstimate = {
  readonly estimate: number
  readonly standardError: number
  readonly interval: Interval
}

/**
 * Ratio of the means of two measures of the same rows (revenue per session, counted by customer), by the delta method.
 * Cost O(1).
 * Source: Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", KDD, equation 3, https://arxiv.org/abs/1803.06336
 * @param covariance of numerator and denominator over rows, divided by n − 1.
 * @throws StatsError `notFinite`, `outOfDomain` if the denominator's mean is 0 or the covariance impossible;
 * `insufficientData`.
 * @example
 * const revenue = { n: 100, mean: 20, variance: 25 }
 * const sessions = { n: 100, mean: 4, variance: 1 }
 * ratioOfMeans(revenue, sessions, 3).standardError // → 0.1118034
 */
export function ratioOfMeans(
  numerator: SampleSummary,
  denominator: SampleSummary,
  covariance: number,
  level = 0.95,
): RatioEstimate {
  requireSummary(numerator)
  requireSummary(denominator)
  return fromEstimate(ratioPerRow(numerator, denominator, covariance), numerator.n, level)
}

/**
 * The ratio and its variance per row; divide the variance by n for the squared standard error.
 * Cost O(1).
 * Source: Deng, Knoblich & Lu (2018), equation 3, https://arxiv.org/abs/1803.06336
 * @throws StatsError `notFinite`, `outOfDomain` if the denominator's mean is 0 or the covariance impossible
 * @example
 * ratioPerRow({ n: 100, mean: 20, variance: 25 }, { n: 100, mean: 4, variance: 1 }, 3) // → { mean: 5, variance: 1.25 }
 */
export function ratioPerRow(
  numerator: SampleSummary,
  denominator: SampleSummary,
  covariance: number,
): { readonly mean: number; readonly variance: number } {
  requireFinite('covariance', covariance)
  for (const { mean, variance } of [numerator, denominator]) {
    requireFinite('mean', mean)
    requireFinite('variance', variance)
  }
  requireDenominator(denominator.mean)
  if (Math.abs(covariance) > (1 + 1e-9) * Math.sqrt(numerator.variance * denominator.variance)) {
    throw new StatsError('outOfDomain', `The covariance ${covariance} is larger than both variances allow.`)
  }
  const mean = numerator.mean / denominator.mean
  const scaled =
    (numerator.variance - 2 * mean * covariance + mean * mean * denominator.variance) / denominator.mean ** 2
  requireFinite('variance of the ratio', scaled)
  return { mean, variance: Math.max(0, scaled) }
}

/**
 * Relative difference of two independent means, (treatment − control) / |control|, by the delta method.
 * Cost O(1).
 * Source: Deng, Knoblich & Lu (2018), section 3.1, https://arxiv.org/abs/1803.06336
 * @throws StatsError `notFinite`, `outOfDomain` if the control's mean is 0; `insufficientData`.
 * @example
 * const control = { n: 100, mean: 10, variance: 4 }
 * relativeDifference(control, { n: 100, mean: 11, variance: 4 }).interval // → { low: 0.04172608, high: 0.1582739, level: 0.95 }
 */
export function relativeDifference(
  control: SampleSummary,
  treatment: SampleSummary,
  level = 0.95,
): RatioEstimate {
  requireSummary(control)
  requireSummary(treatment)
  requireDenominator(control.mean)
  const c = control.mean
  const variance =
    treatment.variance / treatment.n / c ** 2 + (treatment.mean ** 2 * control.variance) / control.n / c ** 4
  return fromEstimate({ mean: (treatment.mean - c) / Math.abs(c), variance }, 1, level)
}

function fromEstimate(
  { mean, variance }: { mean: number; variance: number },
  n: number,
  level: number,
): RatioEstimate {
  requireLevel('level', level)
  const standardError = Math.sqrt(variance / n)
  if (!(Number.isFinite(mean) && Number.isFinite(standardError)))
    throw new StatsError(
      'outOfDomain',
      'The mean to divide by is so small that the ratio has no finite error.',
      {
        hint: 'Report the absolute difference.',
      },
    )
  const reach = normalQuantile((1 + level) / 2) * standardError
  return { estimate: mean, standardError, interval: { low: mean - reach, high: mean + reach, level } }
}

function requireDenominator(mean: number): void {
  if (mean !== 0) return
  throw new StatsError('outOfDomain', 'The mean to divide by is 0, so the ratio does not exist.', {
    hint: 'Report the absolute difference.',
  })
}
