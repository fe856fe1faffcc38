import { normalQuantile } from '../distributions/normal.ts'
import { quadraticForm } from '../linalg/products.ts'
import { requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { type BgNbdModel, bgNbdExpectedTransactions } from './bg-nbd.ts'
import type { ValueHistory } from './customer-value.ts'
import { type GammaGammaModel, gammaGammaConditionalMean } from './gamma-gamma.ts'

export interface PortfolioValueOptions {
  readonly horizon: number
  /** Share of spend that is margin. Default 1. */
  readonly margin?: number
  readonly level?: number
}

export interface PortfolioValue {
  readonly expected: number
  readonly lower: number
  readonly upper: number
  readonly standardError: number
  readonly level: number
  /** Customers, that is the sum of weights. */
  readonly customers: number
}

/**
 * The expected value of all customers together over the horizon, with an interval that carries the uncertainty of both
 * models' parameters by the delta method; errors of customers do not average out, since they share the parameters.
 * Individual luck does, so it is left out. Weighted rows count as so many customers.
 * In the currency of `monetaryValue`; the horizon in the data's unit of time.
 * Cost 15 predictions.
 * Source: Casella and Berger (2002), theorem 5.5.28, https://doi.org/10.1201/9781003456285; Fader, Hardie and Lee
 * (2005), eq. 10; Fader and Hardie (2013), eq. 5.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `unsupported` for models without a covariance,
 * `lengthMismatch`
 * @example
 * const data = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40],
 *   monetaryValue: [0, 20, 60, 8, 35, 90, 40, 15, 28, 0] }
 * portfolioValue(fitBgNbd(data), fitGammaGamma(data), data, { horizon: 52 }).customers // → 239
 */
export function portfolioValue(
  purchases: BgNbdModel,
  spend: GammaGammaModel,
  data: ValueHistory,
  options: PortfolioValueOptions,
): PortfolioValue {
  const level = options.level ?? 0.95
  requireLevel('level', level)
  requireSameLength({
    frequency: data.frequency,
    recency: data.recency,
    T: data.T,
    monetaryValue: data.monetaryValue,
    weights: data.weights,
  })
  if (!purchases.covariance || !spend.covariance)
    throw new StatsError('unsupported', 'A model without a parameter covariance has no value interval.', {
      hint: 'Fit both models to data first.',
    })
  const margin = options.margin ?? 1
  const total = (counts: Float64Array, means: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < counts.length; i++)
      sum += (data.weights ? data.weights[i]! : 1) * counts[i]! * means[i]!
    return sum * margin
  }
  const counts = bgNbdExpectedTransactions(purchases, options.horizon, data)
  const means = gammaGammaConditionalMean(spend, data)
  const slope = <M extends BgNbdModel | GammaGammaModel>(
    model: M,
    value: (moved: M) => number,
  ): Float64Array => {
    const parameters = model.parameters as Readonly<Record<string, number>>
    return Float64Array.from(model.names, (name) => {
      const step = 1e-4 * parameters[name]!
      const at = (sign: number): number =>
        value({ ...model, parameters: { ...parameters, [name]: parameters[name]! + sign * step } } as M)
      return (at(1) - at(-1)) / (2 * step)
    })
  }
  const bySpeed = slope(purchases, (moved) =>
    total(bgNbdExpectedTransactions(moved, options.horizon, data), means),
  )
  const bySpend = slope(spend, (moved) => total(counts, gammaGammaConditionalMean(moved, data)))
  const variance =
    quadraticForm(Float64Array.from(purchases.covariance), bySpeed) +
    quadraticForm(Float64Array.from(spend.covariance), bySpend)
  const expected = total(counts, means)
  const standardError = Math.sqrt(Math.max(0, variance))
  const half = normalQuantile(0.5 + level / 2) * standardError
  let customers = 0
  for (let i = 0; i < counts.length; i++) customers += data.weights ? data.weights[i]! : 1
  return {
    expected,
    lower: Math.max(0, expected - half),
    upper: expected + half,
    standardError,
    level,
    customers,
  }
}
