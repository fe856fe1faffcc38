import {
  accuracyByHorizon,
  autocorrelation,
  boxPierceTest,
  decomposeClassical,
  decomposeStl,
  difference,
  fitEts,
  fitExponentialSmoothing,
  forecastAccuracy,
  forecastExponentialSmoothing,
  forecastNaive,
  fourierTerms,
  growthCurve,
  ljungBoxTest,
  partialAutocorrelation,
  placeChangepoints,
  rollingByHorizon,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { airPassengers as air } from './air-passengers.ts'

// Values of statsmodels 0.15.0 run on AirPassengers unless a line says otherwise.

const close = (actual: ArrayLike<number | null>, expected: readonly number[], relative = 1e-6): void => {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(relative * Math.abs(value))
  })
}

describe('STL with smoothers evaluated everywhere, as statsmodels does', () => {
  it('gives its seasons and trend', () => {
    const parts = decomposeStl(air, 12, {
      seasonalWindow: 7,
      trendDegree: 0,
      lowPassDegree: 0,
      jump: 1,
      innerLoops: 5,
    })
    close(
      parts.seasonal.slice(0, 6),
      [-14.12450089, -9.093754509, 9.443733707, -0.04663774663, -4.194254695, 12.71302587],
    )
    close(
      parts.trend.slice(0, 6),
      [127.4474065, 127.5569516, 127.6763186, 127.8060279, 127.9477115, 128.1037965],
    )
  })
  it('refuses a jump of less than one', () =>
    expect(() => decomposeStl(air, 12, { seasonalWindow: 7, jump: { trend: 0 } })).toThrow(/trend smoother/))
})

describe('classical decomposition', () => {
  const rows = [0, 1, 5, 8, 20, 140, 143]
  it('extends the trend as statsmodels does', () => {
    const both = decomposeClassical(air, 12, 'additive', { extrapolate: 12, extrapolateEnd: 'butLast' })
    close(
      rows.map((t) => both.trend[t]!),
      [118.588481, 119.7341686, 124.3169192, 127.9583333, 145.7083333, 490.7164433, 503.7990482],
    )
    close(
      both.figure,
      [
        -23.79026139, -33.87184647, -1.682598218, -7.340572188, -4.866601714, 32.78792432, 69.62380314,
        67.003453, 16.0289362, -22.31710838, -58.80204185, -32.77308643,
      ],
    )
  })
  it('looks only back where asked', () => {
    const back = decomposeClassical(air, 12, 'multiplicative', { side: 'trailing' })
    expect(back.trend.slice(0, 12)).toEqual(Array(12).fill(null))
    close(
      rows.slice(4).map((t) => back.trend[t]!),
      [134.9166667, 465.2083333, 475.0416667],
    )
    close(
      back.figure,
      [
        0.9083698872, 0.886109841, 1.013139877, 0.9818398876, 0.9859322717, 1.114824466, 1.236868401,
        1.221410108, 1.050408909, 0.9152720786, 0.7941583296, 0.8916659446,
      ],
    )
  })
})

describe('exponential smoothing from given starts', () => {
  const shapes = {
    aa: { trend: 'additive', season: 'additive', period: 12 },
    amd: { trend: 'additive', season: 'multiplicative', period: 12, damped: true },
    mm: { trend: 'multiplicative', season: 'multiplicative', period: 12 },
  } as const
  const of = (shape: keyof typeof shapes, initial: 'heuristic' | 'firstObservations') => {
    const model = fitExponentialSmoothing(air, { ...shapes[shape], initial })
    return [model.sse, model.aic, model.aicc, model.bic, forecastExponentialSmoothing(model, 1)[0]!]
  }
  it('aa, heuristic', () =>
    close(of('aa', 'heuristic'), [22505.663, 759.44609, 764.91809, 806.9631, 453.46358], 1e-5))
  it('aa, legacy-heuristic', () =>
    close(of('aa', 'firstObservations'), [22279.479, 757.99156, 763.46356, 805.50857, 453.45711], 1e-5))
  it('amd, heuristic', () =>
    close(of('amd', 'heuristic'), [17008.31, 721.11674, 727.24577, 771.60357, 446.10663], 1e-5))
  it('amd, legacy-heuristic', () =>
    close(of('amd', 'firstObservations'), [17215.422, 722.85965, 728.98869, 773.34648, 446.21296], 1e-5))
  it('mm, heuristic', () =>
    close(of('mm', 'heuristic'), [16071.979, 710.96278, 716.43478, 758.47979, 450.06837], 1e-5))
  it('mm, legacy-heuristic', () =>
    close(of('mm', 'firstObservations'), [16300.387, 712.99484, 718.46684, 760.51186, 449.46226], 1e-5))
  it('starts from states that the caller knows', () => {
    const known = { level: 112, trend: 2 }
    const model = fitExponentialSmoothing(air, {
      trend: 'additive',
      initial: known,
      fixed: { alpha: 0.5, betaStar: 0.1 },
    })
    expect(model.fitted[0]).toBe(114)
    expect(() => fitExponentialSmoothing(air, { initial: known })).toThrow(/initial trend/)
  })
})

