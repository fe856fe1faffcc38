import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { StatsError } from '../stats-error.ts'
import { type KaplanMeierCurve, survivalAt } from './kaplan-meier.ts'
import { type LogRankOptions, type LogRankTest, logRankTest } from './log-rank.ts'
import { lastIndex, type SurvivalData } from './survival-data.ts'

/**
 * Tests whether two curves differ at one time, on the scale of ln(−ln S).
 * Cost O(log n).
 * Source: Klein, Logan, Harhoff and Andersen (2007), eq. 3, https://doi.org/10.1002/sim.2864
 * @param variance taken from the last step before that time, or interpolated between steps as lifelines does (survival
 * itself never is).
 * @throws StatsError `outOfDomain` where a curve is 0 or 1 at that time
 * @example
 * const curve = (shift) => fitKaplanMeier({ time: [1, 2, 3, 4].map((t) => t + shift), event: [1, 1, 0, 1] }, { interval: 'log' })
 * compareSurvivalAt(curve(0), curve(1), 3).statistic // → 0
 */
export function compareSurvivalAt(
  a: KaplanMeierCurve,
  b: KaplanMeierCurve,
  time: number,
  variance: 'step' | 'interpolated' = 'step',
): { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: number } {
  const side = (curve: KaplanMeierCurve): readonly [number, number] => {
    const s = survivalAt(curve, [time])[0]!
    if (!(s > 0 && s < 1))
      throw new StatsError(
        'outOfDomain',
        `Survival is ${s} at ${time}; both curves must lie between 0 and 1.`,
      )
    const log = Math.log(s)
    return [Math.log(-log), greenwoodAt(curve, time, variance) / (log * log)]
  }
  const [[first, firstVariance], [second, secondVariance]] = [side(a), side(b)]
  const statistic = (first - second) ** 2 / (firstVariance + secondVariance)
  return { statistic, degreesOfFreedom: 1, pValue: chiSquareSurvival(statistic, 1) }
}

function greenwoodAt(curve: KaplanMeierCurve, time: number, variance: 'step' | 'interpolated'): number {
  const k = lastIndex(curve.time, time)
  const here = curve.greenwood[k]!
  if (variance === 'step' || k === curve.time.length - 1) return here
  const share = (time - curve.time[k]!) / (curve.time[k + 1]! - curve.time[k]!)
  return share === 0 ? here : here + share * (curve.greenwood[k + 1]! - here)
}

export interface PairedLogRank extends LogRankTest {
  readonly a: number
  readonly b: number
}

/**
 * The log-rank test of each pair of groups, p-values as they are (see `adjustPValues` for several tests at once).
 * Cost of a log-rank test a pair.
 * Source: Mantel (1966); as `logRankTest`, https://doi.org/10.2307/2344317
 * @throws StatsError `notFinite`, `outOfDomain`, `oneClass`, `zeroVariance`, `lengthMismatch`
 * @example
 * pairwiseLogRank({ time: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 1, 1, 1] }, [1, 1, 2, 2, 1, 2])[0].statistic // → 0.8990094
 */
export function pairwiseLogRank(
  data: SurvivalData,
  group: ArrayLike<number>,
  options: LogRankOptions = {},
): readonly PairedLogRank[] {
  const groups = [...new Set(Array.from(group))].sort((a, b) => a - b)
  return groups.flatMap((a, i) =>
    groups.slice(i + 1).map((b) => {
      const rows = Array.from({ length: group.length }, (_, k) => k).filter(
        (k) => group[k] === a || group[k] === b,
      )
      const pick = (column: ArrayLike<number>): number[] => rows.map((k) => column[k]!)
      const part = {
        time: pick(data.time),
        event: pick(data.event),
        ...(data.entry && { entry: pick(data.entry) }),
        ...(data.weights && { weights: pick(data.weights) }),
      }
      const own = options.strata ? { ...options, strata: pick(options.strata) } : options
      return { a, b, ...logRankTest(part, pick(group), own) }
    }),
  )
}
