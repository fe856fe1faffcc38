import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('noise of whole numbers agrees with dp_accounting', () => {
  const { cases, tolerance } = readFixture<{
    readonly kind: 'laplace' | 'gaussian'
    readonly parameter: number
    readonly sensitivity: number
    readonly epsilons: readonly number[]
    readonly deltas: readonly number[]
    /** Of losses rounded down and up. */
    readonly composed: readonly [number, number]
  }>('dp-accounting-discrete')
  const make = { laplace: S.discreteLaplacePrivacyLoss, gaussian: S.discreteGaussianPrivacyLoss }
  for (const { case: name, kind, parameter, sensitivity, epsilons, deltas, composed } of cases)
    it(name, () => {
      const loss = make[kind](parameter, { sensitivity })
      expectNear(
        epsilons.map((epsilon) => S.privacyDelta(loss, epsilon)),
        deltas,
        tolerance,
        'δ',
      )
      const epsilon = S.privacyEpsilon(S.composePrivacyLoss(loss, 5), 1e-5)
      expect(epsilon).toBeGreaterThanOrEqual(composed[0] - tolerance)
      expect(epsilon).toBeLessThanOrEqual(composed[1] + tolerance)
    })

  it('and is the continuous noise where it is wide', () => {
    const discrete = S.privacyEpsilon(S.discreteGaussianPrivacyLoss(50, { sensitivity: 10 }), 1e-5)
    expect(discrete).toBeCloseTo(S.privacyEpsilon(S.gaussianPrivacyLoss(5), 1e-5), 3)
  })
})

describe('ε of Gaussian noise agrees with dp_accounting', () => {
  const { cases, tolerance } = readFixture<{
    readonly sigma: number
    readonly delta: number
    readonly epsilon: number
  }>('dp-accounting-gaussian')
  for (const { case: name, sigma, delta, epsilon } of cases)
    it(name, () => {
      expectNear(S.gaussianEpsilon(delta, sigma), epsilon, tolerance)
    })
})

describe('budgets agree with diffprivlib', () => {
  const { cases, tolerance } = readFixture<{
    readonly spends: readonly S.PrivacySpend[]
    readonly slack: number
    readonly epsilon: number
    readonly delta: number
  }>('diffprivlib-budgets')
  for (const { case: name, spends, slack, epsilon, delta } of cases)
    it(name, () => {
      const own = S.composeBudgets(spends, slack)
      expectNear([own.epsilon, own.delta], [epsilon, delta], tolerance)
    })
})

describe('what a release loses agrees with pycanon', () => {
  const { cases, tolerance } = readFixture<
    S.ReleaseLoss & {
      readonly age: readonly string[]
      readonly city: readonly string[]
      readonly ill: readonly string[]
      readonly leftOut: number
    }
  >('pycanon-release')
  for (const { case: name, age, city, ill, leftOut, ...expected } of cases)
    it(name, () => {
      const classes = S.equivalenceClasses([age, city])
      const own = S.releaseLoss(classes, S.sensitiveTable(classes, ill), leftOut)
      for (const [measure, value] of Object.entries(own))
        expectNear(value, expected[measure as keyof S.ReleaseLoss], tolerance, measure)
    })
})
