import { bgNbdConditionalPmf, bgNbdFromParameters } from '@tranche/stats'
import { expect, test } from 'vitest'
import { scoreHistories } from '../../src/models/value/score-histories.ts'

const model = bgNbdFromParameters({ r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259 })
const grouped = {
  frequency: Float64Array.of(0, 1, 2, 7, 30, 260),
  recencyDays: Float64Array.of(0, 20, 213, 250, 270, 271),
  ageDays: Float64Array.of(272, 200, 272, 251, 272, 272),
  weights: Float64Array.of(1, 1, 1, 1, 1, 1),
}
const horizonWeeks = 365.25 / 7

test('the interval of purchases is that of the model’s own count distribution', () => {
  const { low, high } = scoreHistories(model, grouped, {
    timeUnit: 'week',
    horizonMonths: 12,
    discountAnnual: 0,
  })
  for (const row of grouped.frequency.keys()) {
    const history = {
      frequency: grouped.frequency.slice(row, row + 1),
      recency: grouped.recencyDays.slice(row, row + 1).map((days) => days / 7),
      T: grouped.ageDays.slice(row, row + 1).map((days) => days / 7),
    }
    let reached = 0
    const points: number[] = []
    for (let count = 0; count <= 400 && points.length < 2; count++) {
      reached += bgNbdConditionalPmf(model, count, horizonWeeks, history)[0]!
      if (points.length === 0 && reached >= 0.025) points.push(count)
      if (points.length === 1 && reached >= 0.975) points.push(count)
    }
    expect([low[row], high[row]]).toEqual(points)
  }
})

test('where the counts run beyond what is walked through, the ends stand around the mean', () => {
  const busy = {
    frequency: Float64Array.of(1500),
    recencyDays: Float64Array.of(1824),
    ageDays: Float64Array.of(1825),
    weights: Float64Array.of(1),
  }
  const scores = scoreHistories(bgNbdFromParameters({ r: 2, alpha: 1, a: 0.01, b: 50 }), busy, {
    timeUnit: 'day',
    horizonMonths: 60,
    discountAnnual: 0,
  })
  const mean = scores.expectedTransactions[0]!
  expect(mean).toBeGreaterThan(1000)
  expect(scores.low[0]).toBeGreaterThan(400)
  expect(scores.low[0]).toBeLessThan(mean)
  expect(scores.high[0]).toBeGreaterThan(mean)
})
