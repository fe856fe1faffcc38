import {
  compareSurvivalAt,
  coxDfbeta,
  coxScaledSchoenfeld,
  dynamicAuc,
  fitAft,
  fitCox,
  fitKaplanMeier,
  fitNelsonAalen,
  hazardSurvival,
  integratedBrier,
  pairwiseLogRank,
  predictAftCumulativeHazard,
  predictAftHazard,
  predictAftMean,
  predictAftQuantile,
  predictAftSurvival,
  predictCoxQuantile,
  predictCoxRestrictedMean,
  restrictedMeanSurvival,
  smoothedHazard,
  summarizeCox,
  survivalBrier,
  testProportionalHazards,
  unoConcordance,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const close = (actual: ArrayLike<number>, expected: readonly number[], relative = 1e-5): void => {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(relative * Math.abs(value))
  })
}

// The data and R's values stand in lifelines 0.30 test_estimation.py, made with R's survival.
const five = {
  time: [5.269797, 6.601666, 7.335846, 11.684092, 12.678458],
  event: [1, 1, 1, 1, 1],
  x: Float64Array.from([0.209325, 0.693919, 0.443804, 0.065636, 0.386294]),
  p: 1,
}

describe('influence on a Cox model', () => {
  const dfbeta = (data: typeof five & { strata?: number[]; weights?: number[] }) =>
    coxDfbeta(fitCox(data, { ties: 'efron' }), data)
  it("has R's dfbetas, with strata and with weights", () => {
    close(dfbeta(five), [-1.1099688, 0.6620063, 0.4630473, 0.580725, -0.5958099])
    close(
      dfbeta({ ...five, strata: [1, 1, 1, 2, 2] }),
      [-0.6960789, 1.6729761, 0.3094744, -0.2895864, -0.9967852],
    )
    close(
      dfbeta({ ...five, weights: [1, 0.5, 2, 1, 1] }),
      [-1.115647, 0.7698781, 0.3923246, 0.8040079, -0.8505637],
    )
  })
  it('squares to the robust variance and scales by the standard error', () => {
    const model = fitCox(five, { ties: 'efron', robust: true })
    const moved = coxDfbeta(model, five)
    close([Math.sqrt(moved.reduce((sum, v) => sum + v * v, 0))], [model.standardErrors[0]!], 1e-10)
    const standardised = coxDfbeta(model, five, 'perStandardError')
    close([standardised[0]!], [moved[0]! / Math.sqrt(model.naiveCovariance[0]!)], 1e-12)
  })
  it("has R's scaled Schoenfeld residuals, with weights", () => {
    const weighted = { ...five, weights: [1, 1, 2, 1, 1] }
    const { residuals } = coxScaledSchoenfeld(fitCox(weighted, { ties: 'efron' }), weighted, 'coefficient')
    close([residuals[0]!, residuals[1]!, residuals[4]!], [-6.467889, 9.943385, 1.229892])
  })
})

describe('what a Cox model says', () => {
  const model = fitCox(five, { ties: 'efron' })
  it('has Wald tests, intervals and an AIC', () => {
    const { coefficients, aic } = summarizeCox(model)
    const [c] = coefficients
    expect(aic).toBeCloseTo(2 - 2 * model.logLikelihood, 12)
    close(
      [c!.lower, c!.upper],
      [c!.coefficient - 1.959964 * c!.standardError, c!.coefficient + 1.959964 * c!.standardError],
    )
    close([c!.hazardRatioUpper], [Math.exp(c!.upper)])
  })
  it('has a median where the curve falls that far, and a mean under it', () => {
    const x = Float64Array.from([0.4])
    expect(five.time).toContain(predictCoxQuantile(model, x)[0])
    const times = [0, ...five.time]
    const [step, trapezoid] = (['step', 'trapezoid'] as const).map(
      (area) => predictCoxRestrictedMean(model, x, times, area)[0]!,
    )
    expect(step).toBeGreaterThan(trapezoid!)
  })
  it('numbers tied events in row order, as lifelines does', () => {
    const data = {
      time: [1, 2, 2, 3, 4, 5, 5, 6],
      event: [1, 1, 1, 0, 1, 1, 1, 1],
      x: Float64Array.from([0.1, 0.9, 0.3, 0.4, 0.8, 0.2, 0.7, 0.5]),
      p: 1,
    }
    const fit = fitCox(data, { ties: 'efron' })
    const of = (transform: 'eventOrder' | 'kmAfter') =>
      testProportionalHazards(fit, data, { transform, method: 'approximate' }).each[0]!.statistic
    // lifelines 0.30.3 proportional_hazard_test on these rows.
    close([of('eventOrder'), of('kmAfter')], [0.5285218961309281, 0.5335714911723843])
  })
})

const a = { time: [1, 4, 10, 12, 12, 3, 5.4], event: [1, 0, 1, 0, 1, 1, 1] }
const b = { time: [4, 5, 7, 11, 14, 20, 8, 8], event: [1, 1, 1, 1, 1, 1, 1, 1] }

