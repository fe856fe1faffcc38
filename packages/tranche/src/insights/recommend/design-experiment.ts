import type { Recommendation, RecommendationRule } from '@tranche/contract'
import {
  detectableDifference,
  detectableProportion,
  StatsError,
  sampleSizeOfMeans,
  sampleSizeOfProportions,
} from '@tranche/stats'

export interface ExpectedOutcome {
  readonly baseline: number
  readonly difference: number
  readonly sd: number | undefined
  /** Customers that the group has. */
  readonly reach: number
}

type Experiment = NonNullable<Recommendation['experiment']>

/**
 * The experiment that would prove the expected difference: customers each arm needs, every arm against the control, alpha
 * shared out over the comparisons. Undefined where the numbers describe no experiment (no difference, a rate out of range).
 */
export function designExperiment(
  rule: RecommendationRule['experiment'],
  { baseline, difference, sd, reach }: ExpectedOutcome,
): Experiment | undefined {
  const { arms, power } = rule
  const alpha = rule.alpha / (arms.length - 1)
  const each = Math.floor(reach / arms.length)
  try {
    const needed =
      rule.kind === 'rate'
        ? sampleSizeOfProportions(power, { baseline, treated: baseline + difference, alpha })
        : sampleSizeOfMeans(power, { delta: Math.abs(difference), sd: sd ?? Number.NaN, alpha })
    const perArm = Math.ceil(needed)
    return {
      outcome: rule.outcome,
      kind: rule.kind,
      baseline,
      difference,
      arms,
      perArm,
      total: perArm * arms.length,
      detectable: each >= perArm ? null : detectable(rule, { baseline, sd, each, alpha }),
      days: rule.days,
      alpha: rule.alpha,
      power,
      guardrails: rule.guardrails,
    }
  } catch (error) {
    if (error instanceof StatsError) return undefined
    throw error
  }
}

/** The smallest difference that the group itself would show; null where it is too small for any. */
function detectable(
  { kind, power }: RecommendationRule['experiment'],
  options: {
    readonly baseline: number
    readonly sd: number | undefined
    readonly each: number
    readonly alpha: number
  },
): number | null {
  const { baseline, sd, each, alpha } = options
  if (each < 2) return null
  try {
    return kind === 'rate'
      ? detectableProportion(each, power, { baseline, alpha }) - baseline
      : detectableDifference(each, power, { sd: sd ?? Number.NaN, alpha })
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}
