import { requireFinite, StatsError } from '../stats-error.ts'
import type { GroupedMetrics, GroupMetrics, GroupRateName } from './group-metrics.ts'

/** What one group has less another, named as AIF360 names it; a rate that a group lacks leaves its measures out. */
export type GroupComparison = {
  /** Selection rates: difference, and ratio (disparate impact) where the reference was selected at all. */
  readonly statisticalParityDifference: number
  readonly disparateImpact?: number
  /** True positive rates. */
  readonly equalOpportunityDifference?: number
  /** Mean difference of true and false positive rates, and of its absolute parts. */
  readonly averageOddsDifference?: number
  readonly averageAbsoluteOddsDifference?: number
  readonly falsePositiveRateDifference?: number
  readonly falseNegativeRateDifference?: number
  readonly precisionDifference?: number
  /** Error rates: 1 − accuracy. */
  readonly errorRateDifference: number
}

/**
 * Signed measures of one group against a reference (privileged) one: negative where the group is selected less.
 * Differences lie in [−1, 1].
 * Cost O(1).
 * Source: Bellamy et al. (2018), https://arxiv.org/abs/1810.01943
 * Parity: AIF360's ClassificationMetric.
 * @throws StatsError `notFinite`, `invalidOption` for a group that is not there.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * compareGroups(metrics, 'b', 'a').statisticalParityDifference // → -0.5
 */
export function compareGroups(metrics: GroupedMetrics, group: string, reference: string): GroupComparison {
  const a = groupOf(metrics, group)
  const b = groupOf(metrics, reference)
  for (const metrics of [a, b]) requireRates(metrics)
  const gap = (rate: GroupRateName): number | undefined =>
    a[rate] && b[rate] ? a[rate].value - b[rate].value : undefined
  const [tpr, fpr] = [gap('truePositiveRate'), gap('falsePositiveRate')]
  const odds = tpr !== undefined && fpr !== undefined
  const found = {
    statisticalParityDifference: a.selectionRate.value - b.selectionRate.value,
    disparateImpact: b.selectionRate.value > 0 ? a.selectionRate.value / b.selectionRate.value : undefined,
    equalOpportunityDifference: tpr,
    averageOddsDifference: odds ? (tpr + fpr) / 2 : undefined,
    averageAbsoluteOddsDifference: odds ? (Math.abs(tpr) + Math.abs(fpr)) / 2 : undefined,
    falsePositiveRateDifference: fpr,
    falseNegativeRateDifference: gap('falseNegativeRate'),
    precisionDifference: gap('precision'),
    errorRateDifference: b.accuracy.value - a.accuracy.value,
  }
  return Object.fromEntries(Object.entries(found).filter(([, v]) => v !== undefined)) as GroupComparison
}

/**
 * Smallest and largest value of a rate over groups that have it.
 * Range: [0, 1].
 * Cost O(groups).
 * Source: Fairlearn, `MetricFrame.group_min`, https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.MetricFrame.html
 * @throws StatsError `notFinite`, `insufficientData` if no group has it.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * rateExtremes(metrics, 'accuracy') // → { smallest: 0.5, largest: 1 }
 */
export function rateExtremes(
  metrics: GroupedMetrics,
  rate: GroupRateName,
): { readonly smallest: number; readonly largest: number } {
  const values = Object.values(metrics.byGroup).flatMap((group) => {
    requireRates(group)
    return group[rate]?.value ?? []
  })
  if (values.length === 0) throw new StatsError('insufficientData', `No group has a ${rate}.`)
  return { smallest: Math.min(...values), largest: Math.max(...values) }
}

function groupOf({ byGroup }: GroupedMetrics, name: string): GroupMetrics {
  const found = Object.hasOwn(byGroup, name) ? byGroup[name] : undefined
  if (found) return found
  throw new StatsError(
    'invalidOption',
    `There is no group "${name}"; known are ${Object.keys(byGroup).join(', ') || 'none'}.`,
  )
}

const RATES: readonly GroupRateName[] = [
  'selectionRate',
  'truePositiveRate',
  'falsePositiveRate',
  'trueNegativeRate',
  'falseNegativeRate',
  'precision',
  'accuracy',
]

function requireRates(metrics: GroupMetrics): void {
  for (const rate of RATES) if (metrics[rate]) requireFinite(rate, metrics[rate].value)
}
