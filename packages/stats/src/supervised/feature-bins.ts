import { StatsError } from '../stats-error.ts'
import { columnLength, isMissing, type TreeColumn } from './tree-columns.ts'

/** How one column is cut into bins. Bin 0 is for missing values; numbers x ≤ edges[b − 1] fall into bin b at the latest. */
export type FeatureBins = {
  readonly name: string
  readonly kind: 'number' | 'category'
  /** Upper edges of bins 1 … edges.length; above the last edge is bin edges.length + 1. */
  readonly edges: readonly number[]
  /** Level of bin 1, 2, …; rarer levels than there are bins count as missing. */
  readonly levels: readonly string[]
  /** Bins in use, that of missing values included. */
  readonly bins: number
}

/** Columns as bin numbers: column after column, each of n bytes. */
export type BinnedColumns = { readonly features: readonly FeatureBins[]; readonly data: Uint8Array; readonly n: number }

/**
 * Cuts columns into at most `maximumBins` bins for histogram learners: every value has a bin of its own if there are
 * few, otherwise bins are filled equally; edges lie midway between values.
 * @throws StatsError `invalidOption` unless 2 ≤ maximumBins ≤ 255. Cost O(p·n log n); memory n bytes a column.
 */
export function binColumns(columns: readonly TreeColumn[], maximumBins = 255): BinnedColumns {
  if (!(Number.isInteger(maximumBins) && maximumBins >= 2 && maximumBins <= 255)) throw new StatsError('invalidOption', `maximumBins is ${maximumBins}; a whole number from 2 to 255 was expected.`)
  const features = columns.map((column) => (column.kind === 'number' ? numberBins(column, maximumBins) : categoryBins(column, maximumBins)))
  return applyBins(features, columns)
}

/** Puts rows into bins that were cut before. @throws StatsError `invalidOption` if a column is missing. */
export function applyBins(features: readonly FeatureBins[], columns: readonly TreeColumn[]): BinnedColumns {
  const byName = new Map(columns.map((c) => [c.name, c]))
  const n = columns[0] ? columnLength(columns[0]) : 0
  const data = new Uint8Array(n * features.length)
  features.forEach((feature, f) => {
    const column = byName.get(feature.name)
    if (!column || column.kind !== feature.kind) throw new StatsError('invalidOption', `There is no ${feature.kind} column "${feature.name}", which the model was fitted on.`, { context: { column: feature.name } })
    fillBins(feature, column, data.subarray(f * n, f * n + n))
  })
  return { features, data, n }
}

function fillBins(feature: FeatureBins, column: TreeColumn, into: Uint8Array): void {
  if (column.kind === 'category') {
    const binOf = column.levels.map((level) => feature.levels.indexOf(level) + 1)
    for (let i = 0; i < into.length; i++) into[i] = column.codes[i]! >= 0 ? binOf[column.codes[i]!]! : 0
    return
  }
  const edges = Float64Array.from(feature.edges)
  for (let i = 0; i < into.length; i++) {
    if (isMissing(column, i)) continue
    const value = column.values[i]!
    let low = 0
    let high = edges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (value <= edges[middle]!) high = middle
      else low = middle + 1
    }
    into[i] = low + 1
  }
}

function numberBins(column: Extract<TreeColumn, { kind: 'number' }>, maximumBins: number): FeatureBins {
  const known = column.values.filter((_, i) => !isMissing(column, i)).sort()
  const distinct: number[] = []
  const counts: number[] = []
  for (const value of known) {
    if (distinct.length > 0 && distinct[distinct.length - 1] === value) counts[counts.length - 1]!++
    else {
      distinct.push(value)
      counts.push(1)
    }
  }
  const most = maximumBins - 1
  const edges: number[] = []
  const target = known.length / most
  let filled = 0
  let closed = 0
  for (let i = 0; i + 1 < distinct.length && edges.length + 1 < most; i++) {
    filled += counts[i]!
    // With few values each gets a bin; otherwise a bin closes when its equal share of the rows is reached.
    if (distinct.length > most && filled < closed + target && counts[i + 1]! < target) continue
    edges.push(distinct[i]! / 2 + distinct[i + 1]! / 2)
    closed = filled
  }
  return Object.freeze({ name: column.name, kind: 'number', edges: Object.freeze(edges), levels: Object.freeze([]), bins: edges.length + 2 } as const)
}

function categoryBins(column: Extract<TreeColumn, { kind: 'category' }>, maximumBins: number): FeatureBins {
  const counts = new Float64Array(column.levels.length)
  for (const code of column.codes) if (code >= 0) counts[code]!++
  const order = [...counts.keys()].filter((code) => counts[code]! > 0).sort((a, b) => counts[b]! - counts[a]! || a - b)
  const levels = order.slice(0, maximumBins - 1).map((code) => column.levels[code]!)
  return Object.freeze({ name: column.name, kind: 'category', edges: Object.freeze([]), levels: Object.freeze(levels), bins: levels.length + 1 } as const)
}
