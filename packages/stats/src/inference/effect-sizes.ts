import { logGamma } from '../special/log-gamma.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { requireSummary, type SampleSummary } from './sample.ts'

/**
 * Cohen's h: difference of two proportions on the arcsine scale, 2·asin√p − 2·asin√q. About .2 is small, .5 medium, .8 large.
 * Range: [−π, π].
 * Cost O(1).
 * Source: Cohen (1988), Statistical Power Analysis, section 6.2, https://doi.org/10.4324/9780203771587
 * @throws StatsError `outOfDomain`.
 * @example
 * cohenH(0.5, 0.4) // → 0.2013579
 */
export function cohenH(p: number, q: number): number {
  requireProbability('p', p)
  requireProbability('q', q)
  return 2 * Math.asin(Math.sqrt(p)) - 2 * Math.asin(Math.sqrt(q))
}

/**
 * Cohen's d: difference of means in pooled standard deviations; `hedges: true` removes its small-sample bias (g).
 * Cost O(1).
 * Source: Cohen (1988), section 2.2, https://doi.org/10.4324/9780203771587; Hedges (1981), J. Educ. Statist. 6,
 * equation 6e.
 * @throws StatsError `notFinite`, `outOfDomain`, `zeroVariance` if neither sample varies, `insufficientData`.
 * @example
 * cohenD({ n: 50, mean: 10, variance: 4 }, { n: 50, mean: 9, variance: 4 }) // → 0.5
 */
export function cohenD(
  first: SampleSummary,
  second: SampleSummary,
  options: { readonly hedges?: boolean } = {},
): number {
  requireSummary(first)
  requireSummary(second)
  const df = first.n + second.n - 2
  const sd = Math.sqrt(((first.n - 1) * first.variance + (second.n - 1) * second.variance) / df)
  if (!(sd > 0))
    throw new StatsError(
      'zeroVariance',
      'Neither sample varies, so a difference in standard deviations does not exist.',
    )
  const d = (first.mean - second.mean) / sd
  if (!options.hedges) return d
  return d * Math.exp(logGamma(df / 2) - Math.log(Math.sqrt(df / 2)) - logGamma((df - 1) / 2))
}

/**
 * Cliff's delta from a Mann–Whitney U: chance of being greater less chance of being smaller, in [−1, 1].
 * Cost O(1).
 * Source: Cliff (1993), Psychological Bulletin 114, https://doi.org/10.1037/0033-2909.114.3.494
 * @throws StatsError `outOfDomain` unless 0 ≤ u ≤ n·m.
 * @example
 * cliffDelta(20, 5, 5) // → 0.6
 */
export function cliffDelta(u: number, n: number, m: number): number {
  if (!(u >= 0 && u <= n * m && n > 0 && m > 0)) {
    throw new StatsError(
      'outOfDomain',
      `U is ${u} for samples of ${n} and ${m}; a number from 0 to ${n * m} was expected.`,
    )
  }
  return (2 * u) / (n * m) - 1
}
