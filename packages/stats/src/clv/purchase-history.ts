import { StatsError } from '../stats-error.ts'

/**
 * One row per customer, or per group of customers alike in all three columns.
 * `frequency`: whole number of repeat purchases (the first is not counted). `recency`: age at the last purchase
 * (last minus first; 0 without a repeat). `T`: age at the end of observation. Recency and T share one unit of time.
 */
export interface PurchaseHistory {
  readonly frequency: ArrayLike<number>
  readonly recency: ArrayLike<number>
  readonly T: ArrayLike<number>
  /** Customers that a row stands for; 1 each when absent. */
  readonly weights?: ArrayLike<number>
}

/** Distinct (frequency, recency, T) rows with their weights, ascending, whatever the order of the customers. */
export interface GroupedHistory {
  readonly frequency: Float64Array
  readonly recency: Float64Array
  readonly T: Float64Array
  readonly weights: Float64Array
}

/** The distinct values of a column, ascending, and per row which of them it holds. */
export interface CodedColumn {
  readonly values: Float64Array
  readonly codes: Int32Array
}

/**
 * Checks a purchase history and merges equal rows; nothing that a likelihood gives changes, only the time it takes.
 * Rows of weight 0 are left out.
 * Cost one table look-up per row and column and two counting sorts, or one sort of numbers where values are many.
 * Source: Fader and Hardie (2009), "Probability models for customer-base analysis", https://doi.org/10.1016/j.intmar.2008.11.003
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * groupHistory({ frequency: [1, 0, 1], recency: [4, 0, 4], T: [9, 9, 9] }).weights // → [1, 2]
 */
export function groupHistory(data: PurchaseHistory): GroupedHistory {
  const n = checkHistory(data)
  const x = codeColumn(data.frequency, n)
  const recency = codeColumn(data.recency, n)
  const age = codeColumn(data.T, n)
  const [width, depth] = [recency.values.length, age.values.length]
  const pairs = x.values.length * width
  // A row's three codes make one whole number; above 2⁵³ there are so many distinct values that rows hardly repeat.
  if (pairs * depth > Number.MAX_SAFE_INTEGER) return withoutMerging(data, n)
  const pairOf = (i: number): number => x.codes[i]! * width + recency.codes[i]!
  const keys = (): Float64Array => Float64Array.from(age.codes, (code, i) => pairOf(i) * depth + code)
  const { distinct, weights } = data.weights
    ? sumByKey(keys(), data.weights)
    : pairs <= n
      ? countByCodes(x.codes, recency, pairs, age)
      : countSorted(keys().sort())
  if (distinct.length === 0)
    throw new StatsError('emptyData', 'Every row has the weight 0; at least one customer was expected.')
  const rows = distinct.length
  const grouped = {
    frequency: new Float64Array(rows),
    recency: new Float64Array(rows),
    T: new Float64Array(rows),
    weights,
  }
  for (let k = 0; k < rows; k++) {
    const pair = Math.floor(distinct[k]! / depth)
    grouped.T[k] = age.values[distinct[k]! - pair * depth]!
    grouped.recency[k] = recency.values[pair % width]!
    grouped.frequency[k] = x.values[Math.floor(pair / width)]!
  }
  return grouped
}

/** A systematic sample of about `rows` rows of a sorted history: every n-th, with its weight. */
export function everyNth(data: GroupedHistory, rows: number): GroupedHistory {
  const step = Math.max(1, Math.floor(data.T.length / rows))
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(Math.ceil(column.length / step))
    for (let k = 0; k < picked.length; k++) picked[k] = column[k * step]!
    return picked
  }
  return {
    frequency: pick(data.frequency),
    recency: pick(data.recency),
    T: pick(data.T),
    weights: pick(data.weights),
  }
}

/** Distinct values ascending. Whole numbers below 2²⁰ (counts, days) take a table, others a hash. */
export function codeColumn(column: ArrayLike<number>, n: number): CodedColumn {
  let top = 0
  for (let i = 0; i < n; i++) {
    const value = column[i]!
    const whole = value | 0
    if (whole !== value || whole < 0 || whole >= 1_048_576) return codeByHash(column, n)
    if (whole > top) top = whole
  }
  return codeByTable(column, n, top)
}

function codeByTable(column: ArrayLike<number>, n: number, top: number): CodedColumn {
  const table = new Int32Array(top + 1)
  for (let i = 0; i < n; i++) table[column[i]!] = 1
  const values: number[] = []
  for (let value = 0; value <= top; value++) if (table[value] === 1) table[value] = values.push(value) - 1
  const codes = new Int32Array(n)
  for (let i = 0; i < n; i++) codes[i] = table[column[i]!]!
  return { values: Float64Array.from(values), codes }
}

function codeByHash(column: ArrayLike<number>, n: number): CodedColumn {
  const seen = new Set<number>()
  for (let i = 0; i < n; i++) seen.add(column[i]!)
  const values = Float64Array.from(seen).sort()
  const code = new Map<number, number>()
  for (let k = 0; k < values.length; k++) code.set(values[k]!, k)
  const codes = new Int32Array(n)
  for (let i = 0; i < n; i++) codes[i] = code.get(column[i]!)!
  return { values, codes }
}

interface KeyCounts {
  readonly distinct: Float64Array
  readonly weights: Float64Array
}

