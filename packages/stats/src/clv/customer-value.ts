import { cholesky } from '../linalg/cholesky.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { sampleBeta, sampleExponential, sampleGamma, sampleNormal } from '../random/samplers.ts'
import { requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { type BgNbdModel, bgNbdExpectedTransactions, bgNbdProbabilityAlive } from './bg-nbd.ts'
import type { IntervalColumns } from './expected-transactions-interval.ts'
import { type GammaGammaModel, gammaGammaConditionalMean } from './gamma-gamma.ts'
import type { PurchaseHistory } from './purchase-history.ts'

export interface ValueHistory extends PurchaseHistory {
  /** Mean spend per repeat transaction, 0 without one. */
  readonly monetaryValue: ArrayLike<number>
}

export interface CustomerValueOptions {
  /** In the data's unit of time: 365 for days, 52.18 for weeks, 12 for months gives the 12-month value. */
  readonly horizon: number
  /** Share of spend that is margin. Default 1. */
  readonly margin?: number
  readonly level?: number
  /**
   * What the interval is of. `expectation`: the customer's expected value, uncertain because the parameters are.
   * `outcome`: what the customer will actually bring, which adds the customer's own unknown rate, dropout and spend and
   * pure chance; this one is wide, often from zero.
   */
  readonly interval: 'expectation' | 'outcome'
  readonly random: RandomGenerator
  /** Simulated draws. Default 1000. */
  readonly draws?: number
}

/**
 * The value of each row over the horizon — expected purchases times expected spend times margin, undiscounted — with a
 * simulated interval of the stated kind. Parameters are drawn jointly from their asymptotic normal distribution on the
 * logarithmic scale; each row uses its own random stream, so rows can be shared out in any way with equal results.
 * One value per row, in the currency of `monetaryValue`; the horizon in the data's unit of time.
 * Cost draws × rows predictions; for millions of customers group them or take a sample.
 * Source: Fader, Hardie and Lee (2005), eq. 10, https://doi.org/10.1287/mksc.1040.0098; Fader and Hardie (2013), eq.
 * 5; King, Tomz and Wittenberg (2000) for the simulation.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `unsupported` for models without a covariance,
 * `lengthMismatch`, `invalidOption`
 * @example
 * const data = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40],
 *   monetaryValue: [0, 20, 60, 8, 35, 90, 40, 15, 28, 0] }
 * const options = { horizon: 52, interval: 'outcome', random: createRandom(1), draws: 200 }
 * customerValue(fitBgNbd(data), fitGammaGamma(data), data, options).expected.length // → 10
 */
export function customerValue(
  purchases: BgNbdModel,
  spend: GammaGammaModel,
  data: ValueHistory,
  options: CustomerValueOptions,
): IntervalColumns {
  const level = options.level ?? 0.95
  const draws = options.draws ?? 1000
  const margin = options.margin ?? 1
  requireLevel('level', level)
  if (!Number.isInteger(draws) || draws < 100)
    throw new StatsError('invalidOption', `draws is ${draws}; a whole number ≥ 100 was expected.`)
  requireSameLength({
    frequency: data.frequency,
    recency: data.recency,
    T: data.T,
    monetaryValue: data.monetaryValue,
  })
  const counts = bgNbdExpectedTransactions(purchases, options.horizon, data)
  const means = gammaGammaConditionalMean(spend, data)
  const expected = counts.map((count, i) => count * means[i]! * margin)
  const models = drawModels(purchases, spend, draws, options.random.stream(0))
  const lower = new Float64Array(expected.length)
  const upper = new Float64Array(expected.length)
  const values = new Float64Array(draws)
  for (let i = 0; i < expected.length; i++) {
    const row = {
      frequency: [data.frequency[i]!],
      recency: [data.recency[i]!],
      T: [data.T[i]!],
      monetaryValue: [data.monetaryValue[i]!],
    }
    const random = options.random.stream(i + 1)
    for (let k = 0; k < draws; k++) {
      const { bg, gg } = models[k]!
      values[k] =
        margin *
        (options.interval === 'expectation'
          ? bgNbdExpectedTransactions(bg, options.horizon, row)[0]! * gammaGammaConditionalMean(gg, row)[0]!
          : simulateOutcome(bg, gg, row, options.horizon, random))
    }
    values.sort()
    lower[i] = quantileOfSorted(values, (1 - level) / 2)
    upper[i] = quantileOfSorted(values, (1 + level) / 2)
  }
  return { expected, lower, upper, level }
}

interface DrawnModels {
  readonly bg: BgNbdModel
  readonly gg: GammaGammaModel
}

interface ValueRow {
  readonly frequency: readonly number[]
  readonly recency: readonly number[]
  readonly T: readonly number[]
  readonly monetaryValue: readonly number[]
}

function drawModels(
  purchases: BgNbdModel,
  spend: GammaGammaModel,
  draws: number,
  random: RandomGenerator,
): DrawnModels[] {
  const bg = logDrawer(purchases.names, purchases.parameters, purchases.covariance, random)
  const gg = logDrawer(spend.names, spend.parameters, spend.covariance, random)
  return Array.from({ length: draws }, () => ({
    bg: { ...purchases, parameters: bg() } as BgNbdModel,
    gg: { ...spend, parameters: drawFiniteMean(gg) } as GammaGammaModel,
  }))
}

/** Draws with q ≤ 1 have no finite mean; they are drawn again, which is the asymptotic law given a finite mean. */
function drawFiniteMean(draw: () => Record<string, number>): Record<string, number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const parameters = draw()
    if (parameters['q']! > 1) return parameters
  }
  throw new StatsError(
    'assumptionFailed',
    'The Gamma-Gamma shape q is not distinguishable from 1, so the mean spend has no finite interval.',
    {
      hint: 'Refit with q: "aboveOne" or with more customers.',
    },
  )
}

