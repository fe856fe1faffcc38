import { fitGammaGamma } from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { spendGroupsSql, spendOfGroups } from '../../src/models/value/spend-groups.ts'
import { sql, tableNamed } from '../../src/sql/sql.ts'
import { withEngine } from './engine.ts'

/** Amounts from cents to millions, one of each hundred the same, of customers with 1 to 12 repeats. */
function spenders(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const frequency = 1 + ((index * 7) % 12)
    const [a, b, c] = [0.618034, 0.754878, 0.569841].map((step) => ((index + 1) * step) % 1)
    const mean = index % 100 === 0 ? 19.99 : Math.exp(4 + 0.9 * (a! + b! + c! - 1.5) * 2)
    return { frequency, cents: Math.max(1, Math.round(mean * frequency * 100)) }
  })
}

describe('Spend counted by bins', () => {
  it.each([60, 4_000])('gives the model that %i customers one by one give', (count) =>
    withEngine(async (warehouse) => {
      const all = spenders(count)
      await warehouse.createFrom('histories', [
        { name: 'frequency', type: 'bigint', values: all.map(({ frequency }) => frequency) },
        { name: 'cents', type: 'bigint', values: all.map(({ cents }) => cents) },
      ])
      const histories = sql`(select frequency, cast(cents as decimal(20, 2)) / 100 as repeat_amount from ${tableNamed('histories')})`
      const groups = await warehouse.columns(spendGroupsSql(sql`${histories} as histories`))
      const spend = spendOfGroups(groups)
      const grouped = fitGammaGamma(
        { frequency: spend.frequency, monetaryValue: spend.meanAmount, weights: spend.weights! },
        { q: 'aboveOne' },
      )
      const single = fitGammaGamma(
        {
          frequency: all.map(({ frequency }) => frequency),
          monetaryValue: all.map(({ frequency, cents }) => cents / 100 / frequency),
        },
        { q: 'aboveOne' },
      )
      expect(spend.weights!.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(count, 6)
      for (const name of ['p', 'q', 'v'] as const) {
        const ratio = grouped.parameters[name] / single.parameters[name]
        expect(Math.abs(ratio - 1), name).toBeLessThan(1e-9)
      }
      expect(Math.abs(grouped.independence!.correlation - single.independence!.correlation)).toBeLessThan(
        1e-9,
      )
    }),
  )

  it('leaves the engine in no more rows for ten times the customers of the same kind', () =>
    withEngine(async (warehouse) => {
      const rowsOf = async (table: string, times: number) => {
        const all = Array.from({ length: times }, () => spenders(2_000)).flat()
        await warehouse.createFrom(table, [
          { name: 'frequency', type: 'bigint', values: all.map(({ frequency }) => frequency) },
          { name: 'repeat_amount', type: 'bigint', values: all.map(({ cents }) => cents) },
        ])
        return (await warehouse.columns(spendGroupsSql(tableNamed(table)))).rowCount
      }
      const once = await rowsOf('once', 1)
      expect(await rowsOf('tenfold', 10)).toBe(once)
      expect(once).toBeLessThan(2_000)
    }))
})
