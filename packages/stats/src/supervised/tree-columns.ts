import { requireMatrix, requireSameLength, StatsError } from '../stats-error.ts'

/** A predictor of a tree: numbers, or categories as codes into their levels. */
export type TreeColumn =
  | {
      readonly name: string
      readonly kind: 'number'
      readonly values: Float64Array /** 0 where the value is missing. */
      readonly valid?: Uint8Array
    }
  | {
      readonly name: string
      readonly kind: 'category' /** −1 is missing. */
      readonly codes: Int32Array
      readonly levels: readonly string[]
    }

export type TreeData = {
  readonly columns: readonly TreeColumn[]
  readonly y: Float64Array
  readonly weights?: Float64Array
}

/**
 * A column of words as codes; levels in order of first appearance.
 * Codes from 0, −1 for null or a level that is not listed; length n.
 * Cost O(n).
 * Source: Breiman et al. (1984), section 2.4, https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * categoryColumn('city', ['Xi’an', 'Wuhan', null, 'Wuhan']).codes // → [0, 1, -1, 1]
 */
export function categoryColumn(
  name: string,
  values: readonly (string | null)[],
  levels?: readonly string[],
): TreeColumn {
  const known = new Map((levels ?? []).map((level, code) => [level, code]))
  const codes = Int32Array.from(values, (value) => {
    if (value === null) return -1
    if (!known.has(value) && !levels) known.set(value, known.size)
    return known.get(value) ?? -1
  })
  return { name, kind: 'category', codes, levels: [...known.keys()] }
}

/**
 * Number columns of a row-major n×p matrix, for models that take columns; named `x0`, `x1`, … unless told.
 * Cost O(n·p).
 * Source: Breiman et al. (1984), section 2.4, https://doi.org/10.1201/9781315139470
 * @throws StatsError `lengthMismatch`, `invalidOption`
 * @example
 * numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 2, p: 2 })[1].values // → [2, 4]
 */
export function numberColumns(
  x: { readonly data: Float64Array; readonly n: number; readonly p: number },
  names?: readonly string[],
): readonly TreeColumn[] {
  requireMatrix('The matrix', x.data, x.n, x.p)
  return Array.from({ length: x.p }, (_, j) => ({
    name: names?.[j] ?? `x${j}`,
    kind: 'number' as const,
    values: Float64Array.from({ length: x.n }, (_v, i) => x.data[i * x.p + j]!),
  }))
}

/**
 * How many rows a column has.
 * Cost O(1).
 * Source: Breiman et al. (1984), section 2.4, https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * columnLength({ name: 'x', kind: 'number', values: Float64Array.of(1, 2) }) // → 2
 */
export function columnLength(column: TreeColumn): number {
  return column.kind === 'number' ? column.values.length : column.codes.length
}

/**
 * True where the row's value is missing; a number that is not finite is.
 * Cost O(1).
 * Source: Breiman et al. (1984), section 2.4, https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * isMissing({ name: 'x', kind: 'number', values: Float64Array.of(1, Infinity) }, 1) // → true
 */
export function isMissing(column: TreeColumn, row: number): boolean {
  if (column.kind === 'category') return !(column.codes[row]! >= 0)
  return (column.valid !== undefined && column.valid[row] === 0) || !Number.isFinite(column.values[row]!)
}

/**
 * Throws unless columns, response and weights fit together; returns nothing.
 * Cost O(n·p).
 * Source: Breiman et al. (1984), section 2.4, https://doi.org/10.1201/9781315139470
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, `outOfDomain`
 * @example
 * requireTreeData({ columns: [], y: Float64Array.of(1) }) // throws emptyData
 */
export function requireTreeData({ columns, y, weights }: TreeData): void {
  if (columns.length === 0 || y.length === 0)
    throw new StatsError(
      'emptyData',
      `There are ${columns.length} columns and ${y.length} rows; at least 1 of each was expected.`,
    )
  requireSameLength(
    Object.fromEntries([
      ['y', y],
      ['weights', weights],
      ...columns.map((c) => [`column ${c.name}`, c.kind === 'number' ? c.values : c.codes]),
    ] as [string, ArrayLike<unknown> | undefined][]),
  )
  for (let i = 0; i < y.length; i++)
    if (!Number.isFinite(y[i]!))
      throw new StatsError('notFinite', `The response of row ${i} is ${y[i]}; a finite number was expected.`)
  if (!weights) return
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i]! >= 0 && weights[i]! < Number.POSITIVE_INFINITY))
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${i} is ${weights[i]}; a finite number of at least 0 was expected.`,
      )
  }
}
