import { describe, expect, it } from 'vitest'
import { createOutput } from '../../src/cli/output.ts'
import { plantedLine, sayPlanted } from '../../src/cli/planted.ts'
import type { TruthComparison } from '../../src/pipeline/found/compare-truth.ts'
import { effectLabel } from '../../src/pipeline/simulate/effect-labels.ts'
import { plantedParameters } from '../../src/pipeline/simulate/parameters.ts'
import { populationOf } from '../../src/pipeline/simulate/population.ts'
import { plantedEffects } from '../../src/pipeline/simulate/truth.ts'

const parameters = plantedParameters('default')
const effects = plantedEffects({ parameters, population: populationOf(parameters) })

const comparison = (key: string, numbers: Partial<TruthComparison>): TruthComparison => ({
  ...effects.find((effect) => effect.key === key)!,
  planted: 0.36,
  found: 0.365,
  low: 0.357,
  high: 0.373,
  covered: true,
  ...numbers,
})

describe('planted numbers on the terminal', () => {
  it('have short names of their own in both languages', () => {
    for (const lang of ['en', 'zh'] as const) {
      const labels = effects.map(({ label }) => label[lang])
      expect(new Set(labels).size).toBe(effects.length)
      expect(labels.filter((label) => label.length > 60 || /_|undefined/.test(label))).toEqual([])
    }
    const english = effects.filter(({ label }) => /^[ -~]*$/.test(label.zh))
    expect(english).toEqual([])
    expect(() => effectLabel('no.such.effect')).toThrow('Nothing is planted as no.such.effect.')
  })

  it('stand beside what was found with its interval', () => {
    const men = comparison('gender.conversion_30d.male', {})
    expect(plantedLine(men, 'en')).toBe('✓ Invest within 30 days, men: 36.0% | 36.5% [35.7%, 37.3%]')
    expect(plantedLine(men, 'zh')).toBe('✓ 30天内申购（男性）：36.0% | 36.5% [35.7%, 37.3%]')
    const lift = { planted: 0, found: 0.0018, low: -0.0155, high: -0.0001, covered: false }
    expect(plantedLine(comparison('campaign.lift.free_coffee.35_50', lift), 'en')).toBe(
      '✗ Campaign lift, free coffee, aged 35–50: 0.0 pp | 0.2 pp [−1.6 pp, 0.0 pp]',
    )
  })

  it('are counted, those aside that no chance moves', () => {
    let text = ''
    const output = createOutput(
      { stdout: { write: (part) => (text += part) }, stderr: { write: () => undefined }, env: {} },
      { json: false, language: 'en' },
    )
    const found = [
      comparison('gender.conversion_30d.male', {}),
      comparison('gender.conversion_30d.female', { covered: false }),
      comparison('channel.cost_per_customer.search', { exact: true }),
    ]
    sayPlanted(output, found, 'demo/planted-and-found.csv')
    expect(text).toContain(
      '1 of 2 intervals hold the planted value; one in twenty is expected to miss by chance. All of them: demo/planted-and-found.csv',
    )
  })
})
