import {
  concordanceIndex,
  coxMartingaleResiduals,
  createRandom,
  fitAalenJohansen,
  fitAft,
  fitCox,
  fitKaplanMeier,
  fitNelsonAalen,
  logRankTest,
  restrictedMeanSurvival,
  sampleExponential,
  survivalAt,
  survivalQuantile,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// Four subjects: events at 1 and 3, censored at 2 and 4.
const four = { time: [1, 2, 3, 4], event: [1, 0, 1, 0] }

describe('Kaplan–Meier', () => {
  const curve = fitKaplanMeier(four, { interval: 'log' })
  it('multiplies 3/4 and 1/2', () => expect([...curve.survival]).toEqual([0.75, 0.75, 0.375, 0.375]))
  it('holds its value until the next event', () =>
    expect([...survivalAt(curve, [0, 2.9, 3])]).toEqual([1, 0.75, 0.375]))
  it('has its median where it falls to a half', () => expect(survivalQuantile(curve).estimate).toBe(3))
  it('takes the middle of a step that lies exactly at a half where R would', () => {
    const even = fitKaplanMeier({ time: [1, 2, 3, 5], event: [1, 1, 1, 1] }, { interval: 'log' })
    expect(survivalQuantile(even, 0.5).estimate).toBe(2)
    expect(survivalQuantile(even, 0.5, 'midpoint').estimate).toBe(2.5)
  })
  it('says Infinity where the curve never falls so far', () =>
    expect(survivalQuantile(curve, 0.9).estimate).toBe(Infinity))
  it('has no error where nobody is left', () => {
    const last = fitKaplanMeier({ time: [1, 2], event: [1, 1] }, { interval: 'logLog' })
    expect(last.survival[1]).toBe(0)
    expect(last.standardError[1]).toBeNull()
  })
  it('counts a weight as so many subjects', () => {
    const weighted = fitKaplanMeier({ ...four, weights: [2, 1, 1, 1] }, { interval: 'log' })
    const repeated = fitKaplanMeier({ time: [1, 1, 2, 3, 4], event: [1, 1, 0, 1, 0] }, { interval: 'log' })
    expect([...weighted.survival]).toEqual([...repeated.survival])
  })
  it('lets late entrants into the risk set only after their entry', () => {
    const entered = fitKaplanMeier({ time: [2, 5], event: [1, 1], entry: [0, 3] }, { interval: 'log' })
    expect([...entered.atRisk]).toEqual([1, 1])
  })
  it('has the area under its steps as restricted mean', () =>
    expect(restrictedMeanSurvival(curve, 4).mean).toBeCloseTo(1 + 0.75 * 2 + 0.375, 12))
  it('keeps every kind of interval inside [0, 1] and around the estimate', () => {
    for (const interval of ['plain', 'log', 'logLog', 'logit', 'arcsine'] as const) {
      const { survival, lower, upper } = fitKaplanMeier(four, { interval })
      survival.forEach((s, k) => {
        expect(lower[k]!).toBeGreaterThanOrEqual(0)
        expect(lower[k]!).toBeLessThanOrEqual(s)
        expect(upper[k]!).toBeGreaterThanOrEqual(s)
        expect(upper[k]!).toBeLessThanOrEqual(1)
      })
    }
  })
  it('names the row whose event is neither 0 nor 1', () =>
    expect(() => fitKaplanMeier({ time: [1, 2], event: [1, 2] }, { interval: 'log' })).toThrow('row 1'))
})

describe('Nelson–Aalen', () => {
  it('adds 1/4 and 1/2', () =>
    expect([...fitNelsonAalen(four, { ties: 'discrete' }).cumulativeHazard]).toEqual([
      0.25, 0.25, 0.75, 0.75,
    ]))
  it('spreads tied events where time is continuous', () =>
    expect(
      fitNelsonAalen({ time: [1, 1, 2], event: [1, 1, 1] }, { ties: 'continuous' }).cumulativeHazard[0],
    ).toBeCloseTo(1 / 3 + 1 / 2, 12))
})

describe('log-rank', () => {
  const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 1, 1, 1] }
  it('does not depend on which group is called first', () => {
    const one = logRankTest(data, [0, 0, 0, 1, 1, 1])
    const other = logRankTest(data, [1, 1, 1, 0, 0, 0])
    expect(one.statistic).toBeCloseTo(other.statistic, 12)
  })
  it('observes as many events as it expects in total', () => {
    const test = logRankTest(data, [0, 1, 2, 0, 1, 2])
    expect(test.expected.reduce((a, b) => a + b, 0)).toBeCloseTo(6, 12)
    expect(test.degreesOfFreedom).toBe(2)
  })
  it('refuses a single group', () => expect(() => logRankTest(data, [1, 1, 1, 1, 1, 1])).toThrow('one group'))
})

