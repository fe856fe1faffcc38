import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { lastIndex, type RiskTable, riskTable, type SurvivalData } from './survival-data.ts'

/** Scale on which an interval is symmetric. R's default is `log`, lifelines' is `logLog`. */
export type SurvivalInterval = 'plain' | 'log' | 'logLog' | 'logit' | 'arcsine'

export interface KaplanMeierOptions {
  readonly interval: SurvivalInterval
  readonly level?: number
}

/** A step curve: values hold from each time on. Null stands where the estimate is 0 and its error therefore undefined. */
export interface KaplanMeierCurve extends RiskTable {
  readonly kind: 'kaplanMeier'
  readonly version: 1
  readonly survival: Float64Array
  /** Greenwood's, on the survival scale. */
  readonly standardError: readonly (number | null)[]
  readonly lower: readonly (number | null)[]
  readonly upper: readonly (number | null)[]
  /** Greenwood's sum Σ d/(n(n−d)), Infinity once the estimate is 0. */
  readonly greenwood: Float64Array
  readonly interval: SurvivalInterval
  readonly level: number
}

/**
 * Kaplan–Meier estimate of survival with pointwise intervals, all in [0, 1].
 * Cost two sorts, O(n log n).
 * Source: Kaplan and Meier (1958), https://doi.org/10.1080/01621459.1958.10501452; Greenwood (1926); intervals:
 * Kalbfleisch and Prentice (2002), section 1.4; Borgan and Liestøl (1990), https://www.jstor.org/stable/4616155
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`, `invalidOption`
 * @example
 * const curve = fitKaplanMeier({ time: [1, 2, 2, 3, 5], event: [1, 1, 0, 1, 0] }, { interval: 'log' })
 * curve.survival // → [0.8, 0.6, 0.3, 0.3]
 */
export function fitKaplanMeier(data: SurvivalData, options: KaplanMeierOptions): KaplanMeierCurve {
  const level = options.level ?? 0.95
  requireLevel('level', level)
  const table = riskTable(data)
  const n = table.time.length
  const survival = new Float64Array(n)
  const greenwood = new Float64Array(n)
  const standardError: (number | null)[] = []
  const lower: (number | null)[] = []
  const upper: (number | null)[] = []
  const z = normalQuantile(0.5 + level / 2)
  let estimate = 1
  let sum = 0
  for (let k = 0; k < n; k++) {
    const d = table.events[k]!
    const risk = table.atRisk[k]!
    const rest = risk - d
    const gone = d > 0 && rest <= 1e-12 * risk
    if (d > 0) {
      estimate = gone ? 0 : estimate * (rest / risk)
      sum += gone ? Infinity : d / (risk * rest)
    }
    survival[k] = estimate
    greenwood[k] = sum
    const bounds = estimate > 0 ? survivalBounds(estimate, Math.sqrt(sum), z, options.interval) : undefined
    standardError.push(estimate > 0 ? estimate * Math.sqrt(sum) : null)
    lower.push(bounds ? bounds[0] : null)
    upper.push(bounds ? bounds[1] : null)
  }
  return Object.freeze({
    kind: 'kaplanMeier',
    version: 1,
    ...table,
    survival,
    standardError,
    lower,
    upper,
    greenwood,
    interval: options.interval,
    level,
  })
}

/**
 * The estimate at given times (1 before the first time).
 * Range: [0, 1], one per time.
 * Cost O(times × log n).
 * Source: Kaplan and Meier (1958), https://doi.org/10.1080/01621459.1958.10501452
 * @throws nothing
 * @example
 * const curve = fitKaplanMeier({ time: [1, 2, 2, 3, 5], event: [1, 1, 0, 1, 0] }, { interval: 'log' })
 * survivalAt(curve, [0.5, 2.5]) // → [1, 0.6]
 */
export function survivalAt(curve: KaplanMeierCurve, times: ArrayLike<number>): Float64Array {
  return Float64Array.from(times, (at) => {
    const k = lastIndex(curve.time, at)
    return k < 0 ? 1 : curve.survival[k]!
  })
}

/**
 * The time at which survival falls to 1 − p, with the interval that the curve's bounds cut out (Brookmeyer and Crowley,
 * 1982); Infinity where a curve never gets there. `p` = 0.5 is the median. Where a step lies exactly at 1 − p, `first`
 * takes its beginning (lifelines) and `midpoint` its middle (R).
 * Cost O(n).
 * Source: Brookmeyer and Crowley (1982), https://doi.org/10.2307/2530286
 * @throws StatsError `outOfDomain`
 * @example
 * const curve = fitKaplanMeier({ time: [1, 2, 2, 3, 5], event: [1, 1, 0, 1, 0] }, { interval: 'log' })
 * survivalQuantile(curve, 0.5).estimate // → 3
 */
