import { type Column, type ConditionColumn, hasBit } from '@tranche/language'
import { type LevelCount, type Moments, mostLevels, type SidesRead } from './compared-sides.ts'

/** Columns in memory, in two parts: those for whom a condition is definitely true, and all others. */
export function sidesOf(
  columns: Readonly<Record<string, Column>>,
  { isTrue }: ConditionColumn,
): SidesRead & { readonly members: Int32Array } {
  const [members, others] = partsOf(isTrue)
  return {
    members,
    first: members.length,
    second: others.length,
    both: 0,
    moments: (name) => {
      const column = columns[name]!
      return [momentsOf(column, members), momentsOf(column, others)]
    },
    levels: (name) => levelsOf(columns[name]!, members, others),
  }
}

function partsOf(isTrue: ConditionColumn['isTrue']): readonly [Int32Array, Int32Array] {
  const [inside, outside] = [new Int32Array(isTrue.length), new Int32Array(isTrue.length)]
  let found = 0
  for (let row = 0; row < isTrue.length; row++) {
    if (hasBit(isTrue, row)) inside[found++] = row
    else outside[row - found] = row
  }
  return [inside.subarray(0, found), outside.subarray(0, isTrue.length - found)]
}

function momentsOf(column: Column, rows: Int32Array): Moments {
  if (column.type === 'bool') return shareOf(column, rows)
  if (column.type !== 'number') throw new TypeError(`A column of ${column.type} has no moments.`)
  const values = column.values as Float64Array
  // About any value near the others sums of squares lose little; where they lose much, they are summed again about the mean.
  const about = values[rows.find((row) => !Number.isNaN(values[row]!)) ?? 0]!
  const { n, sum, squares } = sumsAbout(about, values, rows)
  if (n === 0) return { n, mean: null, variance: null }
  const mean = about + sum / n
  const left = squares - (sum * sum) / n
  const around = left > squares * leastLeft ? left : sumsAbout(mean, values, rows).squares
  // Of numbers whose squares no double holds nothing is known.
  if (!Number.isFinite(around)) return { n: 0, mean: null, variance: null }
  return { n, mean, variance: n < 2 ? null : around / (n - 1) }
}

/** What is left of a sum of squares after the mean is taken off is wrong by the rounding of a double over this, at most. */
const leastLeft = 1e-3

/** Missing values, which are NaN, are left out. */
function sumsAbout(about: number, values: Float64Array, rows: Int32Array) {
  let n = 0
  let sum = 0
  let squares = 0
  for (let i = 0; i < rows.length; i++) {
    const difference = values[rows[i]!]! - about
    if (Number.isNaN(difference)) continue
    n++
    sum += difference
    squares += difference * difference
  }
  return { n, sum, squares }
}

function shareOf({ values, valid }: Extract<Column, { readonly type: 'bool' }>, rows: Int32Array): Moments {
  let n = 0
  let held = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (valid?.[row] === 0) continue
    n++
    held += values[row]!
  }
  if (n === 0) return { n, mean: null, variance: null }
  const share = held / n
  return { n, mean: share, variance: n < 2 ? null : (held * (1 - share)) / (n - 1) }
}

/** The most frequent first, equally frequent ones by their bytes. */
function levelsOf(
  column: Column,
  members: Int32Array,
  others: Int32Array,
): readonly LevelCount[] | 'too many' {
  if (!('codes' in column)) throw new TypeError(`A column of ${column.type} has no codes.`)
  const { codes, dictionary } = column
  if (dictionary.length > mostLevels) return 'too many'
  const [first, second] = [members, others].map((rows) => {
    const counts = new Int32Array(dictionary.length + 1)
    for (let i = 0; i < rows.length; i++) counts[codes[rows[i]!]! + 1]!++
    return counts.subarray(1)
  }) as [Int32Array, Int32Array]
  const found = dictionary.map((level, code) => ({ level, first: first[code]!, second: second[code]! }))
  const bytes = (one: LevelCount) => Buffer.from(one.level)
  return found.sort((a, b) => b.first + b.second - a.first - a.second || Buffer.compare(bytes(a), bytes(b)))
}
