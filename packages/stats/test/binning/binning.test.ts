import {
  buildScorecard,
  createRandom,
  fitCategoryBinning,
  fitContinuousBinning,
  fitMergeBinning,
  fitOptimalBinning,
  fuzzyRejects,
  OPTBINNING_WOE,
  oddsScale,
  parcelRejects,
  predictBinning,
  predictCategoryBinning,
  predictContinuousBinning,
  predictScorecard,
  reasonCodes,
  SCORECARDPY_WOE,
  sampleNormal,
  splitWoeTable,
  woeTable,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('weight of evidence', () => {
  it('has the sign and the empty cells of its convention', () => {
    const bins = [
      { event: 10, nonEvent: 30 },
      { event: 30, nonEvent: 10 },
    ]
    expect(woeTable(bins, OPTBINNING_WOE).rows[0]!.woe).toBeCloseTo(Math.log(3), 12)
    expect(woeTable(bins, SCORECARDPY_WOE).rows[0]!.woe).toBeCloseTo(-Math.log(3), 12)
    const empty = [
      { event: 0, nonEvent: 30 },
      { event: 40, nonEvent: 10 },
    ]
    expect(woeTable(empty, OPTBINNING_WOE).rows[0]).toMatchObject({ woe: 0, iv: 0 })
    expect(Number.isFinite(woeTable(empty, SCORECARDPY_WOE).iv)).toBe(true)
    expect(() => woeTable(empty, { ...OPTBINNING_WOE, emptyCell: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'infeasible' }),
    )
    expect(() => woeTable([{ event: 0, nonEvent: 3 }], OPTBINNING_WOE)).toThrow(
      expect.objectContaining({ code: 'oneClass' }),
    )
  })
})

describe('optimal binning', () => {
  const trends = ['none', 'ascending', 'descending', 'peak', 'valley', 'concave', 'convex'] as const
  const holds = (rates: number[], trend: (typeof trends)[number], everyTriple: boolean): boolean => {
    const up = (r: number[]) => r.every((v, i) => i === 0 || v >= r[i - 1]! - 1e-9)
    const down = (r: number[]) => up([...r].reverse())
    const bend = (sign: number) =>
      rates.every((v, i) =>
        rates.every((middle, j) =>
          rates.every(
            (u, k) =>
              !(k < j && j < i) ||
              (!everyTriple && !(k === i - 2 && j === i - 1)) ||
              sign * (v - 2 * middle + u) <= 1e-9,
          ),
        ),
      )
    const turn = (first: (r: number[]) => boolean, second: (r: number[]) => boolean) =>
      rates.some((_, k) => first(rates.slice(0, k + 1)) && second(rates.slice(k + 1)))
    return {
      none: true,
      ascending: up(rates),
      descending: down(rates),
      peak: turn(up, down),
      valley: turn(down, up),
      concave: bend(1),
      convex: bend(-1),
    }[trend]
  }

  it('is as good as the best of all mergings that obey the constraints', () => {
    const cells = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 2,
      maxLength: 7,
    })
    fc.assert(
      fc.property(
        cells,
        fc.constantFrom(...trends),
        fc.constantFrom(undefined, 0.3),
        fc.constantFrom('neighbours' as const, 'everyTriple' as const),
        (counts, trend, maximumPValue, curvature) => {
          const x: number[] = []
          const y: number[] = []
          counts.forEach(([event, nonEvent], b) => {
            for (let i = 0; i < event + nonEvent; i++) {
              x.push(b)
              y.push(Number(i < event))
            }
          })
          const splits = counts.slice(1).map((_, b) => b + 0.5)
          const values = Float64Array.from(x)
          const outcome = Float64Array.from(y)
          let best = Number.NEGATIVE_INFINITY
          for (let mask = 0; mask < 2 ** splits.length; mask++) {
            const chosen = splits.filter((_, i) => mask & (1 << i))
            const { rows, iv } = splitWoeTable(values, outcome, chosen, OPTBINNING_WOE)
            const apart = rows.every((r, i) => {
              if (i === 0 || maximumPValue === undefined) return true
              const q = rows[i - 1]!
              const pooled = (r.event + q.event) / (r.count + q.count)
              return (
                Math.abs(r.eventRate - q.eventRate) >=
                1.0364333894937898 * Math.sqrt(pooled * (1 - pooled) * (1 / r.count + 1 / q.count))
              )
            })
            if (
              apart &&
              holds(
                rows.map((r) => r.eventRate),
                trend,
                curvature === 'everyTriple',
              )
            )
              best = Math.max(best, iv)
          }
          const found = fitOptimalBinning({ values }, outcome, {
            splits,
            trend,
            curvature,
            ...(maximumPValue ? { maximumPValue } : {}),
          })
          expect(found.table.iv).toBeCloseTo(best, 10)
        },
      ),
      { numRuns: 150 },
    )
  })

  const random = createRandom(8)
  const n = 2000
  const values = Float64Array.from({ length: n }, (_, i) =>
    i % 20 === 0 ? Number.NaN : i % 33 === 0 ? -1 : Math.abs(sampleNormal(random)),
  )
  const y = values.map((v) =>
    Number(random.uniform() < (Number.isFinite(v) ? (v < 0 ? 0.5 : 0.1 + 0.2 * Math.min(2, v)) : 0.7)),
  )

  it('gives missing and special values bins of their own', () => {
    const model = fitOptimalBinning({ values }, y, { special: [-1], minimumShare: 0.1, maximumBins: 4 })
    expect(model.splits.length).toBeLessThan(4)
    expect(model.table.rows).toHaveLength(model.splits.length + 3)
    expect(model.diagnostics.missing).toBe(100)
    const woe = predictBinning(model, Float64Array.of(Number.NaN, -1, 0.1, 99))
    expect([...woe]).toEqual([-1, -2, 0, -3].map((at) => model.table.rows.at(at)!.woe))
    expect(
      fitOptimalBinning(
        { values: new Float64Array(20).fill(3) },
        Float64Array.from({ length: 20 }, (_, i) => i % 2),
      ).splits,
    ).toEqual([])
  })

  it('refuses what cannot be met, and one class', () => {
    expect(() =>
      fitOptimalBinning({ values }, y, { minimumBins: 5, maximumBins: 5, minimumShare: 0.5 }),
    ).toThrow(expect.objectContaining({ code: 'infeasible' }))
    expect(() => fitOptimalBinning({ values }, new Float64Array(n))).toThrow(
      expect.objectContaining({ code: 'oneClass' }),
    )
  })

  it('of categories puts levels together in the order of their risk', () => {
    const words = Array.from({ length: 600 }, (_, i) =>
      i % 50 === 0 ? null : ['low', 'mid', 'high', 'rare'][i % 40 === 1 ? 3 : i % 3]!,
    )
    const bad = Float64Array.from(words, (w) =>
      Number(random.uniform() < { low: 0.1, mid: 0.3, high: 0.6, rare: 0.6 }[w ?? 'mid']!),
    )
    const model = fitCategoryBinning(words, bad, { maximumPValue: 0.05 })
    expect(model.groups[0]).toContain('low')
    expect(model.groups.at(-1)).toContain('high')
    expect(predictCategoryBinning(model, ['unseen'])[0]).toBe(model.table.rows.at(-1)!.woe)
  })

  it('of a continuous outcome explains as much variance as its bins can', () => {
    const amount = values.map((v) => (Number.isFinite(v) ? v * 10 : 3) + sampleNormal(random))
    const model = fitContinuousBinning({ values }, amount, { trend: 'ascending' })
    expect(model.explained).toBeGreaterThan(0.8)
    expect(model.missing!.count).toBe(100)
    const means = model.rows.map((r) => r.mean)
    expect(means).toEqual([...means].sort((a, b) => a - b))
    expect(predictContinuousBinning(model, Float64Array.of(Number.NaN))[0]).toBeCloseTo(
      model.missing!.mean,
      12,
    )
  })

  it('by merging keeps every bin above its least share', () => {
    const known = values.map((v) => (Number.isFinite(v) ? v : 0))
    for (const method of ['tree', 'chiMerge'] as const) {
      const model = fitMergeBinning(known, y, { method })
      expect(Math.min(...model.table.rows.map((r) => r.count))).toBeGreaterThanOrEqual(0.05 * n)
      expect(model.table.rows.length).toBeLessThanOrEqual(8)
    }
  })
})

