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
