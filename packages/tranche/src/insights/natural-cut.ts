/** Where a column of amounts falls into two groups. */
export interface Cut {
  readonly at: number
  /** Found as a gap in the data, or else taken as a quantile. */
  readonly kind: 'natural' | 'quantile'
}

const binsPerDecade = 50
/** Narrower than a factor of 1.4 is no gap. */
const narrowest = Math.round(binsPerDecade * Math.log10(1.4))
/** Least share of customers on each side of a gap. */
const leastSide = 0.05

/**
 * The widest stretch of amounts (on a log scale) that hardly anyone has, if it is at least twice as wide as the next
 * such stretch; otherwise the quantile asked for. Amounts at or below zero are left out. Undefined for fewer than 50.
 */
export function naturalCut(values: ArrayLike<number>, quantile: number): Cut | undefined {
  const positive = Float64Array.from(values)
    .filter((value) => value > 0)
    .sort()
  const n = positive.length
  if (n < 50) return undefined
  const low = Math.log10(positive[0]!)
  const size = Math.max(1, Math.ceil((Math.log10(positive[n - 1]!) - low) * binsPerDecade) + 1)
  const counts = new Float64Array(size)
  for (const value of positive)
    counts[Math.min(size - 1, Math.floor((Math.log10(value) - low) * binsPerDecade))]!++
  const runs = emptyRuns(counts, n).sort((a, b) => b.width - a.width || a.from - b.from)
  const [widest, next] = runs
  if (widest && widest.width >= narrowest && widest.width >= 2 * (next?.width ?? 0)) {
    const edge = (bin: number) => 10 ** (low + bin / binsPerDecade)
    return { at: roundWithin(edge(widest.from), edge(widest.from + widest.width)), kind: 'natural' }
  }
  return { at: positive[Math.min(n - 1, Math.ceil(quantile * n) - 1)]!, kind: 'quantile' }
}

/** Runs of bins with almost nobody, each side of which holds enough customers. */
function emptyRuns(counts: Float64Array, n: number): { readonly from: number; readonly width: number }[] {
  const sparse = (0.1 * n) / counts.length
  const runs: { from: number; width: number }[] = []
  let below = 0
  let from = -1
  let belowRun = 0
  for (let bin = 0; bin <= counts.length; bin++) {
    const isSparse = bin < counts.length && counts[bin]! <= sparse
    if (isSparse && from < 0) {
      from = bin
      belowRun = below
    }
    if (!isSparse && from >= 0) {
      if (belowRun >= leastSide * n && n - below >= leastSide * n) runs.push({ from, width: bin - from })
      from = -1
    }
    if (bin < counts.length) below += counts[bin]!
  }
  return runs
}

/** The middle of a gap as a round number that a person would say, if one lies in it. */
function roundWithin(low: number, high: number): number {
  const middle = Math.sqrt(low * high)
  for (const digits of [1, 2, 3]) {
    const rounded = Number(middle.toPrecision(digits))
    if (rounded > low && rounded < high) return rounded
  }
  return middle
}
