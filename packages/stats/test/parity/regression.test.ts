import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

interface Glm {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly link: S.GlmLink
  readonly power: number | null
  readonly offset: readonly number[] | null
  readonly weights: readonly number[] | null
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  readonly dispersion: number
  readonly deviance: number
}

describe('Tweedie and gamma regression agree with statsmodels', () => {
  const { cases, tolerance } = readFixture<Glm>('statsmodels-glm')
  for (const { case: name, x, y, link, power, offset, weights, ...expected } of cases)
    it(name, () => {
      const model = S.fitGlm(
        {
          x: rowsOf(x),
          y: Float64Array.from(y),
          ...(weights ? { weights: Float64Array.from(weights) } : {}),
        },
        {
          family: power === null ? 'gamma' : { tweedie: power },
          link,
          ...(offset ? { offset: Float64Array.from(offset) } : {}),
        },
      )
      expectNear([model.intercept, ...model.coefficients], expected.coefficients, tolerance, 'coefficients')
      expectNear(model.standardErrors, expected.standardErrors, tolerance, 'standardErrors')
      expectNear(model.dispersion, expected.dispersion, tolerance, 'dispersion')
      expectNear(model.deviance, expected.deviance, tolerance, 'deviance')
    })
})

it('gamma regression with its own link agrees with R', () => {
  const { cases, tolerance } = readFixture<
    Omit<Glm, 'x'> & {
      readonly x: readonly number[]
    }
  >('r-gamma')
  for (const { x, y, ...expected } of cases) {
    const rows = { data: Float64Array.from(x), n: y.length, p: 2 }
    const model = S.fitGlm({ x: rows, y: Float64Array.from(y) }, { family: 'gamma', link: 'inverse' })
    expectNear([model.intercept, ...model.coefficients], expected.coefficients, tolerance)
    expectNear(model.standardErrors, expected.standardErrors, tolerance)
    expectNear([model.dispersion, model.deviance], [expected.dispersion, expected.deviance], tolerance)
  }
})

interface Classes {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly coefficients: readonly number[] & readonly (readonly number[])[]
  readonly standardErrors: readonly number[] & readonly (readonly number[])[]
  readonly thresholds: readonly number[]
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  readonly probabilities: readonly (readonly number[])[]
}

describe('regressions of classes agree with statsmodels and MASS', () => {
  const { cases, tolerance } = readFixture<Classes>('statsmodels-classes')
  const [nominal, ordered] = cases
  const data = ({ x, y }: Classes) => ({ x: rowsOf(x), y: Float64Array.from(y) })

  it('multinomial', () => {
    const model = S.fitMultinomial(data(nominal!))
    const own = model.equations.map(({ intercept, coefficients }) => [intercept, ...coefficients])
    expectNear(own, nominal!.coefficients, tolerance, 'coefficients')
    const errors = model.equations.map(({ standardErrors }) => standardErrors)
    expectNear(errors, nominal!.standardErrors, tolerance, 'standardErrors')
    expectNear(model.logLikelihood, nominal!.logLikelihood, tolerance)
    expectNear(model.nullLogLikelihood, nominal!.nullLogLikelihood, tolerance)
    const chances = S.predictMultinomial(model, rowsOf(nominal!.x.slice(0, 5)))
    expectNear(chances, nominal!.probabilities.flat(), tolerance, 'probabilities')
  })

  it('ordinal', () => {
    const model = S.fitOrdinal(data(ordered!))
    expectNear(model.coefficients, ordered!.coefficients, tolerance, 'coefficients')
    expectNear(model.standardErrors.slice(0, 2), ordered!.standardErrors, tolerance, 'standardErrors')
    expectNear(model.thresholds, ordered!.thresholds, tolerance, 'thresholds')
    expectNear(model.logLikelihood, ordered!.logLikelihood, tolerance)
    const chances = S.predictOrdinal(model, rowsOf(ordered!.x.slice(0, 5)))
    expectNear(chances, ordered!.probabilities.flat(), tolerance, 'probabilities')
  })

  it('ordinal, by polr', () => {
    const { cases: polr, tolerance: loose } = readFixture<{
      readonly x: readonly number[]
      readonly y: readonly number[]
      readonly coefficients: readonly number[]
      readonly thresholds: readonly number[]
      readonly logLikelihood: number
    }>('r-polr')
    for (const { x, y, ...expected } of polr) {
      const rows = { data: Float64Array.from(x), n: y.length, p: 2 }
      const model = S.fitOrdinal({ x: rows, y: Float64Array.from(y) })
      expectNear(model.coefficients, expected.coefficients, loose)
      expectNear(model.thresholds, expected.thresholds, loose)
      expectNear(model.logLikelihood, expected.logLikelihood, loose)
    }
  })
})

interface QuantileCase extends S.QuantileRegressionOptions {
  readonly level: number
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  readonly pseudoRSquared: number
  readonly sparsity: number
  readonly width: number
}

describe('quantile regression agrees with statsmodels', () => {
  const { cases, tolerance } = readFixture<QuantileCase | { readonly x: number[]; readonly y: number[] }>(
    'statsmodels-quantile',
  )
  const { x, y } = cases[0] as unknown as { readonly x: number[]; readonly y: number[] }
  const data = { x: { data: Float64Array.from(x), n: x.length, p: 1 }, y: Float64Array.from(y) }
  for (const own of cases.slice(1) as (QuantileCase & { readonly case: string })[])
    it(own.case, () => {
      const { level, kernel, bandwidth, covariance } = own
      const options = { kernel, bandwidth, covariance, solver: 'reweighted' } as S.QuantileRegressionOptions
      const model = S.fitQuantileRegression(data, level, options)
      expectNear([model.intercept, ...model.coefficients], own.coefficients, tolerance, 'coefficients')
      expectNear(model.standardErrors, own.standardErrors, tolerance, 'errors')
      expectNear(
        [model.pseudoRSquared, model.sparsity, model.bandwidth],
        [own.pseudoRSquared, own.sparsity, own.width],
        tolerance,
      )
      const exact = S.fitQuantileRegression(data, level)
      expect(exact.loss).toBeLessThanOrEqual(model.loss)
      expect(exact.loss).toBeGreaterThan(model.loss * (1 - 1e-6))
    })
})
