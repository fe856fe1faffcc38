import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { UpliftData } from './uplift-curves.ts'

/**
 * How far treatment moves the best rows, by causalml's definitions: `lift` the difference of mean outcomes, `gain` the
 * lift times the rows, `qini` responses of the treated less those of as many controls.
 */
export type RankedEffect = 'lift' | 'gain' | 'qini'

export type RankedEffectOptions = {
  /** The rows' true effects, where simulated: they take the outcomes' place. */
  readonly effects?: ArrayLike<number>
  /** In units of the curve's end. Default false. */
  readonly normalise?: boolean
}

/**
 * The curve after each row, highest prediction first, beginning with 0; equal predictions stay in the order given. Points
 * before both arms are there lie on a straight line to the next that is known.
 * n + 1 values.
 * Cost O(n log n).
 * Source: Gutierrez & Gérardy (2017), section 4.1, https://proceedings.mlr.press/v67/gutierrez17a.html; Radcliffe (2007)
 * Parity: causalml `get_cumlift`, `get_cumgain`, `get_qini`.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `oneClass` without treated or without control rows,
 * `zeroVariance` if a curve to normalise ends at 0.
 * @example
 * const data = { y: [1, 1, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * rankedEffects(data, 'lift') // → [0, 0, 0, -0.5, -0.5]
 */
export function rankedEffects(
  data: UpliftData,
  kind: RankedEffect,
  options: RankedEffectOptions = {},
): Float64Array {
  const steps = runningEffects(data, kind === 'qini' ? 'qini' : 'lift', options.effects)
  const curve = interpolate(steps)
  if (kind === 'gain') for (let i = 1; i < curve.length; i++) curve[i]! *= i
  if (!options.normalise) return curve
  const end = Math.abs(curve[curve.length - 1]!)
  if (end === 0) throw new StatsError('zeroVariance', 'The curve ends at 0, so it has no unit.')
  return curve.map((v) => v / end)
}

/**
 * causalml's Qini score: mean height of the Qini curve above the straight line, by default in units of its end.
 * Cost O(n log n).
 * Source: causalml's `qini_score`, https://causalml.readthedocs.io/en/latest/causalml.html
 * @throws StatsError as `rankedEffects`.
 * @example
 * const data = { y: [1, 1, 0, 1, 1, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * meanQiniScore(data) // → 0.4814815
 */
export function meanQiniScore(data: UpliftData, options: RankedEffectOptions = {}): number {
  const curve = rankedEffects(data, 'qini', { ...options, normalise: options.normalise ?? true })
  return mean(curve) - curve[curve.length - 1]! / 2
}

/**
 * causalml's AUUC: mean height of the cumulative gain, by default in units of its end.
 * Cost O(n log n).
 * Source: causalml's `auuc_score`, https://causalml.readthedocs.io/en/latest/causalml.html
 * @throws StatsError as `rankedEffects`.
 * @example
 * const data = { y: [1, 1, 0, 1, 1, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * meanUpliftScore(data) // → 0.7361111
 */
export function meanUpliftScore(data: UpliftData, options: RankedEffectOptions = {}): number {
  return mean(rankedEffects(data, 'gain', { ...options, normalise: options.normalise ?? true }))
}

/**
 * Targeting operator characteristic: how much larger the effect is among the best q of the rows than among all, for q = 0,
 * 1/n, …, 1; 0 where only one arm is there.
 * n + 1 values, in the outcome's unit.
 * Cost O(n log n).
 * Source: Yadlowsky, Fleming, Shah, Brunskill & Wager (2025), JASA 120, section 2, https://arxiv.org/abs/2111.07966
 * Parity: causalml `get_toc`.
 * @throws StatsError as `rankedEffects`.
 * @example
 * const data = { y: [1, 0, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * targetingCurve(data) // → [0, 0, 1, 0.5, 0]
 */
