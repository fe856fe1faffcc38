import {
  chiSquareSurvival,
  cohenD,
  cohenH,
  equalProportionsTest,
  normalQuantile,
  oneWayAnova,
  twoProportionZTest,
  welchAnova,
  welchTTest,
} from '@tranche/stats'
import { ident, type Sql, sql } from '../sql/sql.ts'
import { type CustomerFrame, tablesOf } from './frame.ts'
import type { Group } from './group.ts'
import type { Measure } from './measures.ts'
import { type GroupSummary, isDisclosable, summarise } from './summaries.ts'

/** A difference between two groups: the first less the second. */
export interface Comparison {
  readonly first: GroupSummary
  readonly second: GroupSummary
  readonly estimate: number
  readonly low: number
  readonly high: number
  readonly p: number
  readonly effectSize: number
  readonly neededN: number | null
  readonly n: number
  readonly query: Sql
}

/**
 * Compares a measure between two groups: shares by the pooled z-test and Newcombe's interval, means by Welch's t.
 * Undefined where a group is too small to show or nothing varies.
 */
export function compare(
  frame: CustomerFrame,
  measure: Measure,
  firstGroup: Group,
  secondGroup: Group,
  minimum: number,
): Comparison | undefined {
  const first = summarise(frame, measure, firstGroup)
  const second = summarise(frame, measure, secondGroup)
  if (![first, second].every((summary) => isDisclosable(measure, summary, minimum))) return undefined
  if (measure.kind === 'mean' && (first.variance === 0 || second.variance === 0)) return undefined
  const test =
    measure.kind === 'rate'
      ? twoProportionZTest({ successes: first.total, n: first.n }, { successes: second.total, n: second.n })
      : welchTTest(first, second)
  const n = first.n + second.n
  return {
    first,
    second,
    estimate: test.estimate,
    low: test.interval.low,
    high: test.interval.high,
    p: test.pValue,
    effectSize: measure.kind === 'rate' ? cohenH(first.mean, second.mean) : cohenD(first, second),
    neededN: neededSample(n, test.pValue),
    n,
    query: sql`select ${meanWhere(measure, firstGroup)} - ${meanWhere(measure, secondGroup)} as estimate
from ${tablesOf(frame, [measure.column, ...firstGroup.columns, ...secondGroup.columns])}`,
  }
}

/** Whether a measure is the same in all groups. */
export interface SpreadTest {
  readonly p: number
  /** Cramér's V for shares, eta for means. */
  readonly effectSize: number
  readonly neededN: number | null
}

/** Equality of a measure over two or more groups: chi-square for shares, Welch's analysis of variance for means. */
export function testSpread(measure: Measure, summaries: readonly GroupSummary[]): SpreadTest | undefined {
  const usable = summaries.filter(({ n, variance }) => n >= 2 && (measure.kind === 'rate' || variance > 0))
  if (usable.length < 2) return undefined
  const n = usable.reduce((sum, group) => sum + group.n, 0)
  if (measure.kind === 'rate') {
    const successes = usable.reduce((sum, group) => sum + group.total, 0)
    if (successes === 0 || successes === n) return undefined
    const test = equalProportionsTest(usable.map((group) => ({ successes: group.total, n: group.n })))
    return {
      p: test.pValue,
      effectSize: Math.sqrt(test.statistic / n),
      neededN: neededForSpread(n, test.statistic, test.degreesOfFreedom),
    }
  }
  const welch = welchAnova(usable)
  const pooled = oneWayAnova(usable)
  // Amounts have long tails: a small group that happens to lack them looks certain of its mean, and Welch believes it.
  const test = welch.pValue >= pooled.pValue ? welch : pooled
  const mean = usable.reduce((sum, group) => sum + group.total, 0) / n
  const between = usable.reduce((sum, group) => sum + group.n * (group.mean - mean) ** 2, 0)
  const within = usable.reduce((sum, group) => sum + (group.n - 1) * group.variance, 0)
  const df = usable.length - 1
  return {
    p: test.pValue,
    effectSize: Math.sqrt(between / (between + within)),
    neededN: neededForSpread(n, test.statistic * df, df),
  }
}

/** Customers at which the difference seen would be found in four studies of five, or null where none is seen. */
export function neededSample(n: number, p: number): number | null {
  if (p <= 0 || p > 0.96) return p > 0.96 ? null : n
  const seen = normalQuantile(1 - p / 2)
  return Math.ceil(n * ((normalQuantile(0.975) + normalQuantile(0.8)) / seen) ** 2)
}

/** `avg(measure) filter (where …)`. */
export function meanWhere(measure: Measure, group: Group): Sql {
  const mean = sql`avg(cast(${ident(measure.column)} as double))`
  return group.condition ? sql`${mean} filter (where ${group.condition})` : mean
}

/** By scaling the noncentrality of the statistic to what 80% power needs (within 3% for 1 to 30 degrees of freedom). */
export function neededForSpread(n: number, statistic: number, df: number): number | null {
  const seen = statistic - df
  if (seen <= 0) return null
  const wanted = 7.849 * df ** 0.32
  return chiSquareSurvival(statistic, df) < 0.05 ? n : Math.ceil((n * wanted) / seen)
}
