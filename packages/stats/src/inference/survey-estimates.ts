import { tQuantile } from '../distributions/student-t.ts'
import {
  requireFinite,
  requireFiniteColumn,
  requireLevel,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'
import type { Interval } from './sample.ts'

/** How rows were drawn; every row its own cluster, one stratum, without replacement out of very many, when absent. */
export type SurveyDesign = {
  readonly strata?: ArrayLike<string | number>
  /** Primary units: what was drawn, such as shops or households. */
  readonly clusters?: ArrayLike<string | number>
  /** Primary units that the row's stratum has in the population (R's `fpc`); the same in all its rows. */
  readonly population?: ArrayLike<number>
  /** 1 for rows of the group that is estimated, 0 for others, which still bear on its error. All rows when absent. */
  readonly within?: ArrayLike<number>
}

export type SurveyEstimate = {
  readonly standardError: number
  readonly interval: Interval
  readonly degreesOfFreedom: number
}

export type SurveyMean = SurveyEstimate & { readonly mean: number }

/**
 * Weighted mean with its design-based standard error: primary units (clusters) are drawn within strata, variance by
 * linearisation, with replacement unless the design tells the population.
 * y, weights and the design's columns have length n.
 * Cost O(n).
 * Source: Cochran (1977), section 11; Binder (1983), https://doi.org/10.2307/1402588
 * Parity: R's survey::svymean.
 * @throws StatsError `emptyData`, `notFinite`, `insufficientData` for a stratum with one cluster, `outOfDomain`,
 * `lengthMismatch`.
 * @example
 * surveyMean([1, 2, 3, 4], [1, 1, 2, 2]).mean // → 2.833333
 */
export function surveyMean(
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  design: SurveyDesign = {},
  level = 0.95,
): SurveyMean {
  const { ratio: mean, ...error } = surveyRatio(y, new Float64Array(y.length).fill(1), weights, design, level)
  return { mean, ...error }
}

/**
 * Weighted total with its design-based standard error, as for the mean.
 * y, weights and the design's columns have length n; in y's unit.
 * Cost O(n).
 * Source: Cochran (1977), section 11, https://www.wiley.com/en-us/9780471162407
 * Parity: R's survey::svytotal.
 * @throws StatsError as `surveyMean`.
 * @example
 * surveyTotal([1, 2, 3, 4], [1, 1, 2, 2]).total // → 17
 */
export function surveyTotal(
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  design: SurveyDesign = {},
  level = 0.95,
): SurveyEstimate & { readonly total: number } {
  const n = checkSurvey({ y }, weights, design, level)
  const shares = Float64Array.from({ length: n }, (_, i) => partOf(design, i) * weights[i]! * y[i]!)
  return { total: sumOf(shares), ...linearised(sumOf(shares), shares, design, level) }
}

/**
 * Ratio of two weighted totals, such as spend per visit, with its design-based standard error by linearisation.
 * numerator, denominator, weights and the design's columns have length n.
 * Cost O(n).
 * Source: Cochran (1977), section 6, https://www.wiley.com/en-us/9780471162407
 * Parity: R's survey::svyratio.
 * @throws StatsError as `surveyMean`; `outOfDomain` for a denominator that adds up to 0.
 * @example
 * surveyRatio([1, 2, 3, 4], [1, 1, 2, 2], [1, 1, 2, 2]).ratio // → 1.7
 */
export function surveyRatio(
  numerator: ArrayLike<number>,
  denominator: ArrayLike<number>,
  weights: ArrayLike<number>,
  design: SurveyDesign = {},
  level = 0.95,
): SurveyEstimate & { readonly ratio: number } {
  const n = checkSurvey({ numerator, denominator }, weights, design, level)
  let [above, below] = [0, 0]
  for (let i = 0; i < n; i++) {
    above += partOf(design, i) * weights[i]! * numerator[i]!
    below += partOf(design, i) * weights[i]! * denominator[i]!
  }
  if (below === 0)
    throw new StatsError('outOfDomain', 'The weighted denominators add up to 0, so there is no ratio.')
  const ratio = above / below
  const shares = Float64Array.from(
    { length: n },
    (_, i) => (partOf(design, i) * weights[i]! * (numerator[i]! - ratio * denominator[i]!)) / below,
  )
  return { ratio, ...linearised(ratio, shares, design, level) }
}

function partOf(design: SurveyDesign, i: number): number {
  return design.within ? design.within[i]! : 1
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0)
}

function checkSurvey(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  weights: ArrayLike<number>,
  design: SurveyDesign,
  level: number,
): number {
  const { strata, clusters, population, within } = design
  const n = requireSameLength({ ...columns, weights, strata, clusters, population, within })
  for (const [name, column] of Object.entries(columns)) requireFiniteColumn(name, column)
  requireLevel('level', level)
  let total = 0
  for (let i = 0; i < n; i++) {
    if (!(weights[i]! >= 0 && weights[i]! < Infinity))
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${i} is ${weights[i]}; a finite number of at least 0 was expected.`,
      )
    if (within && within[i] !== 0 && within[i] !== 1)
      throw new StatsError('outOfDomain', `within is ${within[i]} in row ${i}; 0 or 1 was expected.`)
    total += partOf(design, i) * weights[i]!
  }
  if (!(total > 0)) throw new StatsError('emptyData', 'All weights are 0.')
  return n
}

/** Error of a sum of the rows' parts: the spread of the clusters' sums within strata. */
function linearised(
  estimate: number,
  parts: Float64Array,
  { strata: stratum, clusters: cluster, population }: SurveyDesign,
  level: number,
): SurveyEstimate {
  const strata = new Map<string | number, { population: number; clusters: Map<string | number, number> }>()
  parts.forEach((part, i) => {
    const name = stratum ? stratum[i]! : 0
    const own = population ? population[i]! : Infinity
    const held = strata.get(name) ?? { population: own, clusters: new Map() }
    strata.set(name, held)
    if (held.population !== own)
      throw new StatsError(
        'outOfDomain',
        `Stratum "${name}" has ${held.population} and ${own} units in the population; one number was expected.`,
      )
    const unit = cluster ? cluster[i]! : i
    held.clusters.set(unit, (held.clusters.get(unit) ?? 0) + part)
  })
  let [variance, units] = [0, 0]
  for (const [name, held] of strata) {
    const k = held.clusters.size
    if (k < 2 && held.population > k)
      throw new StatsError(
        'insufficientData',
        `Stratum "${name}" has one cluster, so its variance is unknown.`,
        {
          hint: 'Join it with a similar stratum.',
        },
      )
    if (!(held.population >= k))
      throw new StatsError(
        'outOfDomain',
        `Stratum "${name}" has ${k} units drawn out of ${held.population} in the population.`,
      )
    const sums = Float64Array.from(held.clusters.values())
    const average = sumOf(sums) / k
    const missed = 1 - k / held.population
    if (k > 1) for (const sum of sums) variance += missed * (k / (k - 1)) * (sum - average) ** 2
    units += k
  }
  const standardError = Math.sqrt(variance)
  requireFinite('The estimate', estimate)
  requireFinite('Its standard error', standardError)
  const degreesOfFreedom = units - strata.size
  if (degreesOfFreedom < 1)
    throw new StatsError('insufficientData', 'No stratum has two clusters, so there is no error to tell.')
  const reach = tQuantile((1 + level) / 2, degreesOfFreedom) * standardError
  return {
    standardError,
    interval: { low: estimate - reach, high: estimate + reach, level },
    degreesOfFreedom,
  }
}
