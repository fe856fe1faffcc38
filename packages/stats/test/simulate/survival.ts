import * as S from '@tranche/stats'
import type { Design } from './design.ts'

/** n exponential lifetimes with hazard e^{x·beta}, censored uniformly before 3. */
function lifetimes(random: S.RandomGenerator, n: number, beta: readonly number[]) {
  const p = beta.length
  const x = Float64Array.from({ length: n * p }, () => S.sampleNormal(random))
  const time = new Float64Array(n)
  const event = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let eta = 0
    for (let j = 0; j < p; j++) eta += x[i * p + j]! * beta[j]!
    const death = S.sampleExponential(random, Math.exp(eta))
    const censored = 3 * random.uniform()
    time[i] = Math.min(death, censored)
    event[i] = death <= censored ? 1 : 0
  }
  return { time, event, x, p }
}
const covers = (estimate: number, error: number, truth: number): boolean =>
  Math.abs(estimate - truth) <= 1.959964 * error

/** Two causes with the first one's subdistribution hazard in proportion to e^{x·beta}, censored uniformly before 4. */
function competing(random: S.RandomGenerator, n: number, beta: number) {
  const x = Float64Array.from({ length: n }, () => S.sampleNormal(random))
  const time = new Float64Array(n)
  const cause = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const risk = Math.exp(beta * x[i]!)
    const ever = 1 - 0.5 ** risk
    const u = random.uniform()
    // F(t) = 1 − (1 − (1 − e^{−t})/2)^risk, turned round.
    const own = u < ever
    const t = own ? -Math.log(2 * (1 - u) ** (1 / risk) - 1) : S.sampleExponential(random, 1)
    const censored = 4 * random.uniform()
    time[i] = Math.min(t, censored)
    cause[i] = t > censored ? 0 : own ? 1 : 2
  }
  return { time, cause, x, p: 1 }
}

export const survivalDesigns: readonly Design[] = [
  {
    name: 'Fine and Gray’s coefficient',
    setting: '150 subjects, two causes, about a third censored, beta .5',
    kind: 'coverage',
    parts: ['censoring known', 'censoring estimated'],
    run: (random) => {
      const data = competing(random, 150, 0.5)
      return (['known', 'estimated'] as const).map((censoringCurve) => {
        const model = S.fitFineGray(data, 1, { censoring: 'together', censoringCurve })
        return covers(model.coefficients[0]!, model.standardErrors[0]!, 0.5)
      })
    },
  },
  {
    name: 'Gray’s test without a difference',
    setting: 'two and three groups of 150 subjects, two causes, about a third censored',
    kind: 'rejection',
    parts: ['two groups', 'three groups'],
    run: (random) => {
      const data = competing(random, 150, 0)
      return [2, 3].map((groups) => {
        const group = Float64Array.from({ length: 150 }, (_, i) => i % groups)
        return S.grayTest({ ...data, group }, 1).pValue < 0.05
      })
    },
  },
  {
    name: 'Cox coefficients',
    setting: '200 subjects, about a third censored, beta .5 and -.3, naive and robust errors',
    kind: 'coverage',
    parts: ['first', 'second', 'first, robust'],
    run: (random) => {
      const data = lifetimes(random, 200, [0.5, -0.3])
      const model = S.fitCox(data, { ties: 'efron' })
      const robust = S.fitCox(data, { ties: 'efron', robust: true })
      return [
        covers(model.coefficients[0]!, model.standardErrors[0]!, 0.5),
        covers(model.coefficients[1]!, model.standardErrors[1]!, -0.3),
        covers(robust.coefficients[0]!, robust.standardErrors[0]!, 0.5),
      ]
    },
  },
  {
    name: 'Kaplan–Meier interval at t = 0.5',
    setting: '100 subjects, about a third censored',
    kind: 'coverage',
    parts: ['logLog', 'log'],
    run: (random) => {
      const data = lifetimes(random, 100, [])
      return (['logLog', 'log'] as const).map((interval) => {
        const curve = S.fitKaplanMeier(data, { interval })
        let k = 0
        while (k + 1 < curve.time.length && curve.time[k + 1]! <= 0.5) k++
        const truth = Math.exp(-0.5)
        return curve.lower[k]! <= truth && truth <= curve.upper[k]!
      })
    },
  },
  {
    name: 'Log-rank tests without a difference',
    setting: 'two groups of 60, about a third censored',
    kind: 'rejection',
    parts: ['log-rank', 'Peto and Peto'],
    run: (random) => {
      const data = lifetimes(random, 120, [])
      const group = Float64Array.from({ length: 120 }, (_, i) => i % 2)
      return [
        S.logRankTest(data, group).pValue < 0.05,
        S.logRankTest(data, group, { weights: { kind: 'flemingHarrington', rho: 1, gamma: 0 } }).pValue <
          0.05,
      ]
    },
  },
  {
    name: 'Proportional hazards tests where they hold',
    setting: '300 subjects, two covariates',
    kind: 'rejection',
    parts: ['score, km', 'approximate, rank'],
    run: (random) => {
      const data = lifetimes(random, 300, [0.5, -0.3])
      const model = S.fitCox(data, { ties: 'efron' })
      return [
        S.testProportionalHazards(model, data, { transform: 'km', method: 'score' }).global.pValue < 0.05,
        S.testProportionalHazards(model, data, { transform: 'rankEvents', method: 'approximate' }).global
          .pValue < 0.05,
      ]
    },
  },
  {
    name: 'Weibull regression',
    setting: '300 subjects, about a third censored, effect -.5 on ln time',
    kind: 'coverage',
    parts: ['effect', 'intercept', 'ln scale'],
    run: (random) => {
      const model = S.fitAft(lifetimes(random, 300, [0.5]), 'weibull')
      return [
        covers(model.coefficients[1]!, model.standardErrors[1]!, -0.5),
        covers(model.coefficients[0]!, model.standardErrors[0]!, 0),
        covers(Math.log(model.scale), model.standardErrors[2]!, 0),
      ]
    },
  },
]