/** Rows in the order of their keys by two counting sorts, by age and then by the pair of the other codes; equal keys counted. */
function countByCodes(
  x: Int32Array,
  { codes: recency, values: { length: width } }: CodedColumn,
  pairs: number,
  { codes: age, values: { length: depth } }: CodedColumn,
): KeyCounts {
  const n = x.length
  const ageEnds = new Int32Array(depth + 1)
  const pairEnds = new Int32Array(pairs + 1)
  for (let i = 0; i < n; i++) {
    ageEnds[age[i]! + 1]!++
    pairEnds[x[i]! * width + recency[i]! + 1]!++
  }
  for (let code = 0; code < depth; code++) ageEnds[code + 1]! += ageEnds[code]!
  for (let pair = 0; pair < pairs; pair++) pairEnds[pair + 1]! += pairEnds[pair]!
  // Starts become ends as places are given away.
  const byAge = new Int32Array(n)
  for (let i = 0; i < n; i++) byAge[ageEnds[age[i]!]!++] = x[i]! * width + recency[i]!
  const ages = new Int32Array(n)
  for (let code = 0, i = 0; code < depth; code++)
    for (; i < ageEnds[code]!; i++) ages[pairEnds[byAge[i]!]!++] = code
  const distinct = new Float64Array(n)
  const weights = new Float64Array(n)
  let rows = 0
  for (let pair = 0, i = 0; pair < pairs; pair++) {
    let last = -1
    for (; i < pairEnds[pair]!; i++) {
      const code = ages[i]!
      if (code !== last) distinct[rows++] = pair * depth + code
      weights[rows - 1]!++
      last = code
    }
  }
  return { distinct: distinct.slice(0, rows), weights: weights.slice(0, rows) }
}

function countSorted(keys: Float64Array): KeyCounts {
  let rows = 0
  for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i] !== keys[i - 1]) rows++
  const distinct = new Float64Array(rows)
  const weights = new Float64Array(rows)
  let at = -1
  for (let i = 0; i < keys.length; i++) {
    if (i === 0 || keys[i] !== keys[i - 1]) distinct[++at] = keys[i]!
    weights[at]!++
  }
  return { distinct, weights }
}

function sumByKey(keys: Float64Array, weights: ArrayLike<number>): KeyCounts {
  if (isStrictlyAscending(keys) && Array.prototype.every.call(weights, (w: number) => w > 0))
    return { distinct: keys, weights: Float64Array.from(weights) }
  const sums = new Map<number, number>()
  for (let i = 0; i < keys.length; i++)
    if (weights[i]! > 0) sums.set(keys[i]!, (sums.get(keys[i]!) ?? 0) + weights[i]!)
  const distinct = Float64Array.from(sums.keys()).sort()
  return { distinct, weights: distinct.map((key) => sums.get(key)!) }
}

/** Rows that come out of `groupHistory` go in again unchanged. */
function isStrictlyAscending(keys: Float64Array): boolean {
  for (let i = 1; i < keys.length; i++) if (!(keys[i]! > keys[i - 1]!)) return false
  return true
}

function withoutMerging(data: PurchaseHistory, n: number): GroupedHistory {
  const rows = Array.from({ length: n }, (_, i) => i).filter((i) => !data.weights || data.weights[i]! > 0)
  const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => column[i]!)
  const weights = data.weights ? pick(data.weights) : new Float64Array(rows.length).fill(1)
  return { frequency: pick(data.frequency), recency: pick(data.recency), T: pick(data.T), weights }
}

/** Likelihoods keep a table entry per purchase; nobody makes so many. */
const LARGEST_FREQUENCY = 10_000_000

/** Throws unless the history is one that could have been observed; returns the number of rows. */
export function checkHistory(data: PurchaseHistory): number {
  const n = data.frequency.length
  for (const [name, column] of [
    ['recency', data.recency],
    ['T', data.T],
    ['weights', data.weights],
  ] as const)
    if (column && column.length !== n)
      throw new StatsError(
        'lengthMismatch',
        `${name} has ${column.length} values and frequency has ${n}; equal lengths were expected.`,
      )
  if (n === 0)
    throw new StatsError('emptyData', 'The purchase history has no rows; at least one customer was expected.')
  for (let i = 0; i < n; i++) {
    const x = data.frequency[i]!
    const recency = data.recency[i]!
    const age = data.T[i]!
    const weight = data.weights ? data.weights[i]! : 1
    if (!Number.isInteger(x) || x < 0 || x > LARGEST_FREQUENCY)
      throw bad(
        'frequency',
        x,
        i,
        'a whole number from 0 to 10,000,000',
        'Count repeat purchase periods; do not count the first.',
      )
    if (!(age >= 0 && age < Infinity))
      throw bad('T', age, i, 'a finite number ≥ 0', 'T is the end of observation minus the first purchase.')
    if (!(recency >= 0 && recency <= age))
      throw bad(
        'recency',
        recency,
        i,
        `a number between 0 and T = ${age}`,
        'Recency is last minus first purchase, not days since the last.',
      )
    if (x === 0 && recency !== 0)
      throw bad(
        'recency',
        recency,
        i,
        '0, since frequency is 0',
        'A customer without a repeat has recency 0.',
      )
    if (!(weight >= 0 && weight < Infinity))
      throw bad('weights', weight, i, 'a finite number ≥ 0', 'Weights count customers.')
  }
  return n
}

function bad(name: string, value: number, index: number, expected: string, hint: string): StatsError {
  const code = Number.isNaN(value) ? 'notFinite' : 'outOfDomain'
  return new StatsError(code, `${name} is ${value} in row ${index}; ${expected} was expected.`, {
    hint,
    context: { index },
  })
}
