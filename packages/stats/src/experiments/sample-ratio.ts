import { chiSquareGoodnessOfFit, type GoodnessOfFit } from '../inference/contingency.ts'

export type SampleRatioCheck = GoodnessOfFit & {
  /** True when the shares differ so much that the assignment, or its logging, must be broken. */
  readonly mismatch: boolean
}

/**
 * Sample ratio mismatch: chi-square test of the arms' counts against the intended shares.
 * An arm with share 0 still counts in the degrees of freedom (`zeroShares: 'count'`), as GrowthBook does.
 * Cost O(arms).
 * Source: Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD, https://doi.org/10.1145/3292500.3330722
 * @param options.threshold p-value below which the experiment is not to be trusted. Default .001.
 * @throws StatsError as `chiSquareGoodnessOfFit`, also when an arm without a share has rows.
 * @example
 * checkSampleRatio([5000, 4600], [0.5, 0.5]).mismatch // → true
 */
export function checkSampleRatio(
  counts: readonly number[],
  shares: readonly number[],
  options: { readonly threshold?: number; readonly zeroShares?: 'count' | 'skip' } = {},
): SampleRatioCheck {
  const test = chiSquareGoodnessOfFit(counts, shares, { zeroShares: options.zeroShares ?? 'count' })
  return { ...test, mismatch: test.pValue < (options.threshold ?? 0.001) }
}
