import { requireProbability } from '../stats-error.ts'

/** Corrections for looking at many p-values at once. The first four control the family-wise error rate, the last two the false discovery rate. */
export type MultipleTestingMethod =
  | 'bonferroni'
  | 'sidak'
  | 'holm'
  | 'hochberg'
  | 'benjaminiHochberg'
  | 'benjaminiYekutieli'

/**
 * Adjusts a family of p-values, so that `adjusted[i] <= alpha` rejects hypothesis i at level alpha for the whole family.
 * Cost O(m log m).
 * Source: Holm (1979); Šidák (1967); Hochberg (1988); Benjamini & Hochberg (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x;
 * Benjamini & Yekutieli (2001), theorem 1.3.
 * @param pValues p-values in [0, 1], in any order.
 * @param method `bonferroni`, `sidak` (independent tests) and `holm` (any dependence) and `hochberg` (positive
 * dependence) bound the chance of one false claim; `benjaminiHochberg` (positive dependence) and
 * `benjaminiYekutieli` (any dependence) bound the expected share of false claims.
 * @returns adjusted p-values in [0, 1], in the order given.
 * @throws StatsError `outOfDomain` if a value is not a probability.
 * @example
 * adjustPValues([0.01, 0.04, 0.03], 'holm') // → [0.03, 0.06, 0.06]
 * adjustPValues([0.01, 0.04, 0.03], 'benjaminiHochberg') // → [0.03, 0.04, 0.04]
 */
export function adjustPValues(pValues: ArrayLike<number>, method: MultipleTestingMethod): Float64Array {
  const m = pValues.length
  for (let i = 0; i < m; i++) requireProbability(`p-value ${i}`, pValues[i]!)
  switch (method) {
    case 'bonferroni':
      return Float64Array.from(pValues, (p) => Math.min(1, p * m))
    case 'sidak':
      return Float64Array.from(pValues, (p) => -Math.expm1(m * Math.log1p(-p)))
    case 'holm':
      return stepDown(pValues, (p, rank) => p * (m - rank))
    case 'hochberg':
      return stepUp(pValues, (p, rank) => p * (m - rank))
    case 'benjaminiHochberg':
      return stepUp(pValues, (p, rank) => (p * m) / (rank + 1))
    case 'benjaminiYekutieli': {
      let harmonic = 0
      for (let i = 1; i <= m; i++) harmonic += 1 / i
      return stepUp(pValues, (p, rank) => (p * m * harmonic) / (rank + 1))
    }
  }
}

function ascending(pValues: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: pValues.length }, (_, i) => i)
  return order.sort((a, b) => pValues[a]! - pValues[b]! || a - b)
}

function stepDown(pValues: ArrayLike<number>, scale: (p: number, rank: number) => number): Float64Array {
  const adjusted = new Float64Array(pValues.length)
  let running = 0
  ascending(pValues).forEach((index, rank) => {
    running = Math.max(running, Math.min(1, scale(pValues[index]!, rank)))
    adjusted[index] = running
  })
  return adjusted
}

function stepUp(pValues: ArrayLike<number>, scale: (p: number, rank: number) => number): Float64Array {
  const adjusted = new Float64Array(pValues.length)
  const order = ascending(pValues)
  let running = 1
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const index = order[rank]!
    running = Math.min(running, scale(pValues[index]!, rank))
    adjusted[index] = running
  }
  return adjusted
}
