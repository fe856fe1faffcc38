import { StatsError } from '../stats-error.ts'
import type { BinTrend } from './bin-path.ts'

/**
 * What trend is asked for: one that is named, or one that is guessed from the prebins, among ascending, descending, peak and
 * valley (`auto`) or only among the first two (`autoAscendingDescending`).
 */
export type WantedTrend = BinTrend | 'auto' | 'autoAscendingDescending'

const TRENDS: readonly string[] = ['none', 'ascending', 'descending', 'peak', 'valley', 'concave', 'convex']

/** The trend to hold to. @throws StatsError `invalidOption` for one that there is not. */
export function chooseTrend(
  wanted: WantedTrend,
  means: readonly number[],
  counts: readonly number[],
): BinTrend {
  if (wanted === 'auto') return means.length > 1 ? guessTrend(means, counts) : 'none'
  if (wanted === 'autoAscendingDescending') return means.length > 1 ? guessDirection(means, counts) : 'none'
  if (TRENDS.includes(wanted)) return wanted
  throw new StatsError('invalidOption', `There is no trend "${wanted}".`, {
    hint: `There are ${TRENDS.join(', ')}, auto and autoAscendingDescending.`,
  })
}

/**
 * Guesses whether means rise or fall, as optbinning's "auto_asc_desc" does.
 * Source: as `guessTrend`; cut points as published with optbinning 1.0.
 */
export function guessDirection(
  means: readonly number[],
  counts: readonly number[],
): 'ascending' | 'descending' {
  const f = shapeOf(means, counts)
  const falls = ((): boolean => {
    if (!(f.slope > 0))
      return f.area <= 0.4890555590391159
        ? f.afterHighest > 0.029244758188724518
        : f.hull > 0.5553120970726013
    if (f.beforeHighest <= 0.03698493912816048) return true
    if (f.beforeLowest <= 0.7991077601909637)
      return f.area > 0.48206718266010284 && f.beforeHighest > 0.8631451725959778
    return f.turns > 0.5277777910232544 || f.beforeLowest <= 0.8155287206172943
  })()
  return falls ? 'descending' : 'ascending'
}

/**
 * Guesses the trend of means along prebins, as optbinning's "auto" does: a small classifier on the line's slope, the
 * share of rows beside the extremes, and two measures of how much the means bend.
 * Source: Navas-Palencia (2020), arXiv:2001.08025, section on automatic monotonic trend; cut points as published with
 * optbinning 0.19.
 */
export function guessTrend(
  means: readonly number[],
  counts: readonly number[],
): Exclude<BinTrend, 'none' | 'concave' | 'convex'> {
  const f = shapeOf(means, counts)
  if (f.area <= 0.221458) {
    if (f.slope > 0) return 'ascending'
    if (f.hull > 0.483315) return f.afterHighest <= 0.642668 ? 'valley' : 'descending'
    return f.afterLowest > 0.01074 && f.afterLowest <= 0.022145 ? 'valley' : 'descending'
  }
  if (f.afterLowest <= 0.06138) {
    if (f.hull <= 0.238375) return 'descending'
    if (f.beforeHighest > 0.101701) return 'peak'
    return f.beforeHighest <= 0.01817 ? 'valley' : 'descending'
  }
  if (f.beforeLowest <= 0.053367)
    return f.afterHighest <= 0.06955 || f.beforeHighest <= 0.147054 ? 'ascending' : 'peak'
  return f.beforeLowest <= 0.830895 || f.afterHighest <= 0.158761 ? 'valley' : 'peak'
}

type Shape = {
  readonly slope: number
  /** Changes of direction, over the number of prebins. */
  readonly turns: number
  /** Shares of rows before and after the prebin of the lowest and of the highest mean. */
  readonly beforeLowest: number
  readonly afterLowest: number
  readonly beforeHighest: number
  readonly afterHighest: number
  /** Area of two triangles through ends and extremes, and of the convex hull, over that of the surrounding rectangle. */
  readonly area: number
  readonly hull: number
}

function shapeOf(means: readonly number[], counts: readonly number[]): Shape {
  const n = means.length
  const low = means.indexOf(Math.min(...means))
  const high = means.indexOf(Math.max(...means))
  const total = counts.reduce((s, c) => s + c, 0)
  const share = (from: number, to: number): number =>
    counts.slice(from, to).reduce((s, c) => s + c, 0) / total
  const rectangle = (means[high]! - means[low]!) * n
  const middle = (n - 1) / 2
  const slope = means.reduce((s, m, i) => s + (i - middle) * m, 0)
  // The last point of the second triangle lies one step beyond the last prebin, as in the published features.
  const corners =
    triangle(0, means[0]!, low, means[low]!, high, means[high]!) +
    triangle(low, means[low]!, high, means[high]!, n, means[n - 1]!)
  const signs = means.slice(1).map((m, i) => Math.sign(m - means[i]!))
  return {
    slope,
    turns: signs.slice(1).filter((sign, i) => sign !== signs[i]).length / n,
    beforeLowest: share(0, low),
    afterLowest: share(low + 1, n),
    beforeHighest: share(0, high),
    afterHighest: share(high + 1, n),
    area: n > 2 && rectangle > 0 ? corners / rectangle : 0,
    hull: n > 2 && rectangle > 0 ? hullArea(means) / rectangle : 0,
  }
}

function triangle(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  return Math.abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
}

/** Area of the convex hull of the points (i, means[i]), by the monotone chain. */
function hullArea(means: readonly number[]): number {
  const chain = (keep: (turn: number) => boolean): number[] => {
    const hull: number[] = []
    means.forEach((_, c) => {
      while (hull.length > 1) {
        const [a, b] = [hull[hull.length - 2]!, hull[hull.length - 1]!]
        const turn = (b - a) * (means[c]! - means[a]!) - (c - a) * (means[b]! - means[a]!)
        if (keep(turn)) break
        hull.pop()
      }
      hull.push(c)
    })
    return hull
  }
  const under = (hull: readonly number[]): number =>
    hull.slice(1).reduce((s, c, i) => s + ((means[c]! + means[hull[i]!]!) / 2) * (c - hull[i]!), 0)
  return under(chain((turn) => turn < 0)) - under(chain((turn) => turn > 0))
}
