import {
  binNumbers,
  binningExpression,
  buildScorecard,
  type Columns,
  createRandom,
  evaluateExpression,
  fitCategoryBinning,
  fitOptimalBinning,
  oddsScale,
  predictBinning,
  predictScorecard,
  scorecardExpression,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const random = createRandom(8)
const n = 600
const towns = ['Gent', 'Brugge', 'Aalst', null]
const town = Array.from({ length: n }, () => towns[Math.floor(random.uniform() * 4)]!)
const valid = Uint8Array.from({ length: n }, () => (random.uniform() < 0.1 ? 0 : 1))
const age = Float64Array.from({ length: n }, () =>
  random.uniform() < 0.1 ? -1 : Math.round(20 + 50 * random.uniform()),
)
const y = Float64Array.from({ length: n }, (_, i) =>
  random.uniform() < (town[i] === 'Gent' ? 0.2 : 0.4) + (age[i]! > 40 ? 0.2 : 0) ? 1 : 0,
)
const byAge = fitOptimalBinning({ values: age, valid }, y, { special: [-1] })
const byTown = fitCategoryBinning(town, y)
const columns: Columns = {
  n,
  columns: { age: { kind: 'number', values: age, valid }, town: { kind: 'text', values: town } },
}

describe('expressions of binned variables', () => {
  it('give the weight of evidence of values, special values and missing ones', () => {
    expect(byAge.splits.length).toBeGreaterThan(0)
    const found = evaluateExpression(binningExpression('age', byAge), columns)
    expect([...found.values]).toEqual([...predictBinning(byAge, age, valid)])
    expect([...found.valid]).not.toContain(0)
  })

  it('of a scorecard give its totals', () => {
    const rows = (woes: readonly { readonly woe: number }[]) =>
      woes.map(({ woe }, i) => ({ label: `bin ${i}`, woe }))
    const card = buildScorecard(
      [
        { name: 'age', coefficient: -0.9, bins: rows(byAge.table.rows) },
        { name: 'town', coefficient: -1.1, bins: rows(byTown.table.rows) },
      ],
      -1,
      { kind: 'basePoints', scale: oddsScale(600, 1 / 19, 50), round: true },
    )
    const found = evaluateExpression(scorecardExpression(card, [byAge, byTown]), columns)
    const townBins = town.map((t) => {
      const at = t === null ? -1 : byTown.groups.findIndex((group) => group.includes(t))
      return at < 0 ? byTown.groups.length : at
    })
    expect([...found.values]).toEqual([...predictScorecard(card, [binNumbers(byAge, age, valid), townBins])])
    expect(() => scorecardExpression(card, [byAge])).toThrow(
      expect.objectContaining({ code: 'lengthMismatch' }),
    )
  })
})
