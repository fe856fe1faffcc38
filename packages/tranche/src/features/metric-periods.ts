import type { Text, Window } from '@tranche/contract'
import { type AsOfPoint, earlierInstant, rangeOf, shift } from './calendar.ts'
import type { MetricPlan } from './metric-plan.ts'

/** The instants of a metric: now, one period earlier (环比), and a year earlier (同比). */
export interface MetricInstants {
  readonly now: string
  readonly previousPeriod: string
  readonly previousYear: string
}

/** States and cohorts of all customers are compared with those of a month before. */
const comparedBy: Window = { last: 1, unit: 'month' }

export function instantsOf(plan: Pick<MetricPlan, 'window'>, timeZone: string, asOf: string): MetricInstants {
  const { last, unit } = plan.window ?? comparedBy
  return {
    now: asOf,
    previousPeriod: earlierInstant(timeZone, asOf, last, unit),
    previousYear: earlierInstant(timeZone, asOf, 12, 'month'),
  }
}

/** First day that a metric as of a point speaks of. */
export function firstDayOf(plan: Pick<MetricPlan, 'window'>, point: AsOfPoint): string {
  const range = rangeOf(plan.window ?? comparedBy, point)
  return range.from ?? shift(point.day, -1, 'day')
}

/** Why an earlier value can't be given; null where history allows it. `historyFrom` is null where rows have no days. */
export function missingHistory(firstDayNeeded: string, historyFrom: string | null, what: Text): Text | null {
  if (historyFrom === null)
    return {
      en: `${what.en}: the rows have no dates, so there is no earlier state.`,
      zh: `${what.zh}：数据没有日期，无法得知此前状态。`,
    }
  if (historyFrom <= firstDayNeeded) return null
  return {
    en: `${what.en}: history begins on ${historyFrom}, and ${firstDayNeeded} would be needed.`,
    zh: `${what.zh}：历史始于 ${historyFrom}，需要自 ${firstDayNeeded} 起的数据。`,
  }
}
