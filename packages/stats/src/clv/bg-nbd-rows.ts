import { type CodedColumn, codeColumn, type GroupedHistory } from './purchase-history.ts'

/** Grouped rows as the likelihood's loops want them. */
export interface RowLayout {
  readonly x: CodedColumn
  readonly recency: CodedColumn
  readonly age: CodedColumn
  readonly weights: Float64Array
  /** First row of each frequency, and the end. */
  readonly starts: Int32Array
  readonly perFrequency: Float64Array
  readonly customersByAge: Float64Array
  readonly purchasesByAge: Float64Array
}

export function layOutRows(data: GroupedHistory, unit: number): RowLayout {
  const n = data.frequency.length
  const x = codeColumn(data.frequency, n)
  const perFrequency = new Float64Array(x.values.length)
  const starts = new Int32Array(x.values.length + 1)
  for (let i = 0; i < n; i++) {
    perFrequency[x.codes[i]!]! += data.weights[i]!
    starts[x.codes[i]! + 1]!++
  }
  for (let k = 0; k < x.values.length; k++) starts[k + 1]! += starts[k]!
  const { frequency, recency: last, T, weights } = inOrder(data, x.codes, starts)
  const recency = codeColumn(last, n)
  const age = codeColumn(T, n)
  const customersByAge = new Float64Array(age.values.length)
  const purchasesByAge = new Float64Array(age.values.length)
  for (let i = 0; i < n; i++) {
    customersByAge[age.codes[i]!]! += weights[i]!
    purchasesByAge[age.codes[i]!]! += weights[i]! * frequency[i]!
  }
  const scaled = (column: CodedColumn): CodedColumn => ({
    ...column,
    values: column.values.map((v) => v / unit),
  })
  return {
    x,
    recency: scaled(recency),
    age: scaled(age),
    weights,
    starts,
    perFrequency,
    customersByAge,
    purchasesByAge,
  }
}

/** Rows by frequency. Grouped rows are sorted already; rows that were not merged are put in order here. */
function inOrder(data: GroupedHistory, codes: Int32Array, starts: Int32Array): GroupedHistory {
  const n = codes.length
  let sorted = true
  for (let i = 1; i < n && sorted; i++) sorted = codes[i]! >= codes[i - 1]!
  if (sorted) return data
  const next = starts.slice()
  const ordered = {
    frequency: new Float64Array(n),
    recency: new Float64Array(n),
    T: new Float64Array(n),
    weights: new Float64Array(n),
  }
  for (let i = 0; i < n; i++) {
    const at = next[codes[i]!]!++
    ordered.frequency[at] = data.frequency[i]!
    ordered.recency[at] = data.recency[i]!
    ordered.T[at] = data.T[i]!
    ordered.weights[at] = data.weights[i]!
  }
  return ordered
}
