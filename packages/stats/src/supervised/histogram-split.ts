import type { FeatureBins } from './feature-bins.ts'
import { type BoostGrowOptions, HISTOGRAM_STRIDE } from './histogram-growth.ts'

export type HistogramSplit = {
  readonly feature: number
  /** Bins 1 … bin go left, for numbers. */
  readonly bin: number
  /** Bins that go left, for categories. */
  readonly categories: readonly number[]
  readonly missingLeft: boolean
  readonly gain: number
  readonly leftGradient: number
  readonly leftHessian: number
  readonly leftValue: number
  readonly rightValue: number
}

type LeafSums = {
  readonly histogram: Float64Array
  readonly gradient: number
  readonly hessian: number
  readonly low: number
  readonly high: number
}

/** Extra shrinkage of a level's mean gradient when levels are put in order, so that rare ones don't lead. LightGBM's cat_smooth. */
const CATEGORY_SMOOTHING = 10

/** The best split of a leaf from its histogram; undefined if none gains enough. */
export function findBestSplit(
  leaf: LeafSums,
  rows: number,
  features: readonly number[],
  bins: readonly FeatureBins[],
  options: BoostGrowOptions,
): HistogramSplit | undefined {
  let best: HistogramSplit | undefined
  for (const f of features) {
    const found =
      bins[f]!.kind === 'number'
        ? numberSplit(leaf, rows, f, bins[f]!.bins, options)
        : categorySplit(leaf, rows, f, bins[f]!.bins, options)
    if (found && (!best || found.gain > best.gain)) best = found
  }
  return best
}

/** What is left of a split once its sums are known. */
function judge(
  leaf: LeafSums,
  leftGradient: number,
  leftHessian: number,
  leftRows: number,
  rows: number,
  sign: number,
  options: BoostGrowOptions,
): { gain: number; leftValue: number; rightValue: number } | undefined {
  const { lambda, minimumLeafRows, minimumHessian } = options
  if (leftRows < minimumLeafRows || rows - leftRows < minimumLeafRows) return undefined
  const rightGradient = leaf.gradient - leftGradient
  const rightHessian = leaf.hessian - leftHessian
  if (leftHessian < minimumHessian || rightHessian < minimumHessian) return undefined
  const leftValue = clamp(-leftGradient / (leftHessian + lambda), leaf)
  const rightValue = clamp(-rightGradient / (rightHessian + lambda), leaf)
  if (sign !== 0 && sign * (rightValue - leftValue) < 0) return undefined
  const value = clamp(-leaf.gradient / (leaf.hessian + lambda), leaf)
  const gain =
    saving(leftGradient, leftHessian, leftValue, lambda) +
    saving(rightGradient, rightHessian, rightValue, lambda) -
    saving(leaf.gradient, leaf.hessian, value, lambda)
  return gain > options.minimumGain + 1e-12 ? { gain, leftValue, rightValue } : undefined
}

/** Twice the loss taken away by a leaf value. */
function saving(gradient: number, hessian: number, value: number, lambda: number): number {
  return -(2 * gradient * value + (hessian + lambda) * value * value)
}

function clamp(value: number, { low, high }: LeafSums): number {
  return value < low ? low : value > high ? high : value
}

function numberSplit(
  leaf: LeafSums,
  rows: number,
  feature: number,
  bins: number,
  options: BoostGrowOptions,
): HistogramSplit | undefined {
  const { histogram } = leaf
  const base = feature * HISTOGRAM_STRIDE * 2
  const perHessian = rows / leaf.hessian
  const missingRows = Math.round(histogram[base + 1]! * perHessian)
  const missing = missingRows > 0
  let best: HistogramSplit | undefined
  let g = 0
  let h = 0
  for (let bin = 1; bin < bins; bin++) {
    const at = base + 2 * bin
    if (histogram[at + 1]! * perHessian < 0.25) continue
    g += histogram[at]!
    h += histogram[at + 1]!
    if (bin === bins - 1 && !missing) break
    const count = Math.round(h * perHessian)
    for (let side = missing ? 0 : 1; side < 2; side++) {
      const withMissing = missing && side === 1
      const leftGradient = withMissing ? g + histogram[base]! : g
      const leftHessian = withMissing ? h + histogram[base + 1]! : h
      const judged = judge(
        leaf,
        leftGradient,
        leftHessian,
        withMissing ? count + missingRows : count,
        rows,
        options.monotone[feature]!,
        options,
      )
      if (!judged || (best && judged.gain <= best.gain)) continue
      const missingLeft = missing ? withMissing : count * 2 >= rows
      best = { feature, bin, categories: [], missingLeft, leftGradient, leftHessian, ...judged }
    }
  }
  return best
}

/** Levels in the order of their smoothed mean gradient; the best split is a prefix of it (Fisher 1958). */
function categorySplit(
  leaf: LeafSums,
  rows: number,
  feature: number,
  bins: number,
  options: BoostGrowOptions,
): HistogramSplit | undefined {
  const { histogram } = leaf
  const base = feature * HISTOGRAM_STRIDE * 2
  const perHessian = rows / leaf.hessian
  const levels: number[] = []
  for (let bin = 0; bin < bins; bin++)
    if (histogram[base + 2 * bin + 1]! * perHessian > 0.25) levels.push(bin)
  const mean = (bin: number): number =>
    histogram[base + 2 * bin]! / (histogram[base + 2 * bin + 1]! + CATEGORY_SMOOTHING)
  levels.sort((a, b) => mean(a) - mean(b) || a - b)
  let best: HistogramSplit | undefined
  let g = 0
  let h = 0
  for (let i = 0; i + 1 < levels.length; i++) {
    const at = base + 2 * levels[i]!
    g += histogram[at]!
    h += histogram[at + 1]!
    const judged = judge(leaf, g, h, Math.round(h * perHessian), rows, 0, options)
    if (!judged || (best && judged.gain <= best.gain)) continue
    const left = levels.slice(0, i + 1)
    const known = left.filter((bin) => bin > 0)
    // A split must name at least one level on its left: otherwise it would read as a threshold.
    if (known.length === 0) continue
    best = {
      feature,
      bin: 0,
      categories: known,
      missingLeft: left.includes(0),
      leftGradient: g,
      leftHessian: h,
      ...judged,
    }
  }
  return best
}
