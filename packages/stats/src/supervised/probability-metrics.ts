import { requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

/**
 * Mean log loss of predicted probabilities. A certain prediction that is wrong costs Infinity; `clip` moves
 * probabilities that far from 0 and 1 first (scikit-learn: 1e-15).
 * In nats, ≥ 0; y (0 or 1), p in [0, 1] and weights have length n.
 * Cost O(n).
 * Source: Good (1952), https://doi.org/10.1111/j.2517-6161.1952.tb00104.x
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `emptyData`.
 * @example
 * logLoss([1, 0, 1], [0.8, 0.3, 0.6]) // → 0.363548
 */
export function logLoss(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  options: { readonly clip?: number; readonly weights?: ArrayLike<number> } = {},
): number {
  const { clip = 0, weights } = options
  let sum = 0
  const total = eachRow(y, p, weights, (yes, probability, w) => {
    const q = Math.min(1 - clip, Math.max(clip, probability))
    sum -= w * (yes ? Math.log(q) : Math.log1p(-q))
  })
  return sum / total
}

export type BrierScore = {
  /** Mean squared distance of probability and outcome. */
  readonly score: number
  /** Distance of observed shares from predictions, over bins; 0 is calibrated. */
  readonly reliability: number
  /** How far observed shares of bins differ from the overall share; high is good. */
  readonly resolution: number
  /** Variance of the outcome itself. */
  readonly uncertainty: number
  /** score = reliability − resolution + uncertainty + this, which spread of predictions inside bins adds. */
  readonly withinBins: number
}

/**
 * Brier score and Murphy's decomposition over bins of equal width.
 * Range: [0, 1]; y (0 or 1), p in [0, 1] and weights have length n.
 * Cost O(n).
 * Source: Brier (1950); Murphy (1973); Stephenson et al. (2008) for the part within bins, https://doi.org/10.1175/2007WAF2006116.1
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `emptyData`.
 * @example
 * brierScore([1, 0, 1], [0.8, 0.3, 0.6]).score // → 0.09666667
 */
export function brierScore(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  options: { readonly bins?: number; readonly weights?: ArrayLike<number> } = {},
): BrierScore {
  const { bins = 10, weights } = options
  const cells = Array.from({ length: bins }, () => ({ w: 0, p: 0, y: 0 }))
  let score = 0
  let yes = 0
  const total = eachRow(y, p, weights, (outcome, probability, w) => {
    score += w * (probability - outcome) ** 2
    yes += w * outcome
    const cell = cells[Math.min(bins - 1, Math.floor(probability * bins))]!
    cell.w += w
    cell.p += w * probability
    cell.y += w * outcome
  })
  const base = yes / total
  let reliability = 0
  let resolution = 0
  for (const cell of cells) {
    if (cell.w === 0) continue
    reliability += cell.w * (cell.p / cell.w - cell.y / cell.w) ** 2
    resolution += cell.w * (cell.y / cell.w - base) ** 2
  }
  const uncertainty = base * (1 - base)
  return {
    score: score / total,
    reliability: reliability / total,
    resolution: resolution / total,
    uncertainty,
    withinBins: score / total - (reliability - resolution) / total - uncertainty,
  }
}

export type ReliabilityBin = {
  readonly count: number
  readonly meanPredicted: number
  readonly observed: number
}

export type ReliabilityCurve = {
  /** Bins that hold rows. */
  readonly bins: readonly ReliabilityBin[]
  /** Mean distance of prediction and observed share, weighted by rows. */
  readonly expectedCalibrationError: number
}

/**
 * Observed share against mean prediction by bins of `uniform` width or equal `quantile` filling; bins are open on the
 * left, (a, b], the first one includes 0 (as scikit-learn).
 * Shares and probabilities in [0, 1]; y (0 or 1) and p have length n.
 * Cost O(n log n).
 * Source: scikit-learn's calibration_curve, https://scikit-learn.org/stable/modules/generated/sklearn.calibration.calibration_curve.html
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `emptyData`, `invalidOption`.
 * @example
 * reliabilityCurve([1, 0, 1, 0], [0.9, 0.2, 0.7, 0.4], { bins: 2 }).expectedCalibrationError // → 0.25
 */
export function reliabilityCurve(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  options: { readonly bins?: number; readonly strategy?: 'uniform' | 'quantile' } = {},
): ReliabilityCurve {
  const { bins = 10, strategy = 'uniform' } = options
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new StatsError('invalidOption', `bins is ${bins}; a whole number of at least 1 was expected.`)
  const edges =
    strategy === 'uniform'
      ? Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins)
      : quantileEdges(p, bins)
  const cells = Array.from({ length: bins }, () => ({ n: 0, p: 0, y: 0 }))
  const total = eachRow(y, p, undefined, (outcome, probability) => {
    let at = edges.findIndex((edge) => probability <= edge)
    if (at < 0) at = bins - 1
    const cell = cells[at]!
    cell.n++
    cell.p += probability
    cell.y += outcome
  })
  const filled = cells
    .filter((c) => c.n > 0)
    .map((c) => ({ count: c.n, meanPredicted: c.p / c.n, observed: c.y / c.n }))
  const error = filled.reduce((s, b) => s + b.count * Math.abs(b.meanPredicted - b.observed), 0) / total
  return { bins: filled, expectedCalibrationError: error }
}

function quantileEdges(p: ArrayLike<number>, bins: number): number[] {
  const sorted = Float64Array.from(p).sort()
  return Array.from({ length: bins - 1 }, (_, i) => {
    const position = ((i + 1) / bins) * (sorted.length - 1)
    const low = Math.floor(position)
    return sorted[low]! + (position - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
  })
}

/** Visits rows and returns their total weight. */
function eachRow(
  y: ArrayLike<number>,
  p: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  visit: (y: number, p: number, w: number) => void,
): number {
  const n = requireSameLength({ y, p, weights })
  let total = 0
  for (let i = 0; i < n; i++) {
    if (!(y[i] === 0 || y[i] === 1))
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    requireProbability(`probability of row ${i}`, p[i]!)
    const w = weights ? weights[i]! : 1
    total += w
    visit(y[i]!, p[i]!, w)
  }
  if (!(total > 0)) throw new StatsError('emptyData', 'There are no rows to judge.')
  return total
}
