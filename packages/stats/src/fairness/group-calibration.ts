import { wilsonInterval } from '../inference/proportion-intervals.ts'
import type { Interval } from '../inference/sample.ts'
import { requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

export type CalibrationBin = {
  readonly count: number
  readonly meanPredicted: number
  readonly observed: number
  readonly interval: Interval
}

/**
 * Predicted probability against observed share, by group, in bins of equal width; empty bins are left out.
 * A model is calibrated within a group when the observed intervals hold the predicted means.
 * Columns have length n; probabilities, shares and bounds lie in [0, 1].
 * Cost O(n).
 * Source: Kleinberg, Mullainathan & Raghavan (2017), ITCS, on why this and equal error rates exclude each other, https://arxiv.org/abs/1609.05807
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `invalidOption`.
 * @example
 * const data = { outcome: [1, 0, 1, 0], probability: [0.8, 0.1, 0.9, 0.3], group: ['a', 'a', 'b', 'b'] }
 * calibrationByGroup(data, 2).a.map((bin) => [bin.meanPredicted, bin.observed]) // → [[0.1, 0], [0.8, 1]]
 */
export function calibrationByGroup(
  data: {
    readonly outcome: ArrayLike<number>
    readonly probability: ArrayLike<number>
    readonly group: ArrayLike<string | number>
  },
  bins = 10,
): Readonly<Record<string, readonly CalibrationBin[]>> {
  const { outcome, probability, group } = data
  const n = requireSameLength({ outcome, probability, group })
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new StatsError('invalidOption', `bins is ${bins}; a whole number of at least 1 was expected.`)
  const sums = new Map<string, { count: number; predicted: number; yes: number }[]>()
  for (let i = 0; i < n; i++) {
    requireProbability(`probability of row ${i}`, probability[i]!)
    const key = String(group[i])
    let cells = sums.get(key)
    if (!cells) {
      cells = Array.from({ length: bins }, () => ({ count: 0, predicted: 0, yes: 0 }))
      sums.set(key, cells)
    }
    const cell = cells[Math.min(bins - 1, Math.floor(probability[i]! * bins))]!
    cell.count++
    cell.predicted += probability[i]!
    cell.yes += outcome[i]!
  }
  const finish = (
    cells: readonly { count: number; predicted: number; yes: number }[],
  ): readonly CalibrationBin[] =>
    cells
      .filter((c) => c.count > 0)
      .map((c) => ({
        count: c.count,
        meanPredicted: c.predicted / c.count,
        observed: c.yes / c.count,
        interval: wilsonInterval({ successes: c.yes, n: c.count }),
      }))
  return Object.fromEntries([...sums.keys()].sort().map((key) => [key, finish(sums.get(key)!)]))
}
