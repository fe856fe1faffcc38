import { normalQuantile } from '../distributions/normal.ts'
import type { Interval } from '../inference/sample.ts'
import { requireFiniteColumn, requireLevel, requireSameLength, StatsError } from '../stats-error.ts'

/** What was logged when decisions were made. */
export type LoggedDecisions = {
  /** Reward seen. */
  readonly reward: ArrayLike<number>
  /** Chance with which the logging policy chose what it did. */
  readonly propensity: ArrayLike<number>
  /** Chance with which the policy to be judged would have chosen it: 0 or 1 if it is not random. */
  readonly target: ArrayLike<number>
}

/** Predictions of a reward model, for the doubly robust estimate. */
export type RewardModel = {
  /** Of the choice that was made. */
  readonly logged: ArrayLike<number>
  /** Of the policy to be judged: the mean over its choices. */
  readonly policy: ArrayLike<number>
}

/**
 * How a log is turned into a value. Weights w are target/propensity, r̂ the reward model's predictions.
 * - `ips`: w·reward, unbiased. - `snips`: divided by the sum of weights, less variable, slightly biased.
 * - `dm`: the model alone. - `dr`: the model corrected by weighted residuals, right if either it or the propensities are.
 * - `snDr`: `dr` with weights divided by their mean.
 * - `clippedIps`, `clippedDr`: weights above `threshold` count as that.
 * - `switchDr`: residuals count only where w ≤ `threshold`.
 * - `shrunkDr`: weights λw/(w² + λ) with λ = `threshold`, from the model (0) to `dr` (∞).
 */
export type PolicyValueMethod =
  | 'ips'
  | 'snips'
  | 'dm'
  | 'dr'
  | 'snDr'
  | 'clippedIps'
  | 'clippedDr'
  | 'switchDr'
  | 'shrunkDr'

export type PolicyValueOptions = {
  readonly model?: RewardModel
  readonly threshold?: number
  readonly level?: number
}

export type PolicyValue = {
  readonly value: number
  readonly standardError: number
  readonly interval: Interval
  /** (Σw)²/Σw²: how many rows the weights are worth. Small numbers say the two policies hardly overlap. */
  readonly effectiveRows: number
}

/**
 * Value of a policy from another one's log, by any method of `PolicyValueMethod`.
 * Columns have length n; the value is in the reward's unit.
 * Cost O(n).
 * Source: Horvitz & Thompson (1952), https://doi.org/10.1080/01621459.1952.10483446; Swaminathan & Joachims (2015),
 * NeurIPS; Dudík, Langford & Li (2011), ICML; Wang, Agarwal & Dudík (2017), ICML, for the switch; Su, Dimakopoulou,
 * Krishnamurthy & Dudík (2020), ICML, for shrinking.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain` for a propensity that is not in (0, 1], `invalidOption`
 * for a method without the model or threshold that it needs, `insufficientData` if the policy never does what was done.
 * @example
 * const log = { reward: [1, 0, 1, 0], propensity: [0.5, 0.5, 0.25, 0.75], target: [1, 0, 1, 1] }
 * policyValue(log, 'snips').value // → 0.8181818
 */
