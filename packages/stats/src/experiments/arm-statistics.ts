import { normalQuantile } from '../distributions/normal.ts'
import { requireFiniteColumn, requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { addArms } from './add-arms.ts'
import { covarianceOf, type MeasureSums, meanOf, varianceOf } from './measure-sums.ts'

export type { MeasureSums } from './measure-sums.ts'

/** What one arm of an experiment gives to its analysis: sums that SQL can take in one scan. */
export type ArmStatistic =
  | ({ readonly n: number } & MeasureSums)
  /** Σ numerator / Σ denominator over rows (per visitor: revenue and sessions). */
  | {
      readonly kind: 'ratio'
      readonly n: number
      readonly numerator: MeasureSums
      readonly denominator: MeasureSums
      readonly products: number
    }
  /** A measure and the same measure (or any other) from before the experiment: CUPED. */
  | {
      readonly kind: 'adjustedMean'
      readonly n: number
      readonly post: MeasureSums
      readonly pre: MeasureSums
      readonly products: number
    }
  | AdjustedRatio
  | QuantileArm

/** CUPED for a ratio; products are Σ of the two measures' products over rows. */
export type AdjustedRatio = {
  readonly kind: 'adjustedRatio'
  readonly n: number
  readonly numeratorPost: MeasureSums
  readonly denominatorPost: MeasureSums
  readonly numeratorPre: MeasureSums
  readonly denominatorPre: MeasureSums
  readonly products: {
    readonly numeratorPostDenominatorPost: number
    readonly numeratorPostNumeratorPre: number
    readonly numeratorPostDenominatorPre: number
    readonly denominatorPostNumeratorPre: number
    readonly denominatorPostDenominatorPre: number
    readonly numeratorPreDenominatorPre: number
  }
}

/** A quantile with the bounds of its 95% interval by order statistics, taken at sample size `boundsN`. */
export type QuantileArm = {
  readonly kind: 'quantile'
  readonly n: number
  readonly level: number
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly boundsN: number
  /** For rows that are not the unit of assignment: sums over clusters of rows at or below the quantile and of rows. */
  readonly clusters?: {
    readonly n: number
    readonly hits: { readonly sum: number; readonly sumOfSquares: number }
    readonly rows: { readonly sum: number; readonly sumOfSquares: number }
    readonly products: number
  }
}

/** Mean of the outcome and of its pre-period covariate, with their variances and covariance per row. */
export type ArmMoments = {
  readonly n: number
  readonly post: number
  readonly pre: number
  readonly varPost: number
  readonly varPre: number
  readonly covariance: number
}

/**
 * Moments of an arm, ratios by the delta method.
 * Cost O(1).
 * Source: Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 * @throws StatsError `notFinite`, `insufficientData` for fewer than 2 rows, `outOfDomain` for a ratio with
 * denominator 0.
 * @example
 * armMoments({ kind: 'mean', n: 4, sum: 10, sumOfSquares: 30 }) // → { n: 4, pre: 0, varPre: 0, covariance: 0, post: 2.5, varPost: 1.666667 }
 */
export function armMoments(arm: ArmStatistic): ArmMoments {
  if (!(arm.n >= 2))
    throw new StatsError('insufficientData', `An arm has ${arm.n} rows; at least 2 were expected.`)
  const plain = { n: arm.n, pre: 0, varPre: 0, covariance: 0 }
  switch (arm.kind) {
    case 'mean':
    case 'proportion':
      return { ...plain, post: meanOf(arm, arm.n), varPost: varianceOf(arm, arm.n) }
    case 'quantile':
      return { ...plain, post: arm.estimate, varPost: quantileVariance(arm) }
    case 'adjustedMean':
      return {
        n: arm.n,
        post: meanOf(arm.post, arm.n),
        pre: meanOf(arm.pre, arm.n),
        varPost: varianceOf(arm.post, arm.n),
        varPre: varianceOf(arm.pre, arm.n),
        covariance: covarianceOf(arm.post, arm.pre, arm.products, arm.n),
      }
    case 'ratio': {
      const { ratio, gradient } = ratioGradient(arm.numerator, arm.denominator, arm.n)
      const cross = covarianceOf(arm.numerator, arm.denominator, arm.products, arm.n)
      return {
        ...plain,
        post: ratio,
        varPost: ratioVariance(
          gradient,
          varianceOf(arm.numerator, arm.n),
          varianceOf(arm.denominator, arm.n),
          cross,
        ),
      }
    }
    case 'adjustedRatio':
      return adjustedRatioMoments(arm)
  }
}

/**
 * Moments of both arms taken as one sample, for a slope common to both; means only.
 * Cost O(1).
 * Source: Deng, Xu, Kohavi & Walker (2013), https://doi.org/10.1145/2433396.2433413
 * @throws StatsError `insufficientData`, `notFinite`, `outOfDomain`
 * @example
 * pooledMoments(adjustedMeanArm([3, 5, 8], [1, 2, 4]), adjustedMeanArm([4, 6, 9], [1, 2, 4])).covariance // → 3.066667
 */
export function pooledMoments(
  a: Extract<ArmStatistic, { kind: 'adjustedMean' }>,
  b: Extract<ArmStatistic, { kind: 'adjustedMean' }>,
): ArmMoments {
  return armMoments(addArms(a, b))
}

function ratioGradient(
  numerator: MeasureSums,
  denominator: MeasureSums,
  n: number,
): { ratio: number; gradient: readonly [number, number] } {
  const m = meanOf(numerator, n)
  const d = meanOf(denominator, n)
  if (d === 0)
    throw new StatsError(
      'outOfDomain',
      'The denominator of a ratio adds up to 0, so the ratio does not exist.',
    )
  return { ratio: m / d, gradient: [1 / d, -m / (d * d)] }
}

function ratioVariance([a, b]: readonly [number, number], varM: number, varD: number, cov: number): number {
  return Math.max(0, a * a * varM + b * b * varD + 2 * a * b * cov)
}

function adjustedRatioMoments(arm: AdjustedRatio): ArmMoments {
  const { n, products } = arm
  const post = ratioGradient(arm.numeratorPost, arm.denominatorPost, n)
  const pre = ratioGradient(arm.numeratorPre, arm.denominatorPre, n)
  const cov = (x: MeasureSums, y: MeasureSums, sum: number): number => covarianceOf(x, y, sum, n)
  const [a, b] = post.gradient
  const [c, d] = pre.gradient
  return {
    n,
    post: post.ratio,
    pre: pre.ratio,
    varPost: ratioVariance(
      post.gradient,
      varianceOf(arm.numeratorPost, n),
      varianceOf(arm.denominatorPost, n),
      cov(arm.numeratorPost, arm.denominatorPost, products.numeratorPostDenominatorPost),
    ),
    varPre: ratioVariance(
      pre.gradient,
      varianceOf(arm.numeratorPre, n),
      varianceOf(arm.denominatorPre, n),
      cov(arm.numeratorPre, arm.denominatorPre, products.numeratorPreDenominatorPre),
    ),
    covariance:
      a * c * cov(arm.numeratorPost, arm.numeratorPre, products.numeratorPostNumeratorPre) +
      a * d * cov(arm.numeratorPost, arm.denominatorPre, products.numeratorPostDenominatorPre) +
      b * c * cov(arm.denominatorPost, arm.numeratorPre, products.denominatorPostNumeratorPre) +
      b * d * cov(arm.denominatorPost, arm.denominatorPre, products.denominatorPostDenominatorPre),
  }
}

/** Per-row variance that gives the interval its width back; for clusters scaled by the variance of the share below. */
function quantileVariance(arm: QuantileArm): number {
  const { n, level, low, high, boundsN, clusters } = arm
  requireLevel('level', level)
  const z = normalQuantile(0.975)
  if (n <= (z * z * level) / (1 - level) || n <= (z * z * (1 - level)) / level || !(high > low)) {
    throw new StatsError(
      'insufficientData',
      `${n} rows do not determine the ${level}-quantile well enough for an interval.`,
      { hint: 'Wait for more rows or take a quantile nearer the middle.' },
    )
  }
  const independent = (boundsN / n) * (n - 1) * ((high - low) / (2 * z)) ** 2
  if (!clusters) return independent
  const k = clusters.n
  const rows = clusters.rows.sum / k
  const hits = clusters.hits.sum / k
  if (!(k >= 2 && rows > 0))
    throw new StatsError(
      'insufficientData',
      `A clustered quantile needs at least 2 clusters with rows, got ${k}.`,
    )
  const unbiased = k / (k - 1)
  const varHits = (clusters.hits.sumOfSquares / k - hits * hits) * unbiased
  const varRows = (clusters.rows.sumOfSquares / k - rows * rows) * unbiased
  const cov = (clusters.products / k - hits * rows) * unbiased
  const share = hits / rows
  const clustered = (varHits - 2 * share * cov + share * share * varRows) / (k * rows * rows)
  return (independent * clustered) / ((level * (1 - level)) / n)
}

/**
 * The arm of a mean from its values.
 * Cost O(n).
 * Source: Deng, Knoblich & Lu (2018), https://arxiv.org/abs/1803.06336
 * @throws StatsError `insufficientData`, `notFinite`.
 * @example
 * meanArm([1, 2, 3, 4]) // → { n: 4, kind: 'mean', sum: 10, sumOfSquares: 30 }
 */
export function meanArm(values: ArrayLike<number>): ArmStatistic {
  return { n: values.length, ...sumsOf(values, 'values') }
}

/**
 * The arm of a mean adjusted by a pre-period covariate, from paired values.
 * Cost O(n).
 * Source: Deng, Xu, Kohavi & Walker (2013), https://doi.org/10.1145/2433396.2433413
 * @throws StatsError `lengthMismatch`, `notFinite`.
 * @example
 * adjustedMeanArm([3, 5, 8], [1, 2, 4]).products // → 45
 */
export function adjustedMeanArm(
  post: ArrayLike<number>,
  pre: ArrayLike<number>,
): Extract<ArmStatistic, { kind: 'adjustedMean' }> {
  const n = requireSameLength({ post, pre })
  let products = 0
  for (let i = 0; i < n; i++) products += post[i]! * pre[i]!
  return { kind: 'adjustedMean', n, post: sumsOf(post, 'post'), pre: sumsOf(pre, 'pre'), products }
}

function sumsOf(
  values: ArrayLike<number>,
  name: string,
): { readonly kind: 'mean'; readonly sum: number; readonly sumOfSquares: number } {
  requireFiniteColumn(name, values)
  let sum = 0
  let sumOfSquares = 0
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!
    sumOfSquares += values[i]! * values[i]!
  }
  return { kind: 'mean', sum, sumOfSquares }
}
