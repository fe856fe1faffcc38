import { chiSquareCdf } from '../distributions/chi-square.ts'
import { poissonPmf } from '../distributions/poisson.ts'
import { regularizedBeta } from '../special/incomplete-beta.ts'
import { requireFinite, requirePositive, StatsError } from '../stats-error.ts'

/**
 * P(X ≤ x) of the non-central χ² with non-centrality `lambda`: a Poisson mixture of central ones. Absolute error below
 * 1e-13.
 * Cost O(√lambda).
 * Source: Johnson, Kotz & Balakrishnan (1995), section 29.3, https://en.wikipedia.org/wiki/Noncentral_chi-squared_distribution
 * @throws StatsError `outOfDomain`, `notFinite`; `infeasible` where a non-centrality beyond 2·10⁸ leaves more than 0 or 1.
 * @example
 * noncentralChiSquareCdf(5, 3, 2) // → 0.5934052
 */
export function noncentralChiSquareCdf(x: number, df: number, lambda: number): number {
  requirePositive('df', df)
  return poissonMixture(lambda, (j) => (x > 0 ? chiSquareCdf(x, df + 2 * j) : 0))
}

/**
 * P(F ≤ f) of the non-central F with d1 and d2 degrees of freedom and non-centrality `lambda` of the numerator.
 * Absolute error below 1e-13.
 * Cost O(√lambda).
 * Source: Johnson, Kotz & Balakrishnan (1995), section 30.2, https://en.wikipedia.org/wiki/Noncentral_F-distribution
 * @throws StatsError `outOfDomain`, `notFinite`; `infeasible` where a non-centrality beyond 2·10⁸ leaves more than 0 or 1.
 * @example
 * noncentralFCdf(3, 2, 20, 4) // → 0.5660314
 */
export function noncentralFCdf(f: number, d1: number, d2: number, lambda: number): number {
  requirePositive('d1', d1)
  requirePositive('d2', d2)
  const x = (d1 * f) / (d1 * f + d2)
  return poissonMixture(lambda, (j) => (f > 0 ? regularizedBeta(x, d1 / 2 + j, d2 / 2) : 0))
}

/** Beyond this mean the sum would run over more than 10⁵ terms. */
const MANY_TERMS = 1e8

/** The weights sit within ten standard deviations of their mean, where a cdf that is 0 or 1 throughout needs no sum. */
function farMixture(mean: number, cdf: (j: number) => number): number {
  const reach = 10 * Math.sqrt(mean)
  if (cdf(Math.floor(mean - reach)) < 1e-15) return 0
  if (cdf(Math.ceil(mean + reach)) > 1 - 1e-15) return 1
  throw new StatsError(
    'infeasible',
    `The non-centrality ${2 * mean} needs too many terms; at most ${2 * MANY_TERMS} was expected here.`,
  )
}

/** Σ Poisson(j; λ/2)·cdf(j), outwards from the largest weight. */
function poissonMixture(lambda: number, cdf: (j: number) => number): number {
  requireFinite('lambda', lambda)
  if (lambda < 0)
    throw new StatsError(
      'outOfDomain',
      `The non-centrality is ${lambda}; a number of at least 0 was expected.`,
    )
  if (lambda === 0) return cdf(0)
  const mean = lambda / 2
  if (mean > MANY_TERMS) return farMixture(mean, cdf)
  const centre = Math.floor(mean)
  let sum = 0
  for (let j = centre; j >= 0; j--) {
    const weight = poissonPmf(j, mean)
    sum += weight * cdf(j)
    if (weight < 1e-17) break
  }
  for (let j = centre + 1; ; j++) {
    const weight = poissonPmf(j, mean)
    sum += weight * cdf(j)
    if (weight < 1e-17) break
  }
  return Math.min(1, sum)
}
