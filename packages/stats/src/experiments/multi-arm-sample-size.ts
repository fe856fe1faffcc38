import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'

export type MultiArmDesign = {
  /** Arms including control, at least 2. */
  readonly arms: number
  readonly comparisons?: 'controlVersusAll' | 'allVersusAll'
  /** Share of the rows of each arm; the cheapest for the comparisons when absent. */
  readonly allocation?: readonly number[]
  /** Relative cost of a row of each arm. Default: equal. */
  readonly costs?: readonly number[]
  readonly alpha?: number
  readonly power?: number
  /** Divide alpha by the number of comparisons. Default false. */
  readonly bonferroni?: boolean
}

export type MultiArmSampleSize = {
  /** Rows of all arms together, rounded up. */
  readonly total: number
  readonly perArm: readonly number[]
  readonly allocation: readonly number[]
}

/**
 * Total sample size at which the average smallest detectable difference over all comparisons is the one asked for.
 * Cost O(arms²).
 * Source: Duflo, Glennerster & Kremer (2007), Handbook of Development Economics 4, pp. 28–31, https://doi.org/10.1016/S1573-4471(07)04061-2
 * Parity: Spotify confidence
 * (whose default power is .85; here it must be said).
 * @param difference absolute. @param variance of one row at baseline; p(1 − p) for a proportion.
 * @throws StatsError `outOfDomain`, `invalidOption`.
 * @example
 * multiArmSampleSize(0.02, 0.09, { arms: 3, power: 0.8 }).perArm // → [5298, 2649, 2649]
 */
export function multiArmSampleSize(
  difference: number,
  variance: number,
  design: MultiArmDesign,
): MultiArmSampleSize {
  const { arms, comparisons = 'controlVersusAll', alpha = 0.05, power = 0.8, bonferroni = false } = design
  requirePositive('difference', difference)
  requirePositive('variance', variance)
  requireLevel('alpha', alpha)
  requireLevel('power', power)
  if (!Number.isInteger(arms) || arms < 2)
    throw new StatsError(
      'invalidOption',
      `There are ${arms} arms; a whole number of at least 2 was expected.`,
    )
  const pairs = listPairs(arms, comparisons)
  const allocation = design.allocation
    ? requireAllocation(design.allocation, arms)
    : bestAllocation(arms, pairs, design.costs)
  const z = normalQuantile(1 - (bonferroni ? alpha / pairs.length : alpha) / 2) + normalQuantile(power)
  const spread = pairs.reduce((sum, [i, j]) => sum + Math.sqrt(1 / allocation[i]! + 1 / allocation[j]!), 0)
  const total = Math.ceil(variance * ((z * spread) / (pairs.length * difference)) ** 2)
  return { total, perArm: allocation.map((share) => Math.ceil(share * total)), allocation }
}

function listPairs(
  arms: number,
  comparisons: 'controlVersusAll' | 'allVersusAll',
): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = []
  for (let i = 0; i < (comparisons === 'controlVersusAll' ? 1 : arms); i++)
    for (let j = i + 1; j < arms; j++) pairs.push([i, j])
  return pairs
}

/** In proportion to how often an arm is compared, and inversely to the root of its cost. */
function bestAllocation(
  arms: number,
  pairs: readonly (readonly [number, number])[],
  costs?: readonly number[],
): readonly number[] {
  if (costs && costs.length !== arms)
    throw new StatsError(
      'lengthMismatch',
      `There are ${costs.length} costs for ${arms} arms; one each was expected.`,
    )
  const weights = Array.from({ length: arms }, (_, arm) => {
    const cost = costs?.[arm] ?? 1
    requirePositive(`cost of arm ${arm}`, cost)
    return pairs.filter(([i, j]) => i === arm || j === arm).length / Math.sqrt(cost)
  })
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / total)
}

function requireAllocation(allocation: readonly number[], arms: number): readonly number[] {
  const total = allocation.reduce((a, b) => a + b, 0)
  if (allocation.length === arms && allocation.every((share) => share > 0) && Math.abs(total - 1) < 1e-6)
    return allocation
  throw new StatsError(
    'invalidOption',
    `The allocation ${allocation.join(', ')} must hold ${arms} positive shares that add up to 1.`,
  )
}
