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

export type PolicyValue = {
  readonly value: number
  readonly standardError: number
  readonly interval: Interval
  /** (Σw)²/Σw²: how many rows the weights are worth. Small numbers say the two policies hardly overlap. */
  readonly effectiveRows: number
}

/**
 * Value of a policy from another one's log.
 * - `ips`: weights target/propensity, unbiased. - `snips`: divided by the sum of weights, less variable, slightly biased.
 * - `dr`: a reward model corrected by weighted residuals, right if either the model or the propensities are.
 * Columns have length n; the value is in the reward's unit.
 * Cost O(n).
 * Source: Horvitz & Thompson (1952), https://doi.org/10.1080/01621459.1952.10483446; Swaminathan & Joachims (2015),
 * NeurIPS; Dudík, Langford & Li (2011), ICML.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain` for a propensity that is not in (0, 1],
 * `invalidOption` for `dr` without a model, `insufficientData` if the policy never does what was done.
 * @example
 * const log = { reward: [1, 0, 1, 0], propensity: [0.5, 0.5, 0.25, 0.75], target: [1, 0, 1, 1] }
 * policyValue(log, 'snips').value // → 0.8181818
 */
export function policyValue(
  log: LoggedDecisions,
  method: 'ips' | 'snips' | 'dr',
  options: { readonly model?: RewardModel; readonly level?: number } = {},
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
  const scores = rowScores(method, reward, weights, total / n, model)
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
  method: 'ips' | 'snips' | 'dr',
  reward: ArrayLike<number>,
  weights: Float64Array,
  meanWeight: number,
  model: RewardModel | undefined,
): Float64Array {
  if (method === 'ips') return weights.map((w, i) => w * reward[i]!)
  if (method === 'snips') return weights.map((w, i) => (w * reward[i]!) / meanWeight)
  if (!model)
    throw new StatsError(
      'invalidOption',
      'The doubly robust estimate needs the predictions of a reward model.',
    )
  return weights.map((w, i) => model.policy[i]! + w * (reward[i]! - model.logged[i]!))
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
