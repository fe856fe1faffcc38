import { cohenD, cohenH, normalQuantile, twoProportionZTest, welchTTest } from '@tranche/stats'
import type { Measure } from '../measures.ts'
import type { GroupSummary } from '../summaries.ts'

/** How many times the mean of everybody a group's is, on customers who had no say in finding it. */
export interface Lift {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** Group against everybody else. */
  readonly p: number
  readonly effectSize: number
}

const z = normalQuantile(0.975)

/**
 * The ratio of a part's mean to the whole's, with an interval on the logarithmic scale: the part is in the whole, so
 * that its customers' influence on both is counted together (delta method). Undefined where nothing varies.
 */
export function liftOf(measure: Measure, part: GroupSummary, whole: GroupSummary): Lift | undefined {
  const rest = lessOf(whole, part)
  if (part.n < 2 || rest.n < 2 || !(part.mean > 0) || !(whole.mean > 0)) return undefined
  if (measure.kind === 'mean' && (part.variance === 0 || rest.variance === 0)) return undefined
  // Influence of a member: (y − m₁)/(n₁m₁) − (y − m)/(nm); of the others: −(y − m)/(nm).
  const [a, b] = [1 / (part.n * part.mean), 1 / (whole.n * whole.mean)]
  const slope = a - b
  const shift = b * whole.mean - a * part.mean
  const member = slope ** 2 * part.sumOfSquares + 2 * slope * shift * part.total + part.n * shift ** 2
  const other = b ** 2 * (rest.sumOfSquares - 2 * whole.mean * rest.total + rest.n * whole.mean ** 2)
  const reach = z * Math.sqrt(Math.max(0, member + other))
  const estimate = part.mean / whole.mean
  const test =
    measure.kind === 'rate'
      ? twoProportionZTest({ successes: part.total, n: part.n }, { successes: rest.total, n: rest.n })
      : welchTTest(part, rest)
  return {
    estimate,
    low: estimate * Math.exp(-reach),
    high: estimate * Math.exp(reach),
    p: test.pValue,
    effectSize: measure.kind === 'rate' ? cohenH(part.mean, rest.mean) : cohenD(part, rest),
  }
}

/** Everybody but a part of them. */
function lessOf(whole: GroupSummary, part: GroupSummary): GroupSummary {
  const n = whole.n - part.n
  const total = whole.total - part.total
  const sumOfSquares = whole.sumOfSquares - part.sumOfSquares
  const mean = n === 0 ? 0 : total / n
  const variance = n < 2 ? 0 : Math.max(0, (sumOfSquares - n * mean * mean) / (n - 1))
  return { n, mean, total, sumOfSquares, variance }
}

/**
 * By how much one group's mean is above another's, where the two may share members: the variance of the difference
 * counts each customer once with both its influences.
 */
export function differenceOf(
  first: GroupSummary,
  second: GroupSummary,
  common: GroupSummary,
): { readonly estimate: number; readonly low: number; readonly high: number } {
  const estimate = first.mean - second.mean
  // Covariance of the two means: over the common members, of (y − m₁)/n₁ and (y − m₂)/n₂.
  const shared =
    (common.sumOfSquares - (first.mean + second.mean) * common.total + common.n * first.mean * second.mean) /
    (first.n * second.n)
  const reach = z * Math.sqrt(Math.max(0, first.variance / first.n + second.variance / second.n - 2 * shared))
  return { estimate, low: estimate - reach, high: estimate + reach }
}
