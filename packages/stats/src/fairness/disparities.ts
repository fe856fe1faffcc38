import { requireFinite, StatsError } from '../stats-error.ts'
import type { GroupedMetrics, GroupMetrics, GroupRateName } from './group-metrics.ts'

/** Compare groups with each other (`betweenGroups`: largest against smallest) or each with all rows (`toOverall`: the worst). */
export type DisparityMethod = 'betweenGroups' | 'toOverall'

/**
 * Largest difference of a rate.
 * Range: [0, 1].
 * Cost O(groups).
 * Source: Fairlearn, `MetricFrame.difference`, https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.MetricFrame.html
 * @throws StatsError `insufficientData` if a group lacks the rate (no row could have it), `notFinite`.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * rateDifference(metrics, 'selectionRate') // → 0.5
 */
export function rateDifference(
  metrics: GroupedMetrics,
  rate: GroupRateName,
  method: DisparityMethod = 'betweenGroups',
): number {
  const values = rates(metrics, rate)
  if (method === 'betweenGroups') return Math.max(...values) - Math.min(...values)
  const overall = rateOf(metrics.overall, rate, 'all rows')
  return Math.max(...values.map((v) => Math.abs(v - overall)))
}

/**
 * Smallest ratio of a rate, in [0, 1]; 1 when all are equal.
 * Cost O(groups).
 * Source: Fairlearn, https://fairlearn.org/main/user_guide/assessment/common_fairness_metrics.html
 * @throws StatsError `notFinite`, `insufficientData`, or `outOfDomain` if all rates are 0, where no ratio exists.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * rateRatio(metrics, 'selectionRate') // → 0.5
 */
export function rateRatio(
  metrics: GroupedMetrics,
  rate: GroupRateName,
  method: DisparityMethod = 'betweenGroups',
): number {
  const values = rates(metrics, rate)
  const reference =
    method === 'betweenGroups' ? Math.max(...values) : rateOf(metrics.overall, rate, 'all rows')
  if (!(reference > 0))
    throw new StatsError('outOfDomain', `The ${rate} is 0 in every group, so groups have no ratio.`, {
      hint: 'Use the difference.',
    })
  if (method === 'betweenGroups') return Math.min(...values) / reference
  return Math.min(...values.map((v) => Math.min(v / reference, reference / v)))
}

/**
 * Demographic parity: the selection rate does not depend on the group.
 * Difference and ratio lie in [0, 1].
 * Cost O(groups).
 * Source: Fairlearn, https://fairlearn.org/main/user_guide/assessment/common_fairness_metrics.html
 * @throws StatsError `notFinite`, `insufficientData` if a group lacks the rate, `outOfDomain` if all rates are 0,
 * where no ratio exists
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * demographicParity(metrics) // → { difference: 0.5, ratio: 0.5 }
 */
export function demographicParity(
  metrics: GroupedMetrics,
  method: DisparityMethod = 'betweenGroups',
): { readonly difference: number; readonly ratio: number } {
  return {
    difference: rateDifference(metrics, 'selectionRate', method),
    ratio: rateRatio(metrics, 'selectionRate', method),
  }
}

/**
 * Equalised odds: neither the true nor the false positive rate depends on the group; the worse of both, or their mean.
 * Difference and ratio lie in [0, 1].
 * Cost O(groups).
 * Source: Hardt, Price & Srebro (2016), NeurIPS, https://arxiv.org/abs/1610.02413
 * @throws StatsError `notFinite`, `insufficientData` if a group lacks the rate, `outOfDomain` if all rates are 0,
 * where no ratio exists
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * equalizedOdds(metrics) // → { difference: 1, ratio: 0 }
 */
export function equalizedOdds(
  metrics: GroupedMetrics,
  method: DisparityMethod = 'betweenGroups',
  aggregate: 'worst' | 'mean' = 'worst',
): { readonly difference: number; readonly ratio: number } {
  const names = ['truePositiveRate', 'falsePositiveRate'] as const
  const differences = names.map((name) => rateDifference(metrics, name, method))
  const ratios = names.map((name) => rateRatio(metrics, name, method))
  const mean = (values: number[]): number => (values[0]! + values[1]!) / 2
  return aggregate === 'mean'
    ? { difference: mean(differences), ratio: mean(ratios) }
    : { difference: Math.max(...differences), ratio: Math.min(...ratios) }
}

/**
 * Equal opportunity: the true positive rate does not depend on the group.
 * Difference and ratio lie in [0, 1].
 * Cost O(groups).
 * Source: Hardt et al. (2016), https://arxiv.org/abs/1610.02413
 * @throws StatsError `notFinite`, `insufficientData` if a group lacks the rate, `outOfDomain` if all rates are 0,
 * where no ratio exists
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * equalOpportunity(metrics) // → { difference: 0, ratio: 1 }
 */
export function equalOpportunity(
  metrics: GroupedMetrics,
  method: DisparityMethod = 'betweenGroups',
): { readonly difference: number; readonly ratio: number } {
  return {
    difference: rateDifference(metrics, 'truePositiveRate', method),
    ratio: rateRatio(metrics, 'truePositiveRate', method),
  }
}

/**
 * The four-fifths rule: a group selected at less than 80% of the rate of the most selected one shows adverse impact.
 * Cost O(groups).
 * Source: US Uniform Guidelines on Employee Selection Procedures (1978), section 4D, https://www.ecfr.gov/current/title-29/subtitle-B/chapter-XIV/part-1607/section-1607.4
 * @throws StatsError `notFinite`, `insufficientData` if a group lacks the rate, `outOfDomain` if all rates are 0,
 * where no ratio exists
 * @returns groups with their impact ratios, smallest first. Throws as `rateRatio`.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * fourFifthsRule(metrics) // → [{ group: 'b', ratio: 0.5, adverse: true }, { group: 'a', ratio: 1, adverse: false }]
 */
export function fourFifthsRule(
  metrics: GroupedMetrics,
  threshold = 0.8,
): readonly { readonly group: string; readonly ratio: number; readonly adverse: boolean }[] {
  const best = Math.max(...rates(metrics, 'selectionRate'))
  if (!(best > 0))
    throw new StatsError('outOfDomain', 'Nobody was selected in any group, so there is no impact to compare.')
  return Object.entries(metrics.byGroup)
    .map(([group, m]) => ({
      group,
      ratio: m.selectionRate.value / best,
      adverse: m.selectionRate.value / best < threshold,
    }))
    .sort((a, b) => a.ratio - b.ratio)
}

function rates(metrics: GroupedMetrics, rate: GroupRateName): number[] {
  return Object.entries(metrics.byGroup).map(([group, m]) => rateOf(m, rate, `group "${group}"`))
}

function rateOf(metrics: GroupMetrics, rate: GroupRateName, where: string): number {
  const found = metrics[rate]
  if (found) {
    requireFinite(`${rate} for ${where}`, found.value)
    return found.value
  }
  throw new StatsError('insufficientData', `There is no ${rate} for ${where}: no row could have it.`, {
    hint: 'Leave the group out or compare another rate.',
  })
}
