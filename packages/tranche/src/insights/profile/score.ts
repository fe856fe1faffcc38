import type { SearchAttribute } from './search.ts'

/** How well a group does: its size, its mean, and the lower bound that groups are ranked by. */
export interface Score {
  readonly n: number
  readonly mean: number
  readonly low: number
}

/** So many standard errors below the mean: thousands of groups are looked at, of which the luckiest must not win. */
const z = 3.5

/** Lower bound of a share (Wilson 1927) or of a mean (normal), from count, sum and sum of squares. */
export function scoreOf(kind: 'rate' | 'mean', n: number, total: number, squares: number): Score {
  if (n === 0) return { n, mean: 0, low: Number.NEGATIVE_INFINITY }
  const mean = total / n
  if (kind === 'rate') {
    const reach = z * Math.sqrt((mean * (1 - mean)) / n + (z / (2 * n)) ** 2)
    return { n, mean, low: (mean + (z * z) / (2 * n) - reach) / (1 + (z * z) / n) }
  }
  const variance = n < 2 ? Number.POSITIVE_INFINITY : Math.max(0, squares - n * mean * mean) / (n - 1)
  return { n, mean, low: mean - z * Math.sqrt(variance / n) }
}

/** What a condition on an attribute may say: any stretch of an ordered one but the whole, else a single level. */
export function rangesOf({ size, ordered }: SearchAttribute): readonly { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (let from = 0; from < size; from++)
    for (let to = from; to < (ordered ? size : from + 1); to++)
      if (to - from + 1 < size) ranges.push({ from, to })
  return ranges
}
