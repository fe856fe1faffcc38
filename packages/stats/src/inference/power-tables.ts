import { chiSquareUpperQuantile } from '../distributions/chi-square.ts'
import { fQuantile } from '../distributions/f.ts'
import { normalCdf } from '../distributions/normal.ts'
import { tQuantile } from '../distributions/student-t.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import { noncentralChiSquareCdf, noncentralFCdf } from './noncentral-chi-square.ts'
import { requireTarget } from './power-means.ts'
import { solveIncreasing } from './solve-increasing.ts'

/** `effect`: Cohen's f, the standard deviation of the groups' means over that within groups. */
export type AnovaDesign = { readonly groups: number; readonly effect: number; readonly alpha?: number }

/**
 * Power of a one-way analysis of variance with n rows in each group, by the non-central F. R's `power.anova.test` names
 * the variances: f = √(between·(k−1)/k / within).
 * Cost O(√(groups × n) × effect).
 * Source: Cohen (1988), chapter 8, https://doi.org/10.4324/9780203771587
 * Parity: pwr.anova.test.
 * @throws StatsError `notFinite`, `outOfDomain`, `insufficientData`.
 * @example
 * powerOfAnova(20, { groups: 4, effect: 0.28 }) // → 0.5149793
 */
export function powerOfAnova(n: number, { groups, effect, alpha = 0.05 }: AnovaDesign): number {
  requireLevel('alpha', alpha)
  if (!(groups >= 2 && n > 1))
    throw new StatsError(
      'insufficientData',
      `${groups} groups of ${n} rows; at least 2 of more than 1 were expected.`,
    )
  const [d1, d2] = [groups - 1, groups * (n - 1)]
  return 1 - noncentralFCdf(fQuantile(1 - alpha, d1, d2), d1, d2, groups * n * effect * effect)
}

/**
 * Rows in each group (not rounded) at which the analysis of variance reaches the power asked for.
 * Cost some 20 powers.
 * Source: https://doi.org/10.4324/9780203771587
 * @throws StatsError `insufficientData`, `outOfDomain`, `infeasible`.
 * @example
 * sampleSizeOfAnova(0.8, { groups: 4, effect: 0.28 }) // → 35.75789
 */
export function sampleSizeOfAnova(power: number, design: AnovaDesign): number {
  requireTarget(power, design.alpha ?? 0.05)
  requirePositive('effect', design.effect)
  return solveIncreasing((n) => powerOfAnova(n, design), power, 1 + 1e-6, Number.POSITIVE_INFINITY)
}

/** `effect`: Cohen's w, √Σ (share − expected share)² / expected share. */
export type ChiSquareDesign = {
  readonly effect: number
  readonly degreesOfFreedom: number
  readonly alpha?: number
}

/**
 * Power of a χ² test of fit or independence with n rows in all, by the non-central χ².
 * Cost O(√n × effect).
 * Source: Cohen (1988), chapter 7, https://doi.org/10.4324/9780203771587
 * Parity: pwr.chisq.test.
 * @throws StatsError `notFinite`, `outOfDomain`.
 * @example
 * powerOfChiSquare(100, { effect: 0.289, degreesOfFreedom: 3 }) // → 0.6750777
 */
export function powerOfChiSquare(
  n: number,
  { effect, degreesOfFreedom: df, alpha = 0.05 }: ChiSquareDesign,
): number {
  requireLevel('alpha', alpha)
  requirePositive('n', n)
  return 1 - noncentralChiSquareCdf(chiSquareUpperQuantile(alpha, df), df, n * effect * effect)
}

/**
 * Rows in all (not rounded) at which the χ² test reaches the power asked for.
 * Cost some 20 powers.
 * Source: https://doi.org/10.4324/9780203771587
 * @throws StatsError `outOfDomain`, `infeasible`.
 * @example
 * sampleSizeOfChiSquare(0.8, { effect: 0.1, degreesOfFreedom: 20 }) // → 2096.079
 */
export function sampleSizeOfChiSquare(power: number, design: ChiSquareDesign): number {
  requireTarget(power, design.alpha ?? 0.05)
  requirePositive('effect', design.effect)
  return solveIncreasing((n) => powerOfChiSquare(n, design), power, 1e-3, Number.POSITIVE_INFINITY)
}

/**
 * Power of the F-test of u coefficients together in a regression with v residual degrees of freedom.
 * Cost O(√v × effect).
 * Source: Cohen (1988), chapter 9, https://doi.org/10.4324/9780203771587
 * Parity: pwr.f2.test.
 * @param effect Cohen's f² = R²/(1 − R²).
 * @throws StatsError `notFinite`, `outOfDomain`.
 * @example
 * powerOfRegression(5, 89, 0.1) // → 0.6197806
 */
export function powerOfRegression(u: number, v: number, effect: number, alpha = 0.05): number {
  requireLevel('alpha', alpha)
  return 1 - noncentralFCdf(fQuantile(1 - alpha, u, v), u, v, effect * (u + v + 1))
}

/**
 * Power of the test that a correlation is 0 with n rows, by Fisher's z with its small bias.
 * Cost O(1).
 * Source: Cohen (1988), chapter 3, https://doi.org/10.4324/9780203771587
 * Parity: pwr.r.test.
 * @throws StatsError `outOfDomain`, `insufficientData` for fewer than 4 rows.
 * @example
 * powerOfCorrelation(50, 0.3) // → 0.5715558
 */
export function powerOfCorrelation(
  n: number,
  correlation: number,
  options: { readonly alpha?: number; readonly alternative?: 'twoSided' | 'oneSided' } = {},
): number {
  const { alpha = 0.05, alternative = 'twoSided' } = options
  requireLevel('alpha', alpha)
  if (!(n >= 4)) throw new StatsError('insufficientData', `A correlation needs at least 4 rows, got ${n}.`)
  const r = Math.abs(correlation)
  requireLevel('|correlation|', r)
  const t = tQuantile(1 - (alternative === 'twoSided' ? alpha / 2 : alpha), n - 2)
  const critical = Math.atanh(Math.sqrt((t * t) / (t * t + n - 2)))
  const z = Math.atanh(r) + r / (2 * (n - 1))
  const scale = Math.sqrt(n - 3)
  return (
    normalCdf((z - critical) * scale) + (alternative === 'twoSided' ? normalCdf((-z - critical) * scale) : 0)
  )
}

/**
 * Rows (not rounded) at which a correlation is found with the power asked for.
 * Cost some 20 powers.
 * Source: https://doi.org/10.4324/9780203771587
 * @throws StatsError `outOfDomain`, `infeasible`.
 * @example
 * sampleSizeOfCorrelation(0.8, 0.3) // → 84.07364
 */
export function sampleSizeOfCorrelation(
  power: number,
  correlation: number,
  options: { readonly alpha?: number; readonly alternative?: 'twoSided' | 'oneSided' } = {},
): number {
  requireTarget(power, options.alpha ?? 0.05)
  return solveIncreasing(
    (n) => powerOfCorrelation(n, correlation, options),
    power,
    4,
    Number.POSITIVE_INFINITY,
  )
}
