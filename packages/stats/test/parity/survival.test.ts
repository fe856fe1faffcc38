import * as S from '@tranche/stats'
import { describe, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

interface Incidence {
  readonly time: readonly number[]
  readonly cause: readonly number[]
  readonly of: number
  readonly at: readonly number[]
  readonly incidence: readonly number[]
  readonly variance?: readonly number[]
}

/** Step values of a curve at given times; 0 before the first. */
function stepsAt(curve: S.CumulativeIncidence, values: Float64Array, at: readonly number[]): number[] {
  return at.map((t) => {
    const later = curve.time.findIndex((time) => time > t)
    const index = (later < 0 ? curve.time.length : later) - 1
    return index < 0 ? 0 : values[index]!
  })
}

describe('cumulative incidence agrees with lifelines and R', () => {
  for (const file of ['lifelines-competing-risks', 'r-competing-risks']) {
    const { cases, tolerance } = readFixture<Incidence>(file)
    for (const { case: name, time, cause, of, at, incidence, variance } of cases)
      it(`${file}: ${name}`, () => {
        const curve = S.fitAalenJohansen({ time, cause }, of)
        expectNear(stepsAt(curve, curve.incidence, at), incidence, tolerance, 'incidence')
        if (!variance) return
        const squares = curve.standardError.map((error) => error * error)
        expectNear(stepsAt(curve, squares, at), variance, tolerance, 'variance')
      })
  }
})

interface Aft {
  readonly distribution: S.AftDistribution
  readonly time: readonly number[]
  readonly event: readonly number[]
  readonly x: readonly number[]
  readonly coefficients: readonly number[]
  readonly scale: number
  readonly standardErrors: readonly number[]
  readonly logLikelihood: number
}

describe('accelerated failure times agree with R', () => {
  const { cases, tolerance } = readFixture<Aft>('r-survreg')
  for (const { distribution, time, event, x, ...expected } of cases)
    it(distribution, () => {
      const model = S.fitAft({ time, event, x: Float64Array.from(x), p: 2 }, distribution)
      expectNear(model.coefficients, expected.coefficients, tolerance, 'coefficients')
      expectNear(model.scale, expected.scale, tolerance, 'scale')
      expectNear(model.standardErrors, expected.standardErrors, tolerance, 'standardErrors')
      expectNear(model.logLikelihood, expected.logLikelihood, tolerance, 'logLikelihood')
    })
})

describe('lines of the time, scales with covariates and additive hazards agree with R', () => {
  const scales = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly number[]
    readonly group: readonly number[]
    readonly below: readonly number[]
    readonly fits: readonly {
      readonly case: string
      readonly distribution: S.AftDistribution
      readonly coefficients: readonly number[]
      readonly scale: readonly number[]
      readonly logLikelihood: number
    }[]
  }>('r-survreg-scale')
  const { time, event, group, below, fits, ...data } = scales.cases[0]!
  const x = Float64Array.from(data.x)
  const known = { time, event, x, p: 2 }
  // Times below 1 are taken as not known beyond that.
  const left = {
    time: time.map((t, i) => (below[i] ? -Infinity : t)),
    event: event.map((e, i) => (below[i] ? 0 : e)),
    upper: below.map((b) => (b ? 1 : Infinity)),
    x,
    p: 2,
  }
  for (const { case: name, distribution, coefficients, scale, logLikelihood } of fits)
    it(name, () => {
      const model =
        distribution !== 'weibull'
          ? S.fitAft(left, distribution)
          : scale.length === 1
            ? S.fitAft(known, distribution, { scale: scale[0]! })
            : S.fitAft({ ...known, scaleX: Float64Array.from(group), scaleP: 1 }, distribution)
      expectNear(model.coefficients, coefficients, scales.tolerance, 'coefficients')
      const own = [model.scale, model.scale * Math.exp(model.scaleCoefficients?.[1] ?? 0)]
      expectNear(own.slice(0, scale.length), scale, scales.tolerance, 'scale')
      expectNear(model.logLikelihood, logLikelihood, scales.tolerance, 'logLikelihood')
    })

  const additive = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly number[]
    readonly statistics: readonly number[]
  }>('r-additive-hazard')
  for (const { case: name, statistics, ...own } of additive.cases)
    it(`additive hazards, ${name}`, () => {
      const model = S.fitAdditiveHazard({ ...own, x: Float64Array.from(own.x), p: 2 })
      expectNear(
        model.tests.map((test) => test.statistic),
        statistics,
        additive.tolerance,
      )
    })
})

describe('penalties, shapes and additive hazards agree with lifelines', () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly number[]
    readonly prio: readonly number[]
    readonly penalizer: number
    readonly additive: readonly (readonly number[])[]
    readonly fits: readonly {
      readonly distribution: S.AftDistribution
      readonly drawn: readonly number[]
      readonly penalised: number
      readonly shaped: readonly number[]
      readonly ofScale: number
      readonly logLikelihood: number
    }[]
  }>('lifelines-aft')
  const { time, event, prio, penalizer, fits, additive, ...rest } = cases[0]!
  const data = { time, event, x: Float64Array.from(rest.x), p: 7 }
  for (const { distribution, ...expected } of fits)
    it(distribution, () => {
      const ridge = { theta: penalizer * time.length, on: 'covariatesAndScale' } as const
      const drawn = S.fitAft(data, distribution, { ridge })
      expectNear(drawn.coefficients.slice(1), expected.drawn, tolerance, 'drawn')
      expectNear(drawn.logLikelihood - drawn.penalty!, expected.penalised, tolerance, 'penalised')
      const shaped = S.fitAft({ ...data, scaleX: Float64Array.from(prio), scaleP: 1 }, distribution)
      expectNear(shaped.coefficients.slice(1), expected.shaped, tolerance, 'shaped')
      expectNear(shaped.scaleCoefficients![1]!, expected.ofScale, tolerance, 'ofScale')
      expectNear(shaped.logLikelihood, expected.logLikelihood, tolerance, 'logLikelihood')
    })
  it('additive hazards', () => {
    const last = (ridge: number): readonly number[] =>
      S.fitAdditiveHazard(data, { ridge }).cumulative.slice(-8)
    expectNear([last(0), last(1)], additive, 1e-9)
  })
})
