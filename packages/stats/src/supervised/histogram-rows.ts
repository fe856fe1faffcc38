import type { BinnedColumns } from './feature-bins.ts'
import type { HistogramSplit } from './histogram-split.ts'

/** Bins of a histogram a feature: feature f, bin b stands at 256·f + b. */
export const HISTOGRAM_STRIDE = 256

/** Hot: adds packed derivatives of rows to the histograms of features `from` … `to` − 1, by which a caller may share out the work. */
export function fillHistogram(
  { data, p }: BinnedColumns,
  order: Uint32Array,
  start: number,
  end: number,
  packed: Float64Array,
  histogram: Float64Array,
  from = 0,
  to = p,
): void {
  for (let i = start; i < end; i++) {
    const row = order[i]!
    const value = packed[row]!
    const offset = row * p
    for (let f = from; f < to; f++) histogram[(f << 8) + data[offset + f]!]! += value
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
  { byColumn, n }: BinnedColumns,
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
  const column = byColumn.subarray(split.feature * n, split.feature * n + n)
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
