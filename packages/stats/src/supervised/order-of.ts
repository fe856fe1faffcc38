/**
 * Rows in ascending order of their values, ties in row order: values are sorted natively, then rows are counted into
 * place by rank, which is several times faster than sorting rows with a comparison function.
 */
export function orderOf(values: Float64Array, rows: Uint32Array): Uint32Array {
  const sorted = Float64Array.from(rows, (row) => values[row]!).sort()
  let distinct = 0
  for (let i = 0; i < sorted.length; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i]!
  const ranks = new Uint32Array(rows.length)
  const starts = new Uint32Array(distinct + 1)
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!
    let low = 0
    let high = distinct - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! < value) low = middle + 1
      else high = middle
    }
    ranks[i] = low
    starts[low + 1]!++
  }
  for (let r = 0; r < distinct; r++) starts[r + 1]! += starts[r]!
  const ordered = new Uint32Array(rows.length)
  for (let i = 0; i < rows.length; i++) ordered[starts[ranks[i]!]!++] = rows[i]!
  return ordered
}
