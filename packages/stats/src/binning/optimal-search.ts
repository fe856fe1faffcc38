import { dominates, firstState, followers, type SearchProblem, type State } from './bin-path.ts'
import { cutsOf, searchByBounds } from './bounded-search.ts'

/**
 * The merging of neighbouring prebins with the largest total value under all constraints, exactly, by dynamic
 * programming over the last bin, the phase of each peak or valley, and, for curvature, the states of which none is better in every respect.
 *
 * @returns last prebin of each bin, ascending.
 * @throws StatsError `infeasible` if no merging meets the constraints. Cost O(n³), more under curvature, times
 * maximumBins where the number of bins is bounded.
 * Source: Bellman (1957); the constraints are those of Navas-Palencia (2020), "Optimal binning: mathematical
 * programming formulation", arXiv:2001.08025.
 */
export function searchBins(problem: SearchProblem): readonly number[] {
  if (problem.mayMeet || problem.unevenness) return searchByBounds(problem)
  const n = problem.prebins
  const counted = problem.minimumBins > 1 || problem.maximumBins < n
  // states[end] holds those that end there, by start, phases and, where it matters, number of bins.
  const states: Map<string, State[]>[] = Array.from({ length: n }, () => new Map())
  const offer = (state: State): void => {
    const key = `${state.start} ${state.phases} ${counted ? state.bins : 0}`
    const held = states[state.end]!.get(key) ?? []
    if (held.some((other) => dominates(other, state))) return
    states[state.end]!.set(key, [...held.filter((other) => !dominates(state, other)), state])
  }
  for (let end = 0; end < n; end++) if (problem.allowed(0, end)) offer(firstState(problem, end))
  for (let end = 0; end + 1 < n; end++) {
    for (const state of [...states[end]!.values()].flat()) {
      if (state.bins >= problem.maximumBins) continue
      for (let next = end + 1; next < n; next++) {
        if (problem.allowed(end + 1, next) && problem.mayFollow(state.start, end, next))
          for (const follower of followers(problem, state, next)) offer(follower)
      }
    }
  }
  const last = bestOf([...states[n - 1]!.values()].flat(), problem)
  return cutsOf(last)
}

function bestOf(states: readonly State[], { minimumBins }: SearchProblem): State | undefined {
  let best: State | undefined
  for (const state of states)
    if (state.bins >= minimumBins && (!best || state.value > best.value)) best = state
  return best
}