describe('ETS', () => {
  it('counts the likelihood with its constants as well', () => {
    const form = { error: 'additive', trend: 'none', damped: false, season: 'none', period: 1 } as const
    expect(fitEts(air, form).fullLogLikelihood).toBeCloseTo(-710.39396, 1)
  })
})

describe('autocorrelation', () => {
  it('divides by the number of pairs where asked', () => {
    close(
      autocorrelation(air, 12, 'pairs'),
      [
        1.0, 0.9546770424, 0.8879068751, 0.8238445843, 0.7741290007, 0.7394451515, 0.7113741948, 0.6967754134,
        0.6941758069, 0.7156782165, 0.7551617061, 0.8047111821, 0.8295218643,
      ],
    )
    close(
      partialAutocorrelation(air, 12, 'pairs'),
      [
        0.95467704, -0.26527732, 0.055469547, 0.10885622, 0.081125785, 0.0041254054, 0.15616955, 0.10370833,
        0.28878144, 0.20691805, 0.2411297, -0.15800498,
      ],
    )
  })
  it('has both portmanteau tests', () => {
    const changes = difference(air)
    const [ljung, box] = [ljungBoxTest(changes, 12), boxPierceTest(changes, 12)]
    close(
      [ljung.statistic, ljung.pValue, box.statistic, box.pValue],
      [182.7275609, 1.175064266e-32, 168.228556, 1.099202205e-29],
    )
  })
})

describe('accuracy', () => {
  it('has the measures beside the usual ones', () => {
    const all = forecastAccuracy([10, 20, 30, 40], [12, 18, 33, 36])
    expect(all.mse).toBeCloseTo((4 + 4 + 9 + 16) / 4, 12)
    expect(all.medianAbsoluteError).toBe(2.5)
    expect(all.mdape).toBeCloseTo(10, 12)
    expect(all.wape).toBeCloseTo(0.11, 12)
  })
  // By the formulas of R forecast's `accuracy`.
  it("has R's ACF1 and Theil's U", () => {
    const train = air.slice(0, 120)
    const a = forecastAccuracy(air.slice(120), forecastNaive(train, 24, 'seasonal', { period: 12 }).mean)
    const e = air.slice(120).map((v, t) => v - train[108 + (t % 12)]!)
    const relative = (values: readonly number[]): number =>
      values.slice(1).reduce((sum, v, t) => sum + (v / air[120 + t]!) ** 2, 0)
    const changes = air.slice(120).map((v, t) => v - air[119 + t]!)
    expect(a.theilU).toBeCloseTo(Math.sqrt(relative(e) / relative(changes)), 12)
    expect(a.acf1).toBeCloseTo(autocorrelation(e, 1)[1]!, 12)
  })
})

describe("Prophet's pieces (literal values of its own tests, 1.1)", () => {
  it('has its Fourier terms', () => {
    const day = [Date.UTC(2012, 4, 18) / 86_400_000]
    close(fourierTerms(day, 7, 3), [0.7818315, 0.6234898, 0.9749279, -0.2225209, 0.4338837, -0.9009689], 1e-6)
    close(
      fourierTerms(day, 365.25, 3),
      [0.7006152, -0.7135393, -0.999833, 0.01827656, 0.7262249, 0.6874572],
      1e-6,
    )
  })
  it('has its piecewise trends', () => {
    const t = Array.from({ length: 11 }, (_, k) => k)
    const p = { k: 1, m: 0, delta: [0.5] }
    close(growthCurve('linear', p, [5], t), [0, 1, 2, 3, 4, 5, 6.5, 8, 9.5, 11, 12.5])
    close(
      growthCurve('logistic', p, [5], t.slice(5), 10),
      [9.933071, 9.984988, 9.996646, 9.999252, 9.999833, 9.999963],
      1e-6,
    )
  })
  it('places changepoints over the first part of the history', () => {
    const days = Array.from({ length: 100 }, (_, k) => 1000 + k)
    expect(placeChangepoints(days, 3, 0.8)).toEqual([1026, 1053, 1079])
  })
  it('rolls metrics over horizons', () => {
    const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    const ahead = [1, 2, 3, 4, 4, 4, 4, 4, 7, 7]
    const of = (size: number, statistic: 'mean' | 'median') =>
      rollingByHorizon(values, ahead, size, statistic)
    expect(of(3, 'mean').map((r) => r.ahead)).toEqual([3, 4, 7])
    close(
      of(3, 'mean').map((r) => r.value),
      [1, 5, 22 / 3],
    )
    expect(of(3, 'median').map((r) => r.value)).toEqual([1, 5, 8])
    expect(of(10, 'median')).toEqual([{ ahead: 7, value: 4.5 }])
  })
  it('has the median and the symmetric percentage error by horizon', () => {
    const record = (ahead: number, actual: number, forecast: number) => ({
      origin: 0,
      at: ahead,
      ahead,
      actual,
      forecast,
    })
    const [one] = accuracyByHorizon([record(1, 10, 11), record(1, 10, 12), record(1, 10, 15)], 1)
    expect(one!.mdape).toBeCloseTo(0.2, 12)
    expect(one!.smape).toBeCloseTo((2 / 21 + 4 / 22 + 10 / 25) / 3, 12)
  })
})
