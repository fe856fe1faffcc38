import { normalCdf, normalQuantile } from '../distributions/normal.ts'
import { tQuantile } from '../distributions/student-t.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import { noncentralTCdf } from './noncentral-t.ts'
import { solveIncreasing } from './solve-increasing.ts'

export type MeanDesign = {
  /** True difference of means. */
  readonly delta: number
  /** Common standard deviation (of the differences in a paired design). */
  readonly sd: number
  /** Chance of a false alarm. Default 0.05. */
  readonly alpha?: number
  readonly alternative?: 'twoSided' | 'oneSided'
  readonly design?: 'twoSample' | 'oneSample' | 'paired'
  /** Rows of the second group per row of the first (two samples only); n is the first group's. Default 1. */
  readonly allocation?: number
  /** `t` (default): exact by the non-central t, as R's `power.t.test`; `normal`: known variance. */
  readonly method?: 't' | 'normal'
  /** Also count rejections on the wrong side, as R's `strict = TRUE`. Default false. */
  readonly strict?: boolean
}

/**
 * Power of a test of means with n rows a group.
 * Range: [0, 1].
 * Cost O(1).
 * Source: Cohen (1988), chapter 2, https://doi.org/10.4324/9780203771587; R's `power.t.test`.
 * @throws StatsError `outOfDomain`; `insufficientData` for n < 2.
 * @example
 * powerOfMeans(20, { delta: 1, sd: 1 }) // → 0.8689528
 */
export function powerOfMeans(n: number, design: MeanDesign): number {
  if (!(n >= 2))
    throw new StatsError('insufficientData', `A test of means needs at least 2 rows a group, got ${n}.`)
  return power(n, design, Math.abs(design.delta))
}

/**
 * Rows a group (not rounded; round up) at which the test reaches the power asked for.
 * `targetPower` lies between alpha and 1.
 * Cost about ten evaluations of a non-central t distribution.
 * Source: Cohen (1988), chapter 2, https://doi.org/10.4324/9780203771587; R's `power.t.test`
 * @throws StatsError `outOfDomain` for a delta of 0 or a power out of range; `infeasible`.
 * @example
 * sampleSizeOfMeans(0.9, { delta: 1, sd: 1 }) // → 22.0211
 */
export function sampleSizeOfMeans(targetPower: number, design: MeanDesign): number {
  requireTarget(targetPower, design.alpha ?? 0.05)
  requirePositive('|delta|', Math.abs(design.delta))
  const delta = Math.abs(design.delta)
  if (power(2, design, delta) >= targetPower) return 2
  return solveIncreasing((n) => power(n, design, delta), targetPower, 2, Number.POSITIVE_INFINITY)
}

/**
 * Smallest difference that n rows a group find with the power asked for (in units of the measure).
 * `targetPower` lies between alpha and 1.
 * Cost about ten evaluations of a non-central t distribution.
 * Source: Cohen (1988), chapter 2, https://doi.org/10.4324/9780203771587; R's `power.t.test`
 * @throws StatsError `insufficientData`, `outOfDomain`, `infeasible`.
 * @example
 * detectableDifference(20, 0.9, { sd: 1 }) // → 1.051993
 */
export function detectableDifference(
  n: number,
  targetPower: number,
  design: Omit<MeanDesign, 'delta'>,
): number {
  requireTarget(targetPower, design.alpha ?? 0.05)
  if (!(n >= 2))
    throw new StatsError('insufficientData', `A test of means needs at least 2 rows a group, got ${n}.`)
  requirePositive('sd', design.sd)
  const full = { ...design, delta: 0 }
  return (
    design.sd *
    solveIncreasing((d) => power(n, { ...full, sd: 1 }, d), targetPower, 0, Number.POSITIVE_INFINITY)
  )
}

function power(n: number, design: MeanDesign, delta: number): number {
  const { sd, alpha = 0.05, alternative = 'twoSided', method = 't', strict = false } = design
  requireLevel('alpha', alpha)
  requirePositive('sd', sd)
  const { design: kind = 'twoSample', allocation = 1 } = design
  requirePositive('allocation', allocation)
  const second = kind === 'twoSample' ? n * allocation : Infinity
  const tail = alternative === 'twoSided' ? alpha / 2 : alpha
  const shift = delta / (sd * Math.sqrt(1 / n + 1 / second))
  const df = kind === 'twoSample' ? n + second - 2 : n - 1
  if (method === 'normal') {
    const z = -normalQuantile(tail)
    return normalCdf(shift - z) + (strict && alternative === 'twoSided' ? normalCdf(-shift - z) : 0)
  }
  const t = -tQuantile(tail, df)
  const right = 1 - noncentralTCdf(t, df, shift)
  return right + (strict && alternative === 'twoSided' ? noncentralTCdf(-t, df, shift) : 0)
}

/**
 * Throws unless a power lies between alpha and 1: with power ≤ alpha no data is needed.
 * Cost O(1).
 * Source: Cohen (1988), chapter 2, https://doi.org/10.4324/9780203771587; R's `power.t.test`
 * @throws StatsError `outOfDomain`
 * @example
 * requireTarget(0.04, 0.05) // throws outOfDomain
 */
export function requireTarget(power: number, alpha: number): void {
  if (power > alpha && power < 1) return
  throw new StatsError(
    'outOfDomain',
    `The power asked for is ${power}; a number above alpha (${alpha}) and below 1 was expected.`,
  )
}
