/** Customers of one level in the run before and in this one, by what was measured of them. */
export interface Cell {
  /** Level in the run before; null for a customer who was not measured then. */
  readonly before: string | null
  readonly now: string | null
  readonly n: number
  readonly sumBefore: number
  readonly sumNow: number
  readonly squaresBefore: number
  readonly squaresNow: number
  readonly products: number
}

export interface LevelMove {
  readonly level: string
  readonly shareBefore: number
  readonly shareNow: number
  /** Absent where nobody of the level was measured. */
  readonly meanBefore: number | undefined
  readonly meanNow: number | undefined
  readonly nBefore: number
  readonly nNow: number
}

export interface Part {
  readonly estimate: number
  readonly variance: number
}

/** A move of a mean split into what the mix of customers did and what each level's own mean did; they add up to it. */
export interface SplitMove {
  readonly before: number
  readonly now: number
  readonly move: Part
  readonly mix: Part
  readonly rate: Part
  readonly nBefore: number
  readonly nNow: number
  readonly levels: readonly LevelMove[]
}

/**
 * Splits the move of a mean by the components of Kitagawa: the mix moves at the average of both means of a level, the mean
 * at the average of both shares; where a level is new or gone, its only mean stands for both, so that the parts add up
 * exactly. Variances are those of the sums of influences of each customer, who counts once though measured twice.
 * Source: Kitagawa (1955), Journal of the American Statistical Association 50, pp. 1168-1194, https://doi.org/10.2307/2281213
 * Undefined where nobody was measured in one of the runs.
 */
export function splitMove(cells: readonly Cell[]): SplitMove | undefined {
  const names = [...new Set(cells.flatMap(({ before, now }) => [before, now]))]
    .filter((name) => name !== null)
    .sort()
  const side = (level: (cell: Cell) => string | null, sum: (cell: Cell) => number) => {
    const counts = names.map((name) => sumOf(cells, (cell) => (level(cell) === name ? cell.n : 0)))
    const sums = names.map((name) => sumOf(cells, (cell) => (level(cell) === name ? sum(cell) : 0)))
    const n = counts.reduce((a, b) => a + b, 0)
    return { counts, n, means: sums.map((total, at) => (counts[at]! > 0 ? total / counts[at]! : undefined)) }
  }
  const then = side(
    ({ before }) => before,
    ({ sumBefore }) => sumBefore,
  )
  const here = side(
    ({ now }) => now,
    ({ sumNow }) => sumNow,
  )
  if (then.n === 0 || here.n === 0) return undefined
  const levels = names.map(
    (level, at): LevelMove => ({
      level,
      shareBefore: then.counts[at]! / then.n,
      shareNow: here.counts[at]! / here.n,
      meanBefore: then.means[at],
      meanNow: here.means[at],
      nBefore: then.counts[at]!,
      nNow: here.counts[at]!,
    }),
  )
  const means = levels.map(({ meanBefore, meanNow }) => ({
    before: meanBefore ?? meanNow ?? 0,
    now: meanNow ?? meanBefore ?? 0,
  }))
  const mix = sumOf(levels, ({ shareNow, shareBefore }, at) => (shareNow - shareBefore) * middle(means[at]!))
  const rate = sumOf(
    levels,
    ({ shareNow, shareBefore }, at) => ((shareNow + shareBefore) / 2) * (means[at]!.now - means[at]!.before),
  )
  const before = sumOf(levels, ({ shareBefore, meanBefore }) => shareBefore * (meanBefore ?? 0))
  const now = sumOf(levels, ({ shareNow, meanNow }) => shareNow * (meanNow ?? 0))
  const variances = variancesOf(cells, names, levels, means, { before, now, nBefore: then.n, nNow: here.n })
  return {
    before,
    now,
    move: { estimate: now - before, variance: variances.move },
    mix: { estimate: mix, variance: variances.mix },
    rate: { estimate: rate, variance: variances.rate },
    nBefore: then.n,
    nNow: here.n,
    levels,
  }
}

/** What a customer of a level adds to an estimate: a constant, and so much for each unit measured. */
interface Influence {
  readonly constant: number
  readonly slope: number
}

const none: Influence = { constant: 0, slope: 0 }

