import * as S from '@tranche/stats'
import type { Design } from './design.ts'

const order = (p: number, d: number, q: number): S.ArimaOrder => ({
  p,
  d,
  q,
  seasonal: { P: 0, D: 0, Q: 0, period: 1 },
})

function autoregression(random: S.RandomGenerator, n: number, phi: number): Float64Array {
  const y = new Float64Array(n)
  y[0] = S.sampleNormal(random) / Math.sqrt(1 - phi * phi)
  for (let t = 1; t < n; t++) y[t] = phi * y[t - 1]! + S.sampleNormal(random)
  return y
}

export const forecastDesigns: readonly Design[] = [
  {
    name: 'ARIMA(1,0,0)',
    setting: '300 observations, phi .6',
    kind: 'coverage',
    parts: ['phi', 'next value', 'fifth value'],
    run: (random) => {
      const whole = autoregression(random, 305, 0.6)
      const model = S.fitArima(whole.slice(0, 300), { order: order(1, 0, 0) })
      const { lower, upper } = S.forecastArima(model, 5)
      const inside = (h: number): boolean =>
        whole[299 + h]! >= lower[h - 1]! && whole[299 + h]! <= upper[h - 1]!
      return [
        Math.abs(model.coefficients['ar1']! - 0.6) <= 1.959964 * model.standardErrors!['ar1']!,
        inside(1),
        inside(5),
      ]
    },
  },
  {
    name: 'ETS(A,N,N) intervals',
    setting: '300 observations, alpha .4',
    kind: 'coverage',
    parts: ['next value', 'fifth value'],
    run: (random) => {
      const y = new Float64Array(305)
      let level = 100
      for (let t = 0; t < 305; t++) {
        const error = S.sampleNormal(random)
        y[t] = level + error
        level += 0.4 * error
      }
      const model = S.fitEts(y.slice(0, 300), {
        error: 'additive',
        trend: 'none',
        damped: false,
        season: 'none',
        period: 1,
      })
      const { lower, upper } = S.forecastEts(model, 5)
      return [1, 5].map((h) => y[299 + h]! >= lower[h - 1]! && y[299 + h]! <= upper[h - 1]!)
    },
  },
  {
    name: 'Tests of white noise',
    setting: '200 observations',
    kind: 'rejection',
    parts: ['Ljung–Box at lag 10', 'KPSS'],
    run: (random) => {
      const y = Float64Array.from({ length: 200 }, () => S.sampleNormal(random))
      return [S.ljungBoxTest(y, 10).pValue < 0.05, S.kpssTest(y).rejected]
    },
  },
]
