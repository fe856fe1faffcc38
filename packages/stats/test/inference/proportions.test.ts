import * as S from '@tranche/stats'
import {
  adjustPValues,
  binomialTest,
  chiSquareGoodnessOfFit,
  chiSquareIndependence,
  clopperPearsonInterval,
  cohenH,
  detectableDifference,
  detectableProportion,
  equalProportionsTest,
  fisherExactTest,
  newcombeInterval,
  powerOfMeans,
  powerOfProportions,
  sampleSizeOfMeans,
  sampleSizeOfProportions,
  twoProportionZTest,
  wilsonInterval,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('intervals of proportions', () => {
  it('agree with the tables of Newcombe (1998)', () => {
    const wilson = wilsonInterval({ successes: 81, n: 263 })
    expect([wilson.low, wilson.high]).toEqual([expect.closeTo(0.2553, 4), expect.closeTo(0.3662, 4)])
    const corrected = wilsonInterval({ successes: 81, n: 263 }, { continuity: true })
    expect([corrected.low, corrected.high]).toEqual([expect.closeTo(0.2535, 4), expect.closeTo(0.3682, 4)])
    const difference = newcombeInterval({ successes: 56, n: 70 }, { successes: 48, n: 80 })
    expect([difference.low, difference.high]).toEqual([expect.closeTo(0.0524, 4), expect.closeTo(0.3339, 4)])
    const none = newcombeInterval({ successes: 0, n: 10 }, { successes: 0, n: 20 })
    expect([none.low, none.high]).toEqual([expect.closeTo(-0.1611, 4), expect.closeTo(0.2775, 4)])
  })

  it('stay between 0 and 1 and hold the estimate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, share) => {
          const successes = Math.round(share * n)
          for (const interval of [
            wilsonInterval({ successes, n }),
            clopperPearsonInterval({ successes, n }),
          ]) {
            expect(interval.low).toBeGreaterThanOrEqual(0)
            expect(interval.high).toBeLessThanOrEqual(1)
            expect(interval.low).toBeLessThanOrEqual(successes / n + 1e-12)
            expect(interval.high).toBeGreaterThanOrEqual(successes / n - 1e-12)
          }
        },
      ),
    )
  })

  it('refuse impossible counts', () => {
    expect(() => wilsonInterval({ successes: 5, n: 4 })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
    expect(() => wilsonInterval({ successes: 0, n: 0 })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
  })
})

describe('tests of proportions', () => {
  it('agree with R with and without continuity correction', () => {
    const a = { successes: 200, n: 1000 }
    const b = { successes: 250, n: 1000 }
    expect(twoProportionZTest(a, b).pValue).toBeCloseTo(0.00741964926102568, 12)
    expect(twoProportionZTest(a, b, { continuity: true }).pValue).toBeCloseTo(0.0086942114617908, 12)
    expect(equalProportionsTest([a, b]).statistic).toBeCloseTo(7.16845878136201, 10)
  })

  it('refuse when all or none succeeded', () => {
    const none = { successes: 0, n: 50 }
    expect(() => twoProportionZTest(none, none)).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
  })

  it('agree with R on tables and exact tests', () => {
    const party = chiSquareIndependence([
      [762, 327, 468],
      [484, 239, 477],
    ])
    expect(party.statistic).toBeCloseTo(30.07, 2)
    expect(party.pValue).toBeCloseTo(2.954e-7, 10)
    expect(
      fisherExactTest(
        [
          [3, 1],
          [1, 3],
        ],
        'greater',
      ).pValue,
    ).toBeCloseTo(0.2429, 4)
    expect(binomialTest(682, 925, 0.75).pValue).toBeCloseTo(0.3825, 4)
    expect(chiSquareGoodnessOfFit([310, 300, 390], [0.333, 0.333, 0.334]).pValue).toBeCloseTo(
      0.00080550575,
      10,
    )
  })

  it('refuse tables with nothing to compare', () => {
    expect(() =>
      chiSquareIndependence([
        [1, 2],
        [0, 0],
      ]),
    ).toThrow(expect.objectContaining({ code: 'insufficientData' }))
    expect(() => chiSquareGoodnessOfFit([10, 1], [1, 0])).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
    expect(() =>
      fisherExactTest([
        [0, 0],
        [1, 3],
      ]),
    ).toThrow(expect.objectContaining({ code: 'insufficientData' }))
  })
})

