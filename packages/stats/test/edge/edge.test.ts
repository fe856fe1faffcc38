import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

/** Every number in a result is finite, or an open end; a refusal is a StatsError with a code and a hint or message. */
function finiteOrRefused(run: () => unknown): void {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    expect(error).toBeInstanceOf(S.StatsError)
    expect((error as S.StatsError).message).toMatch(/[a-z].*\.$/s)
    return
  }
  walk(result, '')
}

function walk(value: unknown, path: string): void {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) expect.unreachable(`NaN at ${path}`)
  } else if (ArrayBuffer.isView(value) || Array.isArray(value))
    for (const [i, v] of Array.from(value as ArrayLike<unknown>).entries()) walk(v, `${path}[${i}]`)
  else if (value !== null && typeof value === 'object')
    for (const [key, v] of Object.entries(value)) walk(v, `${path}.${key}`)
}

const SCALES = [1, 1e15, 1e-15, 1e-300] as const
const none = { p: 0, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } }

const histories: Record<string, S.PurchaseHistory> = {
  'one customer': { frequency: [3], recency: [20], T: [30] },
  'all alike': { frequency: [2, 2, 2], recency: [10, 10, 10], T: [20, 20, 20] },
  'all bought on the last day': { frequency: [1, 2, 3], recency: [10, 20, 30], T: [10, 20, 30] },
  'frequency 1,000 in T 1,000': { frequency: [1000, 0, 3], recency: [1000, 0, 5], T: [1000, 1000, 1000] },
  'some seen for no time': { frequency: [0, 0, 2, 1], recency: [0, 0, 5, 3], T: [0, 0, 9, 9] },
  'long gone': { frequency: [9, 8, 7], recency: [9, 8, 7], T: [5000, 5000, 5000] },
}

describe('purchase models give the right limit or refuse', () => {
  for (const [name, data] of Object.entries(histories))
    for (const scale of SCALES)
      it(`${name}, time in units of ${scale}`, () => {
        const scaled = {
          frequency: data.frequency,
          recency: Array.from(data.recency, (v) => v * scale),
          T: Array.from(data.T, (v) => v * scale),
        }
        for (const fit of [S.fitBgNbd, S.fitMbgNbd, S.fitParetoNbd])
          finiteOrRefused(() => {
            const model = fit(scaled)
            return [
              model.parameters,
              S.expectedTransactions(model, 30 * scale, scaled),
              S.probabilityAlive(model, scaled),
            ]
          })
      })
  it('spend of any size', () => {
    for (const scale of SCALES)
      finiteOrRefused(
        () =>
          S.fitGammaGamma({ frequency: [1, 2, 3, 4], monetaryValue: [5, 9, 4, 7].map((v) => v * scale) })
            .parameters,
      )
  })
})

describe('survival gives the right limit or refuses', () => {
  const data: Record<string, S.SurvivalData> = {
    'one subject': { time: [3], event: [1] },
    'nobody has an event': { time: [1, 2, 3], event: [0, 0, 0] },
    'all at one time': { time: [2, 2, 2, 2], event: [1, 1, 1, 1] },
    'a time of zero': { time: [0, 1, 2], event: [1, 1, 0] },
  }
  for (const [name, rows] of Object.entries(data))
    for (const scale of SCALES)
      it(`${name}, time in units of ${scale}`, () => {
        const scaled = { time: Array.from(rows.time, (v) => v * scale), event: rows.event }
        for (const interval of ['plain', 'log', 'logLog', 'logit', 'arcsine'] as const)
          finiteOrRefused(() => S.fitKaplanMeier(scaled, { interval }))
        finiteOrRefused(() => S.fitNelsonAalen(scaled, { ties: 'continuous' }))
        finiteOrRefused(() =>
          S.logRankTest(
            scaled,
            Array.from(rows.time, (_, i) => i % 2),
          ),
        )
        finiteOrRefused(() =>
          S.fitCox({ ...scaled, x: Float64Array.from(rows.time, (_, i) => i), p: 1 }, { ties: 'efron' }),
        )
        for (const d of ['weibull', 'exponential', 'logNormal', 'logLogistic'] as const)
          finiteOrRefused(() => S.fitAft(scaled, d))
        finiteOrRefused(() => S.fitAalenJohansen({ time: scaled.time, cause: rows.event }, 1))
        finiteOrRefused(() =>
          S.concordanceIndex(
            scaled,
            Array.from(rows.time, () => 1),
            'time',
          ),
        )
      })
  it('covariates of any size', () => {
    for (const scale of SCALES)
      finiteOrRefused(() =>
        S.fitCox(
          {
            time: [1, 2, 3, 4, 5],
            event: [1, 1, 0, 1, 1],
            x: Float64Array.from([3, 1, 4, 1, 5], (v) => v * scale),
            p: 1,
          },
          { ties: 'breslow' },
        ),
      )
  })
})

