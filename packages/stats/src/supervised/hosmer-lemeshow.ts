import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { quantiles } from '../inference/quantile.ts'
import { requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

export type HosmerLemeshowTest = {
  readonly statistic: number
  readonly degreesOfFreedom: number
  /** Small where predicted probabilities do not fit. */
  readonly pValue: number
  /** By rising probability. */
  readonly groups: readonly {
    readonly count: number
    readonly observed: number
    readonly expected: number
  }[]
}

/**
 * Hosmer and Lemeshow's test that predicted probabilities fit what came, over groups cut at quantiles of the
 * probabilities; equal probabilities stay together, so there may be fewer groups than asked for.
 * y (0 or 1) and p have length n. χ² with groups − 2 degrees of freedom for the rows that a model was fitted on, or
 * `heldOut` with as many as groups.
 * Cost O(n log n).
 * Source: Hosmer & Lemeshow (1980), https://doi.org/10.1080/03610928008827941
 * Parity: R's `ResourceSelection::hoslem.test`.
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `invalidOption`, `insufficientData` for fewer than 3 groups,
 * `zeroVariance` for a group of certain predictions.
 * @example
 * const p = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
 * hosmerLemeshowTest([0, 0, 1, 0, 1, 0, 1, 1, 1], p, { groups: 3 }).statistic // → 1.416667
 */
export function hosmerLemeshowTest(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  options: { readonly groups?: number; readonly heldOut?: boolean } = {},
): HosmerLemeshowTest {
  const { groups = 10, heldOut = false } = options
  const n = requireSameLength({ y, p })
  if (!(Number.isInteger(groups) && groups >= 3 && groups <= 1000))
    throw new StatsError('invalidOption', `groups is ${groups}; a whole number from 3 to 1,000 was expected.`)
  for (let i = 0; i < n; i++) {
    requireProbability(`probability of row ${i}`, p[i]!)
    if (!(y[i] === 0 || y[i] === 1))
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
  }
  if (n < groups) throw new StatsError('insufficientData', `${n} rows do not fill ${groups} groups.`)
  const levels = Array.from({ length: groups - 1 }, (_, g) => (g + 1) / groups)
  const edges = [...new Set(quantiles(p, levels))]
  const found = Array.from({ length: edges.length + 1 }, () => ({ count: 0, observed: 0, expected: 0 }))
  for (let i = 0; i < n; i++) {
    const at = edges.findIndex((edge) => p[i]! <= edge)
    const group = found[at < 0 ? edges.length : at]!
    group.count++
    group.observed += y[i]!
    group.expected += p[i]!
  }
  const filled = found.filter((group) => group.count > 0)
  if (filled.length < 3)
    throw new StatsError(
      'insufficientData',
      `The probabilities fall into ${filled.length} groups; 3 were expected.`,
    )
  let statistic = 0
  for (const { count, observed, expected } of filled) {
    const spread = expected * (1 - expected / count)
    if (!(spread > 0))
      throw new StatsError(
        'zeroVariance',
        'A group holds certain predictions only, so nothing can differ from them.',
      )
    statistic += (observed - expected) ** 2 / spread
  }
  const degreesOfFreedom = heldOut ? filled.length : filled.length - 2
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquareSurvival(statistic, degreesOfFreedom),
    groups: filled,
  }
}
