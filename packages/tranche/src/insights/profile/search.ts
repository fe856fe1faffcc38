import { rangesOf, type Score, scoreOf } from './score.ts'

/** One attribute of the customers searched: a code each, −1 where it is not known. */
export interface SearchAttribute {
  readonly codes: Int16Array
  readonly size: number
  /** Codes follow an order, so that neighbours may stand together. */
  readonly ordered: boolean
}

/** An attribute whose code lies from one to another, both included. */
export interface Condition {
  readonly attribute: number
  readonly from: number
  readonly to: number
}

export interface Conjunction {
  readonly conditions: readonly Condition[]
  readonly score: Score
}

export interface SearchOptions {
  readonly kind: 'rate' | 'mean'
  /** Fewest customers who may fit. */
  readonly least: number
  /** Of a share, fewest customers for whom it holds, and for whom it doesn't, so that it may be shown. */
  readonly leastOfEach: number
  readonly mostConditions: number
}

/** Conjunctions that are built upon at each length. */
const beamWidth = 32
/** Of conjunctions over the same attributes, the best that are built upon: their like would crowd out the others. */
const alike = 2
/** A condition must raise the lower bound by this factor to be worth its words. */
const worthwhile = 1.05

/**
 * Searches conjunctions of conditions for the best lower bound of a measure's mean. All pairs are tried, from one table
 * of counts a pair of attributes, so that two attributes that say nothing each by itself are found; longer ones are
 * built on the best (beam search). Cost: for A attributes and n customers A²n/2 additions, and as many tables as there
 * are pairs. Undefined where nobody stands out.
 * Source: Atzmueller (2015), "Subgroup discovery", https://doi.org/10.1002/widm.1144
 */
export function searchProfile(
  attributes: readonly SearchAttribute[],
  values: Float64Array,
  options: SearchOptions,
): Conjunction | undefined {
  const everyone = Uint32Array.from(values.keys())
  const singles = attributes.flatMap((_, index) =>
    extensions(attributes, values, everyone, [], index, options),
  )
  const pairs = attributes.flatMap((_, a) =>
    attributes.slice(a + 1).flatMap((__, more) => pairsOf(attributes, values, a, a + 1 + more, options)),
  )
  const overall = scoreOf(options.kind, values.length, sumOf(values), squaresOf(values)).mean
  const found: Conjunction[] = [...singles]
  let beam = [...singles]
  for (let length = 2; length <= options.mostConditions; length++) {
    const longer =
      length === 2
        ? pairs
        : beam.flatMap((parent) => {
            const rows = rowsOf(attributes, values.length, parent.conditions)
            return attributes.flatMap((_, index) =>
              extensions(attributes, values, rows, parent.conditions, index, options).filter(
                ({ score }) => score.low > worthwhile * parent.score.low,
              ),
            )
          })
    beam = best(longer)
    found.push(...beam)
  }
  const winner = shortestOfTheBest(found)
  return winner !== undefined && winner.score.low > overall ? winner : undefined
}

/** Rows that fit all conditions. */
export function rowsOf(
  attributes: readonly SearchAttribute[],
  size: number,
  conditions: readonly Condition[],
): Uint32Array {
  const rows = new Uint32Array(size)
  for (let row = 0; row < size; row++) rows[row] = row
  let n = size
  for (const { attribute, from, to } of conditions) {
    const { codes } = attributes[attribute]!
    let kept = 0
    for (let at = 0; at < n; at++) {
      const row = rows[at]!
      const code = codes[row]!
      if (code >= from && code <= to) rows[kept++] = row
    }
    n = kept
  }
  return rows.subarray(0, n)
}

/** A conjunction with one more condition on an attribute that it doesn't have yet, every one of them. */
function extensions(
  attributes: readonly SearchAttribute[],
  values: Float64Array,
  rows: Uint32Array,
  conditions: readonly Condition[],
  attribute: number,
  options: SearchOptions,
): Conjunction[] {
  if (conditions.some((condition) => condition.attribute === attribute)) return []
  const { codes, size } = attributes[attribute]!
  const n = new Float64Array(size)
  const total = new Float64Array(size)
  const squares = new Float64Array(size)
  for (const row of rows) {
    const code = codes[row]!
    if (code < 0) continue
    const value = values[row]!
    n[code]!++
    total[code]! += value
    squares[code]! += value * value
  }
  return rangesOf(attributes[attribute]!).flatMap(({ from, to }) => {
    let [count, sum, square] = [0, 0, 0]
    for (let code = from; code <= to; code++) {
      count += n[code]!
      sum += total[code]!
      square += squares[code]!
    }
    if (!isLarge(count, sum, options)) return []
    const joined = [...conditions, { attribute, from, to }].sort((a, b) => a.attribute - b.attribute)
    return [{ conditions: joined, score: scoreOf(options.kind, count, sum, square) }]
  })
}

