import { requireLevel, requireProbability } from '../stats-error.ts'

/** Corrections for looking at many p-values at once. The first six control the family-wise error rate, the others the false discovery rate. */
export type MultipleTestingMethod =
  | 'bonferroni'
  | 'sidak'
  | 'holm'
  | 'hochberg'
  | 'holmSidak'
  | 'hommel'
  | 'benjaminiHochberg'
  | 'benjaminiYekutieli'
  | 'twoStageBenjaminiHochberg'
  | 'benjaminiKriegerYekutieli'

/**
 * Adjusts a family of p-values, so that `adjusted[i] <= alpha` rejects hypothesis i at level alpha for the whole family.
 * Cost O(m log m).
 * Source: Holm (1979); Šidák (1967); Hochberg (1988); Benjamini & Hochberg (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x;
 * Benjamini & Yekutieli (2001), theorem 1.3; Hommel (1988), Biometrika 75; Benjamini, Krieger & Yekutieli (2006), Biometrika 93.
 * @param pValues p-values in [0, 1], in any order.
 * @param method `bonferroni` and `holm` (any dependence), `sidak` and `holmSidak` (independent tests), `hochberg` and
 * `hommel` (positive dependence) bound the chance of one false claim; `benjaminiHochberg` (positive dependence) and
 * `benjaminiYekutieli` (any dependence) bound the expected share of false claims. `twoStageBenjaminiHochberg` and
 * `benjaminiKriegerYekutieli` (independent tests) first count the claims at `alpha` to guess how many hypotheses hold.
 * @param options.alpha level of the first stage of the two-stage methods. Default .05.
 * @returns adjusted p-values in [0, 1], in the order given.
 * @throws StatsError `outOfDomain` if a value is not a probability.
 * @example
 * adjustPValues([0.01, 0.04, 0.03], 'holm') // → [0.03, 0.06, 0.06]
 * adjustPValues([0.01, 0.04, 0.03], 'benjaminiHochberg') // → [0.03, 0.04, 0.04]
 */
export function adjustPValues(
  pValues: ArrayLike<number>,
  method: MultipleTestingMethod,
  options: { readonly alpha?: number } = {},
): Float64Array {
  const { alpha = 0.05 } = options
  requireLevel('alpha', alpha)
  const m = pValues.length
  for (let i = 0; i < m; i++) requireProbability(`p-value ${i}`, pValues[i]!)
  switch (method) {
    case 'bonferroni':
      return Float64Array.from(pValues, (p) => Math.min(1, p * m))
    case 'sidak':
      return Float64Array.from(pValues, (p) => -Math.expm1(m * Math.log1p(-p)))
    case 'holm':
      return stepDown(pValues, (p, rank) => p * (m - rank))
    case 'holmSidak':
      return stepDown(pValues, (p, rank) => -Math.expm1((m - rank) * Math.log1p(-p)))
    case 'hommel':
      return hommel(pValues)
    case 'twoStageBenjaminiHochberg':
      return twoStage(pValues, alpha, 1)
    case 'benjaminiKriegerYekutieli':
      return twoStage(pValues, alpha / (1 + alpha), 1 + alpha)
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

/** Benjamini–Hochberg for the hypotheses that its own first stage leaves standing. */
function twoStage(pValues: ArrayLike<number>, alpha: number, factor: number): Float64Array {
  const first = adjustPValues(pValues, 'benjaminiHochberg')
  const claims = first.reduce((count, p) => count + (p <= alpha ? 1 : 0), 0)
  const standing = claims === 0 || claims === first.length ? first.length : first.length - claims
  return first.map((p) => Math.min(1, (p * standing * factor) / first.length))
}

/** Wright's algorithm for Hommel's procedure. Source: Wright (1992), Biometrics 48, appendix. Cost O(m²). */
function hommel(pValues: ArrayLike<number>): Float64Array {
  const order = ascending(pValues)
  const p = Array.from(order, (index) => pValues[index]!)
  const n = p.length
  const simes = Math.min(...p.map((value, i) => (n * value) / (i + 1)))
  let adjusted = p.map(() => simes)
  for (let m = n - 1; m >= 2; m--) {
    const last = n - m
    let smallest = Number.POSITIVE_INFINITY
    for (let j = 2; j <= m; j++) smallest = Math.min(smallest, (m * p[last + j - 1]!) / j)
    const bound = (value: number): number => Math.min(m * value, smallest)
    adjusted = adjusted.map((value, i) => Math.max(value, bound(p[Math.min(i, last)]!)))
  }
  const result = new Float64Array(n)
  order.forEach((index, rank) => {
    result[index] = Math.min(1, Math.max(adjusted[rank]!, p[rank]!))
  })
  return result
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
