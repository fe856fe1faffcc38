import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mindsets, plantedParameters } from '../../src/pipeline/simulate/parameters.ts'
import { conversionRange, populationOf } from '../../src/pipeline/simulate/population.ts'
import { type SimulationSummary, simulate } from '../../src/pipeline/simulate/simulate.ts'
import { openFiles } from './clean-tables.ts'
import { type Estimate, estimateAll, estimateMindsets } from './estimates.ts'

/** Of a hundred estimates, the furthest is rarely beyond 3.5 standard errors. */
const furthest = 4.5

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-effects-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function institution(effects: 'default' | 'none', customers: number) {
  const made = await simulate({
    dir: join(root, effects),
    customers,
    seed: 11,
    dirt: 0,
    effects,
    transactionsPerCustomer: 20,
  })
  const files = await openFiles(made.dir)
  const estimates = await estimateAll(files)
  files.close()
  return { made, estimates }
}

function distances(made: SimulationSummary, estimates: ReadonlyMap<string, Estimate>) {
  return made.truth.effects.flatMap(({ key, value }) => {
    const found = estimates.get(key)
    return found === undefined ? [] : [{ key, z: (found.value - value) / found.standardError }]
  })
}

describe.each([
  ['default', 20_000],
  ['none', 10_000],
] as const)('an institution with effects: %s', (effects, customers) => {
  let made: SimulationSummary
  let estimates: ReadonlyMap<string, Estimate>
  beforeAll(async () => {
    ;({ made, estimates } = await institution(effects, customers))
  })

  it('shows what was planted to simple estimators on its files', () => {
    const found = distances(made, estimates)
    expect(found.length).toBeGreaterThan(100)
    expect(found.filter(({ z }) => !(Math.abs(z) < furthest))).toEqual([])
    const rootMeanSquare = Math.sqrt(found.reduce((sum, { z }) => sum + z * z, 0) / found.length)
    expect(rootMeanSquare).toBeGreaterThan(0.75)
    expect(rootMeanSquare).toBeLessThan(1.3)
  })

  it('counts in truth what was drawn', () => {
    const { underMonetised, investorsWithCard } = made.truth.drawn
    expect(underMonetised / investorsWithCard).toBeCloseTo(
      estimates.get('value_exploration.share.under_monetised')!.value,
      12,
    )
  })

  it('names every estimable number but the mindset groups', () => {
    const left = made.truth.effects.filter(({ key }) => !estimates.has(key)).map(({ key }) => key)
    expect(left.every((key) => key.startsWith('mindset.'))).toBe(true)
  })
})

describe('the survey of a simulated institution', () => {
  it('falls into the planted groups of mindset', async () => {
    const { dir, truth } = await simulate({
      dir: join(root, 'survey'),
      customers: 20_000,
      seed: 12,
      dirt: 0,
      transactionsPerCustomer: 20,
    })
    const sheet = await readSheet(join(dir, 'data', 'survey.xlsx'))
    expect(sheet[1]?.slice(0, 3)).toEqual(['客户编号', '提交时间', 'Q1 我宁可少赚也不愿亏损'])
    const answers = sheet.slice(2).map((row) => row.slice(2).map(Number))
    expect(6 * answers.length).toBe(truth.sources.find(({ source }) => source === 'survey')!.kept)
    const planted = (key: string) => truth.effects.find((effect) => effect.key === key)!.value
    estimateMindsets(answers).forEach(({ share, means }, group) => {
      expect(share).toBeCloseTo(planted(`mindset.share.${mindsets[group]}`), 1)
      means.forEach((mean, question) => {
        expect(Math.abs(mean - planted(`mindset.mean.${mindsets[group]}.q${question + 1}`))).toBeLessThan(
          0.12,
        )
      })
    })
  })
})

describe('a null institution', () => {
  it('has the same rates for everybody', () => {
    const parameters = plantedParameters('none')
    const [lowest, highest] = conversionRange(populationOf(parameters))
    expect(highest).toBeCloseTo(lowest, 12)
    expect(parameters.firstInvestmentRatio).toBe(1)
    expect(new Set(parameters.defaultByTier).size).toBe(1)
    expect(new Set(parameters.closingByCreative).size).toBe(1)
    expect(parameters.campaign.lift.flat().every((lift) => lift === 0)).toBe(true)
    expect(new Set([...parameters.firstProduct, ...parameters.nextProduct].map(String)).size).toBe(1)
  })

  it('has no mindset groups in its truth, nor a ticket that differs by gender', async () => {
    const { truth } = await simulate({
      dir: join(root, 'null'),
      customers: 200,
      months: 6,
      effects: 'none',
      transactionsPerCustomer: 20,
    })
    const value = (key: string) => truth.effects.find((effect) => effect.key === key)?.value
    expect(value('gender.ticket_ratio')).toBeCloseTo(1, 12)
    expect(value('gender.conversion_30d.gap')).toBe(0)
    expect(truth.effects.some(({ key }) => key.startsWith('mindset.'))).toBe(false)
  })
})

describe('the planted population', () => {
  it('has conversion probabilities that are probabilities', () => {
    const [lowest, highest] = conversionRange(populationOf(plantedParameters('default')))
    expect(lowest).toBeGreaterThan(0.01)
    expect(highest).toBeLessThan(0.99)
  })
})
