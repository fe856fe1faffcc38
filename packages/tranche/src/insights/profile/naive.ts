import { rangesOf, scoreOf } from './score.ts'
import {
  type Condition,
  type Conjunction,
  rowsOf,
  type SearchAttribute,
  type SearchOptions,
} from './search.ts'

/**
 * The profile as it is put together one attribute at a time: the best level of each, the most telling attributes first,
 * as long as enough customers fit.
 */
export function naiveProfile(
  attributes: readonly SearchAttribute[],
  values: Float64Array,
  { kind, least, mostConditions }: SearchOptions,
): Conjunction | undefined {
  const singles = attributes
    .flatMap((attribute, index) => bestOf(attribute, index, values, kind, least) ?? [])
    .sort((a, b) => b.score.low - a.score.low || a.condition.attribute - b.condition.attribute)
  const conditions: Condition[] = []
  let size = values.length
  for (const { condition } of singles) {
    if (conditions.length === mostConditions) break
    const rows = rowsOf(attributes, values.length, [...conditions, condition])
    if (rows.length < least) continue
    conditions.push(condition)
    size = rows.length
  }
  if (conditions.length === 0) return undefined
  conditions.sort((a, b) => a.attribute - b.attribute)
  let [total, squares] = [0, 0]
  for (const row of rowsOf(attributes, values.length, conditions)) {
    total += values[row]!
    squares += values[row]! ** 2
  }
  return { conditions, score: scoreOf(kind, size, total, squares) }
}

function bestOf(
  attribute: SearchAttribute,
  index: number,
  values: Float64Array,
  kind: 'rate' | 'mean',
  least: number,
) {
  const n = new Float64Array(attribute.size)
  const total = new Float64Array(attribute.size)
  const squares = new Float64Array(attribute.size)
  for (let row = 0; row < values.length; row++) {
    const code = attribute.codes[row]!
    if (code < 0) continue
    n[code]!++
    total[code]! += values[row]!
    squares[code]! += values[row]! ** 2
  }
  let found: { condition: Condition; score: ReturnType<typeof scoreOf> } | undefined
  for (const { from, to } of rangesOf(attribute)) {
    const within = (sums: Float64Array) => sums.subarray(from, to + 1).reduce((sum, value) => sum + value, 0)
    const count = within(n)
    if (count < least) continue
    const score = scoreOf(kind, count, within(total), within(squares))
    if (found === undefined || score.low > found.score.low)
      found = { condition: { attribute: index, from, to }, score }
  }
  return found
}