describe('corrections for many tests', () => {
  const p = [0.01, 0.02, 0.03, 0.04, 0.05]
  it('agree with R', () => {
    expect([...adjustPValues(p, 'holm')]).toEqual(
      [0.05, 0.08, 0.09, 0.09, 0.09].map((x) => expect.closeTo(x, 12)),
    )
    expect([...adjustPValues(p, 'hochberg')]).toEqual(
      [0.05, 0.05, 0.05, 0.05, 0.05].map((x) => expect.closeTo(x, 12)),
    )
    expect([...adjustPValues(p, 'benjaminiHochberg')]).toEqual(
      [0.05, 0.05, 0.05, 0.05, 0.05].map((x) => expect.closeTo(x, 12)),
    )
    expect(adjustPValues(p, 'benjaminiYekutieli')[0]).toBeCloseTo(0.11416666666, 10)
    expect(adjustPValues([1e-20, 0.5], 'sidak')[0]).toBeCloseTo(2e-20, 32)
  })

  it('never lower a p-value, never change the order', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(values, (ps) => {
        for (const method of [
          'bonferroni',
          'sidak',
          'holm',
          'hochberg',
          'benjaminiHochberg',
          'benjaminiYekutieli',
        ] as const) {
          const adjusted = adjustPValues(ps, method)
          adjusted.forEach((q, i) => {
            expect(q).toBeGreaterThanOrEqual(ps[i]! * (1 - 1e-12))
            expect(q).toBeLessThanOrEqual(1)
          })
          for (let i = 0; i < ps.length; i++)
            for (let j = 0; j < ps.length; j++)
              if (ps[i]! < ps[j]!) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]! + 1e-15)
        }
      }),
    )
  })
})

describe('power and sample size', () => {
  it('agree with R for means', () => {
    expect(powerOfMeans(20, { delta: 1, sd: 1 })).toBeCloseTo(0.8689528, 7)
    expect(sampleSizeOfMeans(0.9, { delta: 1, sd: 1 })).toBeCloseTo(22.0211, 4)
    expect(detectableDifference(20, 0.8689528017, { sd: 3 })).toBeCloseTo(3, 6)
  })

  it('answer one question under each convention', () => {
    const design = { baseline: 0.2, treated: 0.25 }
    expect(sampleSizeOfProportions(0.8, design)).toBeCloseTo(1093.7, 1)
    expect(Math.round(sampleSizeOfProportions(0.8, { ...design, method: 'baseline' }))).toBe(1030)
    expect(sampleSizeOfProportions(0.8, { ...design, method: 'arcsine' })).toBeCloseTo(1091.9, 1)
  })

  it('go round: size, power and effect agree with each other', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.6, noNaN: true }),
        fc.double({ min: 0.01, max: 0.3, noNaN: true }),
        (baseline, lift) => {
          const treated = baseline + lift
          const n = sampleSizeOfProportions(0.8, { baseline, treated, allocation: 0.5 })
          expect(powerOfProportions(n, { baseline, treated, allocation: 0.5 })).toBeCloseTo(0.8, 9)
          expect(detectableProportion(n, 0.8, { baseline, allocation: 0.5 })).toBeCloseTo(treated, 7)
        },
      ),
    )
  })

  it('refuse an effect of nothing', () => {
    expect(() => sampleSizeOfMeans(0.8, { delta: 0, sd: 1 })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
    expect(cohenH(0.5, 0.5)).toBe(0)
  })
})

describe('further intervals of shares, as statsmodels has them', () => {
  it.each([
    [8, 10, 0.95, 0.4464886649336679, 0.9632285621125349],
    [3, 47, 0.95, 0.017622155968163952, 0.17755062989632014],
    [0, 12, 0.95, 0, 0.24266594435968977],
    [90, 100, 0.9, 0.8350647894717209, 0.9397378972435732],
  ])('the exact test turned round, %d of %d', (successes, n, level, low, high) => {
    const interval = S.binomialTestInterval({ successes, n }, level)
    // The ends lie at jumps of the p-value, which either implementation places within 1e-7 of a tie.
    expect(interval.low).toBeCloseTo(low, 8)
    expect(interval.high).toBeCloseTo(high, 8)
  })

  it('of several categories at once', () => {
    const intervals = S.simultaneousShares([0, 5, 7, 2], 0.9)
    expect(intervals[0]).toMatchObject({ low: 0, high: expect.closeTo(0.26408307, 8) })
    expect(intervals[3]).toMatchObject({
      low: expect.closeTo(0.03411565, 8),
      high: expect.closeTo(0.44022939, 8),
    })
  })
})