/** The best pairs of conditions on two attributes, from one table of counts. */
function pairsOf(
  attributes: readonly SearchAttribute[],
  values: Float64Array,
  a: number,
  b: number,
  options: SearchOptions,
): Conjunction[] {
  const first = attributes[a]!
  const second = attributes[b]!
  const { n, total, squares } = tableOf(first, second, values)
  const columns = rangesOf(second)
  const found: Conjunction[] = []
  for (const { from, to } of rangesOf(first)) {
    for (const column of columns) {
      let [count, sum, square] = [0, 0, 0]
      for (let i = from; i <= to; i++)
        for (let cell = i * second.size + column.from; cell <= i * second.size + column.to; cell++) {
          count += n[cell]!
          sum += total[cell]!
          square += squares[cell]!
        }
      if (!isLarge(count, sum, options)) continue
      const conditions = [
        { attribute: a, from, to },
        { attribute: b, ...column },
      ]
      found.push({ conditions, score: scoreOf(options.kind, count, sum, square) })
    }
  }
  return found.sort(byScore).slice(0, alike)
}

interface PairTable {
  readonly n: Float64Array
  readonly total: Float64Array
  readonly squares: Float64Array
}

/** Tables by the customers searched and both attributes' codes: a search among some of the attributes meets them again. */
const tablesBefore = new WeakMap<Float64Array, WeakMap<Int16Array, WeakMap<Int16Array, PairTable>>>()

/** Count, sum and sum of squares by the codes of two attributes. */
function tableOf(first: SearchAttribute, second: SearchAttribute, values: Float64Array): PairTable {
  const byFirst = tablesBefore.get(values) ?? new WeakMap<Int16Array, WeakMap<Int16Array, PairTable>>()
  tablesBefore.set(values, byFirst)
  const bySecond = byFirst.get(first.codes) ?? new WeakMap<Int16Array, PairTable>()
  byFirst.set(first.codes, bySecond)
  const before = bySecond.get(second.codes)
  if (before !== undefined) return before
  const cells = first.size * second.size
  const table = {
    n: new Float64Array(cells),
    total: new Float64Array(cells),
    squares: new Float64Array(cells),
  }
  const { n, total, squares } = table
  const [own, others, width] = [first.codes, second.codes, second.size]
  for (let row = 0; row < values.length; row++) {
    const i = own[row]!
    const j = others[row]!
    if (i < 0 || j < 0) continue
    const cell = i * width + j
    const value = values[row]!
    n[cell]!++
    total[cell]! += value
    squares[cell]! += value * value
  }
  bySecond.set(second.codes, table)
  return table
}

function isLarge(n: number, total: number, { kind, least, leastOfEach }: SearchOptions): boolean {
  return n >= least && (kind === 'mean' || (total >= leastOfEach && n - total >= leastOfEach))
}

/** The beam: the best conjunctions, few of the same attributes, none twice. */
function best(candidates: readonly Conjunction[]): Conjunction[] {
  const kept: Conjunction[] = []
  const seen = new Set<string>()
  const perAttributes = new Map<string, number>()
  for (const candidate of [...candidates].sort(byScore)) {
    if (kept.length === beamWidth) break
    const name = nameOf(candidate)
    const attributes = candidate.conditions.map(({ attribute }) => attribute).join(' ')
    const before = perAttributes.get(attributes) ?? 0
    if (seen.has(name) || before === alike) continue
    seen.add(name)
    perAttributes.set(attributes, before + 1)
    kept.push(candidate)
  }
  return kept
}

/** The best, unless a shorter one is about as good. */
function shortestOfTheBest(found: readonly Conjunction[]): Conjunction | undefined {
  let winner: Conjunction | undefined
  for (const candidate of [...found].sort(
    (x, y) => x.conditions.length - y.conditions.length || byScore(x, y),
  )) {
    const longer = candidate.conditions.length - (winner?.conditions.length ?? 0)
    if (winner === undefined || candidate.score.low > winner.score.low * worthwhile ** longer)
      winner = candidate
  }
  return winner
}

const nameOf = ({ conditions }: Conjunction) =>
  conditions.map(({ attribute, from, to }) => `${attribute}:${from}-${to}`).join(' ')

/** Best first; ties by name, so that the order of the search has no say. */
function byScore(a: Conjunction, b: Conjunction): number {
  return b.score.low - a.score.low || (nameOf(a) < nameOf(b) ? -1 : 1)
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
const squaresOf = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0)
