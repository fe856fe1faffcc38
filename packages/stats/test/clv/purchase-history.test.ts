import { createRandom, groupHistory, type PurchaseHistory } from '@tranche/stats'
import { expect, test } from 'vitest'

/** Customers whose times are whole multiples of `unit`, below `span` of them. */
function customers(n: number, span: number, unit: number, seed: number) {
  const random = createRandom(seed)
  const [frequency, recency, T] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    const age = Math.floor(span * random.uniform())
    frequency[i] = Math.floor(4 * random.uniform())
    recency[i] = frequency[i] === 0 ? 0 : unit * Math.floor((age + 1) * random.uniform())
    T[i] = unit * age
  }
  return { frequency, recency, T }
}

/** Rows as text, equal ones counted, in the order of frequency, recency and T. */
function counted({ frequency, recency, T }: PurchaseHistory): readonly (readonly number[])[] {
  const counts = new Map<string, number[]>()
  for (let i = 0; i < T.length; i++) {
    const row = [frequency[i]!, recency[i]!, T[i]!]
    const found = counts.get(row.join())
    if (found) found[3]!++
    else counts.set(row.join(), [...row, 1])
  }
  return [...counts.values()].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!)
}

const rowsOf = (grouped: ReturnType<typeof groupHistory>): readonly (readonly number[])[] =>
  Array.from(grouped.T, (age, i) => [grouped.frequency[i]!, grouped.recency[i]!, age, grouped.weights[i]!])

test.each([
  ['few values beside the rows', 20_000, 30, 1],
  ['times in parts of a day', 20_000, 30, 0.125],
  ['as many values as rows', 500, 10_000, 1],
  ['one customer', 1, 30, 1],
])('equal rows are counted in ascending order: %s', (_, n, span, unit) => {
  const history = customers(n, span, unit, 7)
  expect(rowsOf(groupHistory(history))).toEqual(counted(history))
})

test('counting rows and adding up their weights give the same', () => {
  const history = customers(5000, 20, 1, 8)
  const weighted = groupHistory({ ...history, weights: new Float64Array(5000).fill(1) })
  expect(groupHistory(history)).toEqual(weighted)
  expect(groupHistory(weighted)).toEqual(weighted)
})
