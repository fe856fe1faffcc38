import { invertSymmetric } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'
import { addArms } from './add-arms.ts'
import type { ArmStatistic } from './arm-statistics.ts'
import { covarianceOf, type MeasureSums, meanOf, squaresOf, varianceOf } from './measure-sums.ts'

/** The same cell of both arms of an experiment: a browser, a region. */
export interface Stratum {
  readonly control: ArmStatistic
  readonly treatment: ArmStatistic
}

/**
 * Per outcome (one, or numerator and denominator) the control's mean and the effect, in turn, and their row-major
 * covariance times n.
 */
export interface StratumMoments {
  readonly n: number
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

/** Outcomes and covariates of an arm and Σ of the products of any two. */
interface Measures {
  readonly n: number
  readonly outcomes: readonly MeasureSums[]
  readonly covariates: readonly MeasureSums[]
  /** Σ outcome·outcome, outcome·covariate and covariate·covariate of different measures. */
  readonly outcomeProduct: number
  readonly crossProducts: readonly (readonly number[])[]
  readonly covariateProduct: number
}

/** Control mean and effect of one stratum; with covariates by a regression that both arms share. */
export function stratumMoments({ control, treatment }: Stratum): StratumMoments {
  const [c, t] = [measuresOf(control), measuresOf(treatment)]
  const varies = [c, t].every((arm) => arm.covariates.every((sums) => varianceOf(sums, arm.n) > 0))
  return c.covariates.length > 0 && varies
    ? adjustedMoments(t, measuresOf(addArms(control, treatment)))
    : plainMoments(c, t)
}

function plainMoments(c: Measures, t: Measures): StratumMoments {
  const n = c.n + t.n
  const m = c.outcomes.length
  const mean = new Float64Array(2 * m)
  const covariance = new Float64Array(4 * m * m)
  for (let u = 0; u < m; u++) {
    mean[2 * u] = meanOf(c.outcomes[u]!, c.n)
    mean[2 * u + 1] = meanOf(t.outcomes[u]!, t.n) - mean[2 * u]!
    for (let v = 0; v < m; v++) {
      const ofControl = (outcomeCovariance(c, u, v) * n) / c.n
      const at = (i: number, j: number): number => (2 * u + i) * 2 * m + 2 * v + j
      covariance[at(0, 0)] = ofControl
      covariance[at(0, 1)] = -ofControl
      covariance[at(1, 0)] = -ofControl
      covariance[at(1, 1)] = ofControl + (outcomeCovariance(t, u, v) * n) / t.n
    }
  }
  return { n, mean, covariance }
}

function outcomeCovariance(arm: Measures, u: number, v: number): number {
  return u === v
    ? varianceOf(arm.outcomes[u]!, arm.n)
    : covarianceOf(arm.outcomes[0]!, arm.outcomes[1]!, arm.outcomeProduct, arm.n)
}

/** Regression on a constant, the arm and the covariates, with the covariates' means of the stratum taken as estimates too. */
function adjustedMoments(t: Measures, both: Measures): StratumMoments {
  const n = both.n
  const m = both.outcomes.length
  const k = both.covariates.length
  const size = 2 + k
  // Two covariates leave GrowthBook six degrees of freedom fewer, not four.
  const freedom = n - (m === 1 ? 3 : 6)
  if (freedom <= 0)
    throw new StatsError('insufficientData', `A stratum of ${n} rows is too small for its ${k} covariates.`)
  const xtx = new Float64Array(size * size)
  const set = (i: number, j: number, value: number): void => {
    xtx[i * size + j] = value
    xtx[j * size + i] = value
  }
  set(0, 0, n)
  set(0, 1, t.n)
  set(1, 1, t.n)
  for (let j = 0; j < k; j++) {
    set(0, 2 + j, both.covariates[j]!.sum)
    set(1, 2 + j, t.covariates[j]!.sum)
    for (let i = 0; i <= j; i++)
      set(2 + i, 2 + j, i === j ? squaresOf(both.covariates[j]!) : both.covariateProduct)
  }
  const inverse = invertSymmetric(xtx, size)
  const xty = both.outcomes.map((sums, u) => [sums.sum, t.outcomes[u]!.sum, ...both.crossProducts[u]!])
  const coefficients = xty.map((column) =>
    Float64Array.from({ length: size }, (_, i) =>
      column.reduce((total, value, j) => total + inverse[i * size + j]! * value, 0),
    ),
  )
  const centre = both.covariates.map((sums) => meanOf(sums, n))
  const rows = [
    Float64Array.of(1, 0, ...centre),
    Float64Array.from({ length: size }, (_, i) => (i === 1 ? 1 : 0)),
  ]
  const spread = (i: number, j: number): number =>
    i === j
      ? varianceOf(both.covariates[i]!, n)
      : covarianceOf(both.covariates[0]!, both.covariates[1]!, both.covariateProduct, n)
  const mean = new Float64Array(2 * m)
  const covariance = new Float64Array(4 * m * m)
  for (let u = 0; u < m; u++)
    for (let i = 0; i < 2; i++) {
      mean[2 * u + i] = dot(rows[i]!, coefficients[u]!)
      for (let v = 0; v < m; v++)
        for (let j = 0; j < 2; j++) {
          const square = u === v ? squaresOf(both.outcomes[u]!) : both.outcomeProduct
          const residual = (square - dot(xty[u]!, coefficients[v]!)) / freedom
          let value = residual * bilinear(rows[i]!, inverse, rows[j]!)
          if (i === 0 && j === 0)
            for (let a = 0; a < k; a++)
              for (let b = 0; b < k; b++)
                value +=
                  (spread(a, b) / n) *
                  (residual * inverse[(2 + a) * size + 2 + b]! +
                    coefficients[u]![2 + a]! * coefficients[v]![2 + b]!)
          covariance[(2 * u + i) * 2 * m + 2 * v + j] = n * value
        }
    }
  return { n, mean, covariance }
}

function measuresOf(arm: ArmStatistic): Measures {
  const none = { outcomeProduct: 0, crossProducts: [], covariateProduct: 0, covariates: [] }
  switch (arm.kind) {
    case 'mean':
    case 'proportion':
      return { ...none, n: arm.n, outcomes: [arm] }
    case 'adjustedMean':
      return {
        ...none,
        n: arm.n,
        outcomes: [arm.post],
        covariates: [arm.pre],
        crossProducts: [[arm.products]],
      }
    case 'ratio':
      return { ...none, n: arm.n, outcomes: [arm.numerator, arm.denominator], outcomeProduct: arm.products }
    case 'adjustedRatio': {
      const { products } = arm
      return {
        n: arm.n,
        outcomes: [arm.numeratorPost, arm.denominatorPost],
        covariates: [arm.numeratorPre, arm.denominatorPre],
        outcomeProduct: products.numeratorPostDenominatorPost,
        crossProducts: [
          [products.numeratorPostNumeratorPre, products.numeratorPostDenominatorPre],
          [products.denominatorPostNumeratorPre, products.denominatorPostDenominatorPre],
        ],
        covariateProduct: products.numeratorPreDenominatorPre,
      }
    }
    case 'quantile':
      throw new StatsError('invalidOption', 'Quantiles cannot be post-stratified.', {
        hint: 'Strata of a quantile do not add up; use a mean, a proportion or a ratio.',
      })
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function bilinear(a: Float64Array, matrix: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) sum += a[i]! * matrix[i * b.length + j]! * b[j]!
  return sum
}
