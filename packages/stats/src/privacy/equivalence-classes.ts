import { requireSameLength, StatsError } from '../stats-error.ts'

/** Class of each row: rows in one class look the same in every quasi-identifier. */
export type EquivalenceClasses = { readonly codes: Int32Array; readonly sizes: Int32Array }

/**
 * Groups rows that agree in all quasi-identifiers (age band, postcode, gender …).
 * Every column has one value per row.
 * Cost O(rows × columns).
 * Source: Sweeney (2002), https://doi.org/10.1142/S0218488502001648
 * @throws StatsError `emptyData` for no columns or rows, `lengthMismatch`.
 * @example
 * equivalenceClasses([['20s', '20s', '30s'], ['f', 'm', 'f']]).sizes // → [1, 1, 1]
 */
export function equivalenceClasses(
  quasiIdentifiers: readonly ArrayLike<string | number>[],
): EquivalenceClasses {
  const n = requireSameLength(
    Object.fromEntries(quasiIdentifiers.map((column, i) => [`quasi-identifier ${i}`, column])),
  )
  if (n === 0) throw new StatsError('emptyData', 'Anonymity needs at least one quasi-identifier and one row.')
  const numbers = new Map<string, number>()
  const sizes: number[] = []
  const codes = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const key = JSON.stringify(quasiIdentifiers.map((column) => column[i]))
    let code = numbers.get(key)
    if (code === undefined) {
      code = sizes.length
      numbers.set(key, code)
      sizes.push(0)
    }
    sizes[code]!++
    codes[i] = code
  }
  return { codes, sizes: Int32Array.from(sizes) }
}

/** Counts of each sensitive value in each class, values in ascending order (numbers as numbers). */
export type SensitiveTable = {
  readonly values: readonly (string | number)[]
  /** Per class, one count a value. */
  readonly counts: readonly Int32Array[]
  readonly sizes: Int32Array
  /** Share of each value in all rows. */
  readonly overall: Float64Array
}

/**
 * Cross-tabulates classes and a sensitive attribute.
 * One sensitive value per row.
 * Cost O(rows).
 * Source: Sweeney (2002), https://doi.org/10.1142/S0218488502001648
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain` for a class beyond the sizes.
 * @example
 * const classes = equivalenceClasses([['20s', '20s', '30s']])
 * sensitiveTable(classes, ['flu', 'cold', 'flu']).counts // → [[1, 1], [0, 1]]
 */
export function sensitiveTable(
  classes: EquivalenceClasses,
  sensitive: ArrayLike<string | number>,
): SensitiveTable {
  const n = requireSameLength({ classes: classes.codes, sensitive })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to tabulate.')
  if (!classes.codes.every((code) => code >= 0 && code < classes.sizes.length))
    throw new StatsError('outOfDomain', `A class is numbered outside 0 to ${classes.sizes.length - 1}.`)
  const values = [...new Set(Array.from(sensitive))].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  )
  const position = new Map(values.map((value, i) => [value, i]))
  const counts = Array.from(classes.sizes, () => new Int32Array(values.length))
  const overall = new Float64Array(values.length)
  for (let i = 0; i < n; i++) {
    const at = position.get(sensitive[i]!)!
    counts[classes.codes[i]!]![at]!++
    overall[at]!++
  }
  for (let v = 0; v < overall.length; v++) overall[v]! /= n
  return { values, counts, sizes: classes.sizes, overall }
}
