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

/** Density of the chi-square distribution with df > 0 degrees of freedom. @throws StatsError `outOfDomain` */
export function chiSquarePdf(x: number, df: number): number {
  return gammaPdf(x, df / 2, 0.5)
}

/** Log density. @throws StatsError `outOfDomain` */
export function chiSquareLogPdf(x: number, df: number): number {
  return gammaLogPdf(x, df / 2, 0.5)
}

/** P(X ≤ x). @throws StatsError `outOfDomain` */
export function chiSquareCdf(x: number, df: number): number {
  return gammaCdf(x, df / 2, 0.5)
}

/** P(X > x), precise in the upper tail. @throws StatsError `outOfDomain` */
export function chiSquareSurvival(x: number, df: number): number {
  return gammaSurvival(x, df / 2, 0.5)
}

/** ln P(X ≤ x). @throws StatsError `outOfDomain` */
export function chiSquareLogCdf(x: number, df: number): number {
  return gammaLogCdf(x, df / 2, 0.5)
}

/** ln P(X > x). @throws StatsError `outOfDomain` */
export function chiSquareLogSurvival(x: number, df: number): number {
  return gammaLogSurvival(x, df / 2, 0.5)
}

/** The x with P(X ≤ x) = p. @throws StatsError `outOfDomain` */
export function chiSquareQuantile(p: number, df: number): number {
  return gammaQuantile(p, df / 2, 0.5)
}

/** The x with P(X > x) = q, precise for small q. @throws StatsError `outOfDomain` */
export function chiSquareUpperQuantile(q: number, df: number): number {
  return 2 * inverseRegularizedGammaQ(df / 2, q)
}