export function policyValue(
  log: LoggedDecisions,
  method: PolicyValueMethod,
  options: PolicyValueOptions = {},
): PolicyValue {
  const { model, level = 0.95 } = options
  const { reward, propensity, target } = log
  const n = requireSameLength({ reward, propensity, target, logged: model?.logged, policy: model?.policy })
  requireLevel('level', level)
  requireFiniteColumn('reward', reward)
  if (n < 2)
    throw new StatsError(
      'insufficientData',
      `${n} logged decisions do not determine a value and its error; at least 2 were expected.`,
    )
  const weights = Float64Array.from({ length: n }, (_, i) => {
    const e = propensity[i]!
    if (!(e > 0 && e <= 1 && target[i]! >= 0 && target[i]! <= 1))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has propensity ${e} and target ${target[i]}; a propensity in (0, 1] and a target from 0 to 1 were expected.`,
      )
    return target[i]! / e
  })
  const total = weights.reduce((s, w) => s + w, 0)
  const squares = weights.reduce((s, w) => s + w * w, 0)
  if (!(total > 0 && squares > 0))
    throw new StatsError(
      'insufficientData',
      'The policy to be judged never does what was logged, so the log says nothing about it.',
    )
  const scores = rowScores(method, reward, weights, total / n, options)
  const value = scores.reduce((s, x) => s + x, 0) / n
  // Of the self-normalised estimate the spread is that of w·(reward − value) over the mean weight.
  const deviations =
    method === 'snips'
      ? weights.map((w, i) => (w * (reward[i]! - value) * n) / total)
      : scores.map((x) => x - value)
  const standardError = Math.sqrt(deviations.reduce((s, d) => s + d * d, 0) / (n - 1) / n)
  const reach = normalQuantile((1 + level) / 2) * standardError
  return {
    value,
    standardError,
    interval: { low: value - reach, high: value + reach, level },
    effectiveRows: (total * total) / squares,
  }
}

function rowScores(
  method: PolicyValueMethod,
  reward: ArrayLike<number>,
  weights: Float64Array,
  meanWeight: number,
  options: PolicyValueOptions,
): Float64Array {
  if (method === 'ips') return weights.map((w, i) => w * reward[i]!)
  if (method === 'snips') return weights.map((w, i) => (w * reward[i]!) / meanWeight)
  if (method === 'clippedIps') {
    const most = requireThreshold(options)
    return weights.map((w, i) => Math.min(w, most) * reward[i]!)
  }
  const { model } = options
  if (!model)
    throw new StatsError('invalidOption', `The estimate ${method} needs the predictions of a reward model.`)
  requireFiniteColumn('logged', model.logged)
  requireFiniteColumn('policy', model.policy)
  const weigh = residualWeight(method, meanWeight, options)
  return weights.map((w, i) => model.policy[i]! + weigh(w) * (reward[i]! - model.logged[i]!))
}

function residualWeight(
  method: PolicyValueMethod,
  meanWeight: number,
  options: PolicyValueOptions,
): (w: number) => number {
  if (method === 'dm') return () => 0
  if (method === 'dr') return (w) => w
  if (method === 'snDr') return (w) => w / meanWeight
  const threshold = requireThreshold(options)
  if (method === 'clippedDr') return (w) => Math.min(w, threshold)
  if (method === 'switchDr') return (w) => (w <= threshold ? w : 0)
  return (w) => (w === 0 ? 0 : (threshold * w) / (w * w + threshold))
}

function requireThreshold({ threshold }: PolicyValueOptions): number {
  if (threshold !== undefined && threshold >= 0 && threshold < Infinity) return threshold
  throw new StatsError(
    'invalidOption',
    `threshold is ${threshold}; a finite number ≥ 0 was expected for this method.`,
  )
}

/**
 * E-value: how strongly an unmeasured cause would have to be tied to both treatment and outcome (as risk ratios) to
 * explain an observed risk ratio away. For the interval, its bound nearer 1; 1 if the interval holds 1.
 * Numbers ≥ 1.
 * Cost O(1).
 * Source: VanderWeele & Ding (2017), Annals of Internal Medicine 167, https://doi.org/10.7326/M16-2607
 * @throws StatsError `outOfDomain`.
 * @example
 * eValue(2).estimate // → 3.414214
 */
export function eValue(
  riskRatio: number,
  interval?: Interval,
): { readonly estimate: number; readonly bound?: number } {
  const one = (ratio: number): number => {
    if (!(ratio > 0 && Number.isFinite(ratio)))
      throw new StatsError('outOfDomain', `The risk ratio is ${ratio}; a finite number above 0 was expected.`)
    const up = ratio >= 1 ? ratio : 1 / ratio
    return up + Math.sqrt(up * (up - 1))
  }
  if (!interval) return { estimate: one(riskRatio) }
  const covers = interval.low <= 1 && interval.high >= 1
  return { estimate: one(riskRatio), bound: covers ? 1 : one(riskRatio > 1 ? interval.low : interval.high) }
}
