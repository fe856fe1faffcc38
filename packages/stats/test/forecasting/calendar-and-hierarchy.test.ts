import { chineseHolidayDays, reconcileForecasts } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

describe('the Chinese calendar', () => {
  it('begins its years on the days that are on record', () =>
    expect(chineseHolidayDays('springFestival', 2019, 2034).map(iso)).toEqual([
      '2019-02-05',
      '2020-01-25',
      '2021-02-12',
      '2022-02-01',
      '2023-01-22',
      '2024-02-10',
      '2025-01-29',
      '2026-02-17',
      '2027-02-06',
      '2028-01-26',
      '2029-02-13',
      '2030-02-03',
      '2031-01-23',
      '2032-02-11',
      '2033-01-31',
      '2034-02-19',
    ]))
  it('puts mid-autumn after a leap month where it belongs', () =>
    expect(chineseHolidayDays('midAutumn', 2020, 2025).map(iso)).toEqual([
      '2020-10-01',
      '2021-09-21',
      '2022-09-10',
      '2023-09-29',
      '2024-09-17',
      '2025-10-06',
    ]))
  it('takes Qingming from the sun', () =>
    expect(chineseHolidayDays('qingming', 2022, 2024).map(iso)).toEqual([
      '2022-04-05',
      '2023-04-05',
      '2024-04-04',
    ]))
  it('refuses years for which its formulas are not good', () =>
    expect(() => chineseHolidayDays('lantern', 1800, 1801)).toThrow('1900'))
})

describe('reconciliation', () => {
  // One total over two parts.
  const summing = new Float64Array([1, 1, 1, 0, 0, 1])
  it('adds the parts up from below', () =>
    expect([...reconcileForecasts(summing, 2, [100, 30, 50], { kind: 'bottomUp' })]).toEqual([80, 30, 50]))
  it('leaves forecasts alone that already add up', () => {
    for (const kind of ['ols', 'structural'] as const)
      reconcileForecasts(summing, 2, [80, 30, 50], { kind }).forEach((v, i) => {
        expect(v).toBeCloseTo([80, 30, 50][i]!, 10)
      })
  })
  it('spreads the gap evenly under equal weights', () => {
    const [total, first, second] = reconcileForecasts(summing, 2, [90, 30, 50], { kind: 'ols' })
    expect(first! - 30).toBeCloseTo(second! - 50, 10)
    expect(total).toBeCloseTo(first! + second!, 10)
  })
  it('moves the uncertain part most', () => {
    const [, first, second] = reconcileForecasts(summing, 2, [90, 30, 50], {
      kind: 'variance',
      variances: [1, 9, 1],
    })
    expect(first! - 30).toBeGreaterThan(5 * (second! - 50))
  })
})
