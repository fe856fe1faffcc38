import type { ClusterSettings, Manifest, Text } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import {
  costLines,
  expectedCost,
  overBudget,
  requireEstimate,
  requireWithin,
} from '../../src/pipeline/cluster-budget.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'

const settings = {
  engine: 'trino',
  url: 'https://trino.example:8443',
  catalog: 'lake',
  schema: 'tranche',
} as ClusterSettings
const rowsOf = (kept: number) => ({
  rows: [
    { source: 'a', table: 'transactions', read: kept, kept, quarantined: 0, filtered: 0, duplicates: 0 },
  ],
})
const query = (step: string, rows: number, seconds: number) => ({
  ...{ id: `${step}${rows}`, step, rows, bytes: rows * 100, seconds },
})
const published = {
  run: '2026-01-01-aaaa',
  ...rowsOf(1_000),
  cluster: {
    ...{ url: settings.url, catalog: 'lake', schema: 'tranche' },
    queries: [query('standard', 0, 1), query('features', 3_000, 4), query('features', 1_000, 2)],
  },
} as unknown as Manifest

describe('What a run is expected to cost a cluster', () => {
  it('grows with the rows of the standard tables, step by step', () => {
    const cost = expectedCost(rowsOf(2_000), published, settings)
    expect(cost).toEqual({
      rows: 2_000,
      by: '2026-01-01-aaaa',
      steps: [
        { step: 'standard', queries: 1, rows: 0, bytes: 0, seconds: 2 },
        { step: 'features', queries: 2, rows: 8_000, bytes: 800_000, seconds: 12 },
      ],
    })
    expect(overBudget(cost, { rows: 8_000, seconds: 14 })).toBeNull()
    expect(overBudget(cost, { rows: 7_999 })).toMatchObject({ code: 'refused' })
    expect(overBudget(cost, { seconds: 13 })!.text.en).toContain('seconds 14 / 13')
    expect(overBudget(cost, undefined)).toBeNull()
  })

  it('is an estimate of the rows read where no run on that cluster came before', () => {
    for (const before of [null, { ...published, cluster: undefined } as Manifest])
      expect(expectedCost(rowsOf(2_000), before, settings)).toEqual({ steps: [], rows: 2_000, by: null })
    const elsewhere = expectedCost(rowsOf(2_000), published, { ...settings, catalog: 'other' })
    expect(elsewhere.by).toBeNull()
    expect(overBudget(elsewhere, { rows: 50_000 })).toBeNull()
    expect(overBudget(elsewhere, { rows: 49_999, seconds: 1 })!.text.en).toContain('rows 50,000 / 49,999')
    expect(overBudget(elsewhere, { seconds: 1 })).toBeNull()
  })

  it('is told in both languages, with what would be refused', () => {
    const lines = costLines(expectedCost(rowsOf(2_000), published, settings), { rows: 10 })
    expect(lines.map(({ en }) => en)).toEqual([
      expect.stringContaining('2026-01-01-aaaa'),
      '    standard: 1 queries, 0 rows, 0 MB, 2 s',
      '    features: 2 queries, 8,000 rows, 1 MB, 12 s',
      expect.stringContaining('not begun'),
    ])
    expect(lines.every(({ zh }) => /[一-龥]/.test(zh))).toBe(true)
  })

  it('tells what statistics say of each table where they alone refuse a run, and nothing where they do not', () => {
    const told = [
      { source: 'payments', rows: 2_000 },
      { source: 'people', rows: null },
    ]
    const lines: Text[] = []
    const require = (rows: number) => {
      const workspace = { warehouse: { ...settings, budget: { rows } } } as Catalogue['workspace']
      requireEstimate({ workspace }, told, (said) => lines.push(...said))
    }
    require(50_000)
    expect(lines).toEqual([])
    expect(() => require(49_999)).toThrow('rows 50,000 / 49,999')
    expect(lines.map(({ en }) => en)).toEqual([
      "payments: 2,000 rows by the cluster's statistics, not counted",
      'people: the cluster keeps no statistics of this table; taken for empty',
      expect.stringContaining('2,000 rows of standard tables'),
    ])
    expect(lines.every(({ zh }) => /[一-龥]/.test(zh))).toBe(true)
  })

  it('stops a run between two queries once it is spent', () => {
    const { queries } = published.cluster!
    expect(() => requireWithin(queries, { rows: 4_000, seconds: 7 })).not.toThrow()
    expect(() => requireWithin(queries, { rows: 3_999 })).toThrow('stopped')
  })
})
