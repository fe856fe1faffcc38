import {
  accuracyByHorizon,
  arimaDiffuseResiduals,
  autocorrelation,
  backTest,
  boxCox,
  checkGradient,
  createRandom,
  decomposeClassical,
  decomposeStl,
  differencesNeeded,
  fitArima,
  fitEts,
  fitExponentialSmoothing,
  forecastAccuracy,
  forecastArima,
  forecastEts,
  forecastExponentialSmoothing,
  forecastNaive,
  forecastTheta,
  inverseBoxCox,
  pinballLoss,
  rollingOrigins,
  sampleNormal,
  selectEts,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterArma } from '../../src/forecasting/arma-likelihood.ts'
import { differentiateSmoothing, runSmoothing } from '../../src/forecasting/smoothing-recursion.ts'

/** A level of 100, two more each step, and a season of four. */
const season = [5, -3, -7, 5]
const clean = Float64Array.from({ length: 40 }, (_, t) => 100 + 2 * t + season[t % 4]!)
const noisy = (n: number, seed = 1): Float64Array => {
  const random = createRandom(seed)
  return Float64Array.from({ length: n }, (_, t) => 100 + 2 * t + season[t % 4]! + sampleNormal(random))
}
const next = (h: number): number => 100 + 2 * (40 + h) + season[h % 4]!

describe('exponential smoothing', () => {
  it('goes on exactly where the series is exact', () => {
    const model = fitExponentialSmoothing(clean, {
      trend: 'additive',
      season: 'additive',
      period: 4,
      initial: 'estimated',
    })
    forecastExponentialSmoothing(model, 8).forEach((v, h) => {
      expect(v).toBeCloseTo(next(h), 4)
    })
  })
  it('has derivatives that agree with differences, for every kind of trend and season', () => {
    for (const trend of ['additive', 'multiplicative'] as const)
      for (const kind of ['additive', 'multiplicative'] as const)
        for (const seasonBase of ['prediction', 'newLevel'] as const) {
          const shape = { trend, damped: true, season: kind, period: 4, seasonBase }
          const b = trend === 'additive' ? 2 : 1.02
          const s = kind === 'additive' ? season : [1.05, 0.97, 0.93, 1.05]
          const y = noisy(20)
          const worst = checkGradient(
            (p, gradient) => {
              let sse = 0
              gradient.fill(0)
              differentiateSmoothing(y, shape, p, 0, (t, fitted, derivative) => {
                sse += (y[t]! - fitted) ** 2
                for (let i = 0; i < p.length; i++) gradient[i]! -= 2 * (y[t]! - fitted) * derivative[i]!
              })
              return sse
            },
            Float64Array.from([0.4, 0.2, 0.3, 0.9, 98, b, ...s]),
          )
          expect(worst).toBeLessThan(1e-5)
        }
  })
  it('holds a constant series', () => {
    const model = fitExponentialSmoothing([7, 7, 7, 7, 7], { initial: 'estimated' })
    expect(forecastExponentialSmoothing(model, 1)[0]).toBeCloseTo(7, 10)
  })
  it('refuses a multiplicative season of values that are not positive', () =>
    expect(() =>
      fitExponentialSmoothing([1, 2, 0, 4, 1, 2, 3, 4], {
        season: 'multiplicative',
        period: 4,
        initial: 'estimated',
      }),
    ).toThrow('greater than zero'))
  it('runs the same path with and without derivatives', () => {
    const shape = {
      trend: 'additive',
      damped: false,
      season: 'none',
      period: 1,
      seasonBase: 'prediction',
    } as const
    const p = Float64Array.from([0.5, 0.1, 0, 1, 100, 2])
    const fitted: number[] = []
    differentiateSmoothing(clean, shape, p, 0, (_, v) => fitted.push(v))
    expect(fitted).toEqual([...runSmoothing(clean, shape, p).fitted])
  })
})

describe('ETS', () => {
  it('picks a trend and a season where there are both', () =>
    expect(selectEts(noisy(60), { period: 4 }).best.form).toMatchObject({ trend: 'additive' }))
  it.each(['none', 'additive', 'multiplicative'] as const)(
    'simulates an interval close to that of the moments, season %s, also with a damped trend',
    (season) => {
      const model = fitEts(noisy(60), {
        error: 'multiplicative',
        trend: 'additive',
        damped: true,
        season,
        period: 4,
      })
      const moments = forecastEts(model, 6)
      const simulated = forecastEts(model, 6, { random: createRandom(5), draws: 20_000 })
      for (let h = 0; h < 6; h++) {
        const width = moments.upper[h]! - moments.lower[h]!
        expect(Math.abs(simulated.lower[h]! - moments.lower[h]!)).toBeLessThan(0.04 * width)
        expect(Math.abs(simulated.upper[h]! - moments.upper[h]!)).toBeLessThan(0.04 * width)
      }
    },
  )
  it('asks for a generator where no closed interval exists', () => {
    const model = fitEts(noisy(60), {
      error: 'multiplicative',
      trend: 'multiplicative',
      damped: false,
      season: 'none',
      period: 1,
    })
    expect(() => forecastEts(model, 4)).toThrow('seeded generator')
  })
})

