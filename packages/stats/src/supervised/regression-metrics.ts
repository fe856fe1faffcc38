import { requireWeights } from '../clustering/rows.ts'
import { quantiles } from '../inference/quantile.ts'
import { requireFinite, requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'

/** How near predictions come to numbers; null where a measure is not defined for these values. */
export interface RegressionMetrics {
  /** 1 − Σw·e² / Σw·(y − ȳ)²; null where y does not vary. */
  readonly rSquared: number | null
  /** The same with the mean error taken off. */
  readonly explainedVariance: number | null
  readonly meanError: number
  readonly meanSquaredError: number
  readonly rootMeanSquaredError: number
  readonly meanAbsoluteError: number
  /** Null with weights. */
  readonly medianAbsoluteError: number | null
  /** A share; null where a y is 0. */
  readonly meanAbsolutePercentageError: number | null
  /** Mean of (ln(1 + y) − ln(1 + ŷ))²; null where a value is −1 or less. */
  readonly meanSquaredLogError: number | null
  readonly maximumError: number
}

/**
 * The usual measures of predictions against numbers.
 * y and predicted have one value per row; errors are in the unit of y.
 * Cost O(n), and O(n·log n) for the median.
 * Source: Hastie, Tibshirani & Friedman (2009), section 7.2, https://doi.org/10.1007/978-0-387-84858-7
 * Parity: scikit-learn's metrics of these names.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` for weights
 * @example
 * regressionMetrics([3, -0.5, 2, 7], [2.5, 0, 2, 8]).rSquared // → 0.9486081
 */
export function regressionMetrics(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: Float64Array,
): RegressionMetrics {
  const { n, w, total } = requirePairs(y, predicted, weights)
  const mean = (f: (i: number) => number): number => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += w(i) * f(i)
    return sum / total
  }
  const error = (i: number): number => y[i]! - predicted[i]!
  const centre = mean((i) => y[i]!)
  const spread = mean((i) => (y[i]! - centre) ** 2)
  const meanError = mean(error)
  const meanSquaredError = mean((i) => error(i) ** 2)
  const absolute = Float64Array.from({ length: n }, (_, i) => Math.abs(error(i)))
  const has = (test: (v: number) => boolean): boolean => Array.prototype.some.call(y, test)
  const logs = !has((v) => v <= -1) && !Array.prototype.some.call(predicted, (v: number) => v <= -1)
  const ofSpread = (value: number): number | null => (spread > 0 ? finite(1 - value / spread) : null)
  return {
    rSquared: ofSpread(meanSquaredError),
    explainedVariance: ofSpread(mean((i) => (error(i) - meanError) ** 2)),
    meanError,
    meanSquaredError: requireFiniteResult(meanSquaredError),
    rootMeanSquaredError: Math.sqrt(meanSquaredError),
    meanAbsoluteError: mean((i) => absolute[i]!),
    medianAbsoluteError: weights ? null : quantiles(absolute, [0.5])[0]!,
    meanAbsolutePercentageError: has((v) => v === 0)
      ? null
      : finite(mean((i) => absolute[i]! / Math.abs(y[i]!))),
    meanSquaredLogError: logs ? mean((i) => (Math.log1p(y[i]!) - Math.log1p(predicted[i]!)) ** 2) : null,
    maximumError: absolute.reduce((a, b) => Math.max(a, b), 0),
  }
}

/**
 * Mean Tweedie deviance, and the share of it that predictions take off the mean's. Powers: 0 squared error, 1 Poisson, 2 gamma,
 * 3 inverse Gaussian, 1 to 2 compound.
 * `share` is null where the mean already fits every row.
 * Cost O(n).
 * Source: Jørgensen (1987), https://doi.org/10.1111/j.2517-6161.1987.tb01685.x
 * Parity: scikit-learn `mean_tweedie_deviance`, `d2_tweedie_score`.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` for weights, for a power between 0 and 1 and for
 * values out of the power's range
 * @example
 * tweedieDeviance([2, 0, 1, 4], [0.5, 0.5, 2, 2], 1) // → { deviance: 1.426015, share: 0.05378976 }
 */
export function tweedieDeviance(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  power: number,
  weights?: Float64Array,
): { readonly deviance: number; readonly share: number | null } {
  const { n, w, total } = requirePairs(y, predicted, weights)
  requireFinite('power', power)
  if (power > 0 && power < 1)
    throw new StatsError('outOfDomain', `There is no Tweedie distribution of power ${power}.`, {
      hint: 'Use 0, 1, 2, 3, or a number between 1 and 2.',
    })
  let mean = 0
  let deviance = 0
  for (let i = 0; i < n; i++) {
    if ((power >= 1 && y[i]! < 0) || (power >= 2 && y[i] === 0) || (power !== 0 && !(predicted[i]! > 0)))
      throw new StatsError(
        'outOfDomain',
        `The value ${y[i]} with the prediction ${predicted[i]} is out of the range of power ${power}.`,
        { context: { index: i } },
      )
    mean += w(i) * y[i]!
    deviance += w(i) * unitDeviance(y[i]!, predicted[i]!, power)
  }
  mean /= total
  deviance /= total
  let around = 0
  if (power === 0 || mean > 0) for (let i = 0; i < n; i++) around += w(i) * unitDeviance(y[i]!, mean, power)
  around /= total
  return { deviance: requireFiniteResult(deviance), share: around > 0 ? finite(1 - deviance / around) : null }
}

function unitDeviance(y: number, mu: number, power: number): number {
  if (power === 0) return (y - mu) ** 2
  if (power === 1) return 2 * ((y === 0 ? 0 : y * Math.log(y / mu)) - y + mu)
  if (power === 2) return 2 * (Math.log(mu / y) + y / mu - 1)
  const [one, two] = [1 - power, 2 - power]
  return 2 * (Math.max(y, 0) ** two / (one * two) - (y * mu ** one) / one + mu ** two / two)
}

function requirePairs(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights: Float64Array | undefined,
): { readonly n: number; readonly w: (i: number) => number; readonly total: number } {
  const n = requireSameLength({ y, predicted, weights })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  requireFiniteColumn('y', y)
  requireFiniteColumn('predicted', predicted)
  if (weights) requireWeights(weights, n)
  const total = weights ? weights.reduce((a, b) => a + b, 0) : n
  return { n, w: (i) => (weights ? weights[i]! : 1), total }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function requireFiniteResult(value: number): number {
  if (!Number.isFinite(value)) throw new StatsError('notFinite', 'The errors are too large to be averaged.')
  return value
}