export function survivalQuantile(
  curve: KaplanMeierCurve,
  p = 0.5,
  onStep: 'first' | 'midpoint' = 'first',
): { readonly estimate: number; readonly lower: number; readonly upper: number } {
  requireLevel('p', p)
  const goal = 1 - p
  const crossing = (values: ArrayLike<number | null>): number => {
    for (let k = 0; k < curve.time.length; k++) {
      const value = values[k]
      if (value === null || value === undefined || value > goal + 1e-12) continue
      if (onStep === 'first' || value < goal - 1e-12) return curve.time[k]!
      let end = k + 1
      while (end < curve.time.length && curve.events[end] === 0) end++
      return end < curve.time.length ? (curve.time[k]! + curve.time[end]!) / 2 : curve.time[k]!
    }
    return Infinity
  }
  return { estimate: crossing(curve.survival), lower: crossing(curve.lower), upper: crossing(curve.upper) }
}

/**
 * Restricted mean survival time: the area under the curve up to `until`, with its standard error, and the variance of
 * the restricted time itself among subjects, 2∫t·S − mean².
 * Both in the curve's unit of time.
 * Cost O(n).
 * Source: Klein and Moeschberger (2003), eq. 4.5.1 and 4.5.2, https://doi.org/10.1007/b97377 (without the small-sample
 * factor, as R's `survfit`).
 * @throws StatsError `outOfDomain` unless until > 0; `insufficientData` when the last subject was censored before it
 * @example
 * const curve = fitKaplanMeier({ time: [1, 2, 2, 3, 5], event: [1, 1, 0, 1, 0] }, { interval: 'log' })
 * restrictedMeanSurvival(curve, 4).mean // → 2.7
 */
export function restrictedMeanSurvival(
  curve: KaplanMeierCurve,
  until: number,
): { readonly mean: number; readonly standardError: number; readonly timeVariance: number } {
  if (!(until > 0 && until < Infinity))
    throw new StatsError('outOfDomain', `until is ${until}; a finite time greater than zero was expected.`)
  const last = curve.time.length - 1
  if (until > curve.time[last]! && curve.survival[last]! > 0)
    throw new StatsError(
      'insufficientData',
      `The curve ends at ${curve.time[last]} with survivors, so the mean up to ${until} is not known.`,
      { hint: `Restrict to ${curve.time[last]} or less.` },
    )
  const areas: number[] = []
  let mean = 0
  let square = 0
  let [time, survival] = [0, 1]
  for (let k = 0; k <= last && curve.time[k]! <= until; k++) {
    const area = survival * (curve.time[k]! - time)
    mean += area
    square += survival * (curve.time[k]! ** 2 - time ** 2)
    areas.push(area)
    ;[time, survival] = [curve.time[k]!, curve.survival[k]!]
  }
  const tail = survival * (until - time)
  mean += tail
  square += survival * (until ** 2 - time ** 2)
  let variance = 0
  let after = tail
  for (let k = areas.length - 1; k >= 0; k--) {
    const d = curve.events[k]!
    const risk = curve.atRisk[k]!
    if (d > 0 && risk > d) variance += (after * after * d) / (risk * (risk - d))
    after += areas[k]!
  }
  return { mean, standardError: Math.sqrt(variance), timeVariance: square - mean * mean }
}

/** Bounds of a survival probability from the standard error of its logarithm. */
export function survivalBounds(
  s: number,
  se: number,
  z: number,
  kind: SurvivalInterval,
): readonly [number, number] {
  if (se === 0) return [s, s]
  const clamp = (v: number): number => Math.min(1, Math.max(0, v))
  if (kind === 'plain') return [clamp(s - z * s * se), clamp(s + z * s * se)]
  if (kind === 'log') return [clamp(s * Math.exp(-z * se)), clamp(s * Math.exp(z * se))]
  if (kind === 'logLog') {
    const spread = (z * se) / Math.abs(Math.log(s))
    return [s ** Math.exp(spread), s ** Math.exp(-spread)]
  }
  if (kind === 'logit') {
    const logit = Math.log(s / (1 - s))
    const spread = (z * se) / (1 - s)
    return [1 / (1 + Math.exp(spread - logit)), 1 / (1 + Math.exp(-spread - logit))]
  }
  const angle = Math.asin(Math.sqrt(s))
  const spread = 0.5 * z * se * Math.sqrt(s / (1 - s))
  return [Math.sin(Math.max(0, angle - spread)) ** 2, Math.sin(Math.min(Math.PI / 2, angle + spread)) ** 2]
}
