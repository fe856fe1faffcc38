import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cell, mergeSmall, splitMove } from '../../src/insights/changes/kitagawa.ts'

/** One customer: level and value in each run; null where there was none. */
type Customer = {
  readonly before: readonly [string, number] | null
  readonly now: readonly [string, number] | null
}

function cellsOf(customers: readonly Customer[]): readonly Cell[] {
  const cells = new Map<string, Cell>()
  for (const { before, now } of customers) {
    const key = `${before?.[0]}|${now?.[0]}`
    const cell = cells.get(key)
    const [x, y] = [before?.[1] ?? 0, now?.[1] ?? 0]
    cells.set(key, {
      before: before?.[0] ?? null,
      now: now?.[0] ?? null,
      n: (cell?.n ?? 0) + 1,
      sumBefore: (cell?.sumBefore ?? 0) + x,
      sumNow: (cell?.sumNow ?? 0) + y,
      squaresBefore: (cell?.squaresBefore ?? 0) + x * x,
      squaresNow: (cell?.squaresNow ?? 0) + y * y,
      products: (cell?.products ?? 0) + x * y,
    })
  }
  return [...cells.values()]
}

const many = (n: number, customer: Customer): Customer[] => Array.from({ length: n }, () => customer)
const split = (customers: readonly Customer[]) => splitMove(cellsOf(customers))!

describe('the move of a mean', () => {
  test('is all mix where every level does what it did', () => {
    const { move, mix, rate } = split([
      ...many(30, { before: ['a', 10], now: ['a', 10] }),
      ...many(40, { before: ['a', 10], now: ['b', 20] }),
      ...many(30, { before: ['b', 20], now: ['b', 20] }),
    ])
    expect(move.estimate).toBeCloseTo(4, 12)
    expect(mix.estimate).toBeCloseTo(4, 12)
    expect(rate.estimate).toBe(0)
    expect(rate.variance).toBe(0)
  })

  test('is all rate where the levels have the shares they had', () => {
    const { move, mix, rate } = split([
      ...many(60, { before: ['a', 10], now: ['a', 13] }),
      ...many(40, { before: ['b', 20], now: ['b', 18] }),
    ])
    expect(move.estimate).toBeCloseTo(0.6 * 3 - 0.4 * 2, 12)
    expect(rate.estimate).toBeCloseTo(move.estimate, 12)
    expect(mix.estimate).toBe(0)
    expect(mix.variance).toBe(0)
  })

  test('is both, each at the average of the other', () => {
    // Shares of a: 0.6, then 0.2; means of a: 10, then 12; of b: 20, then 30.
    const { move, mix, rate } = split([
      ...many(20, { before: ['a', 10], now: ['a', 12] }),
      ...many(40, { before: ['a', 10], now: ['b', 30] }),
      ...many(40, { before: ['b', 20], now: ['b', 30] }),
    ])
    expect(move.estimate).toBeCloseTo(0.2 * 12 + 0.8 * 30 - (0.6 * 10 + 0.4 * 20), 12)
    expect(mix.estimate).toBeCloseTo(-0.4 * 11 + 0.4 * 25, 12)
    expect(rate.estimate).toBeCloseTo(0.4 * 2 + 0.6 * 10, 12)
  })

  test('splits exactly whatever comes, goes and is new, and merging small levels changes no move', () => {
    const side = fc.option(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: -50, max: 50 })),
    )
    const customers = fc.array(fc.record({ before: side, now: side }), { minLength: 4, maxLength: 60 })
    fc.assert(
      fc.property(customers, fc.integer({ min: 1, max: 20 }), (people, minimum) => {
        const cells = cellsOf(people).filter(({ before, now }) => before !== null || now !== null)
        const found = splitMove(cells)
        if (found === undefined) return
        const { move, mix, rate } = found
        expect(mix.estimate + rate.estimate).toBeCloseTo(move.estimate, 9)
        for (const { variance } of [move, mix, rate]) expect(variance).toBeGreaterThanOrEqual(0)
        const merged = splitMove(mergeSmall(cells, minimum))!
        expect(merged.move.estimate).toBeCloseTo(move.estimate, 9)
        expect(merged.mix.estimate + merged.rate.estimate).toBeCloseTo(move.estimate, 9)
      }),
    )
  })

  test('is undefined where nobody was measured in one of the runs', () => {
    expect(splitMove(cellsOf(many(5, { before: ['a', 1], now: null })))).toBeUndefined()
    expect(splitMove([])).toBeUndefined()
  })

  test('has the variance of a paired difference where customers are the same, and of two samples where none is', () => {
    const values = [1, 5, 2, 8, 4, 4, 9, 0]
    const later = [2, 7, 2, 9, 7, 3, 9, 4]
    const variance = (numbers: readonly number[]) => {
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
      return numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length
    }
    const paired = split(values.map((x, at) => ({ before: ['a', x], now: ['a', later[at]!] })))
    expect(paired.move.variance).toBeCloseTo(variance(values.map((x, at) => later[at]! - x)) / 8, 12)
    const apart = split([
      ...values.map((x): Customer => ({ before: ['a', x], now: null })),
      ...later.map((x): Customer => ({ before: null, now: ['a', x] })),
    ])
    expect(apart.move.variance).toBeCloseTo(variance(values) / 8 + variance(later) / 8, 12)
  })

  test('has parts whose intervals hold the truth in nineteen of twenty draws', () => {
    // Shares of a move from 0.5 to 0.6 by customers who come; means of a and b from 10 and 20 to 11 and 20.
    let state = 12_345
    const draw = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
    const noise = () => (draw() + draw() + draw() + draw() - 2) * 6
    const truth = { mix: 0.1 * 10.5 - 0.1 * 20, rate: 0.55 * 1 }
    let held = { mix: 0, rate: 0 }
    const rounds = 400
    for (let round = 0; round < rounds; round++) {
      const people: Customer[] = []
      for (let i = 0; i < 300; i++) {
        const isA = draw() < 0.5
        const base = (isA ? 10 : 20) + noise()
        people.push({
          before: [isA ? 'a' : 'b', base],
          now: [isA ? 'a' : 'b', base + (isA ? 1 : 0) + noise() / 4],
        })
      }
      for (let i = 0; i < 300; i++) {
        const isA = draw() < 0.7
        people.push({ before: null, now: [isA ? 'a' : 'b', (isA ? 11 : 20) + noise()] })
      }
      const { mix, rate } = split(people)
      const holds = (part: typeof mix, at: number) =>
        Math.abs(part.estimate - at) <= 1.959964 * Math.sqrt(part.variance) ? 1 : 0
      held = { mix: held.mix + holds(mix, truth.mix), rate: held.rate + holds(rate, truth.rate) }
    }
    for (const part of ['mix', 'rate'] as const) {
      expect(held[part] / rounds, part).toBeGreaterThan(0.92)
      expect(held[part] / rounds, part).toBeLessThan(0.98)
    }
  })
})
