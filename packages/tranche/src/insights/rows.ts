/** Numbers of rows in which a mask is set, ascending. */
export function rowsIn(mask: Uint8Array): Uint32Array {
  const rows = new Uint32Array(mask.length)
  let n = 0
  for (let row = 0; row < mask.length; row++) if (mask[row] === 1) rows[n++] = row
  return rows.slice(0, n)
}

/** A column's values in the given rows, in their order. */
export function valuesAt(values: ArrayLike<number>, rows: Uint32Array): Float64Array {
  const found = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) found[at] = values[rows[at]!]!
  return found
}

/** The same of codes. */
export function codesAt(codes: Int16Array, rows: Uint32Array): Int16Array {
  const found = new Int16Array(rows.length)
  for (let at = 0; at < rows.length; at++) found[at] = codes[rows[at]!]!
  return found
}
