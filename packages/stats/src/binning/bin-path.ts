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
  /** For each of the means, the first prebin of the way back of its peak or valley; free where absent. */
  readonly turns?: readonly number[]
  /** Whether the merged bin may stand (sizes, splits that must stay). */
  readonly allowed: (i: number, j: number) => boolean
  /** Whether bin i … j may be followed by j + 1 … k (p-values, least difference). */
  readonly mayFollow: (i: number, j: number, k: number) => boolean
  /** Whether bins i … j and k … l, neighbours or not, may both stand. */
  readonly mayMeet?: (i: number, j: number, k: number, l: number) => boolean
  /** Taken from the value: weight × (largest − smallest bin). */
  readonly unevenness?: { readonly weight: number; readonly size: (i: number, j: number) => number }
  readonly minimumBins: number
  readonly maximumBins: number
}

/** The bins from the first prebin to `end`, the last of them from `start`. */
export type State = {
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

export function firstState({ value, means, trends }: SearchProblem, end: number): State {
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

export function* followers(problem: SearchProblem, state: State, end: number): Generator<State> {
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
    const turn = problem.turns?.[c]
    const phases =
      turn === undefined || !isTurning(trend)
        ? phasesAfter(trend, state.phases[c]!, step)
        : phasesAround(trend, state.end < turn, end < turn, step)
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

function isTurning(trend: BinTrend): boolean {
  return trend === 'peak' || trend === 'valley'
}

/** The same where the place of the turn is known: bins on its two sides are not held to each other. */
function phasesAround(
  trend: BinTrend,
  fromBefore: boolean,
  toBefore: boolean,
  step: number,
): readonly string[] {
  const rises = (trend === 'peak') === toBefore
  if (fromBefore !== toBefore) return ['1']
  return (rises ? step >= -EQUAL : step <= EQUAL) ? [toBefore ? '0' : '1'] : []
}

/** Phases a step may lead to: the second one is the way back of a peak or valley. */
function phasesAfter(trend: BinTrend, phase: string, step: number): readonly string[] {
  const up = step >= -EQUAL
  const down = step <= EQUAL
  if (trend === 'ascending') return up ? ['0'] : []
  if (trend === 'descending') return down ? ['0'] : []
  if (!isTurning(trend)) return ['0']
  const first = trend === 'peak' ? up : down
  const second = trend === 'peak' ? down : up
  if (phase === '1') return second ? ['1'] : []
  return first ? ['0', '1'] : ['1']
}

export function dominates(a: State, b: State): boolean {
  return (
    a.value >= b.value &&
    a.room.every((r, c) => r >= b.room[c]!) &&
    a.highest.every((h, c) => h <= b.highest[c]!)
  )
}
