import { StatsError } from '../stats-error.ts'
import { firstState, followers, type SearchProblem, type State } from './bin-path.ts'

/**
 * The same largest merging where bins that are no neighbours bear on each other (p-values between all pairs, uneven
 * sizes): branches from the first bin on, best bound first, each cut off when even the bins to come at their best cannot
 * reach what was found. Exact; in the worst case 2^(prebins − 1) mergings, of which the bound leaves few.
 *
 * @returns last prebin of each bin, ascending. @throws StatsError `infeasible`.
 * Source: Land and Doig (1960), https://doi.org/10.2307/1910129
 */
export function searchByBounds(problem: SearchProblem): readonly number[] {
  const { prebins, allowed, mayFollow, unevenness, minimumBins, maximumBins } = problem
  const ahead = bestAhead(problem)
  let best: State | undefined
  let bestValue = Number.NEGATIVE_INFINITY
  const penalty = (least: number, most: number): number =>
    unevenness ? unevenness.weight * (most - least) : 0
  const meets = (state: State): boolean => {
    if (!problem.mayMeet) return true
    for (let other = state.before?.before; other; other = other.before)
      if (!problem.mayMeet(other.start, other.end, state.start, state.end)) return false
    return true
  }
  const enter = (state: State, least: number, most: number): void => {
    const size = unevenness?.size(state.start, state.end) ?? 0
    const [low, high] = [Math.min(least, size), Math.max(most, size)]
    const bound = state.value + ahead[state.end + 1]! - penalty(low, high)
    if (!(bound > bestValue) || !meets(state)) return
    if (state.end === prebins - 1) {
      if (state.bins < minimumBins) return
      best = state
      bestValue = bound
      return
    }
    if (state.bins >= maximumBins) return
    const next: State[] = []
    for (let end = state.end + 1; end < prebins; end++)
      if (allowed(state.end + 1, end) && mayFollow(state.start, state.end, end))
        next.push(...followers(problem, state, end))
    next.sort((a, b) => b.value + ahead[b.end + 1]! - a.value - ahead[a.end + 1]!)
    for (const follower of next) enter(follower, low, high)
  }
  const first: State[] = []
  for (let end = 0; end < prebins; end++) if (allowed(0, end)) first.push(firstState(problem, end))
  first.sort((a, b) => b.value + ahead[b.end + 1]! - a.value - ahead[a.end + 1]!)
  for (const state of first) enter(state, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  return cutsOf(best)
}

/** Largest total value of bins over the prebins from each one on, whatever their trend. */
function bestAhead({ prebins, allowed, value }: SearchProblem): Float64Array {
  const ahead = new Float64Array(prebins + 1).fill(Number.NEGATIVE_INFINITY)
  ahead[prebins] = 0
  for (let start = prebins - 1; start >= 0; start--)
    for (let end = start; end < prebins; end++)
      if (allowed(start, end)) ahead[start] = Math.max(ahead[start]!, value(start, end) + ahead[end + 1]!)
  return ahead
}

/** Last prebins of the bins that lead to a state. @throws StatsError `infeasible` where there is none. */
export function cutsOf(last: State | undefined): readonly number[] {
  if (!last)
    throw new StatsError('infeasible', 'No merging of the prebins meets all constraints.', {
      hint: 'Allow smaller or fewer bins, another trend, or a larger p-value.',
    })
  const ends: number[] = []
  for (let state: State | undefined = last; state; state = state.before) ends.unshift(state.end)
  return ends
}
