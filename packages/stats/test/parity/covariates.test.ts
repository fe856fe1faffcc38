import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

interface CovariateCase {
  readonly base: 'bgNbd' | 'paretoNbd'
  readonly kind: 'free' | 'penalised' | 'shared'
  readonly names: readonly string[]
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  /** Of the penalised kind the mean log-likelihood less the penalty. */
  readonly logLikelihood: number
  readonly horizon: number
  readonly alive: readonly number[]
  readonly expected: readonly number[]
  readonly dert: readonly number[] | null
  readonly newCustomer: number
}

const fixture = readFixture<CovariateCase>('clvtools-covariates')
const { ids, id, gender, channel, ...history } = (
  fixture as unknown as { readonly columns: Record<string, readonly number[]> }
).columns as Record<string, readonly number[]> & Record<'frequency' | 'recency' | 'T', readonly number[]>
const columns = {
  names: ['Gender', 'Channel'],
  data: gender!.flatMap((value, i) => [value, channel![i]!]),
}
const data = { ...history, transaction: columns, lifetime: columns }
const OPTIONS: Readonly<Record<CovariateCase['kind'], S.CovariateFitOptions>> = {
  free: {},
  penalised: { penalty: { transaction: 0.05, lifetime: 0.02 } },
  shared: { shared: ['Gender'] },
}
const ownName = (name: string): string =>
  name.replace('life.', 'lifetime.').replace('trans.', 'transaction.').replace('constr.', 'shared.')

describe('models with covariates agree with CLVTools', () => {
  const places = id!.map((key) => ids!.indexOf(key))
  for (const own of fixture.cases) {
    const byName = (model: S.CovariateModel): number[] =>
      own.names.map((name) => model.parameters[ownName(name)] ?? Number.NaN)

    it(`${own.case}: the optimum`, () => {
      const fit = own.base === 'bgNbd' ? S.fitBgNbdCovariates : S.fitParetoNbdCovariates
      const model = fit(data, OPTIONS[own.kind])
      if (own.kind === 'penalised') {
        expectNear(byName(model).slice(4), own.coefficients.slice(4), 2e-2, 'coefficients')
        return
      }
      const logLikelihood = model.diagnostics!.logLikelihood
      expect(logLikelihood).toBeGreaterThanOrEqual(own.logLikelihood - 1e-9 * Math.abs(own.logLikelihood))
      expectNear(logLikelihood, own.logLikelihood, 1e-6, 'logLikelihood')
      // These customers of a BG/NBD hardly drop out in one group, so that how much less than in the other is not told.
      if (own.case === 'bgNbd, free') return
      // CLVTools stops short of the optimum.
      expectNear(byName(model).slice(4), own.coefficients.slice(4), 2e-2, 'coefficients')
      const errors = own.names.map((name) => model.standardErrors![ownName(name)]!)
      expectNear(errors.slice(4), own.standardErrors.slice(4), 2e-2, 'errors')
    })

    it(`${own.case}: predictions from its parameters`, () => {
      const parameters = Object.fromEntries(own.names.map((name, i) => [ownName(name), own.coefficients[i]!]))
      const named = { transaction: columns.names, lifetime: columns.names }
      const pick = (values: Float64Array): number[] => places.map((i) => values[i]!)
      const covariates = { transaction: [1, 0], lifetime: [1, 0] }
      if (own.base === 'bgNbd') {
        const model = S.covariateModelFromParameters('bgNbd', parameters, named)
        const { horizon } = own
        expectNear(
          pick(S.predictWithCovariates(model, data, S.bgNbdProbabilityAlive)),
          own.alive,
          fixture.tolerance,
        )
        expectNear(
          pick(S.predictWithCovariates(model, data, (m, h) => S.bgNbdExpectedTransactions(m, horizon, h))),
          own.expected,
          fixture.tolerance,
        )
        const fresh = S.bgNbdExpectedByTime(S.modelForCovariates(model, covariates), [7.89])[0]!
        expectNear(1 + fresh, own.newCustomer, fixture.tolerance)
        return
      }
      const model = S.covariateModelFromParameters('paretoNbd', parameters, named)
      expectNear(
        pick(S.predictWithCovariates(model, data, S.paretoNbdProbabilityAlive)),
        own.alive,
        fixture.tolerance,
      )
      expectNear(
        pick(
          S.predictWithCovariates(model, data, (m, h) => S.paretoNbdExpectedTransactions(m, own.horizon, h)),
        ),
        own.expected,
        fixture.tolerance,
      )
      expectNear(
        pick(S.predictWithCovariates(model, data, (m, h) => S.paretoNbdDert(m, 0.002, h))),
        own.dert,
        fixture.tolerance,
      )
      const fresh = S.paretoNbdExpectedByTime(S.modelForCovariates(model, covariates), [7.89])[0]!
      expectNear(1 + fresh, own.newCustomer, fixture.tolerance)
    })
  }
})
