import type * as S from '@tranche/stats'

// Reshaping that several adapters share: dates to day numbers, columns to rows.

/** The day number (since 1970-01-01) of the first ten characters of an ISO date. */
export const dayOf = (text: string): number =>
  Math.round(Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / 86_400_000)

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0)

/** Evaluates once, when first asked. */
export function once<T>(make: () => T): () => T {
  let value: T | undefined
  return () => {
    value ??= make()
    return value
  }
}

/** A history from the collection's symbols, where one number stands for all rows. */
export function history(input: {
  readonly x: number | readonly number[]
  readonly t_x: number | readonly number[]
  readonly T: number | readonly number[]
}): S.PurchaseHistory {
  const frequency = typeof input.x === 'number' ? [input.x] : input.x
  const spread = (v: number | readonly number[]): readonly number[] =>
    typeof v === 'number' ? frequency.map(() => v) : v
  return { frequency, recency: spread(input.t_x), T: spread(input.T) }
}

export function transactionLog(rows: readonly (readonly [number, string, number?])[]): S.TransactionLog {
  const log = { customer: rows.map((row) => row[0]), day: rows.map((row) => dayOf(row[1])) }
  return rows[0]!.length > 2 ? { ...log, amount: rows.map((row) => row[2]!) } : log
}

export const summaryRows = (s: S.CustomerSummary): unknown[] =>
  Array.from(s.customer, (id, i) => ({
    id,
    frequency: s.frequency[i],
    recency: s.recency[i],
    T: s.T[i],
    monetary_value: s.monetaryValue[i],
  }))

export const holdoutRows = (h: S.CalibrationHoldout): unknown[] =>
  Array.from(h.calibration.customer, (id, i) => ({
    id,
    frequency_cal: h.calibration.frequency[i],
    recency_cal: h.calibration.recency[i],
    T_cal: h.calibration.T[i],
    frequency_holdout: h.holdoutFrequency[i],
    duration_holdout: h.holdoutDuration,
  }))
