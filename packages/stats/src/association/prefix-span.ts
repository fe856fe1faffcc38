import { requireFinite, requireFiniteColumn, requirePositive, StatsError } from '../stats-error.ts'

/** What one customer did in order: a list of moments, each with the items of that moment. */
export type ItemSequence = readonly (readonly number[])[]

export type SequencePattern = {
  /** Moments in order; items of a moment in ascending order. */
  readonly elements: readonly (readonly number[])[]
  /** Customers whose sequence holds the pattern. */
  readonly count: number
  readonly support: number
}

export type PrefixSpanOptions = {
  /** Share of the sequences, in (0, 1]. */
  readonly minimumSupport: number
  /** Most items in a pattern, over all its moments. Default 5. */
  readonly maximumItems?: number
  /** Refuse beyond this many patterns. Default 1,000,000. */
  readonly limit?: number
}

/**
 * All frequent sequence patterns, by PrefixSpan with pseudo-projection: "after A (and later) comes B".
 * Sorted by count, descending; ties by shorter, then smaller items.
 * Support in (0, 1].
 * Cost in proportion to the patterns found and the sequences that hold them, O(patterns × total items) at most.
 * Source: Pei et al. (2004), IEEE Transactions on Knowledge and Data Engineering 16, https://doi.org/10.1109/TKDE.2004.77
 * @throws StatsError `invalidOption`, `emptyData`, `notFinite`, `infeasible` if there are more patterns than `limit`.
 * @example
 * const sequences = [[[1], [2]], [[1], [3], [2]], [[2], [1]]]
 * sequencePatterns(sequences, { minimumSupport: 0.6 }).map((pattern) => pattern.elements) // → [[[1]], [[2]], [[1], [2]]]
 */
export function sequencePatterns(
  sequences: readonly ItemSequence[],
  options: PrefixSpanOptions,
): readonly SequencePattern[] {
  const { minimumSupport, maximumItems = 5, limit = 1_000_000 } = options
  if (sequences.length === 0)
    throw new StatsError('emptyData', 'There are no sequences; at least 1 was expected.')
  if (!(minimumSupport > 0 && minimumSupport <= 1)) {
    throw new StatsError(
      'invalidOption',
      `minimumSupport is ${minimumSupport}; a share above 0 and at most 1 was expected.`,
    )
  }
  const minimumCount = Math.max(1, Math.ceil(minimumSupport * sequences.length - 1e-9))
  for (const sequence of sequences) for (const element of sequence) requireFiniteColumn('items', element)
  const sets = sequences.map((sequence) => sequence.map((element) => new Set(element)))
  const patterns: SequencePattern[] = []
  const grow = (elements: readonly (readonly number[])[], matches: readonly Match[]): void => {
    if (patterns.length > limit) {
      throw new StatsError('infeasible', `More than ${limit} sequence patterns are frequent.`, {
        hint: 'Raise minimumSupport or lower maximumItems.',
      })
    }
    if (elements.length > 0)
      patterns.push({ elements, count: matches.length, support: matches.length / sequences.length })
    if (elements.reduce((s, e) => s + e.length, 0) >= maximumItems) return
    for (const [next, found] of extensions(sets, elements, matches))
      if (found.length >= minimumCount) grow(next, found)
  }
  grow(
    [],
    sequences.map((_, row) => ({ row, ends: [-1] })),
  )
  return patterns.sort(
    (a, b) =>
      b.count - a.count || a.elements.length - b.elements.length || compareText(a.elements, b.elements),
  )
}

/** Where the last moment of the pattern can lie in a sequence: all positions, in ascending order. */
type Match = { readonly row: number; readonly ends: readonly number[] }

type Extension = [elements: readonly (readonly number[])[], matches: readonly Match[]]

function extensions(
  sets: readonly (readonly Set<number>[])[],
  elements: readonly (readonly number[])[],
  matches: readonly Match[],
): readonly Extension[] {
  const later = new Map<number, Match[]>()
  const together = new Map<number, Match[]>()
  const last = elements[elements.length - 1] ?? []
  const largest = last[last.length - 1] ?? Number.POSITIVE_INFINITY
  for (const { row, ends } of matches) {
    const sequence = sets[row]!
    const after = new Map<number, number[]>()
    const same = new Map<number, number[]>()
    for (let at = ends[0]! + 1; at < sequence.length; at++)
      for (const item of sequence[at]!) push(after, item, at)
    for (const at of ends)
      if (at >= 0) for (const item of sequence[at]!) if (item > largest) push(same, item, at)
    for (const [item, positions] of after) push(later, item, { row, ends: positions })
    for (const [item, positions] of same) push(together, item, { row, ends: positions })
  }
  const result: Extension[] = []
  for (const [item, found] of together) result.push([[...elements.slice(0, -1), [...last, item]], found])
  for (const [item, found] of later) result.push([[...elements, [item]], found])
  return result
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

export type SequenceRule = {
  /** What happened before … */
  readonly before: readonly (readonly number[])[]
  /** … and what came after. */
  readonly after: readonly number[]
  readonly count: number
  readonly support: number
  /** Share of those with `before` who later have `after`. */
  readonly confidence: number
  /** Confidence over the share of all sequences that hold `after` at any time. */
  readonly lift: number
}

/**
 * Rules "after A comes B" from frequent patterns: the last moment against the ones before. Sorted by lift, descending.
 * One rule per pattern of two or more moments.
 * Confidence in [0, 1].
 * Cost O(patterns × size).
 * Source: Pei et al. (2004), https://doi.org/10.1109/TKDE.2004.77
 * @param patterns as `sequencePatterns` gave them.
 * @throws StatsError `notFinite`, `outOfDomain`, `invalidOption` if a prefix is missing.
 * @example
 * const patterns = sequencePatterns([[[1], [2]], [[1], [3], [2]], [[2], [1]]], { minimumSupport: 0.6 })
 * sequenceRules(patterns).map((rule) => rule.confidence) // → [0.6666667]
 */
export function sequenceRules(
  patterns: readonly SequencePattern[],
  options: { readonly minimumConfidence?: number } = {},
): readonly SequenceRule[] {
  const { minimumConfidence = 0 } = options
  for (const pattern of patterns) {
    for (const element of pattern.elements) requireFiniteColumn('items', element)
    requireFinite('support', pattern.support)
    requirePositive('count', pattern.count)
  }
  const byText = new Map(patterns.map((p) => [JSON.stringify(p.elements), p]))
  const find = (elements: readonly (readonly number[])[]): SequencePattern => {
    const found = byText.get(JSON.stringify(elements))
    if (found) return found
    throw new StatsError(
      'invalidOption',
      'The beginning of a pattern is not among the patterns; pass them as sequencePatterns gave them.',
    )
  }
  const rules = patterns
    .filter((p) => p.elements.length > 1)
    .map((pattern): SequenceRule => {
      const before = pattern.elements.slice(0, -1)
      const after = pattern.elements[pattern.elements.length - 1]!
      const confidence = pattern.count / find(before).count
      return {
        before,
        after,
        count: pattern.count,
        support: pattern.support,
        confidence,
        lift: confidence / find([after]).support,
      }
    })
  return rules
    .filter((r) => r.confidence >= minimumConfidence)
    .sort((a, b) => b.lift - a.lift || b.count - a.count)
}

function compareText(a: unknown, b: unknown): number {
  const x = JSON.stringify(a)
  const y = JSON.stringify(b)
  return x < y ? -1 : x > y ? 1 : 0
}
