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

/** The alpha at which the one-sided bound touches 0, by bisection at fixed rho. */
export function oneSidedSequentialPValue(
  { estimate, standardError, n }: ArmEffect,
  greater: boolean,
  rho: number,
): number {
  const favourable = greater ? estimate : -estimate
  const excludesZero = (alpha: number): boolean =>
    favourable > sequentialReach(standardError, n, rho, alpha, 1)
  if (excludesZero(SMALLEST_P)) return SMALLEST_P
  if (!excludesZero(LARGEST_P)) return LARGEST_P
  let low = SMALLEST_P
  let high = LARGEST_P
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (excludesZero(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}
