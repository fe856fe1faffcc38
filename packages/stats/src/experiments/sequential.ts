import type { ArmEffect } from './effect.ts'

/** Tuning of the confidence sequence that is narrowest at `tuning` rows. Source: arXiv:2103.06476v7, equation 161. */
export function sequentialRho(alpha: number, tuning: number, sides: 1 | 2): number {
  const a = sides === 2 ? alpha : 2 * alpha
  return Math.sqrt((-2 * Math.log(a) + Math.log(-2 * Math.log(a) + 1)) / tuning)
}

/** Half-width at n rows of an estimate with the given standard error. Source: arXiv:2103.06476v7, equations 9 and 134. */
export function sequentialReach(
  standardError: number,
  n: number,
  rho: number,
  alpha: number,
  sides: 1 | 2,
): number {
  const growth = n * rho * rho + 1
  const log =
    sides === 2 ? Math.log(Math.sqrt(growth) / alpha) : Math.log(1 + Math.sqrt(growth) / (2 * alpha))
  return standardError * Math.sqrt((2 * growth * log) / (n * rho * rho))
}

const SMALLEST_P = 1e-5
const LARGEST_P = 0.4999

/**
 * How a one-sided p-value is searched for. `root`: the alpha at which the bound is 0, to full precision.
 * `gbstatsBisection`: GrowthBook's bisection, which stops once the bound is within 1e-6 of 0 and then answers with the
 * next midpoint, up to 1e-3 away from the root.
 */
export type SequentialPValueSearch = 'root' | 'gbstatsBisection'

/** The alpha at which the one-sided bound touches 0, by bisection at fixed rho. */
export function oneSidedSequentialPValue(
  { estimate, standardError, n }: ArmEffect,
  greater: boolean,
  rho: number,
  search: SequentialPValueSearch,
): number {
  const favourable = greater ? estimate : -estimate
  const bound = (alpha: number): number => favourable - sequentialReach(standardError, n, rho, alpha, 1)
  if (bound(SMALLEST_P) > 0) return SMALLEST_P
  if (bound(LARGEST_P) <= 0) return LARGEST_P
  let low = SMALLEST_P
  let high = LARGEST_P
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    const excess = bound(middle)
    if (excess > 0) high = middle
    else low = middle
    if (search === 'gbstatsBisection' && Math.abs(excess) < 1e-6) break
  }
  return (low + high) / 2
}