/** Exponential lifetimes whose hazard grows by e^{0.7} per unit of x, censored at 2. */
function lifetimes(n: number): { time: Float64Array; event: Float64Array; x: Float64Array; p: number } {
  const random = createRandom(3)
  const x = Float64Array.from({ length: n }, () => random.uniform())
  const raw = x.map((v) => sampleExponential(random, Math.exp(0.7 * v)))
  return { time: raw.map((t) => Math.min(2, t)), event: raw.map((t) => (t < 2 ? 1 : 0)), x, p: 1 }
}

describe('Cox regression', () => {
  const data = lifetimes(2000)
  const model = fitCox(data, { ties: 'efron' })
  it('finds the planted effect within three standard errors', () =>
    expect(Math.abs(model.coefficients[0]! - 0.7)).toBeLessThan(3 * model.standardErrors[0]!))
  it('has martingale residuals that sum to zero', () =>
    expect(coxMartingaleResiduals(model, data).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6))
  it('does not change when a row is split at a time without an event', () => {
    const split = {
      time: Float64Array.from([...data.time.slice(0, 1).map((t) => t / 3), ...data.time]),
      event: Float64Array.from([0, ...data.event]),
      entry: Float64Array.from([-1, data.time[0]! / 3, ...new Float64Array(data.time.length - 1).fill(-1)]),
      x: Float64Array.from([data.x[0]!, ...data.x]),
      p: 1,
    }
    expect(fitCox(split, { ties: 'efron' }).coefficients[0]).toBeCloseTo(model.coefficients[0]!, 10)
  })
  it('does not change with the unit of a covariate', () => {
    const scaled = fitCox({ ...data, x: data.x.map((v) => v * 1e9) }, { ties: 'efron' })
    expect(scaled.coefficients[0]! * 1e9).toBeCloseTo(model.coefficients[0]!, 8)
  })
  it('gives robust errors close to the naive ones when the model holds', () => {
    const robust = fitCox(data, { ties: 'efron', robust: true })
    expect(robust.standardErrors[0]! / model.standardErrors[0]!).toBeCloseTo(1, 1)
  })
  it('says which covariate separates the events', () => {
    const separated = {
      time: [1, 2, 3, 4, 5, 6],
      event: [1, 1, 1, 0, 0, 0],
      x: new Float64Array([1, 1, 1, 0, 0, 0]),
      p: 1,
    }
    expect(() => fitCox(separated, { ties: 'breslow' })).toThrow('runs to infinity')
  })
  it('refuses a constant covariate', () =>
    expect(() => fitCox({ ...four, x: new Float64Array([1, 1, 1, 1]), p: 1 }, { ties: 'efron' })).toThrow(
      'same value',
    ))
})

describe('accelerated failure time', () => {
  it('fits the exponential rate as events over time', () => {
    const model = fitAft(four, 'exponential')
    expect(Math.exp(model.coefficients[0]!)).toBeCloseTo(10 / 2, 8)
  })
  it('recovers the planted effect with the opposite sign of the hazard', () => {
    const model = fitAft(lifetimes(2000), 'weibull')
    expect(Math.abs(model.coefficients[1]! + 0.7)).toBeLessThan(3 * model.standardErrors[1]!)
  })
})

describe('competing risks', () => {
  const data = { time: [1, 2, 3, 4], cause: [1, 2, 1, 0] }
  it('adds up to one with survival', () => {
    const [one, two] = [fitAalenJohansen(data, 1), fitAalenJohansen(data, 2)]
    expect(one.incidence.at(-1)! + two.incidence.at(-1)!).toBeCloseTo(0.75, 12)
  })
  it('is one minus Kaplan–Meier when nothing competes', () => {
    const alone = fitAalenJohansen({ time: four.time, cause: four.event }, 1)
    expect(alone.incidence.at(-1)).toBeCloseTo(1 - 0.375, 12)
    expect(alone.standardError.at(-1)).toBeCloseTo(
      fitKaplanMeier(four, { interval: 'plain' }).standardError[2]!,
      12,
    )
  })
})

describe('concordance', () => {
  it('is one half for predictions that are all equal', () =>
    expect(concordanceIndex(four, [1, 1, 1, 1], 'time').index).toBe(0.5))
  it('turns over with the meaning of larger', () => {
    const up = concordanceIndex(four, [1, 3, 2, 4], 'time').index
    expect(concordanceIndex(four, [1, 3, 2, 4], 'risk').index).toBeCloseTo(1 - up, 12)
  })
})
