import type { FeatureBins } from './feature-bins.ts'
import type { BoostGrowOptions } from './histogram-growth.ts'
import { HISTOGRAM_STRIDE } from './histogram-rows.ts'
import { hessianUnits, PACK, type PackedGradients } from './packed-gradients.ts'

export type HistogramSplit = {
  readonly feature: number
  /** Bins 1 … bin go left, for numbers. */
  readonly bin: number
  /** Bins that go left, for categories. */
  readonly categories: readonly number[]
  readonly missingLeft: boolean
  readonly gain: number
  readonly leftValue: number
  readonly rightValue: number
}

type Bounds = { readonly low: number; readonly high: number }

/** A leaf in packed units, and what a unit is worth. */
type LeafSums = Bounds & {
  readonly histogram: Float64Array
  readonly gradient: number
  readonly hessian: number
  readonly gradientUnit: number
  readonly hessianUnit: number
}

/** Extra shrinkage of a level's mean gradient when levels are put in order, so that rare ones don't lead. LightGBM's cat_smooth. */
const CATEGORY_SMOOTHING = 10

/** The best split of a leaf from its histogram; undefined if none gains enough. */
export function findBestSplit(
  { histogram, low, high }: Bounds & { readonly histogram: Float64Array },
  rows: number,
  features: readonly number[],
  bins: readonly FeatureBins[],
  { gradientUnit, hessianUnit }: PackedGradients,
  options: BoostGrowOptions,
): HistogramSplit | undefined {
  let total = 0
  for (let bin = 0; bin < HISTOGRAM_STRIDE; bin++) total += histogram[bin]!
  const units = hessianUnits(total)
  const leaf: LeafSums = {
    histogram,
    low,
    high,
    gradient: (total - units * PACK) * gradientUnit,
    hessian: units * hessianUnit,
    gradientUnit,
    hessianUnit,
  }
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

function clamp(value: number, { low, high }: Bounds): number {
  return value < low ? low : value > high ? high : value
}

function numberSplit(
  leaf: LeafSums,
  rows: number,
  feature: number,
  bins: number,
  options: BoostGrowOptions,
): HistogramSplit | undefined {
  const { histogram, gradientUnit, hessianUnit } = leaf
  const base = feature * HISTOGRAM_STRIDE
  const perHessian = rows / leaf.hessian
  const missingUnits = hessianUnits(histogram[base]!)
  const missingGradient = (histogram[base]! - missingUnits * PACK) * gradientUnit
  const missingHessian = missingUnits * hessianUnit
  const missingRows = Math.round(missingHessian * perHessian)
  const missing = missingUnits > 0
  const { lambda, minimumLeafRows, minimumHessian } = options
  const sign = options.monotone[feature]!
  // Without bounds and sign a gain is a sum of squares, and most bins are ruled out without a division.
  const free = sign === 0 && leaf.low === Number.NEGATIVE_INFINITY && leaf.high === Number.POSITIVE_INFINITY
  const whole = (leaf.gradient * leaf.gradient) / (leaf.hessian + lambda)
  // Rows are rounded from hessians, so a side has enough from half a row less on.
  const least = Math.max(minimumHessian, (minimumLeafRows - 0.5) / perHessian) * (1 - 1e-9)
  const most = leaf.hessian - least
  let gained = options.minimumGain + 1e-12
  let best: HistogramSplit | undefined
  let sum = 0
  const last = missing ? bins : bins - 1
  for (let bin = 1; bin < last; bin++) {
    const value = histogram[base + bin]!
    if (value === 0) continue
    sum += value
    const units = hessianUnits(sum)
    const g = (sum - units * PACK) * gradientUnit
    const h = units * hessianUnit
    for (let side = missing ? 0 : 1; side < 2; side++) {
      const withMissing = missing && side === 1
      const leftHessian = withMissing ? h + missingHessian : h
      if (leftHessian < least || leftHessian > most) continue
      const leftGradient = withMissing ? g + missingGradient : g
      if (free) {
        const rightGradient = leaf.gradient - leftGradient
        const below = leftHessian + lambda
        const above = leaf.hessian - leftHessian + lambda
        const squares = leftGradient * leftGradient * above + rightGradient * rightGradient * below
        // With a hair to spare, as the exact rule below rounds differently.
        if (squares < (whole + gained) * (1 - 1e-9) * below * above) continue
      }
      const count = Math.round(h * perHessian)
      const leftRows = withMissing ? count + missingRows : count
      const judged = judge(leaf, leftGradient, leftHessian, leftRows, rows, sign, options)
      if (!judged || judged.gain <= gained) continue
      gained = judged.gain
      const missingLeft = missing ? withMissing : count * 2 >= rows
      best = { feature, bin, categories: [], missingLeft, ...judged }
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
  const { histogram, gradientUnit, hessianUnit } = leaf
  const base = feature * HISTOGRAM_STRIDE
  const perHessian = rows / leaf.hessian
  const levels: { bin: number; g: number; h: number }[] = []
  for (let bin = 0; bin < bins; bin++) {
    const units = hessianUnits(histogram[base + bin]!)
    if (units > 0)
      levels.push({ bin, g: (histogram[base + bin]! - units * PACK) * gradientUnit, h: units * hessianUnit })
  }
  levels.sort((a, b) => a.g / (a.h + CATEGORY_SMOOTHING) - b.g / (b.h + CATEGORY_SMOOTHING) || a.bin - b.bin)
  let best: HistogramSplit | undefined
  let g = 0
  let h = 0
  for (let i = 0; i + 1 < levels.length; i++) {
    g += levels[i]!.g
    h += levels[i]!.h
    const judged = judge(leaf, g, h, Math.round(h * perHessian), rows, 0, options)
    if (!judged || (best && judged.gain <= best.gain)) continue
    const left = levels.slice(0, i + 1).map((level) => level.bin)
    const known = left.filter((bin) => bin > 0)
    // A split must name at least one level on its left: otherwise it would read as a threshold.
    if (known.length === 0) continue
    best = { feature, bin: 0, categories: known, missingLeft: left.includes(0), ...judged }
  }
  return best
}
