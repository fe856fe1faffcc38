import { normalCdf, normalPdf, normalSurvival } from '../distributions/normal.ts'
import { integrate } from '../special/gauss-legendre.ts'
import { requireFinite, requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { type ArmStatistic, armMoments } from './arm-statistics.ts'
import type { NormalPrior } from './bayesian.ts'

/** What is known of an arm's mean: a normal distribution. */
export type NormalBelief = { readonly mean: number; readonly variance: number }

/**
 * Beliefs about the arms' means from what was measured: a normal likelihood, and a normal prior on each mean or none (flat).
 * Covariates of an arm are not used.
 * One per arm.
 * Cost O(arms).
 * Source: Gelman et al. (2013), section 2.5, http://www.stat.columbia.edu/~gelman/book/
 * Parity: GrowthBook's bandits.
 * @throws StatsError `outOfDomain`, `notFinite`, `insufficientData` for fewer than 2 rows, `zeroVariance` for an arm that
 * does not vary where there is no prior.
 * @example
 * normalBeliefs([meanArm([1, 2, 3]), meanArm([2, 4, 6])]) // → [{ mean: 2, variance: 0.3333333 }, { mean: 4, variance: 1.333333 }]
 */
export function normalBeliefs(arms: readonly ArmStatistic[], prior?: NormalPrior): readonly NormalBelief[] {
  if (prior) requirePositive('prior.variance', prior.variance)
  if (prior) requireFinite('prior.mean', prior.mean)
  return arms.map((arm) => {
    const { n, post, varPost } = armMoments(arm)
    if (!prior && !(varPost > 0))
      throw new StatsError('zeroVariance', 'An arm does not vary, so nothing bounds what its mean may be.', {
        hint: 'Give a prior.',
      })
    const data = varPost > 0 ? n / varPost : 0
    const precision = data + (prior ? 1 / prior.variance : 0)
    const belief = {
      mean: (data * post + (prior ? prior.mean / prior.variance : 0)) / precision,
      variance: 1 / precision,
    }
    requireFinite('The mean believed', belief.mean)
    requirePositive('The variance believed', belief.variance)
    return belief
  })
}

export type BestArmOptions = {
  /** For measures such as churn. Default false. */
  readonly lowerIsBetter?: boolean
  /**
   * `best` (default): the chance that an arm is the best one, which is what Thompson sampling plays. `topTwo`: half the
   * chance that it is among the best two, which goes on learning about the runner-up.
   */
  readonly rank?: 'best' | 'topTwo'
  /** Least share of an arm: f + (1 − arms·f)·share; equal shares where the floors fill up everything. Default 0. */
  readonly floor?: number
}

/**
 * Shares of the arms by the chance to be the best of independent normal beliefs, by quadrature instead of draws.
 * One share in [0, 1] per arm, adding up to 1. Error below 1e-9 where standard deviations are within a factor 100.
 * Cost O(arms² · 1,000), for the top two O(arms³ · 1,000).
 * Source: Russo (2020), "Simple Bayesian algorithms for best-arm identification", section 3, https://doi.org/10.1287/opre.2019.1911
 * Parity: GrowthBook's bandits, which draw.
 * @throws StatsError `invalidOption` for fewer than 2 arms, `outOfDomain`, `notFinite`.
 * @example
 * bestArmShares([{ mean: 1, variance: 1 }, { mean: 2, variance: 1 }]) // → [0.2397501, 0.7602499]
 */
export function bestArmShares(
  beliefs: readonly NormalBelief[],
  options: BestArmOptions = {},
): readonly number[] {
  const { lowerIsBetter = false, rank = 'best', floor = 0 } = options
  requireProbability('floor', floor)
  if (!(beliefs.length >= 2))
    throw new StatsError('invalidOption', `There are ${beliefs.length} arms; at least 2 were expected.`)
  const arms = beliefs.map(({ mean, variance }) => {
    requireFinite('mean', mean)
    requirePositive('variance', variance)
    return { mean: lowerIsBetter ? -mean : mean, sd: Math.sqrt(variance) }
  })
  if (floor * arms.length >= 1) return arms.map(() => 1 / arms.length)
  const best = arms.map((_, i) => chanceOf(arms, i))
  const raw =
    rank === 'best'
      ? best
      : best.map(
          (chance, i) => chance + arms.reduce((sum, _, k) => sum + (k === i ? 0 : chanceOf(arms, i, k)), 0),
        )
  const total = raw.reduce((a, b) => a + b, 0)
  return raw.map((chance) => floor + (1 - floor * arms.length) * (chance / total))
}

type Arm = { readonly mean: number; readonly sd: number }

/** Chance that arm i is above all others, but below `above` if one is named. */
function chanceOf(arms: readonly Arm[], i: number, above?: number): number {
  const own = arms[i]!
  const reach = 9 * own.sd
  // Where another arm is much surer, the integrand has a step of its width at its mean.
  const edges = new Set([own.mean - reach, own.mean + reach])
  for (const { mean, sd } of arms)
    for (const edge of [mean - 9 * sd, mean, mean + 9 * sd])
      if (Math.abs(edge - own.mean) < reach) edges.add(edge)
  const sorted = [...edges].sort((a, b) => a - b)
  const density = (x: number): number =>
    arms.reduce(
      (product, { mean, sd }, j) => {
        if (j === i) return product
        return product * (j === above ? normalSurvival(x, mean, sd) : normalCdf(x, mean, sd))
      },
      normalPdf(x, own.mean, own.sd),
    )
  let sum = 0
  for (let k = 1; k < sorted.length; k++) sum += integrate(density, sorted[k - 1]!, sorted[k]!, 6)
  return sum
}
