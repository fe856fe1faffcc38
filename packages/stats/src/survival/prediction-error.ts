import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { fitKaplanMeier, survivalAt } from './kaplan-meier.ts'
import { checkSurvival, type SurvivalData } from './survival-data.ts'

// Inverse probability of censoring weights: a row that was seen to fail stands for those censored before it could be.

/** Survival of the censoring time, as a look-up just before (or at) a time, from the training data. */
function censoringSurvival(training: SurvivalData): (time: number, before: boolean) => number {
  const n = checkSurvival(training)
  const flipped = Float64Array.from({ length: n }, (_, i) => 1 - training.event[i]!)
  // Deaths come before censoring at one time, so the censored are at risk only after the deaths there.
  const later = Float64Array.from(training.time, (t, i) =>
    training.event[i] === 1 ? t : t + Math.abs(t) * 1e-12,
  )
  const curve = fitKaplanMeier({ ...training, time: later, event: flipped }, { interval: 'log' })
  return (time, before) => {
    const shift = Math.abs(time) * 2e-12
    return survivalAt(curve, [before ? time - shift : time + shift])[0]!
  }
}

/**
 * Brier score of predicted survival at each time, weighted for censoring: the mean squared distance between the survival
 * predicted and 1 (alive) or 0. Lower is better; 0.25 is a coin's.
 * Cost O(times × n).
 * Source: Graf, Schmoor, Sauerbrei and Schumacher (1999), https://doi.org/10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5
 * @param training data behind the censoring distribution (may be `data` itself)
 * @param survival row-major times×n: predicted survival of each row of `data` at each time
 * @throws StatsError `emptyData`, `outOfDomain`, `lengthMismatch`, `notFinite`, `insufficientData` where everybody
 * would have been censored
 * @example
 * const training = { time: [1, 2, 3, 4, 5, 6], event: [1, 0, 1, 1, 0, 1] }
 * survivalBrier(training, training, [3], [0.2, 0.4, 0.5, 0.6, 0.8, 0.9]) // → [0.1025]
 */
export function survivalBrier(
  training: SurvivalData,
  data: SurvivalData,
  times: ArrayLike<number>,
  survival: ArrayLike<number>,
): Float64Array {
  const n = checkSurvival(data)
  if (survival.length !== n * times.length)
    throw new StatsError(
      'lengthMismatch',
      `survival has ${survival.length} values; ${times.length} times × ${n} rows were expected.`,
    )
  requireFiniteColumn('times', times)
  requireFiniteColumn('survival', survival)
  const censoring = censoringSurvival(training)
  const own = Float64Array.from(data.time, (t) => censoring(t, false))
  return Float64Array.from(times, (time, k) => {
    const here = requireUncensored(censoring(time, false), time)
    let sum = 0
    for (let i = 0; i < n; i++) {
      const s = survival[k * n + i]!
      if (data.time[i]! > time) sum += (1 - s) ** 2 / here
      else if (data.event[i] === 1) sum += (s * s) / requireUncensored(own[i]!, data.time[i]!)
    }
    return sum / n
  })
}

/**
 * Brier scores averaged over time by the trapezoid rule.
 * Cost O(times).
 * Source: Graf et al. (1999), https://doi.org/10.1002/(SICI)1097-0258(19990915/30)18:17/18<2529::AID-SIM274>3.0.CO;2-5
 * @param times ascending, at least two
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain` unless times ascend
 * @example
 * integratedBrier([1, 2, 4], [0.1, 0.2, 0.2]) // → 0.1833333
 */
export function integratedBrier(times: ArrayLike<number>, scores: ArrayLike<number>): number {
  if (times.length < 2 || scores.length !== times.length)
    throw new StatsError('lengthMismatch', 'A score for each of at least two times was expected.')
  requireFiniteColumn('times', times)
  requireFiniteColumn('scores', scores)
  for (let k = 1; k < times.length; k++)
    if (!(times[k]! > times[k - 1]!))
      throw new StatsError(
        'outOfDomain',
        `Time ${times[k]} does not come after ${times[k - 1]}; ascending times were expected.`,
      )
  let sum = 0
  for (let k = 1; k < times.length; k++)
    sum += ((scores[k]! + scores[k - 1]!) / 2) * (times[k]! - times[k - 1]!)
  return sum / (times[times.length - 1]! - times[0]!)
}