describe('ARIMA', () => {
  const random = createRandom(9)
  const ar = new Float64Array(600)
  for (let t = 1; t < 600; t++) ar[t] = 0.7 * ar[t - 1]! + sampleNormal(random)
  it('recovers an autoregression within three standard errors', () => {
    const model = fitArima(ar, { order: { p: 1, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } } })
    expect(Math.abs(model.coefficients['ar1']! - 0.7)).toBeLessThan(3 * model.standardErrors!['ar1']!)
  })
  it('has the likelihood of an AR(1) in closed form', () => {
    const { square, logRatio } = filterArma(
      new Float64Array([1, 2]),
      new Float64Array([0.5]),
      new Float64Array(0),
    )
    expect(square).toBeCloseTo(1 * 0.75 + 1.5 ** 2, 12)
    expect(logRatio).toBeCloseTo(Math.log(1 / 0.75), 12)
  })
  it('forecasts a random walk with its last value and an interval that grows as a root', () => {
    const walk = Float64Array.from(ar, (_, t) => ar.slice(0, t + 1).reduce((a, b) => a + b, 0) / 5)
    const model = fitArima(walk, { order: { p: 0, d: 1, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } } })
    const { mean, lower, upper } = forecastArima(model, 4)
    expect(mean[3]).toBeCloseTo(walk.at(-1)!, 10)
    expect((upper[3]! - lower[3]!) / (upper[0]! - lower[0]!)).toBeCloseTo(2, 10)
  })
  it('carries a drift', () => {
    const line = Float64Array.from({ length: 50 }, (_, t) => 3 * t + (t % 2))
    const model = fitArima(line, {
      order: { p: 1, d: 1, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } },
      constant: 'estimate',
    })
    expect(model.coefficients['constant']).toBeCloseTo(3, 1)
    expect(arimaDiffuseResiduals(model)).toHaveLength(50)
  })
  it('refuses a series that differencing makes constant', () =>
    expect(() =>
      fitArima([1, 2, 3, 4, 5, 6, 7, 8], {
        order: { p: 1, d: 1, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } },
        constant: 'estimate',
      }),
    ).toThrow('does not vary'))
})

describe('decomposition', () => {
  it('finds the season that was put in', () => {
    decomposeClassical(clean, 4, 'additive').figure.forEach((v, k) => {
      expect(v).toBeCloseTo(season[k]!, 10)
    })
  })
  it('adds up: season, trend and remainder are the series', () => {
    const { seasonal, trend, remainder } = decomposeStl(noisy(60), 4, {
      seasonalWindow: 'periodic',
      robust: true,
    })
    noisy(60).forEach((v, t) => {
      expect(seasonal[t]! + trend[t]! + remainder[t]!).toBeCloseTo(v, 10)
    })
  })
  it('needs one difference for a line with noise and none for noise', () => {
    const random = createRandom(2)
    const noise = Float64Array.from({ length: 80 }, () => sampleNormal(random))
    expect(differencesNeeded(noise)).toBe(0)
    expect(differencesNeeded(noisy(80))).toBe(1)
  })
})

describe('accuracy', () => {
  it('measures literal errors', () => {
    const measures = forecastAccuracy([10, 20], [12, 18], { y: [1, 2, 4], period: 1 })
    expect(measures).toMatchObject({ me: 0, mae: 2, rmse: 2, mase: 2 / 1.5 })
    expect(measures.mape).toBeCloseTo(15, 12)
  })
  it('has no percentage where an actual value is zero', () =>
    expect(forecastAccuracy([0, 1], [1, 1]).mape).toBeNull())
  it('charges a quantile forecast by its side', () =>
    expect(pinballLoss([10], [8], 0.9)).toBeCloseTo(1.8, 12))
  it('tests every origin and averages each horizon', () => {
    const { records } = backTest([1, 2, 3, 4, 5, 6], { initial: 3, step: 1, horizon: 2 }, (past) => [
      past.at(-1)!,
      past.at(-1)!,
    ])
    expect(records).toHaveLength(4)
    expect(accuracyByHorizon(records, 0.5).map((row) => row.mae)).toEqual([1, 2])
  })
  it('places origins from the end backwards', () =>
    expect(rollingOrigins([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { initial: 4, step: 2, horizon: 3 })).toEqual([
      5, 7,
    ]))
  it('gives the last value of the season as a naive forecast', () =>
    expect([...forecastNaive([1, 2, 3, 4], 3, 'seasonal', { period: 2 }).mean]).toEqual([3, 4, 3]))
  it('has no autocorrelation for a constant', () =>
    expect(() => autocorrelation([1, 1, 1], 1)).toThrow('constant'))
  it('follows a trend by theta', () =>
    expect(forecastTheta(clean, 1, { period: 1 }).mean[0]).toBeGreaterThan(170))
})

describe('Box–Cox', () => {
  it('is undone by its inverse', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e6, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (y, lambda) => {
          const back = inverseBoxCox(boxCox([y], lambda), lambda)[0]!
          // Very negative powers of large values leave few digits in y^λ − 1.
          if (Math.abs(lambda * Math.log(y)) < 10) expect(back / y).toBeCloseTo(1, 6)
        },
      ),
    ))
})
