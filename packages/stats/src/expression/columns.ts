import { StatsError } from '../stats-error.ts'

/** A column of numbers; a row counts as missing where `valid` is 0. Without `valid` all are known. */
export type NumberColumn = {
  readonly kind: 'number'
  readonly values: Float64Array
  readonly valid?: Uint8Array
}

/** A column of words; null is missing. */
export type TextColumn = { readonly kind: 'text'; readonly values: readonly (string | null)[] }

export type Columns = {
  readonly n: number
  readonly columns: Readonly<Record<string, NumberColumn | TextColumn>>
}

/** Numbers out of an evaluator: the value counts only where `valid` is 1 and is 0 elsewhere. */
export type NumberResult = { readonly values: Float64Array; readonly valid: Uint8Array }

/**
 * The column of that name.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws StatsError `invalidOption` if there is no such column, `lengthMismatch` if it has another number of rows
 * @example
 * columnOf({ n: 2, columns: { age: { kind: 'number', values: Float64Array.of(30, 41) } } }, 'age').kind // → 'number'
 */
export function columnOf(data: Columns, name: string): NumberColumn | TextColumn {
  const found = Object.hasOwn(data.columns, name) ? data.columns[name] : undefined
  if (!found) {
    throw new StatsError(
      'invalidOption',
      `There is no column "${name}"; known are ${Object.keys(data.columns).join(', ') || 'none'}.`,
      { context: { column: name } },
    )
  }
  if (found.values.length !== data.n) {
    throw new StatsError(
      'lengthMismatch',
      `Column "${name}" has ${found.values.length} rows; ${data.n} were expected.`,
      { context: { column: name } },
    )
  }
  return found
}

/**
 * The column of that name, which must hold numbers.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws StatsError `invalidOption` if the column holds words or there is none, `lengthMismatch` if it has another
 * number of rows
 * @example
 * numberColumnOf({ n: 2, columns: { age: { kind: 'number', values: Float64Array.of(30, 41) } } }, 'age').values // → [30, 41]
 */
export function numberColumnOf(data: Columns, name: string): NumberColumn {
  const found = columnOf(data, name)
  if (found.kind === 'number') return found
  throw new StatsError('invalidOption', `Column "${name}" holds words where numbers were expected.`, {
    context: { column: name },
  })
}

/**
 * The value of a row, null when missing; a number that is not finite is missing too.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws nothing
 * @example
 * cellReader({ kind: 'text', values: ['a', null] })(1) // → null
 */
export function cellReader(found: NumberColumn | TextColumn): (row: number) => string | number | null {
  if (found.kind === 'text') return (row) => found.values[row] ?? null
  const { values, valid } = found
  return (row) => ((!valid || valid[row]) && Number.isFinite(values[row]!) ? values[row]! : null)
}
