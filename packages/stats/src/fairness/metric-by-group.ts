import { requireFinite, StatsError } from '../stats-error.ts'

export type MetricByGroup = {
  readonly overall: number
  readonly byGroup: Readonly<Record<string, number>>
  readonly smallest: number
  readonly largest: number
  /** Largest less smallest, and their quotient (absent where the largest is 0): Fairlearn's `between_groups`. */
  readonly difference: number
  readonly ratio?: number
  /** Largest distance of a group from all rows together, and the smallest quotient of the two, at most 1: `to_overall`. */
  readonly differenceToOverall: number
  readonly ratioToOverall?: number
}

/**
 * Any metric of all rows and of each group, with its disparities: F1, mean absolute error, AUC, whatever a function of rows
 * gives. For rates with intervals see `groupMetrics`.
 * Cost that of the metric, twice over all rows.
 * Source: Fairlearn's MetricFrame, https://fairlearn.org/main/user_guide/assessment/perform_fairness_assessment.html
 * @param group one label per row
 * @param metric of the rows with the given indices
 * @throws StatsError `emptyData`, `notFinite` for a metric that is no number; what the metric throws
 * @example
 * const [y, guess] = [[3, 1, 4, 1], [2, 1, 6, 1]]
 * const error = (rows) => rows.reduce((sum, i) => sum + Math.abs(y[i] - guess[i]), 0) / rows.length
 * metricByGroup(['a', 'a', 'b', 'b'], error).byGroup // → { a: 0.5, b: 1 }
 */
export function metricByGroup(
  group: ArrayLike<string | number>,
  metric: (rows: readonly number[]) => number,
): MetricByGroup {
  if (group.length === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  const members = new Map<string, number[]>()
  const all: number[] = []
  for (let i = 0; i < group.length; i++) {
    const label = String(group[i])
    const rows = members.get(label)
    if (rows) rows.push(i)
    else members.set(label, [i])
    all.push(i)
  }
  const of = (name: string, rows: readonly number[]): number => {
    const value = metric(rows)
    requireFinite(`the metric of ${name}`, value)
    return value
  }
  const overall = of('all rows', all)
  const entries = [...members].map(([label, rows]) => [label, of(`group ${label}`, rows)] as const)
  const values = entries.map(([, value]) => value)
  const [smallest, largest] = [Math.min(...values), Math.max(...values)]
  const quotients = values.map((value) => {
    const quotient = value / overall
    return quotient > 1 ? 1 / quotient : quotient
  })
  return {
    overall,
    byGroup: Object.fromEntries(entries),
    smallest,
    largest,
    difference: largest - smallest,
    ...(largest === 0 ? {} : { ratio: smallest / largest }),
    differenceToOverall: Math.max(...values.map((value) => Math.abs(value - overall))),
    ...(overall === 0 ? {} : { ratioToOverall: Math.min(...quotients) }),
  }
}
