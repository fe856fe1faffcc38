import * as S from '@tranche/stats'
import type { Design } from './design.ts'

const within = (
  model: {
    parameters: Readonly<Record<string, number>>
    standardErrors: Readonly<Record<string, number>> | null
  },
  planted: Readonly<Record<string, number>>,
): boolean[] =>
  Object.entries(planted).map(([name, value]) => {
    const estimate = model.parameters[name]!
    const relative = (model.standardErrors?.[name] ?? Number.NaN) / estimate
    // Positive parameters: the interval is symmetric on the logarithm.
    return Math.abs(Math.log(estimate / value)) <= 1.959964 * relative
  })

/** Purchases of n customers seen for `age`; `dies` says when a customer is gone for good. */
function history(
  random: S.RandomGenerator,
  n: number,
  age: number,
  next: () => { rate: number; survives: () => boolean; lifetime: number },
): S.PurchaseHistory {
  const [frequency, recency, T] = [new Float64Array(n), new Float64Array(n), new Float64Array(n).fill(age)]
  for (let i = 0; i < n; i++) {
    const { rate, survives, lifetime } = next()
    for (
      let time = S.sampleExponential(random, rate);
      time < Math.min(age, lifetime);
      time += S.sampleExponential(random, rate)
    ) {
      frequency[i]!++
      recency[i] = time
      if (!survives()) break
    }
  }
  return { frequency, recency, T }
}

const bg = { r: 0.6, alpha: 10, a: 0.8, b: 2.4 }
const pareto = { r: 0.8, alpha: 8, s: 0.8, beta: 20 }
const gg = { p: 6, q: 4, v: 15 }

export const purchaseDesigns: readonly Design[] = [
  {
    name: 'BG/NBD parameters',
    setting: '2,000 customers, T = 80, r .6 alpha 10 a .8 b 2.4',
    kind: 'coverage',
    parts: Object.keys(bg),
    run: (random) => {
      const data = history(random, 2000, 80, () => {
        const dropout = S.sampleBeta(random, bg.a, bg.b)
        return {
          rate: S.sampleGamma(random, bg.r, bg.alpha),
          survives: () => random.uniform() >= dropout,
          lifetime: Infinity,
        }
      })
      return within(S.fitBgNbd(data), bg)
    },
  },
  {
    name: 'Pareto/NBD parameters',
    setting: '3,000 customers, T = 80, r .8 alpha 8 s .8 beta 20',
    kind: 'coverage',
    parts: Object.keys(pareto),
    run: (random) => {
      const data = history(random, 3000, 80, () => ({
        rate: S.sampleGamma(random, pareto.r, pareto.alpha),
        survives: () => true,
        lifetime: S.sampleExponential(random, S.sampleGamma(random, pareto.s, pareto.beta)),
      }))
      return within(S.fitParetoNbd(data), pareto)
    },
  },
  {
    name: 'Gamma-Gamma parameters',
    setting: '3,000 repeat customers with 1 to 6 purchases, p 6 q 4 v 15',
    kind: 'coverage',
    parts: Object.keys(gg),
    run: (random) => {
      const frequency = Float64Array.from({ length: 3000 }, () => 1 + S.sampleInteger(random, 6))
      const monetaryValue = frequency.map((x) =>
        S.sampleGamma(random, gg.p * x, x * S.sampleGamma(random, gg.q, gg.v)),
      )
      return within(S.fitGammaGamma({ frequency, monetaryValue }), gg)
    },
  },
]
