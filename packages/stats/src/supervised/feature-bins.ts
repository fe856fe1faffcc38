import { StatsError } from '../stats-error.ts'
import { columnLength, type TreeColumn } from './tree-columns.ts'

/** How one column is cut into bins. Bin 0 is for missing values; numbers x ≤ edges[b − 1] fall into bin b at the latest. */
export type FeatureBins = {
  readonly name: string
  readonly kind: 'number' | 'category'
  /** Upper edges of bins 1 … edges.length; above the last edge is bin edges.length + 1. */
  readonly edges: readonly number[]
  /** Level of bin 1, 2, …; other levels fall into bin 255, which always goes right. */
  readonly levels: readonly string[]
  /** Bins in use, that of missing values included. */
  readonly bins: number
}

/** Columns as bin numbers, one byte each, column after column: row i of column f stands at f·n + i. */
export type BinnedColumns = {
  readonly features: readonly FeatureBins[]
  readonly data: Uint8Array
  readonly n: number
  readonly p: number
}

/**
 * Cuts columns into at most `maximumBins` bins for histogram learners: every value has a bin of its own if there are
 * few, otherwise bins are filled equally; edges lie midway between values.
 * @throws StatsError `invalidOption` unless 2 ≤ maximumBins ≤ 255. Cost O(p·n log n); memory n bytes a column.
 */
export function binColumns(columns: readonly TreeColumn[], maximumBins = 255): BinnedColumns {
  if (!(Number.isInteger(maximumBins) && maximumBins >= 2 && maximumBins <= 255))
    throw new StatsError(
      'invalidOption',
      `maximumBins is ${maximumBins}; a whole number from 2 to 255 was expected.`,
    )
  const features = columns.map((column) =>
    column.kind === 'number' ? numberBins(column, maximumBins) : categoryBins(column, maximumBins),
  )
  return applyBins(features, columns)
}

/** Puts rows into bins that were cut before. @throws StatsError `invalidOption` if a column is missing. */
export function applyBins(features: readonly FeatureBins[], columns: readonly TreeColumn[]): BinnedColumns {
  const byName = new Map(columns.map((c) => [c.name, c]))
  const n = columns[0] ? columnLength(columns[0]) : 0
  const p = features.length
  const data = new Uint8Array(n * p)
  features.forEach((feature, f) => {
    const column = byName.get(feature.name)
    if (!column || column.kind !== feature.kind)
      throw new StatsError(
        'invalidOption',
        `There is no ${feature.kind} column "${feature.name}", which the model was fitted on.`,
        { context: { column: feature.name } },
      )
    fillBins(feature, column, data.subarray(f * n, f * n + n))
  })
  return { features, data, n, p }
}

const OTHER_LEVELS = 255

function fillBins(feature: FeatureBins, column: TreeColumn, into: Uint8Array): void {
  if (column.kind === 'category') {
    const binOf = column.levels.map((level) => feature.levels.indexOf(level) + 1 || OTHER_LEVELS)
    for (let i = 0; i < into.length; i++) into[i] = column.codes[i]! >= 0 ? binOf[column.codes[i]!]! : 0
    return
  }
  fillNumberBins(Float64Array.from(feature.edges), column.values, column.valid, into)
}

const CELLS = 1024

/**
 * Hot: the first edge that is not below the value. Edges are laid out in cells of equal width first; as a larger value
 * never falls into a lower cell, only the edges of the value's own cell are left to bisect.
 */
function fillNumberBins(
  edges: Float64Array,
  values: Float64Array,
  valid: Uint8Array | undefined,
  into: Uint8Array,
): void {
  const lowest = edges[0] ?? 0
  const scale = CELLS / (edges[edges.length - 1]! - lowest)
  const cellOf = (value: number): number => {
    const cell = (value - lowest) * scale
    return cell > 0 ? (cell < CELLS ? cell | 0 : CELLS - 1) : 0
  }
  // Edges below cell c are those before starts[c].
  const starts = new Uint8Array(CELLS + 1)
  for (const edge of edges) starts[cellOf(edge) + 1]!++
  for (let cell = 0; cell < CELLS; cell++) starts[cell + 1]! += starts[cell]!
  for (let i = 0; i < into.length; i++) {
    const value = values[i]!
    if ((valid !== undefined && valid[i] === 0) || !Number.isFinite(value)) continue
    const cell = cellOf(value)
    let low = starts[cell]!
    let high = starts[cell + 1]!
    while (low < high) {
      const middle = (low + high) >> 1
      if (value <= edges[middle]!) high = middle
      else low = middle + 1
    }
    into[i] = low + 1
  }
}

/** Edges are cut on at most about this many rows, evenly spaced; more would not move them noticeably. */
const SAMPLE = 200_000

function knownValues(values: Float64Array, valid: Uint8Array | undefined, step: number): Float64Array {
  const known = new Float64Array(Math.ceil(values.length / step))
  let size = 0
  for (let i = 0; i < values.length; i += step) {
    if ((valid === undefined || valid[i] !== 0) && Number.isFinite(values[i]!)) known[size++] = values[i]!
  }
  return known.subarray(0, size).sort()
}

function numberBins(column: Extract<TreeColumn, { kind: 'number' }>, maximumBins: number): FeatureBins {
  const step = Math.max(1, Math.floor(column.values.length / SAMPLE))
  const known = knownValues(column.values, column.valid, step)
  const distinct = new Float64Array(known.length)
  const counts = new Uint32Array(known.length)
  let size = 0
  for (let i = 0; i < known.length; i++) {
    if (size > 0 && distinct[size - 1] === known[i]) counts[size - 1]!++
    else {
      distinct[size] = known[i]!
      counts[size++] = 1
    }
  }
  const most = maximumBins - 1
  const edges: number[] = []
  const target = known.length / most
  let filled = 0
  let closed = 0
  for (let i = 0; i + 1 < size && edges.length + 1 < most; i++) {
    filled += counts[i]!
    // With few values each gets a bin; otherwise a bin closes when its equal share of the rows is reached.
    if (size > most && filled < closed + target && counts[i + 1]! < target) continue
    edges.push(distinct[i]! / 2 + distinct[i + 1]! / 2)
    closed = filled
  }
  return Object.freeze({
    name: column.name,
    kind: 'number',
    edges: Object.freeze(edges),
    levels: Object.freeze([]),
    bins: edges.length + 2,
  } as const)
}

function categoryBins(column: Extract<TreeColumn, { kind: 'category' }>, maximumBins: number): FeatureBins {
  const counts = new Float64Array(column.levels.length)
  for (const code of column.codes) if (code >= 0) counts[code]!++
  const order = [...counts.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
  const levels = order.slice(0, Math.min(254, maximumBins - 1)).map((code) => column.levels[code]!)
  return Object.freeze({
    name: column.name,
    kind: 'category',
    edges: Object.freeze([]),
    levels: Object.freeze(levels),
    bins: levels.length + 1,
  } as const)
}
