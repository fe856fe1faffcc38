import { StatsError } from '../stats-error.ts'

/** Shape of the bins' means along the variable. */
export type BinTrend = 'none' | 'ascending' | 'descending' | 'peak' | 'valley' | 'concave' | 'convex'

/** What the search may ask of prebins i … j taken together. */
export type SearchProblem = {
  readonly prebins: number
  readonly value: (i: number, j: number) => number
  /** Mean (event rate) of the merged bin. */
  readonly mean: (i: number, j: number) => number
  /** Whether the merged bin may stand (sizes). */
  readonly allowed: (i: number, j: number) => boolean
  /** Whether bin i … j may be followed by j + 1 … k (p-values, least difference). */
  readonly mayFollow: (i: number, j: number, k: number) => boolean
  readonly trend: BinTrend
  readonly minimumBins: number
  readonly maximumBins: number
}

/**
 * The merging of neighbouring prebins with the largest total value under all constraints, exactly, by dynamic
 * programming over the last bin (and the phase of a peak or valley, or the last two bins for curvature).
 *
 * @returns last prebin of each bin, ascending.
 * @throws StatsError `infeasible` if no merging meets the constraints. Cost O(n³), O(n⁴) for concave and convex, times
 * maximumBins where the number of bins is bounded.
 * Source: Bellman (1957); the constraints are those of Navas-Palencia (2020), "Optimal binning: mathematical
 * programming formulation", arXiv:2001.08025.
 */
export function searchBins(problem: SearchProblem): readonly number[] {
  const best =
    problem.trend === 'concave' || problem.trend === 'convex' ? curvedSearch(problem) : phasedSearch(problem)
  if (best) return best
  throw new StatsError('infeasible', 'No merging of the prebins meets all constraints.', {
    hint: 'Allow smaller or fewer bins, another trend, or a larger p-value.',
  })
}

type State = {
  readonly value: number
  readonly start: number
  readonly end: number
  readonly before: State | undefined
  readonly bins: number
}

/** Means that differ by less than this count as equal. */
const EQUAL = 1e-9

function phasedSearch(problem: SearchProblem): readonly number[] | undefined {
  const n = problem.prebins
  const counted = problem.minimumBins > 1 || problem.maximumBins < n
  // states[end] holds the best state for each (phase, start, number of bins) that ends there.
  const states: Map<string, State & { readonly phase: number }>[] = Array.from({ length: n }, () => new Map())
  const offer = (state: State & { readonly phase: number }): void => {
    const key = `${state.phase} ${state.start} ${counted ? state.bins : 0}`
    const held = states[state.end]!.get(key)
    if (!held || state.value > held.value) states[state.end]!.set(key, state)
  }
  for (let end = 0; end < n; end++)
    if (problem.allowed(0, end))
      offer({ value: problem.value(0, end), start: 0, end, before: undefined, bins: 1, phase: 0 })
  for (let end = 0; end + 1 < n; end++) {
    for (const state of states[end]!.values()) {
      if (state.bins >= problem.maximumBins) continue
      const mean = problem.mean(state.start, end)
      for (let next = end + 1; next < n; next++) {
        if (!problem.allowed(end + 1, next) || !problem.mayFollow(state.start, end, next)) continue
        const step = problem.mean(end + 1, next) - mean
        for (const phase of phasesAfter(problem.trend, state.phase, step)) {
          offer({
            value: state.value + problem.value(end + 1, next),
            start: end + 1,
            end: next,
            before: state,
            bins: state.bins + 1,
            phase,
          })
        }
      }
    }
  }
  return cutsOf(bestOf([...states[n - 1]!.values()], problem))
}

/** Phases a step may lead to: the second one is the way back of a peak or valley. */
function phasesAfter(trend: BinTrend, phase: number, step: number): readonly number[] {
  const up = step >= -EQUAL
  const down = step <= EQUAL
  if (trend === 'none') return [0]
  if (trend === 'ascending') return up ? [0] : []
  if (trend === 'descending') return down ? [0] : []
  const first = trend === 'peak' ? up : down
  const second = trend === 'peak' ? down : up
  if (phase === 1) return second ? [1] : []
  return first ? [0, 1] : [1]
}

function curvedSearch(problem: SearchProblem): readonly number[] | undefined {
  const n = problem.prebins
  const sign = problem.trend === 'concave' ? 1 : -1
  const states: Map<string, State>[] = Array.from({ length: n }, () => new Map())
  const offer = (state: State): void => {
    const key = `${state.before?.start ?? -1} ${state.start} ${state.bins}`
    const held = states[state.end]!.get(key)
    if (!held || state.value > held.value) states[state.end]!.set(key, state)
  }
  for (let end = 0; end < n; end++)
    if (problem.allowed(0, end))
      offer({ value: problem.value(0, end), start: 0, end, before: undefined, bins: 1 })
  for (let end = 0; end + 1 < n; end++) {
    for (const state of states[end]!.values()) {
      if (state.bins >= problem.maximumBins) continue
      const mean = problem.mean(state.start, end)
      const earlier = state.before && problem.mean(state.before.start, state.before.end)
      for (let next = end + 1; next < n; next++) {
        if (!problem.allowed(end + 1, next) || !problem.mayFollow(state.start, end, next)) continue
        const bend = earlier === undefined ? 0 : problem.mean(end + 1, next) - 2 * mean + earlier
        if (sign * bend > EQUAL) continue
        offer({
          value: state.value + problem.value(end + 1, next),
          start: end + 1,
          end: next,
          before: state,
          bins: state.bins + 1,
        })
      }
    }
  }
  return cutsOf(bestOf([...states[n - 1]!.values()], problem))
}

function bestOf(states: readonly State[], { minimumBins }: SearchProblem): State | undefined {
  let best: State | undefined
  for (const state of states)
    if (state.bins >= minimumBins && (!best || state.value > best.value)) best = state
  return best
}

function cutsOf(last: State | undefined): readonly number[] | undefined {
  if (!last) return undefined
  const ends: number[] = []
  for (let state: State | undefined = last; state; state = state.before) ends.unshift(state.end)
  return ends
}
