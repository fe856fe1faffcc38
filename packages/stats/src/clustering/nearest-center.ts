/** Room for the rows of one block, few enough that they and their distances stay in the processor's cache. */
export type RowBlock = {
  /** Rows a block at most. */
  readonly size: number
  /** Places for centres, in whole fours. */
  readonly width: number
  /** The centres column after column, so that a row meets four of them at once; places beyond k are infinitely far. */
  readonly across: Float64Array
  /** Rows to look at. */
  readonly rows: Int32Array
  /** Cluster that a row was in before. */
  readonly former: Int32Array
  /** Squared distances of one row after the other, `width` each. */
  readonly squares: Float64Array
}

export function rowBlock(k: number, p: number): RowBlock {
  const width = 4 * Math.ceil(k / 4)
  const size = Math.max(16, Math.min(512, Math.floor(4096 / width)))
  return {
    size,
    width,
    across: new Float64Array(width * p),
    // Rows are taken two by two, so an odd one out needs a place beside it.
    rows: new Int32Array(size + 1),
    former: new Int32Array(size),
    squares: new Float64Array((size + 1) * width),
  }
}

/** Lays centres (row-major k×p) out column after column. */
export function turnCenters(centers: Float64Array, p: number, across: Float64Array): void {
  const width = across.length / p
  across.fill(Number.POSITIVE_INFINITY)
  for (let c = 0; c * p < centers.length; c++)
    for (let j = 0; j < p; j++) across[j * width + c] = centers[c * p + j]!
}

/**
 * Hot: squared distances of the first `count` rows of a block from every centre, two rows and four centres at a time:
 * each number read then serves more than one difference, and eight sums are as many as the registers hold.
 */
export function distancesToCenters(data: Float64Array, p: number, count: number, block: RowBlock): void {
  const { rows, across, squares, width } = block
  if (count > 0) rows[count] = rows[count - 1]!
  touchRows(data, p, count, block)
  for (let t = 0; t < count; t += 2) {
    const start = rows[t]! * p
    const end = start + p
    const away = rows[t + 1]! * p - start
    for (let c = 0; c < width; c += 4) {
      let a0 = 0
      let b0 = 0
      let a1 = 0
      let b1 = 0
      let a2 = 0
      let b2 = 0
      let a3 = 0
      let b3 = 0
      for (let at = start, to = c; at < end; at++, to += width) {
        const a = data[at]!
        const b = data[at + away]!
        const c0 = across[to]!
        const c1 = across[to + 1]!
        a0 += (a - c0) * (a - c0)
        b0 += (b - c0) * (b - c0)
        a1 += (a - c1) * (a - c1)
        b1 += (b - c1) * (b - c1)
        const c2 = across[to + 2]!
        const c3 = across[to + 3]!
        a2 += (a - c2) * (a - c2)
        b2 += (b - c2) * (b - c2)
        a3 += (a - c3) * (a - c3)
        b3 += (b - c3) * (b - c3)
      }
      const into = t * width + c
      squares[into] = a0
      squares[into + 1] = a1
      squares[into + 2] = a2
      squares[into + 3] = a3
      squares[into + width] = b0
      squares[into + width + 1] = b1
      squares[into + width + 2] = b2
      squares[into + width + 3] = b3
    }
  }
}

/** Reads from each row first, so that the processor waits for many of them at once instead of one by one. */
function touchRows(data: Float64Array, p: number, count: number, { rows, squares, width }: RowBlock): void {
  let touched = 0
  for (let t = 0; t < count; t++) touched += data[rows[t]! * p]! + data[rows[t]! * p + p - 1]!
  // Written somewhere, or the compiler would leave the reading out.
  squares[count * width] = touched
}

/**
 * Hot: gives the first `count` rows of a block their nearest centre (a tie goes to the lower number) and how much
 * farther the next one is. Returns how many changed, and moves them to the front of `rows` and their labels to `former`.
 * Which of two is less can't be foreseen, so places are exchanged by masks of bits instead of branches.
 */
export function nearestTwo(
  count: number,
  { rows, former, squares, width }: RowBlock,
  labels: Int32Array,
  margins: Float64Array,
  moved: Float64Array,
): number {
  let changed = 0
  for (let t = 0, first = 0; t < count; t++, first += width) {
    let best = first + Number(squares[first + 1]! < squares[first]!)
    let next = first + first + 1 - best
    for (let c = first + 2; c < first + width; c++) {
      const square = squares[c]!
      const beatsNext = -Number(square < squares[next]!)
      const beatsBest = -Number(square < squares[best]!)
      next ^= (next ^ c) & beatsNext
      next ^= (next ^ best) & beatsBest
      best ^= (best ^ c) & beatsBest
    }
    const i = rows[t]!
    const label = best - first
    const before = labels[i]!
    margins[i] = Math.sqrt(squares[next]!) - Math.sqrt(squares[best]!) + moved[label]!
    labels[i] = label
    rows[changed] = i
    former[changed] = before
    changed += Number(label !== before)
  }
  return changed
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
