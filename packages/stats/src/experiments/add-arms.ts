import { requireFinite, StatsError } from '../stats-error.ts'
import type { AdjustedRatio, ArmStatistic } from './arm-statistics.ts'
import { addSums } from './measure-sums.ts'

/**
 * The statistic of two samples taken together, from theirs: strata of one arm, or both arms of an experiment.
 * Quantiles do not add up; proportions add up to the mean of their 0s and 1s, whose variance has n − 1, as in GrowthBook.
 * Cost O(1).
 * Source: sums are additive; for post-stratification Miratrix, Sekhon & Yu (2013), https://doi.org/10.1111/j.1467-9868.2012.01048.x
 * @throws StatsError `notFinite`, `invalidOption` for quantiles and for samples of different kinds
 * @example
 * addArms(meanArm([1, 2]), meanArm([3, 4])) // → { n: 4, kind: 'mean', sum: 10, sumOfSquares: 30 }
 */
export function addArms(a: ArmStatistic, b: ArmStatistic): ArmStatistic {
  const n = sum('n', a.n, b.n)
  if ((a.kind === 'mean' || a.kind === 'proportion') && (b.kind === 'mean' || b.kind === 'proportion'))
    return { n, ...addSums(a, b) }
  if (a.kind === 'adjustedMean' && b.kind === 'adjustedMean')
    return {
      kind: 'adjustedMean',
      n,
      post: addSums(a.post, b.post),
      pre: addSums(a.pre, b.pre),
      products: sum('products', a.products, b.products),
    }
  if (a.kind === 'ratio' && b.kind === 'ratio')
    return {
      kind: 'ratio',
      n,
      numerator: addSums(a.numerator, b.numerator),
      denominator: addSums(a.denominator, b.denominator),
      products: sum('products', a.products, b.products),
    }
  if (a.kind === 'adjustedRatio' && b.kind === 'adjustedRatio') return addAdjustedRatios(a, b)
  throw new StatsError('invalidOption', `Samples of a ${a.kind} and of a ${b.kind} do not add up.`, {
    hint: a.kind === 'quantile' ? 'A quantile of two samples needs their rows.' : 'Give both the same kind.',
  })
}

function addAdjustedRatios(a: AdjustedRatio, b: AdjustedRatio): AdjustedRatio {
  const names = Object.keys(a.products) as (keyof AdjustedRatio['products'])[]
  const products = names.map((name) => [name, sum(name, a.products[name], b.products[name])] as const)
  return {
    kind: 'adjustedRatio',
    n: sum('n', a.n, b.n),
    numeratorPost: addSums(a.numeratorPost, b.numeratorPost),
    denominatorPost: addSums(a.denominatorPost, b.denominatorPost),
    numeratorPre: addSums(a.numeratorPre, b.numeratorPre),
    denominatorPre: addSums(a.denominatorPre, b.denominatorPre),
    products: Object.fromEntries(products) as unknown as AdjustedRatio['products'],
  }
}

function sum(name: string, a: number, b: number): number {
  requireFinite(name, a)
  requireFinite(name, b)
  return a + b
}
