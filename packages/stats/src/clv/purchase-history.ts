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

/** Distinct (frequency, recency, T) rows with their weights, ordered by first appearance. */
export interface GroupedHistory {
  readonly frequency: Float64Array
  readonly recency: Float64Array
  readonly T: Float64Array
  readonly weights: Float64Array
}

/** The distinct values of a column and, per row, which of them it holds. */
export interface CodedColumn {
  readonly values: Float64Array
  readonly codes: Int32Array
}

/**
 * Checks a purchase history and merges equal rows; nothing that a likelihood gives changes, only the time it takes.
 * Rows of weight 0 are left out. Cost: one hash look-up per row and column.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 */
export function groupHistory(data: PurchaseHistory): GroupedHistory {
  const n = checkHistory(data)
  const x = codeColumn(data.frequency, n)
  const recency = codeColumn(data.recency, n)
  const age = codeColumn(data.T, n)
  const seen = new Map<number, number>()
  const rows: number[] = []
  const weights: number[] = []
  for (let i = 0; i < n; i++) {
    const weight = data.weights ? data.weights[i]! : 1
    if (weight === 0) continue
    const key = (x.codes[i]! * recency.values.length + recency.codes[i]!) * age.values.length + age.codes[i]!
    const at = seen.get(key)
    if (at === undefined) {
      seen.set(key, rows.length)
      rows.push(i)
      weights.push(weight)
    } else weights[at]! += weight
  }
  if (rows.length === 0)
    throw new StatsError('emptyData', 'Every row has the weight 0; at least one customer was expected.')
  const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => column[i]!)
  return {
    frequency: pick(data.frequency),
    recency: pick(data.recency),
    T: pick(data.T),
    weights: Float64Array.from(weights),
  }
}

/** Distinct values in order of first appearance. */
export function codeColumn(column: ArrayLike<number>, n: number): CodedColumn {
  const codes = new Int32Array(n)
  const seen = new Map<number, number>()
  const values: number[] = []
  for (let i = 0; i < n; i++) {
    const value = column[i]!
    let code = seen.get(value)
    if (code === undefined) {
      code = values.length
      seen.set(value, code)
      values.push(value)
    }
    codes[i] = code
  }
  return { values: Float64Array.from(values), codes }
}

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
    if (!Number.isInteger(x) || x < 0)
      throw bad(
        'frequency',
        x,
        i,
        'a whole number ≥ 0',
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
