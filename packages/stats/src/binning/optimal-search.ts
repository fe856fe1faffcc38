import { StatsError } from '../stats-error.ts'

/** Shape of the bins' means along the variable. */
export type BinTrend = 'none' | 'ascending' | 'descending' | 'peak' | 'valley' | 'concave' | 'convex'

/**
 * Which bins a concave or convex trend holds for: each three neighbours (second differences), or, as in optbinning's
 * program, every three bins, which is stricter.
 */
export type Curvature = 'neighbours' | 'everyTriple'

/** What the search may ask of prebins i … j taken together. */
export type SearchProblem = {
  readonly prebins: number
  readonly value: (i: number, j: number) => number
  /** Mean (event rate) of the merged bin, one for each outcome. */
  readonly means: readonly ((i: number, j: number) => number)[]
  /** Trend of each of the means. */
  readonly trends: readonly BinTrend[]
  readonly curvature?: Curvature
  /** Whether the merged bin may stand (sizes, splits that must stay). */
  readonly allowed: (i: number, j: number) => boolean
  /** Whether bin i … j may be followed by j + 1 … k (p-values, least difference). */
  readonly mayFollow: (i: number, j: number, k: number) => boolean
  readonly minimumBins: number
  readonly maximumBins: number
}

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
  if (last) return cutsOf(last)
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
  /** A digit for each mean: 1 on the way back of a peak or valley. */
  readonly phases: string
  /** Highest next mean under each curved trend, and highest mean so far; of the negative for a convex one. */
  readonly room: readonly number[]
  readonly highest: readonly number[]
}

/** Means that differ by less than this count as equal. */
const EQUAL = 1e-9

function firstState({ value, means, trends }: SearchProblem, end: number): State {
  return {
    value: value(0, end),
    start: 0,
    end,
    before: undefined,
    bins: 1,
    phases: '0'.repeat(trends.length),
    room: trends.map(() => Number.POSITIVE_INFINITY),
    highest: means.map((mean, c) => signOf(trends[c]!) * mean(0, end)),
  }
}

function* followers(problem: SearchProblem, state: State, end: number): Generator<State> {
  const { means, trends, curvature = 'neighbours' } = problem
  const start = state.end + 1
  const room: number[] = []
  const highest: number[] = []
  let choices = ['']
  for (let c = 0; c < trends.length; c++) {
    const trend = trends[c]!
    const sign = signOf(trend)
    const here = sign * means[c]!(start, end)
    const last = sign * means[c]!(state.start, state.end)
    if (sign !== 0 && here > state.room[c]! + EQUAL) return
    const reach = 2 * here - (curvature === 'everyTriple' ? state.highest[c]! : last)
    room.push(
      sign === 0 ? state.room[c]! : curvature === 'everyTriple' ? Math.min(state.room[c]!, reach) : reach,
    )
    highest.push(Math.max(here, curvature === 'everyTriple' ? state.highest[c]! : here))
    const step = means[c]!(start, end) - means[c]!(state.start, state.end)
    const phases = phasesAfter(trend, state.phases[c]!, step)
    choices = choices.flatMap((choice) => phases.map((phase) => choice + phase))
  }
  const value = state.value + problem.value(start, end)
  for (const phases of choices)
    yield { value, start, end, before: state, bins: state.bins + 1, phases, room, highest }
}

/** 1 for a concave trend, −1 for a convex one, 0 for one without curvature. */
function signOf(trend: BinTrend): number {
  return trend === 'concave' ? 1 : trend === 'convex' ? -1 : 0
}

/** Phases a step may lead to: the second one is the way back of a peak or valley. */
function phasesAfter(trend: BinTrend, phase: string, step: number): readonly string[] {
  const up = step >= -EQUAL
  const down = step <= EQUAL
  if (trend === 'ascending') return up ? ['0'] : []
  if (trend === 'descending') return down ? ['0'] : []
  if (trend !== 'peak' && trend !== 'valley') return ['0']
  const first = trend === 'peak' ? up : down
  const second = trend === 'peak' ? down : up
  if (phase === '1') return second ? ['1'] : []
  return first ? ['0', '1'] : ['1']
}

function dominates(a: State, b: State): boolean {
  return (
    a.value >= b.value &&
    a.room.every((r, c) => r >= b.room[c]!) &&
    a.highest.every((h, c) => h <= b.highest[c]!)
  )
}

function bestOf(states: readonly State[], { minimumBins }: SearchProblem): State | undefined {
  let best: State | undefined
  for (const state of states)
    if (state.bins >= minimumBins && (!best || state.value > best.value)) best = state
  return best
}

function cutsOf(last: State): readonly number[] {
  const ends: number[] = []
  for (let state: State | undefined = last; state; state = state.before) ends.unshift(state.end)
  return ends
}
