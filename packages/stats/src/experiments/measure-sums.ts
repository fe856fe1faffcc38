import { requireFinite, StatsError } from '../stats-error.ts'

/** Sums of one measure over the rows of an arm. A proportion's variance is p(1 − p), without n/(n − 1). */
export type MeasureSums =
  | { readonly kind: 'mean'; readonly sum: number; readonly sumOfSquares: number }
  | { readonly kind: 'proportion'; readonly sum: number }

/** Sums over the rows of two samples together; proportions become the means of their 0s and 1s, as in GrowthBook. */
export function addSums(a: MeasureSums, b: MeasureSums): MeasureSums {
  for (const sums of [a, b]) {
    requireFinite('sum', sums.sum)
    requireFinite('sumOfSquares', squaresOf(sums))
  }
  return { kind: 'mean', sum: a.sum + b.sum, sumOfSquares: squaresOf(a) + squaresOf(b) }
}

/** Σ of squares; of a 0-or-1 measure its Σ. */
export function squaresOf(sums: MeasureSums): number {
  return sums.kind === 'mean' ? sums.sumOfSquares : sums.sum
}

export function meanOf(sums: MeasureSums, n: number): number {
  requireFinite('sum', sums.sum)
  return sums.sum / n
}

export function varianceOf(sums: MeasureSums, n: number): number {
  const mean = sums.sum / n
  requireFinite('sum', sums.sum)
  requireFinite('sumOfSquares', squaresOf(sums))
  if (sums.kind === 'mean') return Math.max(0, (sums.sumOfSquares - sums.sum * mean) / (n - 1))
  if (!(mean >= 0 && mean <= 1))
    throw new StatsError('outOfDomain', `${sums.sum} successes in ${n} rows is not a proportion.`)
  return mean * (1 - mean)
}

export function covarianceOf(a: MeasureSums, b: MeasureSums, products: number, n: number): number {
  if (a.kind === 'proportion' && b.kind === 'proportion') return products / n - (a.sum * b.sum) / (n * n)
  return (products - (a.sum * b.sum) / n) / (n - 1)
}
