import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

describe('curves agree with scikit-learn', () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly score: readonly number[]
    readonly weights: readonly number[]
    readonly precision: readonly number[]
    readonly recall: readonly number[]
    readonly thresholds: readonly number[]
    readonly falsePositiveRate: readonly number[]
    readonly truePositiveRate: readonly number[]
    readonly corners: readonly number[]
    readonly partial: readonly number[]
  }>('sklearn-curves')
  for (const { case: name, y, score, weights, partial, corners, ...expected } of cases)
    it(name, () => {
      const curve = S.precisionRecallCurve(y, score, weights)
      expectNear(curve.precision, expected.precision, tolerance, 'precision')
      expectNear(curve.recall, expected.recall, tolerance, 'recall')
      expectNear(curve.thresholds, expected.thresholds, tolerance, 'thresholds')
      const roc = S.rocCurve(y, score, weights, 'corners')
      expectNear(roc.falsePositiveRate, expected.falsePositiveRate, tolerance, 'falsePositiveRate')
      expectNear(roc.truePositiveRate, expected.truePositiveRate, tolerance, 'truePositiveRate')
      expectNear(roc.thresholds.slice(1), corners, tolerance, 'corners')
      expect(roc.thresholds[0]).toBe(Number.POSITIVE_INFINITY)
      expectNear(
        [0.05, 0.3, 1].map((end) => S.partialAuc(y, score, end, weights)),
        partial,
        tolerance,
        'partial',
      )
    })

  it('a weighted report', () => {
    const report = readFixture<{
      readonly y: readonly number[]
      readonly predicted: readonly number[]
      readonly weights: readonly number[]
      readonly confusion: readonly (readonly number[])[]
      readonly matthews: number
      readonly kappa: number
      readonly balanced: number
      readonly adjusted: number
      readonly f1: readonly number[]
    }>('sklearn-weighted-report')
    const { y, predicted, weights, ...expected } = report.cases[0]!
    const own = S.classReport(y, predicted, weights)
    expectNear(own.confusion, expected.confusion, report.tolerance, 'confusion')
    expectNear(
      [own.matthews, own.kappa, own.balancedAccuracy, own.balancedAccuracyAdjusted, ...own.f1],
      [expected.matthews, expected.kappa, expected.balanced, expected.adjusted, ...expected.f1],
      report.tolerance,
    )
  })
})

describe('multinomial regression with a penalty on every class agrees with scikit-learn', () => {
  const { cases, tolerance } = readFixture<{
    readonly x: readonly (readonly number[])[]
    readonly y: readonly number[]
    readonly ridge: number
    readonly intercepts: readonly number[]
    readonly coefficients: readonly (readonly number[])[]
    readonly probabilities: readonly (readonly number[])[]
  }>('sklearn-multinomial')
  for (const { case: name, x, y, ridge, ...expected } of cases)
    it(name, () => {
      const model = S.fitMultinomial(
        { x: rowsOf(x), y: Float64Array.from(y) },
        { ridge, ridgeOf: 'everyClass', ridgeScale: 'raw' },
      )
      const equations = S.symmetricEquations(model)
      expectNear(
        equations.map((e) => e.coefficients),
        expected.coefficients,
        tolerance,
        'coefficients',
      )
      expectNear(
        equations.map((e) => e.intercept),
        expected.intercepts,
        tolerance,
        'intercepts',
      )
      const some = rowsOf(x.filter((_, i) => i % 15 === 0))
      expectNear(S.predictMultinomial(model, some), expected.probabilities.flat(), tolerance, 'probabilities')
    })
})

describe("generalised linear models of further families agree with R's glm", () => {
  const { cases, tolerance } = readFixture<{
    readonly x: readonly number[]
    readonly y: readonly number[]
    readonly weights: readonly number[] | null
    readonly family: S.GlmFamily
    readonly link: S.GlmLink
    readonly coefficients: readonly number[]
    readonly standardErrors: readonly number[]
    readonly deviance: number
    readonly nullDeviance: number
    readonly logLikelihood: number
  }>('r-glm-families')
  for (const { case: name, x, y, weights, family, link, ...expected } of cases)
    it(name, () => {
      const data = {
        x: { data: Float64Array.from(x), n: y.length, p: 2 },
        y: Float64Array.from(y),
        ...(weights ? { weights: Float64Array.from(weights) } : {}),
      }
      const model = S.fitGlm(data, { family, link })
      expectNear([model.intercept, ...model.coefficients], expected.coefficients, tolerance, 'coefficients')
      expectNear(model.standardErrors, expected.standardErrors, tolerance, 'standard errors')
      expectNear(
        [model.deviance, model.nullDeviance, model.logLikelihood],
        [expected.deviance, expected.nullDeviance, expected.logLikelihood],
        tolerance,
        'deviance and likelihood',
      )
    })

  it('refuses families that there are not', () => {
    const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(1, 2, 4, 3) }
    for (const family of ['logistic', { negativeBinomial: 0 }, { tweedie: 2 }])
      expect(() => S.fitGlm(data, { family: family as S.GlmFamily })).toThrow(S.StatsError)
  })
})