describe('forecasts give the right limit or refuse', () => {
  const series: Record<string, number[]> = {
    'one value': [5],
    constant: new Array<number>(30).fill(4),
    zeros: new Array<number>(30).fill(0),
    'a straight line': Array.from({ length: 30 }, (_, t) => 3 + 2 * t),
    'a single spike': Array.from({ length: 30 }, (_, t) => (t === 17 ? 9 : 1)),
    alternating: Array.from({ length: 30 }, (_, t) => (t % 2 === 0 ? 1 : 2)),
  }
  for (const [name, y] of Object.entries(series))
    for (const scale of SCALES)
      it(`${name}, in units of ${scale}`, () => {
        const scaled = y.map((v) => v * scale)
        for (const trend of ['none', 'additive', 'multiplicative'] as const)
          for (const season of ['none', 'additive', 'multiplicative'] as const)
            finiteOrRefused(() =>
              S.forecastExponentialSmoothing(
                S.fitExponentialSmoothing(scaled, { trend, season, period: 4, initial: 'estimated' }),
                6,
              ),
            )
        finiteOrRefused(() =>
          S.forecastEts(S.selectEts(scaled, { period: 4 }).best, 6, {
            random: S.createRandom(1),
            draws: 200,
          }),
        )
        finiteOrRefused(() => S.forecastArima(S.fitArima(scaled, { order: { ...none, p: 1, q: 1 } }), 6))
        finiteOrRefused(() => S.selectArima(scaled, { period: 1, maxP: 1, maxQ: 1 }).best.coefficients)
        finiteOrRefused(() => S.forecastTheta(scaled, 6, { period: 4 }))
        finiteOrRefused(() => S.decomposeStl(scaled, 4, { seasonalWindow: 7, robust: true }))
        finiteOrRefused(() => S.decomposeClassical(scaled, 4, 'multiplicative'))
        finiteOrRefused(() => S.boxCoxLambdaMle(scaled))
        finiteOrRefused(() => S.predictTrendSeason(S.fitTrendSeason(Array.from(y.keys()), scaled), [40, 50]))
        for (const method of ['mean', 'naive', 'drift', 'seasonal'] as const)
          finiteOrRefused(() => S.forecastNaive(scaled, 6, method, { period: 4 }))
      })
})

describe('distributions at the ends of their domains', () => {
  it.each([0, 1e-300, 1e-10, 0.5, 1 - 1e-16, 1])('quantiles at %s', (p) => {
    finiteOrRefused(() => [
      S.normalQuantile(p),
      S.tQuantile(p, 0.1),
      S.tQuantile(p, 1e10),
      S.chiSquareQuantile(p, 1e-3),
      S.chiSquareQuantile(p, 1e6),
      S.fQuantile(p, 1, 1e5),
      S.betaQuantile(p, 1e-3, 1e3),
      S.gammaQuantile(p, 1e-4),
      S.binomialQuantile(p, 1000, 1e-9),
      S.poissonQuantile(p, 1e-9),
      S.negativeBinomialQuantile(p, 1e-3, 0.5),
    ])
  })
  it.each([-Infinity, -1e300, 0, 1e-300, 1, 1e300, Infinity])('distribution functions at %s', (x) => {
    finiteOrRefused(() => [
      S.normalCdf(x),
      S.tCdf(x, 3),
      S.chiSquareCdf(x, 3),
      S.fCdf(x, 2, 3),
      S.betaCdf(x, 2, 3),
      S.gammaCdf(x, 2),
      S.binomialCdf(x, 10, 0.3),
      S.poissonCdf(x, 5),
      S.negativeBinomialCdf(x, 2, 0.5),
    ])
  })
})
