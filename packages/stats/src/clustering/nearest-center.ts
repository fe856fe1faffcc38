/** Places for k centres, in whole fours. */
export function widthOf(k: number): number {
  return 4 * Math.ceil(k / 4)
}

/** Lays centres (row-major k×p) out column after column; places beyond k are infinitely far. */
export function turnCenters(centers: Float64Array, p: number, across: Float64Array): void {
  const width = across.length / p
  across.fill(Number.POSITIVE_INFINITY)
  for (let c = 0; c * p < centers.length; c++)
    for (let j = 0; j < p; j++) across[j * width + c] = centers[c * p + j]!
}

/** Hot: every distance of row i, to four centres at a time; writes its label and the distances to the nearest and the next. */
export function assignRow(
  data: Float64Array,
  i: number,
  p: number,
  across: Float64Array,
  width: number,
  labels: Int32Array,
  upper: Float64Array,
  lower: Float64Array,
): void {
  const start = i * p
  const end = start + p
  let best = Number.POSITIVE_INFINITY
  let second = Number.POSITIVE_INFINITY
  let label = 0
  for (let c = 0; c < width; c += 4) {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let at = start, to = c; at < end; at++, to += width) {
      const x = data[at]!
      const d0 = x - across[to]!
      const d1 = x - across[to + 1]!
      const d2 = x - across[to + 2]!
      const d3 = x - across[to + 3]!
      s0 += d0 * d0
      s1 += d1 * d1
      s2 += d2 * d2
      s3 += d3 * d3
    }
    // The two least of the four without a branch, and which one is the least, before they meet those held so far.
    const low01 = s1 < s0 ? s1 : s0
    const low23 = s3 < s2 ? s3 : s2
    const least = low23 < low01 ? low23 : low01
    const high01 = s1 < s0 ? s0 : s1
    const high23 = s3 < s2 ? s2 : s3
    const beaten = low23 < low01 ? low01 : low23
    const side = low23 < low01 ? high23 : high01
    const next = side < beaten ? side : beaten
    if (least < best) {
      second = best < next ? best : next
      best = least
      label = c + (least === s0 ? 0 : least === s1 ? 1 : least === s2 ? 2 : 3)
    } else if (least < second) second = least
  }
  labels[i] = label
  upper[i] = Math.sqrt(best)
  lower[i] = Math.sqrt(second)
}

/** Hot: unrolled by four columns, because p is small and the loop's overhead is not. */
export function squaredDistance(
  a: Float64Array,
  at: number,
  b: Float64Array,
  base: number,
  p: number,
): number {
  let sum = 0
  let j = 0
  for (; j + 3 < p; j += 4) {
    const d0 = a[at + j]! - b[base + j]!
    const d1 = a[at + j + 1]! - b[base + j + 1]!
    const d2 = a[at + j + 2]! - b[base + j + 2]!
    const d3 = a[at + j + 3]! - b[base + j + 3]!
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3)
  }
  for (; j < p; j++) {
    const d = a[at + j]! - b[base + j]!
    sum += d * d
  }
  return sum
}
