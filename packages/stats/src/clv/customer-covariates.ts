import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { checkHistory, type PurchaseHistory } from './purchase-history.ts'

/** What is known of each customer and does not change: one row of `names.length` numbers per row of the history. */
export interface CovariateColumns {
  readonly names: readonly string[]
  /** Row-major n×p. */
  readonly data: ArrayLike<number>
}

/** `transaction` covariates move the rate of purchases, `lifetime` covariates the end of buying. */
export interface CovariateHistory extends PurchaseHistory {
  readonly transaction?: CovariateColumns
  readonly lifetime?: CovariateColumns
}

/** Customers alike in every covariate, to whom one model without covariates applies. */
export interface CovariateGroup {
  readonly rows: Int32Array
  readonly transaction: Float64Array
  readonly lifetime: Float64Array
}

/** Groups the rows by their covariates. @throws StatsError as `checkHistory`, `lengthMismatch`, `notFinite`, `invalidOption` */
export function groupByCovariates(data: CovariateHistory): CovariateGroup[] {
  const n = checkHistory(data)
  const transaction = checkCovariates('transaction', data.transaction, n)
  const lifetime = checkCovariates('lifetime', data.lifetime, n)
  const groups = new Map<string, number[]>()
  for (let i = 0; i < n; i++) {
    const key = [...rowOf(transaction, i), ...rowOf(lifetime, i)].join(' ')
    const rows = groups.get(key)
    if (rows) rows.push(i)
    else groups.set(key, [i])
  }
  return Array.from(groups.values(), (rows) => ({
    rows: Int32Array.from(rows),
    transaction: rowOf(transaction, rows[0]!),
    lifetime: rowOf(lifetime, rows[0]!),
  }))
}

/** The rows of a history at the given places. */
export function pickRows(data: PurchaseHistory, rows: Int32Array): PurchaseHistory {
  const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => column[i]!)
  return {
    frequency: pick(data.frequency),
    recency: pick(data.recency),
    T: pick(data.T),
    ...(data.weights ? { weights: pick(data.weights) } : {}),
  }
}

function rowOf({ names, data }: CovariateColumns, i: number): Float64Array {
  return Float64Array.from(names, (_, k) => data[i * names.length + k]!)
}

function checkCovariates(role: string, columns: CovariateColumns | undefined, n: number): CovariateColumns {
  if (!columns) return { names: [], data: [] }
  const { names, data } = columns
  if (data.length !== n * names.length)
    throw new StatsError(
      'lengthMismatch',
      `The ${role} covariates have ${data.length} values; ${n} rows of ${names.length} were expected.`,
    )
  if (new Set(names).size !== names.length)
    throw new StatsError('invalidOption', `The ${role} covariates name a column twice: ${names.join(', ')}.`)
  requireFiniteColumn(`${role} covariates`, data)
  return columns
}
