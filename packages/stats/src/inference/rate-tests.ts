import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { gammaQuantile } from '../distributions/gamma.ts'
import { normalQuantile } from '../distributions/normal.ts'
import { poissonCdf, poissonPmf, poissonSurvival } from '../distributions/poisson.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import { binomialTest } from './exact-tests.ts'
import type { Alternative, Interval } from './sample.ts'

/** Events over an exposure (customer-months, visits). */
export type EventRate = { readonly events: number; readonly exposure: number }

export type RateTest = { readonly estimate: number; readonly pValue: number; readonly interval: Interval }

/**
 * Exact test that a Poisson rate is the hypothesised one, with the exact interval of the rate.
 * Cost O(ln events) probabilities.
 * Source: Garwood (1936), Biometrika 28; R's `poisson.test`, https://doi.org/10.1093/biomet/28.3-4.437
 * @throws StatsError `outOfDomain`.
 * @example
 * poissonRateTest({ events: 137, exposure: 24.19893 }).interval // → { low: 4.753125, high: 6.692709, level: 0.95 }
 */
export function poissonRateTest(
  { events, exposure }: EventRate,
  hypothesis = 1,
  options: { readonly alternative?: Alternative; readonly level?: number } = {},
): RateTest {
  const { alternative = 'twoSided', level = 0.95 } = options
  requireEvents({ events, exposure })
  requirePositive('hypothesis', hypothesis)
  requireLevel('level', level)
  const mean = hypothesis * exposure
  const lower = poissonCdf(events, mean)
  const upper = events === 0 ? 1 : poissonSurvival(events - 1, mean)
  const tail = alternative === 'twoSided' ? (1 - level) / 2 : 1 - level
  return {
    estimate: events / exposure,
    pValue: alternative === 'less' ? lower : alternative === 'greater' ? upper : noLikelier(events, mean),
    interval: {
      low: alternative === 'less' || events === 0 ? 0 : gammaQuantile(tail, events, 1) / exposure,
      high:
        alternative === 'greater'
          ? Number.POSITIVE_INFINITY
          : gammaQuantile(1 - tail, events + 1, 1) / exposure,
      level,
    },
  }
}

/**
 * Exact test that two Poisson rates have a given ratio (default 1), by the binomial given their total, with the
 * interval of the ratio.
 * Cost O(events).
 * Source: Przyborowski & Wilenski (1940); R's `poisson.test`, https://doi.org/10.1093/biomet/31.3-4.313
 * @throws StatsError `outOfDomain`, `insufficientData` without an event.
 * @example
 * poissonRateRatioTest({ events: 11, exposure: 800 }, { events: 21, exposure: 3011 }).pValue // → 0.07966863
 */
export function poissonRateRatioTest(
  first: EventRate,
  second: EventRate,
  options: { readonly ratio?: number; readonly alternative?: Alternative; readonly level?: number } = {},
): RateTest {
  const { ratio = 1, alternative = 'twoSided', level = 0.95 } = options
  requireEvents(first)
  requireEvents(second)
  const total = first.events + second.events
  if (total === 0) throw new StatsError('insufficientData', 'Neither group has an event.')
  const share = (ratio * first.exposure) / (ratio * first.exposure + second.exposure)
  const { pValue, interval } = binomialTest(first.events, total, share, { alternative, level })
  const odds = (p: number): number =>
    p >= 1 ? Number.POSITIVE_INFINITY : (p / (1 - p)) * (second.exposure / first.exposure)
  return {
    estimate: first.events / first.exposure / (second.events / second.exposure),
    pValue,
    interval: { low: odds(interval.low), high: odds(interval.high), level },
  }
}

function requireEvents({ events, exposure }: EventRate): void {
  requirePositive('exposure', exposure)
  if (!Number.isInteger(events) || events < 0)
    throw new StatsError(
      'outOfDomain',
      `There are ${events} events; a whole number of at least 0 was expected.`,
    )
}

/** Probability of all counts no likelier than the observed one, with R's tolerance for ties. */
function noLikelier(events: number, mean: number): number {
  if (events === mean) return 1
  const limit = poissonPmf(events, mean) * (1 + 1e-7)
  if (events < mean) {
    const start = Math.ceil(mean)
    const other = start + stepsUntil((k) => poissonPmf(start + k, mean) <= limit)
    return Math.min(1, poissonCdf(events, mean) + poissonSurvival(other - 1, mean))
  }
  const start = Math.floor(mean)
  const other = start - stepsUntil((k) => k > start || poissonPmf(start - k, mean) <= limit)
  return Math.min(1, poissonSurvival(events - 1, mean) + (other >= 0 ? poissonCdf(other, mean) : 0))
}

/** The fewest steps from which on a condition holds: the stride doubles until it does and is then halved. */
function stepsUntil(holds: (steps: number) => boolean): number {
  if (holds(0)) return 0
  let high = 1
  while (!holds(high)) high *= 2
  for (let low = Math.floor(high / 2); high - low > 1; ) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

export type StratifiedOdds = {
  /** Common odds ratio of Mantel and Haenszel. */
  readonly oddsRatio: number
  readonly interval: Interval
  readonly statistic: number
  readonly pValue: number
}

/**
 * Cochran–Mantel–Haenszel test that the odds ratio is 1 in every stratum (segment, week) of 2×2 tables. One 2×2 table
 * per stratum.
 * Cost O(strata).
 * Source: Mantel & Haenszel (1959); Agresti (2013), section 6.4; R's `mantelhaen.test`,
 * https://doi.org/10.1093/jnci/22.4.719
 * @param options.continuity half a count, as R's default. Default true.
 * @throws StatsError `insufficientData` if no stratum says anything. Interval after Robins, Breslow & Greenland (1986).
 * @example
 * mantelHaenszelTest([[[10, 5], [4, 9]], [[8, 6], [5, 11]]]).oddsRatio // → 3.586111
 */
export function mantelHaenszelTest(
  strata: readonly (readonly [readonly [number, number], readonly [number, number]])[],
  options: { readonly level?: number; readonly continuity?: boolean } = {},
): StratifiedOdds {
  const { level = 0.95, continuity = true } = options
  requireLevel('level', level)
  let [gap, variance, r, s, pr, cross, qs] = [0, 0, 0, 0, 0, 0, 0]
  for (const [[a, b], [c, d]] of strata) {
    const n = a + b + c + d
    if (!(n > 1)) continue
    gap += a - ((a + b) * (a + c)) / n
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1))
    const [ri, si, p, q] = [(a * d) / n, (b * c) / n, (a + d) / n, (b + c) / n]
    r += ri
    s += si
    pr += p * ri
    cross += p * si + q * ri
    qs += q * si
  }
  if (!(variance > 0 && r > 0 && s > 0))
    throw new StatsError('insufficientData', 'The strata do not determine a common odds ratio.')
  const statistic = Math.max(0, Math.abs(gap) - (continuity ? 0.5 : 0)) ** 2 / variance
  const error = Math.sqrt(pr / (2 * r * r) + cross / (2 * r * s) + qs / (2 * s * s))
  const reach = normalQuantile((1 + level) / 2) * error
  const log = Math.log(r / s)
  return {
    oddsRatio: r / s,
    interval: { low: Math.exp(log - reach), high: Math.exp(log + reach), level },
    statistic,
    pValue: chiSquareSurvival(statistic, 1),
  }
}