export function targetingCurve(
  data: UpliftData,
  options: { readonly effects?: ArrayLike<number> } = {},
): Float64Array {
  const steps = runningEffects(data, 'lift', options.effects)
  const all = steps[steps.length - 1]!
  return Float64Array.of(0, ...steps.map((v) => (v === undefined ? 0 : v - all)))
}

/**
 * Rank-weighted average treatment effect: the targeting curve's mean with weights 1/q (`autoc`, for effects of a few) or
 * q (`qini`, for effects of many), by the trapezoids' middles; above 0 where the ranking finds those who respond.
 * In the outcome's unit; columns have length n.
 * Cost O(n log n).
 * Source: Yadlowsky et al. (2025), section 2.2, https://arxiv.org/abs/2111.07966
 * Parity: causalml `rate_score`.
 * @throws StatsError as `rankedEffects`.
 * @example
 * const data = { y: [1, 0, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * rankWeightedEffect(data, 'qini') // → 0.4375
 */
export function rankWeightedEffect(
  data: UpliftData,
  weighting: 'autoc' | 'qini',
  options: { readonly effects?: ArrayLike<number> } = {},
): number {
  const curve = targetingCurve(data, options)
  const n = curve.length - 1
  let [sum, total] = [0, 0]
  for (let i = 0; i < n; i++) {
    const q = (i + 0.5) / n
    const weight = weighting === 'autoc' ? 1 / q : q
    sum += (weight * (curve[i]! + curve[i + 1]!)) / 2
    total += weight
  }
  return sum / total
}

/** Lift or Qini value after each row; undefined where an arm that it needs is still missing. */
function runningEffects(
  { y, uplift, treatment }: UpliftData,
  kind: 'lift' | 'qini',
  effects: ArrayLike<number> | undefined,
): readonly (number | undefined)[] {
  const n = requireSameLength(effects ? { y, uplift, treatment, effects } : { y, uplift, treatment })
  requireFiniteColumn('y', y)
  requireFiniteColumn('uplift', uplift)
  if (effects) requireFiniteColumn('effects', effects)
  requireArms(treatment)
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => uplift[b]! - uplift[a]! || a - b)
  let [treated, yTreated, yControl, effect] = [0, 0, 0, 0]
  return order.map((row, i) => {
    if (treatment[row] === 1) {
      treated++
      yTreated += y[row]!
    } else yControl += y[row]!
    const control = i + 1 - treated
    if (effects) {
      effect += effects[row]!
      return (effect / (i + 1)) * (kind === 'qini' ? treated : 1)
    }
    if (kind === 'qini') return control > 0 ? yTreated - (yControl * treated) / control : undefined
    return treated > 0 && control > 0 ? yTreated / treated - yControl / control : undefined
  })
}

function requireArms(treatment: ArrayLike<number>): void {
  let treated = 0
  for (let i = 0; i < treatment.length; i++) {
    if (treatment[i] !== 0 && treatment[i] !== 1)
      throw new StatsError(
        'outOfDomain',
        `The treatment of row ${i} is ${treatment[i]}; 0 or 1 was expected.`,
      )
    treated += treatment[i]!
  }
  if (treated === 0 || treated === treatment.length)
    throw new StatsError(
      'oneClass',
      `There are ${treated} treated and ${treatment.length - treated} control rows; both were expected.`,
    )
}

/** A leading 0, then the steps; gaps are bridged by straight lines. */
function interpolate(steps: readonly (number | undefined)[]): Float64Array {
  const filled = new Float64Array(steps.length + 1)
  let known = 0
  steps.forEach((step, k) => {
    if (step === undefined) return
    const i = k + 1
    filled[i] = step
    for (let gap = known + 1; gap < i; gap++)
      filled[gap] = filled[known]! + ((step - filled[known]!) * (gap - known)) / (i - known)
    known = i
  })
  return filled
}

const mean = (values: Float64Array): number => values.reduce((s, v) => s + v, 0) / values.length