describe('scorecards', () => {
  const variables = [
    {
      name: 'age',
      coefficient: 1,
      bins: [
        { label: 'young', woe: 0.8 },
        { label: 'old', woe: -0.5 },
      ],
    },
    {
      name: 'income',
      coefficient: 0.5,
      bins: [
        { label: 'low', woe: 1.2 },
        { label: 'mid', woe: 0.1 },
        { label: 'high', woe: -1 },
      ],
    },
  ]
  it('double the odds every so many points', () => {
    const scale = oddsScale(600, 1 / 19, 50)
    const card = buildScorecard(variables, -1, { kind: 'basePoints', scale, round: false })
    const [bad, good] = predictScorecard(card, [
      [0, 1],
      [0, 2],
    ])
    const odds = (bins: number[]) =>
      Math.exp(-1 + variables[0]!.bins[bins[0]!]!.woe + 0.5 * variables[1]!.bins[bins[1]!]!.woe)
    expect((good! - bad!) / 50).toBeCloseTo(Math.log2(odds([0, 0]) / odds([1, 2])), 10)
    expect(600 - bad!).toBeCloseTo(50 * Math.log2(odds([0, 0]) * 19), 8)
  })
  it('run exactly from the lowest to the highest total, also when rounded', () => {
    for (const round of [false, true]) {
      const card = buildScorecard(variables, -1, { kind: 'minMax', minimum: 301, maximum: 850, round })
      expect([card.minimum, card.maximum]).toEqual([expect.closeTo(301, 9), expect.closeTo(850, 9)])
    }
  })
  it('name the variables that cost a refused applicant most', () => {
    const card = buildScorecard(variables, 0, {
      kind: 'basePoints',
      scale: oddsScale(600, 1, 20),
      round: false,
    })
    expect(reasonCodes(card, [0, 2]).map((r) => r.variable)).toEqual(['age'])
    expect(reasonCodes(card, [0, 0]).map((r) => r.bin)).toEqual(['young', 'low'])
  })
})

describe('reject inference', () => {
  it('shares each refused applicant out, or draws as many bad ones as the band says, and warns', () => {
    const fuzzy = fuzzyRejects([0.2, 0.6], 1.5)
    expect([...fuzzy.weight]).toEqual([
      expect.closeTo(0.3, 12),
      expect.closeTo(0.7, 12),
      expect.closeTo(0.9, 12),
      expect.closeTo(0.1, 12),
    ])
    const parcel = parcelRejects(
      Array.from({ length: 100 }, (_, i) => i % 2),
      [0.1, 0.4],
      1,
      createRandom(1),
    )
    expect(parcel.outcome.reduce((s, v) => s + v, 0)).toBe(25)
    expect(parcel.warning).toBe('inferredOutcomesAreAssumptions')
    expect(() => fuzzyRejects([0.2], 0.5)).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
  })
})
