import { inverseRegularizedGammaQ } from '../special/incomplete-gamma.ts'
import {
  gammaCdf,
  gammaLogCdf,
  gammaLogPdf,
  gammaLogSurvival,
  gammaPdf,
  gammaQuantile,
  gammaSurvival,
} from './gamma.ts'

/**
 * Density of the chi-square distribution with df > 0 degrees of freedom.
 * Zero for x < 0. Range: [0, Infinity].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquarePdf(3, 2) // → 0.1115651
 */
export function chiSquarePdf(x: number, df: number): number {
  return gammaPdf(x, df / 2, 0.5)
}

/**
 * Log density.
 * For df > 0 degrees of freedom; −Infinity for x < 0.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareLogPdf(3, 2) // → -2.193147
 */
export function chiSquareLogPdf(x: number, df: number): number {
  return gammaLogPdf(x, df / 2, 0.5)
}

/**
 * P(X ≤ x).
 * For df > 0 degrees of freedom. Range: [0, 1]. The cost grows as √df.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareCdf(3.841459, 1) // → 0.95
 */
export function chiSquareCdf(x: number, df: number): number {
  return gammaCdf(x, df / 2, 0.5)
}

/**
 * P(X > x), precise in the upper tail.
 * For df > 0 degrees of freedom. Range: [0, 1]. The cost grows as √df.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareSurvival(3.841459, 1) // → 0.04999999
 */
export function chiSquareSurvival(x: number, df: number): number {
  return gammaSurvival(x, df / 2, 0.5)
}

/**
 * ln P(X ≤ x).
 * For df > 0 degrees of freedom. Range: [−Infinity, 0]. The cost grows as √df.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareLogCdf(3, 2) // → -0.2524825
 */
export function chiSquareLogCdf(x: number, df: number): number {
  return gammaLogCdf(x, df / 2, 0.5)
}

/**
 * ln P(X > x).
 * For df > 0 degrees of freedom. Range: [−Infinity, 0]. The cost grows as √df.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareLogSurvival(2000, 2) // → -1000
 */
export function chiSquareLogSurvival(x: number, df: number): number {
  return gammaLogSurvival(x, df / 2, 0.5)
}

/**
 * The x with P(X ≤ x) = p.
 * For df > 0 degrees of freedom; p in [0, 1], the result in [0, Infinity].
 * Cost about ten evaluations of the distribution function.
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareQuantile(0.95, 1) // → 3.841459
 */
export function chiSquareQuantile(p: number, df: number): number {
  return gammaQuantile(p, df / 2, 0.5)
}

/**
 * The x with P(X > x) = q, precise for small q.
 * For df > 0 degrees of freedom; q in [0, 1], the result in [0, Infinity].
 * Cost about ten evaluations of the distribution function.
 * Source: Abramowitz and Stegun (1964), 26.4.1 and 26.4.19, https://personal.math.ubc.ca/~cbm/aands/page_940.htm
 * @throws StatsError `outOfDomain`
 * @example
 * chiSquareUpperQuantile(0.05, 1) // → 3.841459
 */
export function chiSquareUpperQuantile(q: number, df: number): number {
  return 2 * inverseRegularizedGammaQ(df / 2, q)
}
