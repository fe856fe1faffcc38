import { requireSameLength, StatsError } from '../stats-error.ts'
import { type MergeOptions, mergePrebins } from './merge-prebins.ts'
import { prebinSplits } from './prebins.ts'
import {
  type BinCounts,
  OPTBINNING_WOE,
  type WoeConvention,
  type WoeTable,
  woeTable,
} from './weight-of-evidence.ts'

export type CategoryBinningModel = {
  readonly kind: 'categoryBinning'
  readonly version: 1
  /** Levels of each bin, in ascending order of event rate; rare ones last where they stay apart. */
  readonly groups: readonly (readonly string[])[]
  readonly convention: WoeConvention
  /** Bins in order, then missing values. Levels never seen count as missing. */
  readonly table: WoeTable
  readonly diagnostics: { readonly status: 'optimal'; readonly levels: number; readonly rows: number }
}

/**
 * Bins categories for a 0/1 outcome: levels in the order of their event rates, merged by the same exact search as
 * numbers. Levels rarer than `minimumLevelShare` are put together first.
 * `values` and `y` (0 or 1) have length n.
 * Cost O(n + levels³).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025; Fisher (1958) for the order of levels
 * @throws StatsError as `fitOptimalBinning`.
 * @example
 * const city = ['a', 'a', 'b', 'b', 'c', 'c', 'c', 'a', 'b', 'c']
 * fitCategoryBinning(city, Float64Array.of(0, 0, 1, 0, 1, 1, 1, 1, 0, 0)).groups // → [['a', 'b'], ['c']]
 */
