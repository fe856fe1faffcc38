import { betaCdf } from '../distributions/beta.ts'
import { chiSquareCdf, chiSquareSurvival } from '../distributions/chi-square.ts'
import { normalQuantile, normalSurvival } from '../distributions/normal.ts'
import { tSurvival } from '../distributions/student-t.ts'
import { requirePositive, requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

/** Fisher's sum of logarithms, Pearson's of 1 − p, Stouffer's sum of z, Tippett's smallest, Mudholkar and George's sum of logits. */
export type PValueCombination = 'fisher' | 'pearson' | 'stouffer' | 'tippett' | 'logit'

/**
 * One p-value of several independent ones for the same hypothesis.
 * Range of the p-value: [0, 1].
 * Cost O(m).
 * Source: Loughin (2004), https://doi.org/10.1016/j.csda.2003.11.020
 * Parity: SciPy's combine_pvalues.
 * @param options.weights of the tests, for `stouffer`. Default equal.
 * @throws StatsError `outOfDomain`, `emptyData`, `lengthMismatch`; `invalidOption` for weights elsewhere.
 * @example
 * combinePValues([0.01, 0.2, 0.3], 'fisher').pValue // → 0.02156175
 */
export function combinePValues(
  pValues: ArrayLike<number>,
  method: PValueCombination,
  options: { readonly weights?: ArrayLike<number> } = {},
): { readonly statistic: number; readonly pValue: number } {
  const { weights } = options
  const m = requireSameLength({ pValues, weights })
  if (m === 0) throw new StatsError('emptyData', 'There are no p-values to combine.')
  if (weights && method !== 'stouffer')
    throw new StatsError('invalidOption', `The method ${method} takes no weights; stouffer does.`)
  const p = Array.from(pValues)
  for (const [i, value] of p.entries()) requireProbability(`p-value ${i}`, value)
  const sum = (f: (value: number, i: number) => number): number =>
    p.reduce((total, value, i) => total + f(value, i), 0)
  switch (method) {
    case 'fisher': {
      const statistic = -2 * sum(Math.log)
      return { statistic, pValue: chiSquareSurvival(statistic, 2 * m) }
    }
    case 'pearson': {
      const statistic = 2 * sum((value) => Math.log1p(-value))
      return { statistic, pValue: chiSquareCdf(-statistic, 2 * m) }
    }
    case 'stouffer': {
      const own = weights ? Array.from(weights) : p.map(() => 1)
      for (const [i, weight] of own.entries()) requirePositive(`weight ${i}`, weight)
      const statistic = -sum((value, i) => own[i]! * normalQuantile(value)) / Math.hypot(...own)
      return { statistic, pValue: normalSurvival(statistic) }
    }
    case 'tippett': {
      const statistic = Math.min(...p)
      return { statistic, pValue: betaCdf(statistic, 1, m) }
    }
    case 'logit': {
      const statistic = -sum((value) => Math.log(value) - Math.log1p(-value))
      const df = 5 * m + 4
      const scale = Math.sqrt((3 * df) / (m * (5 * m + 2))) / Math.PI
      return { statistic, pValue: tSurvival(statistic * scale, df) }
    }
    default:
      throw new StatsError('invalidOption', `There is no way "${method}" to combine p-values.`)
  }
}