describe('curves', () => {
  it('compares two at a time as lifelines 0.30.3 does', () => {
    const curve = (data: typeof a) => fitKaplanMeier(data, { interval: 'logLog' })
    const test = compareSurvivalAt(curve(a), curve(b), 12, 'interpolated')
    close([test.statistic, test.pValue], [0.08526084852093009, 0.7702907499886611], 1e-9)
    expect(compareSurvivalAt(curve(a), curve(b), 12).statistic).toBeCloseTo(0.1010912829, 9)
    expect(() => compareSurvivalAt(curve(a), curve(b), 0.5)).toThrow(/between 0 and 1/)
  })
  it('has the variance of the restricted time', () => {
    const { mean, timeVariance } = restrictedMeanSurvival(
      fitKaplanMeier({ time: [1, 2, 3, 4], event: [1, 1, 1, 1] }, { interval: 'log' }),
      4,
    )
    expect(mean).toBe(2.5)
    expect(timeVariance).toBeCloseTo(1.25, 12)
  })
  it('compares each pair of groups', () => {
    const data = { time: [...a.time, ...b.time, 2, 6], event: [...a.event, ...b.event, 1, 1] }
    const group = [...a.time.map(() => 1), ...b.time.map(() => 2), 3, 3]
    expect(pairwiseLogRank(data, group).map((t) => [t.a, t.b])).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ])
  })
  it('turns a cumulative hazard into survival and into a hazard', () => {
    const curve = fitNelsonAalen(b, { ties: 'discrete', variance: 'binomial' })
    expect(curve.standardError[0]).toBeCloseTo(Math.sqrt(7 / 8 / 64), 12)
    expect(hazardSurvival(curve).survival[0]).toBeCloseTo(Math.exp(-1 / 8), 12)
    // At time 4 with a bandwidth of 2 only the steps at 4 and 5 count.
    expect(smoothedHazard(curve, 2, [4])[0]).toBeCloseTo((0.75 * (1 / 8 + (1 - 1 / 4) / 7)) / 2, 12)
  })
})

describe('judging predicted survival, as scikit-survival 0.28.0 does', () => {
  const training = {
    time: [5, 8, 12, 16, 23, 27, 30, 33, 43, 45, 9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161],
    event: [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0],
  }
  const data = { time: training.time.slice(0, 20), event: training.event.slice(0, 20) }
  const risk = data.time.map((_, i) => (i * 7) % 11)
  const times = [10, 20, 30, 40]
  const survival = times.flatMap((t) => risk.map((r) => Math.exp((-t * (r + 5)) / 400)))
  const scores = survivalBrier(training, data, times, survival)
  it('has its Brier scores', () => {
    close(scores, [0.14313735393534435, 0.259921863971124, 0.2611548658053119, 0.21250708214819233], 1e-9)
    close([integratedBrier(times, scores)], [0.2329663159394014], 1e-9)
  })
  it("has Uno's concordance and the dynamic [0.3725490196078431, 0.27607361963190186, 0.5140944619990022, 0.60208153580673]", () => {
    close(
      [unoConcordance(training, data, risk), unoConcordance(training, data, risk, 30)],
      [0.4665096913744546, 0.3949774561216789],
      1e-9,
    )
    close(
      dynamicAuc(training, data, risk, times),
      [0.3725490196078431, 0.27607361963190186, 0.5140944619990022, 0.60208153580673],
      1e-9,
    )
  })
})

describe('accelerated failure times', () => {
  const time = [5, 8, 12, 16, 23, 27, 30, 33, 43, 45]
  const event = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1]
  const kinds = ['weibull', 'exponential', 'logNormal', 'logLogistic'] as const
  it('has quantiles that its survival inverts, and hazards that its cumulative hazard grows by', () => {
    for (const kind of kinds) {
      const model = fitAft({ time, event }, kind)
      const quarter = predictAftQuantile(model, 0.25)[0]!
      expect(predictAftSurvival(model, [quarter])[0]).toBeCloseTo(0.75, 10)
      const [low, high] = predictAftCumulativeHazard(model, [20 - 1e-4, 20 + 1e-4])
      expect((high! - low!) / 2e-4).toBeCloseTo(predictAftHazard(model, [20])[0]!, 6)
    }
  })
  it('has the mean that the area under the curve is', () => {
    for (const kind of ['weibull', 'exponential', 'logNormal'] as const) {
      const model = fitAft({ time, event }, kind)
      const grid = Float64Array.from({ length: 200_000 }, (_, k) => (k + 0.5) * 0.01)
      const area = predictAftSurvival(model, grid).reduce((sum, s) => sum + s * 0.01, 0)
      expect(predictAftMean(model)[0]! / area).toBeCloseTo(1, 4)
    }
  })
  it('fits what is known to lie between two times, as lifelines 0.30.3 does', () => {
    const upper = time.map((t, i) => (i % 3 === 0 ? t + 4 : Infinity))
    const known = event.map((e, i) => (i % 3 === 0 ? 0 : e))
    const model = fitAft({ time, event: known, upper }, 'weibull')
    close(
      [Math.exp(model.coefficients[0]!), 1 / model.scale, model.logLikelihood],
      [28.260247662351063, 1.9903388720811575, -33.98123778541701],
      1e-4,
    )
    close(
      [model.aic, model.bic],
      [4 - 2 * model.logLikelihood, 2 * Math.log(10) - 2 * model.logLikelihood],
      1e-12,
    )
    expect(() => fitAft({ time, event: known, upper: time }, 'weibull')).toThrow(/time < upper/)
  })
  it('has standard errors that survive a wrong model', () => {
    const x = Float64Array.from([0, 1, 0, 1, 1, 0, 1, 0, 1, 1])
    const model = fitAft({ time, event, x, p: 1 }, 'weibull', { robust: true })
    close(model.standardErrors, [0.26290115816773135, 0.3022356243725264, 0.3017607635740537], 2e-3)
  })
})
