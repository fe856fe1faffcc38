import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type Standardisation = {
  readonly means: readonly number[]
  readonly sds: readonly number[]
  readonly ddof: 0 | 1
}

/**
 * Means and standard deviations that bring each column to mean 0 and deviation 1.
 * One mean and one deviation per column.
 * Cost O(n·p).
 * Source: scikit-learn's StandardScaler, https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html
 * @param ddof 0 divides by n (scikit-learn's StandardScaler), 1 by n − 1 (R's `scale`).
 * @throws StatsError `lengthMismatch`, `emptyData`, `zeroVariance` for a constant column, `insufficientData`,
 * `notFinite`.
 * @example
 * fitStandardisation({ data: Float64Array.of(1, 2, 3), n: 3, p: 1 }, 1) // → { means: [2], sds: [1], ddof: 1 }
 */
export function fitStandardisation(rows: Rows, ddof: 0 | 1): Standardisation {
  requireFiniteRows(rows)
  const { data, n, p } = rows
  if (n <= ddof)
    throw new StatsError(
      'insufficientData',
      `${n} rows do not determine a standard deviation; at least ${ddof + 1} were expected.`,
    )
  const means = new Float64Array(p)
  const squares = new Float64Array(p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) means[j]! += (data[i * p + j]! - means[j]!) / (i + 1)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) squares[j]! += (data[i * p + j]! - means[j]!) ** 2
  const sds = Array.from(squares, (s, j) => {
    const sd = Math.sqrt(s / (n - ddof))
    if (sd > 1e-14 * Math.abs(means[j]!)) return sd
    throw new StatsError('zeroVariance', `Column ${j} is constant, so it cannot be standardised.`, {
      hint: 'Leave the column out.',
      context: { column: j },
    })
  })
  return Object.freeze({ means: Object.freeze(Array.from(means)), sds: Object.freeze(sds), ddof })
}

/**
 * Rows brought to the standard scale; the input stays as it is.
 * Cost O(n·p).
 * Source: scikit-learn's StandardScaler, https://scikit-learn.org/stable/modules/generated/sklearn.preprocessing.StandardScaler.html
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, `outOfDomain` for a deviation that is not above 0.
 * @example
 * const rows = { data: Float64Array.of(1, 2, 3), n: 3, p: 1 }
 * standardise(rows, fitStandardisation(rows, 1)).data // → [-1, 0, 1]
 */
export function standardise({ data, n, p }: Rows, { means, sds }: Standardisation): Rows {
  if (means.length !== p || sds.length !== p)
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${p} columns; the scale was fitted on ${means.length} means and ${sds.length} deviations.`,
    )
  const at = sds.findIndex((sd, j) => !(sd > 0 && sd < Infinity && Number.isFinite(means[j])))
  if (at >= 0)
    throw new StatsError(
      'outOfDomain',
      `Column ${at} has mean ${means[at]} and deviation ${sds[at]}; finite numbers and a deviation > 0 were expected.`,
    )
  requireFiniteRows({ data, n, p })
  return { data: data.map((x, at) => (x - means[at % p]!) / sds[at % p]!), n, p }
}
