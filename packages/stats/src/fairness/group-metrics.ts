import { wilsonInterval } from '../inference/proportion-intervals.ts'
import type { Interval } from '../inference/sample.ts'
import { requireSameLength, StatsError } from '../stats-error.ts'

/** A rate with its Wilson interval; for weighted rows the interval uses Kish's effective size. */
export type Rate = { readonly value: number; readonly interval: Interval }

/** What a decision does to one group. A rate is absent where its denominator is 0. */
export type GroupMetrics = {
  /** Sum of weights. */
  readonly count: number
  /** [[true negatives, false positives], [false negatives, true positives]]. */
  readonly confusion: readonly [readonly [number, number], readonly [number, number]]
  readonly selectionRate: Rate
  readonly truePositiveRate?: Rate
  readonly falsePositiveRate?: Rate
  readonly trueNegativeRate?: Rate
  readonly falseNegativeRate?: Rate
  readonly precision?: Rate
  readonly accuracy: Rate
}

export type GroupRateName =
  | 'selectionRate'
  | 'truePositiveRate'
  | 'falsePositiveRate'
  | 'trueNegativeRate'
  | 'falseNegativeRate'
  | 'precision'
  | 'accuracy'

export type GroupedMetrics = {
  readonly overall: GroupMetrics
  readonly byGroup: Readonly<Record<string, GroupMetrics>>
}

/**
 * Rates of a yes/no decision by group and overall.
 * Columns have length n; every rate and bound lies in [0, 1].
 * Cost O(n).
 * Parity: Fairlearn's MetricFrame, https://fairlearn.org/main/api_reference/generated/fairlearn.metrics.MetricFrame.html
 * @param data outcomes and decisions, each 0 or 1; the group of each row; optional weights.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain` for a value that is not 0 or 1 or a negative weight.
 * @example
 * const metrics = groupMetrics({ outcome: [1, 0, 1, 0], decision: [1, 1, 1, 0], group: ['a', 'a', 'b', 'b'] })
 * metrics.byGroup.b.selectionRate.value // → 0.5
 */
export function groupMetrics(
  data: {
    readonly outcome: ArrayLike<number>
    readonly decision: ArrayLike<number>
    readonly group: ArrayLike<string | number>
    readonly weights?: ArrayLike<number>
  },
  level = 0.95,
): GroupedMetrics {
  const { outcome, decision, group, weights } = data
  const n = requireSameLength({ outcome, decision, group, weights })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to compare groups by.')
  const all = emptyTally()
  const tallies = new Map<string, Tally>()
  for (let i = 0; i < n; i++) {
    const y = requireBinary(outcome[i]!, 'outcome', i)
    const d = requireBinary(decision[i]!, 'decision', i)
    const w = weights ? weights[i]! : 1
    if (!(w >= 0))
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${i} is ${w}; a number of at least 0 was expected.`,
      )
    const key = String(group[i])
    let tally = tallies.get(key)
    if (!tally) {
      tally = emptyTally()
      tallies.set(key, tally)
    }
    for (const t of [all, tally]) {
      t.weight[2 * y + d]! += w
      t.squares[2 * y + d]! += w * w
    }
  }
  const names = [...tallies.keys()].sort()
  return {
    overall: metricsOf(all, level),
    byGroup: Object.fromEntries(names.map((name) => [name, metricsOf(tallies.get(name)!, level)])),
  }
}

/** Sums of weights and of their squares by cell: TN, FP, FN, TP. */
type Tally = { readonly weight: number[]; readonly squares: number[] }

function emptyTally(): Tally {
  return { weight: [0, 0, 0, 0], squares: [0, 0, 0, 0] }
}

function metricsOf(tally: Tally, level: number): GroupMetrics {
  const [tn, fp, fn, tp] = tally.weight as [number, number, number, number]
  const rate = (yes: readonly number[], of: readonly number[]): Rate | undefined => {
    const total = of.reduce((s, c) => s + tally.weight[c]!, 0)
    if (!(total > 0)) return undefined
    const value = yes.reduce((s, c) => s + tally.weight[c]!, 0) / total
    const effective = total ** 2 / of.reduce((s, c) => s + tally.squares[c]!, 0)
    return { value, interval: wilsonInterval({ successes: value * effective, n: effective }, { level }) }
  }
  const optional: [GroupRateName, Rate | undefined][] = [
    ['truePositiveRate', rate([3], [2, 3])],
    ['falsePositiveRate', rate([1], [0, 1])],
    ['trueNegativeRate', rate([0], [0, 1])],
    ['falseNegativeRate', rate([2], [2, 3])],
    ['precision', rate([3], [1, 3])],
  ]
  const selectionRate = rate([1, 3], [0, 1, 2, 3])
  const accuracy = rate([0, 3], [0, 1, 2, 3])
  if (!selectionRate || !accuracy)
    throw new StatsError('insufficientData', 'A group has no weight, so it has no rates.', {
      hint: 'Leave the group out.',
    })
  return {
    count: tn + fp + fn + tp,
    confusion: [
      [tn, fp],
      [fn, tp],
    ],
    selectionRate,
    accuracy,
    ...Object.fromEntries(optional.filter(([, r]) => r !== undefined)),
  }
}

function requireBinary(value: number, what: string, row: number): 0 | 1 {
  if (value === 0 || value === 1) return value
  throw new StatsError('outOfDomain', `The ${what} of row ${row} is ${value}; 0 or 1 was expected.`)
}
