import {
  automaticSeasonalities,
  createRandom,
  fitTrendSeason,
  forecastTrendSeason,
  predictTrendSeason,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { solveLaplaceLeastSquares } from '../../src/forecasting/laplace-least-squares.ts'

describe('trend and season regression', () => {
  const days = Array.from({ length: 800 }, (_, t) => 18_000 + t)
  const y = days.map(
    (d, t) => 50 + 0.05 * t + (t > 400 ? 0.1 * (t - 400) : 0) + 5 * Math.sin((2 * Math.PI * d) / 7),
  )
  const model = fitTrendSeason(days, y)
  it('chooses yearly and weekly seasons for two years of days', () =>
    expect(automaticSeasonalities(days).map((s) => s.name)).toEqual(['yearly', 'weekly']))
  it('follows a change of slope and the week', () => {
    const { mean, components } = predictTrendSeason(model, days)
    const worst = Math.max(...mean.map((v, i) => Math.abs(v - y[i]!)))
    expect(worst).toBeLessThan(0.6)
    expect(Math.max(...components['weekly']!)).toBeCloseTo(5, 0)
  })
  it('takes out what regressors explain, in any unit and also ahead', () => {
    const random = createRandom(6)
    const spend = days.map(() => 100 * random.uniform())
    const promotion = days.map(() => (random.uniform() < 0.2 ? 1 : 0))
    const moved = y.map((v, i) => v + 0.08 * spend[i]! + 4 * promotion[i]!)
    const fit = (unit: number) =>
      fitTrendSeason(days, moved, {
        regressors: [
          { name: 'spend', values: spend.map((v) => unit * v) },
          { name: 'promotion', values: promotion },
        ],
      })
    const [own, cents] = [fit(1), fit(100)]
    expect(own.regressors!.map(({ sd }) => sd)).toEqual([expect.closeTo(100 / Math.sqrt(12), -0.5), 1])
    const at = (m: typeof own, unit: number, promoted: number) =>
      predictTrendSeason(m, [18_900], { spend: [50 * unit], promotion: [promoted] })
    expect(at(own, 1, 1).mean[0]! - at(own, 1, 0).mean[0]!).toBeCloseTo(4, 1)
    expect(at(cents, 100, 1).mean[0]).toBeCloseTo(at(own, 1, 1).mean[0]!, 6)
    const more = predictTrendSeason(own, [18_900], { spend: [60], promotion: [0] })
    expect(more.mean[0]! - at(own, 1, 0).mean[0]!).toBeCloseTo(0.8, 1)
    expect(more.components['promotion']![0]).toBe(0)
    expect(() => predictTrendSeason(own, [18_900])).toThrow(/Regressor spend has 0 values for 1 days/)
    const { mean, lower } = forecastTrendSeason(own, [18_900], {
      random,
      draws: 100,
      regressors: { spend: [60], promotion: [0] },
    })
    expect(mean[0]).toBe(more.mean[0])
    expect(lower[0]).toBeLessThan(mean[0]!)
  })
  it('is the same in another currency', () => {
    const cents = fitTrendSeason(
      days,
      y.map((v) => 100 * v),
    )
    expect(predictTrendSeason(cents, [18_900]).mean[0]! / 100).toBeCloseTo(
      predictTrendSeason(model, [18_900]).mean[0]!,
      6,
    )
  })
  it('sees a holiday', () => {
    const holidays = [{ name: 'new year', days: [18_100, 18_465, 18_830] }]
    const jumped = y.map((v, t) => v + (days[t] === 18_100 || days[t] === 18_465 ? 20 : 0))
    const fit = fitTrendSeason(days, jumped, { holidays })
    expect(predictTrendSeason(fit, [18_830]).components['new year']![0]).toBeCloseTo(20, 0)
  })
  it('saturates at its cap', () => {
    const s = days.map((_, t) => 100 / (1 + Math.exp(-(t - 300) / 80)))
    const fit = fitTrendSeason(days, s, { growth: 'logistic', cap: 100, seasonalities: [] })
    expect(predictTrendSeason(fit, [20_000]).mean[0]).toBeCloseTo(100, 0)
  })
  it('has wider intervals further ahead, equal for equal seeds', () => {
    const of = () => forecastTrendSeason(model, [18_810, 19_400], { random: createRandom(4), draws: 300 })
    const { lower, upper } = of()
    expect(upper[1]! - lower[1]!).toBeGreaterThan(upper[0]! - lower[0]!)
    expect(of().upper).toEqual(upper)
  })
})

describe('penalised least squares', () => {
  it('meets the conditions of an optimum', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 24, maxLength: 24 }),
        (raw) => {
          const [rows, p] = [8, 3]
          const gram = new Float64Array(p * p)
          for (let a = 0; a < p; a++)
            for (let b = 0; b < p; b++)
              for (let i = 0; i < rows; i++) gram[a * p + b]! += raw[i * p + a]! * raw[i * p + b]!
          for (let a = 0; a < p; a++) gram[a * p + a]! += 0.5
          const c = Float64Array.from(raw.slice(0, p))
          const lambda = new Float64Array([0, 1, 0.5])
          const x = solveLaplaceLeastSquares(gram, c, lambda, new Float64Array(p))
          for (let j = 0; j < p; j++) {
            let slope = -c[j]!
            for (let k = 0; k < p; k++) slope += gram[j * p + k]! * x[k]!
            if (x[j] === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(lambda[j]! + 1e-7)
            else expect(slope + lambda[j]! * Math.sign(x[j]!)).toBeCloseTo(0, 6)
          }
        },
      ),
    ))
})
