import { createRandom } from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { goalKey } from '../../src/insights/advise/goal-key.ts'
import { judgeDimension } from '../../src/insights/advise/judge-dimension.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'

const n = 8_000

function planted(effect: number) {
  const random = createRandom(11)
  const x = Float64Array.from({ length: n }, () => random.uniform())
  const noise = Float64Array.from({ length: n }, () => random.uniform())
  const level = Array.from(x, (value) => (value > 0.8 ? 'rich' : value < 0.05 ? null : 'other'))
  const values = Float64Array.from(x, (value) =>
    random.uniform() < 0.1 + (value > 0.8 ? effect : 0) ? 1 : 0,
  )
  const training = Float64Array.from({ length: n }, (_, row) => row % 2)
  const total = values.reduce((sum, value) => sum + value, 0)
  const goal = { values, counts: new Uint8Array(n).fill(1), training, known: n, mean: total / n }
  const number = (of: Float64Array) => ({
    type: 'number' as const,
    values: of,
    valid: new Uint8Array(n).fill(1),
  })
  return { goal, x: number(x), noise: number(noise), level: { type: 'string' as const, values: level } }
}

describe('A goal of the trade', () => {
  const named = (key: string, en: string, outcome?: object) => ({
    key,
    value: { key, label: { en, zh: '率' }, outcome },
  })
  const catalogue = (features: readonly string[], metrics: readonly object[] = []) =>
    ({ features: features.map((key) => named(key, key)), metrics }) as unknown as Catalogue

  it('is the outcome that is called so, or else the feature that stands for it, and nothing else', () => {
    const churned = named('attrition_flag_rate', 'Churn rate', {
      attribute: 'attrition_flag',
      equals: 'Attrited',
    })
    expect(goalKey('churn', catalogue(['days_since_last_purchase'], [churned]))).toBe('attrition_flag_rate')
    expect(goalKey('churn', catalogue(['days_since_last_purchase']))).toBe('days_since_last_purchase')
    expect(goalKey('conversion', catalogue(['invested_ever', 'invested_30d_from_onboarding']))).toBe(
      'invested_30d_from_onboarding',
    )
    expect(goalKey('revenue', catalogue(['revenue']))).toBe('revenue')
    expect(goalKey('retention', catalogue(['spend_90d']))).toBe('retention')
    expect(goalKey('spend_90d', catalogue(['spend_90d']))).toBe('spend_90d')
  })
})

describe('A dimension is judged out of sample', () => {
  it('by the share of variance that was planted', () => {
    const { goal, x } = planted(0.5)
    const judged = judgeDimension(x, goal)!
    // A fifth of customers at 0.6 and the others at 0.1: variance between groups over that of all.
    const truth = (0.2 * 0.8 * 0.5 ** 2) / (0.2 * (1 - 0.2))
    expect(judged.explained).toBeGreaterThan(truth - 0.04)
    expect(judged.explained).toBeLessThan(truth + 0.04)
    expect(judged.best.mean).toBeCloseTo(0.6, 1)
    expect(judged.best.lift).toBeCloseTo(3, 0)
    expect(judged.stability).toBeGreaterThan(0.95)
    expect(judged.coverage).toBe(1)
  })

  it('levels of a text like bands of a number, those without a value apart', () => {
    const { goal, level } = planted(0.5)
    const judged = judgeDimension(level, goal)!
    expect(judged.best.group).toBe('rich')
    expect(judged.coverage).toBeCloseTo(0.95, 1)
  })

  it('and noise explains nothing, nor does what never varies', () => {
    const { goal, noise } = planted(0)
    expect(judgeDimension(noise, goal)!.explained).toBeLessThan(0.003)
    const same = {
      type: 'number' as const,
      values: new Float64Array(n).fill(3),
      valid: new Uint8Array(n).fill(1),
    }
    expect(judgeDimension(same, goal)).toBeNull()
  })
})