export function fitCategoryBinning(
  values: readonly (string | null)[],
  y: Float64Array,
  options: Omit<MergeOptions, 'fixedSplits'> & {
    readonly minimumLevelShare?: number
    /** Whether rare levels, once together, are `merged` like another level (default) or stay a bin of their own at the end (`apart`: optbinning's `cat_cutoff`). */
    readonly rareLevels?: 'merged' | 'apart'
    /** Merge `levels` one by one (default), or first group them by a `cart` tree over their order, as optbinning does. */
    readonly prebinning?: 'levels' | 'cart'
    /** Most prebins of that tree, and least share of rows in one. Default 20 and .05. */
    readonly maximumPrebins?: number
    readonly minimumPrebinShare?: number
    readonly convention?: WoeConvention
  } = {},
): CategoryBinningModel {
  const n = requireSameLength({ values, y })
  const { convention = OPTBINNING_WOE, minimumLevelShare = 0 } = options
  const counts = new Map<string, { event: number; nonEvent: number }>()
  const missing = { event: 0, nonEvent: 0 }
  for (let i = 0; i < n; i++) {
    if (y[i] !== 0 && y[i] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    const value = values[i]!
    const cell = value === null ? missing : (counts.get(value) ?? { event: 0, nonEvent: 0 })
    if (y[i] === 1) cell.event++
    else cell.nonEvent++
    if (value !== null) counts.set(value, cell)
  }
  if (counts.size === 0)
    throw new StatsError('insufficientData', 'Every value is missing, so there is nothing to bin.')
  const { common, rare } = startGroups(counts, minimumLevelShare * n)
  const apart = options.rareLevels === 'apart' && common.length > 0 ? rare : []
  const ordered = inOrder(apart.length > 0 ? common : [...common, ...rare])
  const groups = joinPure(
    options.prebinning === 'cart'
      ? joinByTree(ordered, n, options.maximumPrebins ?? 20, options.minimumPrebinShare ?? 0.05)
      : ordered,
  )
  const { ends } = mergePrebins({ splits: groups.map((_, i) => i), counts: groups.map((g) => g.counts) }, n, {
    ...options,
    trend: options.trend === 'none' ? 'none' : 'ascending',
  })
  const merged = ends.map((end, b) => groups.slice(b === 0 ? 0 : ends[b - 1]! + 1, end + 1))
  if (apart.length > 0) merged.push(apart)
  return Object.freeze({
    kind: 'categoryBinning',
    version: 1,
    groups: Object.freeze(merged.map((g) => Object.freeze(g.flatMap((x) => x.levels)))),
    convention,
    table: Object.freeze(
      woeTable([...merged.map((g) => addCounts(g.map((x) => x.counts))), missing], convention),
    ),
    diagnostics: Object.freeze({ status: 'optimal', levels: counts.size, rows: n }),
  } as const)
}

/**
 * Weight of evidence of each value by its group.
 * One value per row; a level never seen is taken as missing.
 * Cost O(n).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025; Fisher (1958) for the order of levels
 * @throws nothing
 * @example
 * const city = ['a', 'a', 'b', 'b', 'c', 'c', 'c', 'a', 'b', 'c']
 * const model = fitCategoryBinning(city, Float64Array.of(0, 0, 1, 0, 1, 1, 1, 1, 0, 0))
 * predictCategoryBinning(model, ['a', 'c']) // → [0.6931472, -1.098612]
 */
export function predictCategoryBinning(
  model: CategoryBinningModel,
  values: readonly (string | null)[],
): Float64Array {
  const binOf = new Map(model.groups.flatMap((levels, b) => levels.map((level) => [level, b] as const)))
  const last = model.groups.length
  return Float64Array.from(
    values,
    (value) => model.table.rows[value === null ? last : (binOf.get(value) ?? last)]!.woe,
  )
}

/**
 * The table of given groups of counts, e.g. to judge a grouping made by hand.
 * Cost O(levels).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025; Fisher (1958) for the order of levels
 * @throws StatsError as `woeTable`.
 * @example
 * const counts = new Map([['a', { event: 10, nonEvent: 90 }], ['b', { event: 40, nonEvent: 60 }]])
 * groupedWoeTable(counts, [['a'], ['b']], OPTBINNING_WOE).iv // → 0.7167038
 */
export function groupedWoeTable(
  counts: ReadonlyMap<string, BinCounts>,
  groups: readonly (readonly string[])[],
  convention: WoeConvention,
): WoeTable {
  const sum = (levels: readonly string[]): BinCounts =>
    addCounts(
      levels.map((level) => {
        const found = counts.get(level)
        if (!found) throw new StatsError('invalidOption', `There is no level "${level}" to group.`)
        return found
      }),
    )
  return woeTable(groups.map(sum), convention)
}

type Group = { readonly levels: readonly string[]; readonly counts: BinCounts }

/** Each common level, and the rare ones together. */
function startGroups(
  counts: ReadonlyMap<string, BinCounts>,
  least: number,
): { readonly common: Group[]; readonly rare: Group[] } {
  const single = [...counts].map(([level, c]): Group => ({ levels: [level], counts: c }))
  const rare = single.filter((g) => g.counts.event + g.counts.nonEvent < least)
  const common = single.filter((g) => !rare.includes(g))
  const together = { levels: rare.flatMap((g) => g.levels), counts: addCounts(rare.map((g) => g.counts)) }
  return { common, rare: rare.length > 0 ? [together] : [] }
}

/** By event rate, equal ones by name. */
function inOrder(groups: Group[]): Group[] {
  const rate = ({ counts: c }: Group): number => c.event / (c.event + c.nonEvent)
  return groups.sort((a, b) => rate(a) - rate(b) || (a.levels[0]! < b.levels[0]! ? -1 : 1))
}

/** Neighbours in the order put together as a tree over their place in it would. */
function joinByTree(groups: readonly Group[], rows: number, maximum: number, minimumShare: number): Group[] {
  const known = groups.reduce((sum, { counts: c }) => sum + c.event + c.nonEvent, 0)
  const place = new Float64Array(known)
  const outcome = new Float64Array(known)
  let at = 0
  groups.forEach(({ counts: { event, nonEvent } }, k) => {
    place.fill(k, at, at + event + nonEvent)
    outcome.fill(1, at, at + event)
    at += event + nonEvent
  })
  const splits = prebinSplits(place, outcome, {
    ...{ method: 'cart', maximum, task: 'classes', precision: 'double' },
    minimumShare: (minimumShare * rows) / known,
  })
  const bounds = [0, ...splits.map(Math.ceil), groups.length]
  return bounds.slice(1).map((end, b) => {
    const own = groups.slice(bounds[b]!, end)
    return { levels: own.flatMap((g) => g.levels), counts: addCounts(own.map((g) => g.counts)) }
  })
}

/** A group without events or non-events joins its neighbour, until none is left. */
function joinPure(groups: Group[]): Group[] {
  for (let i = 0; i < groups.length && groups.length > 1; ) {
    const { event, nonEvent } = groups[i]!.counts
    if (event > 0 && nonEvent > 0) {
      i++
      continue
    }
    const other = i + 1 < groups.length ? i + 1 : i - 1
    const [a, b] = [Math.min(i, other), Math.max(i, other)]
    groups.splice(a, 2, {
      levels: [...groups[a]!.levels, ...groups[b]!.levels],
      counts: addCounts([groups[a]!.counts, groups[b]!.counts]),
    })
    i = Math.max(0, a - 1)
  }
  return groups
}

function addCounts(counts: readonly BinCounts[]): BinCounts {
  return {
    event: counts.reduce((s, c) => s + c.event, 0),
    nonEvent: counts.reduce((s, c) => s + c.nonEvent, 0),
  }
}