function logDrawer(
  names: readonly string[],
  parameters: Readonly<Record<string, number>>,
  covariance: readonly number[] | null,
  random: RandomGenerator,
): () => Record<string, number> {
  const n = names.length
  if (!covariance)
    throw new StatsError('unsupported', 'A model without a parameter covariance has no value interval.', {
      hint: 'Fit both models to data first.',
    })
  const onLogs = Float64Array.from(
    covariance,
    (v, k) => v / (parameters[names[Math.floor(k / n)]!]! * parameters[names[k % n]!]!),
  )
  const factor = cholesky(onLogs, n)
  if (!factor)
    throw new StatsError('notPositiveDefinite', 'The parameter covariance is not positive definite.')
  return () => {
    const z = Float64Array.from({ length: n }, () => sampleNormal(random))
    return Object.fromEntries(
      names.map((name, i) => {
        let step = 0
        for (let k = 0; k <= i; k++) step += factor[i * n + k]! * z[k]!
        return [name, parameters[name]! * Math.exp(step)]
      }),
    )
  }
}

/** One future of a customer: alive or not, a rate, a dropout chance, purchases until the horizon, and their spend. */
function simulateOutcome(
  bg: BgNbdModel,
  gg: GammaGammaModel,
  row: ValueRow,
  horizon: number,
  random: RandomGenerator,
): number {
  const x = row.frequency[0]!
  if (random.uniform() >= bgNbdProbabilityAlive(bg, row)[0]!) return 0
  const rate = sampleGamma(random, bg.parameters.r + x, bg.parameters.alpha + row.T[0]!)
  const dropout = sampleBeta(random, bg.parameters.a, bg.parameters.b + x)
  let count = 0
  for (
    let time = sampleExponential(random, 1);
    time <= rate * horizon;
    time += sampleExponential(random, 1)
  ) {
    count++
    if (random.uniform() < dropout) break
  }
  if (count === 0) return 0
  const { p, q, v } = gg.parameters
  const scale = sampleGamma(random, p * x + q, v + x * row.monetaryValue[0]!)
  return sampleGamma(random, p * count, scale)
}

function quantileOfSorted(values: Float64Array, p: number): number {
  const at = p * (values.length - 1)
  const low = Math.floor(at)
  return values[low]! + (at - low) * ((values[low + 1] ?? values[low]!) - values[low]!)
}
