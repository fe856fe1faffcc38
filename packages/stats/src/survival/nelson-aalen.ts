import { normalQuantile } from '../distributions/normal.ts'
import { requireFiniteColumn, requireLevel, requirePositive } from '../stats-error.ts'
import { type RiskTable, riskTable, type SurvivalData } from './survival-data.ts'

export interface NelsonAalenOptions {
  /** Tied events: `discrete` adds d/n, `continuous` 1/n + 1/(n−1) + … (Fleming and Harrington; needs whole weights). */
  readonly ties: 'discrete' | 'continuous'
  /**
   * Variance of a step under `discrete`: `poisson` d/n² (Aalen's, default), or `binomial` d(n − d)/n³ (lifelines'
   * `nelson_aalen_smoothing=False`).
   */
  readonly variance?: 'poisson' | 'binomial'
  /** Symmetric on the hazard scale or on its logarithm. Default `log`. */
  readonly interval?: 'plain' | 'log'
  readonly level?: number
}

export interface NelsonAalenCurve extends RiskTable {
  readonly kind: 'nelsonAalen'
  readonly version: 1
  readonly cumulativeHazard: Float64Array
  /** Aalen's: root of Σ d/n², or of its terms one event at a time under `continuous`. */
  readonly standardError: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly level: number
}

/**
 * Nelson–Aalen estimate of the cumulative hazard, with pointwise intervals, all ≥ 0.
 * Cost two sorts, O(n log n).
 * Source: Aalen (1978), https://doi.org/10.1214/aos/1176344247; Fleming and Harrington (1984), https://doi.org/10.1080/03610928408828837
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`
 * @example
 * fitNelsonAalen({ time: [1, 2, 2, 3, 5], event: [1, 1, 0, 1, 0] }, { ties: 'discrete' }).cumulativeHazard // → [0.2, 0.45, 0.95, 0.95]
 */
export function fitNelsonAalen(data: SurvivalData, options: NelsonAalenOptions): NelsonAalenCurve {
  const level = options.level ?? 0.95
  requireLevel('level', level)
  const table = riskTable(data)
  const n = table.time.length
  const cumulativeHazard = new Float64Array(n)
  const standardError = new Float64Array(n)
  const lower = new Float64Array(n)
  const upper = new Float64Array(n)
  const z = normalQuantile(0.5 + level / 2)
  let hazard = 0
  let variance = 0
  for (let k = 0; k < n; k++) {
    const d = table.events[k]!
    const risk = table.atRisk[k]!
    if (options.ties === 'discrete' && d > 0) {
      hazard += d / risk
      variance += (d * (options.variance === 'binomial' ? 1 - d / risk : 1)) / (risk * risk)
    } else
      for (let j = 0; j < d; j++) {
        hazard += 1 / (risk - j)
        variance += 1 / ((risk - j) * (risk - j))
      }
    const error = Math.sqrt(variance)
    cumulativeHazard[k] = hazard
    standardError[k] = error
    const spread = hazard === 0 ? 0 : (z * error) / hazard
    lower[k] = options.interval === 'plain' ? Math.max(0, hazard - z * error) : hazard * Math.exp(-spread)
    upper[k] = options.interval === 'plain' ? hazard + z * error : hazard * Math.exp(spread)
  }
  return Object.freeze({
    kind: 'nelsonAalen',
    version: 1,
    ...table,
    cumulativeHazard,
    standardError,
    lower,
    upper,
    level,
  })
}

/**
 * Survival as exp(−H) of a Nelson–Aalen curve, bounds likewise (the Breslow or Fleming–Harrington estimate).
 * Cost O(n).
 * Source: Fleming and Harrington (1984), https://doi.org/10.1080/03610928408828837
 * @throws nothing
 * @example
 * hazardSurvival(fitNelsonAalen({ time: [1, 2], event: [1, 1] }, { ties: 'discrete' })).survival // → [0.6065307, 0.2231302]
 */
export function hazardSurvival(curve: NelsonAalenCurve): {
  readonly time: Float64Array
  readonly survival: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
} {
  const of = (hazard: Float64Array): Float64Array => hazard.map((h) => Math.exp(-h))
  return {
    time: curve.time,
    survival: of(curve.cumulativeHazard),
    lower: of(curve.upper),
    upper: of(curve.lower),
  }
}

/**
 * The hazard itself at given times: the curve's steps smoothed by Epanechnikov's kernel.
 * Cost O(times × n).
 * Source: Ramlau-Hansen (1983), https://doi.org/10.1214/aos/1176346152
 * @throws StatsError `outOfDomain` unless bandwidth > 0, `notFinite`
 * @example
 * smoothedHazard(fitNelsonAalen({ time: [1, 2, 3], event: [1, 1, 1] }, { ties: 'discrete' }), 2, [2]) // → [0.5625]
 */
export function smoothedHazard(
  curve: NelsonAalenCurve,
  bandwidth: number,
  times: ArrayLike<number>,
): Float64Array {
  requirePositive('bandwidth', bandwidth)
  requireFiniteColumn('times', times)
  return Float64Array.from(times, (at) => {
    let sum = 0
    for (let k = 0; k < curve.time.length; k++) {
      const u = (at - curve.time[k]!) / bandwidth
      if (Math.abs(u) > 1) continue
      sum +=
        0.75 * (1 - u * u) * (curve.cumulativeHazard[k]! - (k === 0 ? 0 : curve.cumulativeHazard[k - 1]!))
    }
    return sum / bandwidth
  })
}