function variancesOf(
  cells: readonly Cell[],
  names: readonly string[],
  levels: readonly LevelMove[],
  means: readonly { readonly before: number; readonly now: number }[],
  totals: { readonly before: number; readonly now: number; readonly nBefore: number; readonly nNow: number },
) {
  const { before, now, nBefore, nNow } = totals
  const averageMiddle = (share: (level: LevelMove) => number) =>
    sumOf(levels, (level, at) => share(level) * middle(means[at]!))
  const averageChange = (share: (level: LevelMove) => number) =>
    sumOf(levels, (level, at) => share(level) * (means[at]!.now - means[at]!.before))
  const middles = {
    before: averageMiddle((level) => level.shareBefore),
    now: averageMiddle((level) => level.shareNow),
  }
  const changes = {
    before: averageChange((level) => level.shareBefore),
    now: averageChange((level) => level.shareNow),
  }
  const at = (name: string) => names.indexOf(name)
  /** Of the mean of a level, whose estimate moves by (y − mean) over the number of the level. */
  const influence = (
    name: string | null,
    side: 'before' | 'now',
    part: 'move' | 'mix' | 'rate',
  ): Influence => {
    if (name === null) return none
    const i = at(name)
    const level = levels[i]!
    const n = side === 'now' ? nNow : nBefore
    const sign = side === 'now' ? 1 : -1
    const mean = means[i]![side]
    const share = side === 'now' ? level.shareNow : level.shareBefore
    const isAlone = side === 'now' ? level.meanBefore === undefined : level.meanNow === undefined
    if (part === 'move') return { constant: (-sign * (side === 'now' ? now : before)) / n, slope: sign / n }
    if (part === 'mix') {
      // By the share of the level, and by its mean, which weighs half (all of it where the level stands alone).
      const byShare = (sign * (middle(means[i]!) - middles[side])) / n
      const byMean = ((level.shareNow - level.shareBefore) * (isAlone ? 1 : 0.5)) / (n * share)
      return { constant: byShare - byMean * mean, slope: byMean }
    }
    const byShare = (0.5 * (means[i]!.now - means[i]!.before - changes[side])) / n
    const byMean = isAlone ? 0 : (sign * (level.shareNow + level.shareBefore)) / 2 / (n * share)
    return { constant: byShare - byMean * mean, slope: byMean }
  }
  const varianceOf = (part: 'move' | 'mix' | 'rate') =>
    Math.max(
      0,
      sumOf(cells, (cell) => {
        const a = influence(cell.before, 'before', part)
        const b = influence(cell.now, 'now', part)
        const constant = a.constant + b.constant
        return (
          cell.n * constant ** 2 +
          2 * constant * (a.slope * cell.sumBefore + b.slope * cell.sumNow) +
          a.slope ** 2 * cell.squaresBefore +
          b.slope ** 2 * cell.squaresNow +
          2 * a.slope * b.slope * cell.products
        )
      }),
    )
  return { move: varianceOf('move'), mix: varianceOf('mix'), rate: varianceOf('rate') }
}

const middle = ({ before, now }: { readonly before: number; readonly now: number }) => (before + now) / 2

function sumOf<T>(items: readonly T[], of: (item: T, at: number) => number): number {
  return items.reduce((sum, item, at) => sum + of(item, at), 0)
}

/** Puts levels with too few customers in either run together as `other`, with the next larger one where these are too few. */
export function mergeSmall(cells: readonly Cell[], minimum: number): readonly Cell[] {
  const counts = new Map<string, { before: number; now: number }>()
  for (const { before, now, n } of cells) {
    for (const [name, side] of [
      [before, 'before'],
      [now, 'now'],
    ] as const) {
      if (name === null) continue
      const count = counts.get(name) ?? { before: 0, now: 0 }
      count[side] += n
      counts.set(name, count)
    }
  }
  const isSmall = ({ before, now }: { before: number; now: number }) =>
    (before > 0 && before < minimum) || (now > 0 && now < minimum)
  const bySize = [...counts].sort(([a, x], [b, y]) => x.before + x.now - y.before - y.now || (a < b ? -1 : 1))
  const merged = new Set<string>()
  const together = { before: 0, now: 0 }
  for (const [name, count] of bySize) {
    if (!isSmall(count) && !(merged.size > 0 && isSmall(together))) continue
    merged.add(name)
    together.before += count.before
    together.now += count.now
  }
  const nameOf = (name: string | null) => (name !== null && merged.has(name) ? 'other' : name)
  return cells.map((cell) => ({ ...cell, before: nameOf(cell.before), now: nameOf(cell.now) }))
}
