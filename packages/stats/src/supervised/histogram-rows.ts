import type { BinnedColumns } from './feature-bins.ts'
import type { HistogramSplit } from './histogram-split.ts'

/** Bins of a histogram a feature: feature f, bin b stands at 256·f + b. */
export const HISTOGRAM_STRIDE = 256

/** Bins of rows, four columns to a 32-bit word, the words of a row together, since histograms read whole rows. */
export type BinWords = { readonly words: Int32Array; readonly wordsPerRow: number }

/** In blocks of rows, so that neither side is read or written far from where it was last. */
export function packRows({ data, n, p }: BinnedColumns): BinWords {
  const wordsPerRow = Math.ceil(p / 4)
  const words = new Int32Array(n * wordsPerRow)
  for (let block = 0; block < n; block += 2048) {
    const end = Math.min(n, block + 2048)
    for (let f = 0; f < p; f++) {
      const shift = 8 * (f % 4)
      for (let i = block, to = block * wordsPerRow + (f >> 2); i < end; i++, to += wordsPerRow)
        words[to]! |= data[f * n + i]! << shift
    }
  }
  return { words, wordsPerRow }
}

/** An empty histogram of all columns, with room for whole words of them. */
export function emptyHistogram({ wordsPerRow }: BinWords): Float64Array {
  return new Float64Array(4 * wordsPerRow * HISTOGRAM_STRIDE)
}

/**
 * Adds packed derivatives of rows `start` … `end` − 1 of the order, ascending, to the histograms of columns 4·`from` …
 * 4·`to` − 1; by either range a caller may share out the work.
 */
export function fillHistogram(
  bins: BinWords,
  order: Uint32Array,
  start: number,
  end: number,
  packed: Float64Array,
  histogram: Float64Array,
  from = 0,
  to = bins.wordsPerRow,
): void {
  const span = end > start ? order[end - 1]! - order[start]! : 0
  if (span < SPARSE * (end - start)) addRows(bins, order, start, end, packed, histogram, from, to)
  else addSparseRows(bins, order, start, end, packed, histogram, from, to)
}

/** Where fewer rows than one in so many are wanted, nearly each lies in a cache line of its own. */
const SPARSE = 6

/** Hot: one addition a row and column. */
function addRows(
  { words, wordsPerRow }: BinWords,
  order: Uint32Array,
  start: number,
  end: number,
  packed: Float64Array,
  histogram: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = start; i < end; i++) {
    const row = order[i]!
    const value = packed[row]!
    const offset = row * wordsPerRow
    for (let w = from; w < to; w++) {
      const word = words[offset + w]!
      const base = w << 10
      histogram[base | (word & 255)]! += value
      histogram[base | 256 | ((word >>> 8) & 255)]! += value
      histogram[base | 512 | ((word >>> 16) & 255)]! += value
      histogram[base | 768 | (word >>> 24)]! += value
    }
  }
}

const BLOCK = 512

/** Hot: touches the rows of a block first, so that the processor waits for many of them at once instead of one by one. */
function addSparseRows(
  { words, wordsPerRow }: BinWords,
  order: Uint32Array,
  start: number,
  end: number,
  packed: Float64Array,
  histogram: Float64Array,
  from: number,
  to: number,
): void {
  const values = new Float64Array(BLOCK)
  const offsets = new Int32Array(BLOCK + 1)
  for (let block = start; block < end; block += BLOCK) {
    const size = Math.min(end - block, BLOCK)
    let touched = 0
    for (let i = 0; i < size; i++) {
      const row = order[block + i]!
      const offset = row * wordsPerRow
      values[i] = packed[row]!
      offsets[i] = offset
      touched |= words[offset + from]! ^ words[offset + to - 1]!
    }
    // Written somewhere, or the compiler would leave the touching out.
    offsets[BLOCK] = touched
    for (let i = 0; i < size; i++) {
      const value = values[i]!
      const offset = offsets[i]!
      for (let w = from; w < to; w++) {
        const word = words[offset + w]!
        const base = w << 10
        histogram[base | (word & 255)]! += value
        histogram[base | 256 | ((word >>> 8) & 255)]! += value
        histogram[base | 512 | ((word >>> 16) & 255)]! += value
        histogram[base | 768 | (word >>> 24)]! += value
      }
    }
  }
}

/** The larger child's histogram, from the parent's. */
export function subtractHistogram(from: Float64Array, part: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i]! -= part[i]!
}

export function sumOver(rows: Uint32Array, values: Float64Array, start: number, end: number): number {
  let sum = 0
  for (let i = start; i < end; i++) sum += values[rows[i]!]!
  return sum
}

/** Stable partition of the rows start … end − 1; returns where the right side starts. */
export function partitionRows(
  { data, n }: BinnedColumns,
  order: Uint32Array,
  scratch: Uint32Array,
  start: number,
  end: number,
  split: HistogramSplit,
): number {
  const left = new Uint8Array(HISTOGRAM_STRIDE)
  if (split.categories.length > 0) for (const bin of split.categories) left[bin] = 1
  else left.fill(1, 1, split.bin + 1)
  left[0] = split.missingLeft ? 1 : 0
  const column = data.subarray(split.feature * n, split.feature * n + n)
  let kept = start
  let moved = 0
  for (let i = start; i < end; i++) {
    const row = order[i]!
    // Both places are written and one of them kept: a branch here would be guessed wrong half the time.
    const goes = left[column[row]!]!
    order[kept] = row
    scratch[moved] = row
    kept += goes
    moved += 1 - goes
  }
  order.set(scratch.subarray(0, moved), kept)
  return kept
}
