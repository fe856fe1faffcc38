import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const weeks = {
  frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0],
  recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
  T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30],
  weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40],
}
const member = { names: ['member'], data: [0, 0, 1, 1, 0, 1, 1, 0, 1, 0] }
const fits = { bgNbd: S.fitBgNbdCovariates, paretoNbd: S.fitParetoNbdCovariates }

describe.each(Object.entries(fits))('%s with covariates', (base, fit) => {
  const model = fit({ ...weeks, transaction: member })

  it('is the model without them where their coefficient is 0', () => {
    const heavy = fit({ ...weeks, transaction: member }, { penalty: { transaction: 1000 } })
    const plain = base === 'bgNbd' ? S.fitBgNbd(weeks) : S.fitParetoNbd(weeks)
    expect(heavy.parameters['transaction.member']).toBeCloseTo(0, 3)
    expect(heavy.diagnostics!.logLikelihood).toBeCloseTo(plain.diagnostics!.logLikelihood, 2)
  })

  it('has a likelihood that its own predictions add up to, at a maximum', () => {
    const total = (own: S.CovariateModel): number => {
      const values = S.predictWithCovariates(own, { ...weeks, transaction: member }, (m, history) =>
        m.kind === 'bgNbd' ? S.bgNbdLogLikelihood(m, history) : S.paretoNbdLogLikelihood(m, history),
      )
      return values.reduce((sum, v, i) => sum + weeks.weights[i]! * v, 0)
    }
    expect(total(model)).toBeCloseTo(model.diagnostics!.logLikelihood, 6)
    for (const name of model.names)
      for (const factor of [0.98, 1.02]) {
        const parameters = { ...model.parameters, [name]: model.parameters[name]! * factor }
        const moved = S.covariateModelFromParameters(model.base, parameters, model.columns)
        expect(total(moved)).toBeLessThanOrEqual(total(model) + 1e-9)
      }
  })

  it('does not mind the unit of a covariate', () => {
    const cents = fit({ ...weeks, transaction: { names: ['member'], data: member.data.map((v) => v * 10) } })
    expect(cents.parameters['transaction.member']! * 10).toBeCloseTo(
      model.parameters['transaction.member']!,
      5,
    )
  })
})