/**
 * Uno's concordance: pairs weighted by the inverse squared chance of being uncensored at the earlier time, so that it
 * does not depend on how long subjects were followed. `until` leaves out later events.
 * Cost O(n²).
 * Source: Uno, Cai, Pencina, D'Agostino and Wei (2011), eq. 6, https://doi.org/10.1002/sim.4154
 * @param risk higher means an earlier event
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` without a
 * comparable pair
 * @example
 * const training = { time: [1, 2, 3, 4, 5, 6], event: [1, 0, 1, 1, 0, 1] }
 * unoConcordance(training, training, [6, 5, 2, 3, 4, 1], 5) // → 0.6341463
 */
export function unoConcordance(
  training: SurvivalData,
  data: SurvivalData,
  risk: ArrayLike<number>,
  until = Infinity,
): number {
  const n = checkSurvival(data)
  const censoring = censoringSurvival(training)
  let [good, all] = [0, 0]
  for (let i = 0; i < n; i++) {
    const time = data.time[i]!
    if (data.event[i] !== 1 || !(time < until)) continue
    let [pairs, right] = [0, 0]
    for (let j = 0; j < n; j++) {
      if (!(data.time[j]! > time || (data.time[j] === time && data.event[j] === 0))) continue
      pairs++
      right += risk[i]! > risk[j]! ? 1 : risk[i] === risk[j] ? 0.5 : 0
    }
    if (pairs === 0) continue
    const weight = requireUncensored(censoring(time, false), time) ** -2
    good += weight * right
    all += weight * pairs
  }
  if (all === 0) throw new StatsError('insufficientData', 'No pair of rows can be compared.')
  return good / all
}

/**
 * Cumulative/dynamic AUC at each time: how well risk tells those who failed by then from those still alive, weighted for
 * censoring.
 * Cost O(times·n log n).
 * Source: Uno, Cai, Tian and Wei (2007), https://doi.org/10.1198/016214507000000149; Hung and Chiang (2010)
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `notFinite`, `insufficientData` at a time before
 * the first event or after the last row
 * @example
 * const training = { time: [1, 2, 3, 4, 5, 6], event: [1, 0, 1, 1, 0, 1] }
 * dynamicAuc(training, training, [6, 5, 2, 3, 4, 1], [2, 4]) // → [1, 0.6428571]
 */
export function dynamicAuc(
  training: SurvivalData,
  data: SurvivalData,
  risk: ArrayLike<number>,
  times: ArrayLike<number>,
): Float64Array {
  const n = checkSurvival(data)
  const censoring = censoringSurvival(training)
  requireFiniteColumn('risk', risk)
  requireFiniteColumn('times', times)
  const seen = Float64Array.from(data.time, (t) => censoring(t, false))
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => risk[i]! - risk[j]!)
  return Float64Array.from(times, (time) => {
    let [controls, cases, area] = [0, 0, 0]
    for (let k = 0; k < n; ) {
      let end = k
      let [tiedControls, tiedCases] = [0, 0]
      for (; end < n && risk[order[end]!] === risk[order[k]!]; end++) {
        const row = order[end]!
        if (data.time[row]! > time) tiedControls++
        else if (data.event[row] === 1) tiedCases += 1 / requireUncensored(seen[row]!, data.time[row]!)
      }
      area += tiedCases * (controls + tiedControls / 2)
      controls += tiedControls
      cases += tiedCases
      k = end
    }
    if (controls === 0 || cases === 0)
      throw new StatsError('insufficientData', `At ${time} nobody, or everybody, has had the event.`)
    return area / (controls * cases)
  })
}

function requireUncensored(chance: number, time: number): number {
  if (chance > 0) return chance
  throw new StatsError('insufficientData', `Everybody would have been censored by ${time}.`, {
    hint: 'Judge up to an earlier time.',
  })
}
