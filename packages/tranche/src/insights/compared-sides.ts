import {
  adjustPValues,
  chiSquareIndependence,
  cohenD,
  cohenH,
  twoProportionZTest,
  welchTTest,
} from '@tranche/stats'
import type { RuleColumn, RuleScope } from '../segments/rule-scope.ts'

/** A text with more distinct values than this is a name and no group. */
export const mostLevels = 40
/** Adjusted p below which a difference counts as shown. */
const shownBelow = 0.05

/** One side of a comparison: over those for whom the value is known. */
export interface Side {
  readonly n: number
  /** Mean, or share of those for whom it holds. */
  readonly value: number
}

export interface ComparedLevel {
  readonly level: string
  /** Share of each side; null where fewer people than may be shown stand behind it. */
  readonly first: number | null
  readonly second: number | null
}

interface Tested {
  readonly name: string
  readonly p: number
  /** By Benjamini and Hochberg over everything compared. */
  readonly pAdjusted: number
  readonly shown: boolean
}

export type ComparedColumn =
  | (Tested & {
      readonly kind: 'mean' | 'share'
      readonly first: Side
      readonly second: Side
      readonly difference: number
      readonly low: number
      readonly high: number
      /** Cohen's d of means, Cohen's h of shares. */
      readonly effectSize: number
    })
  | (Tested & {
      readonly kind: 'levels'
      readonly levels: readonly ComparedLevel[]
      /** Cramér's V. */
      readonly effectSize: number
    })

export interface SideBySide {
  readonly first: number
  readonly second: number
  /** Customers on both sides, who are left out of the comparison. */
  readonly both: number
  /** The largest differences first. */
  readonly columns: readonly ComparedColumn[]
  /** Names that could not be compared: too few people, or nothing varies. */
  readonly leftOut: readonly string[]
}

/** Of the known values of one side. */
export interface Moments {
  readonly n: number
  readonly mean: number | null
  readonly variance: number | null
}

/** How many of each side have one value of a text. */
export interface LevelCount {
  readonly level: string
  readonly first: number
  readonly second: number
}

/** What is known of two sides: moments of numbers and of yes or no, counts of the values of texts. */
export interface SidesRead {
  readonly first: number
  readonly second: number
  readonly both: number
  readonly moments: (name: string) => readonly [Moments, Moments]
  /** Values of a text, the most frequent first. */
  readonly levels: (name: string) => readonly LevelCount[] | 'too many'
}

interface Compared {
  readonly names: readonly string[]
  readonly scope: RuleScope
  /** Fewer people than this are not shown. */
  readonly minimum: number
}

interface NamesByKind {
  readonly numbers: readonly string[]
  readonly flags: readonly string[]
  readonly texts: readonly string[]
}

export function namesByKind(names: readonly string[], { columns }: RuleScope): NamesByKind {
  const of = (type: RuleColumn['type']) => names.filter((name) => columns.get(name)!.type === type)
  return { numbers: of('number'), flags: of('bool'), texts: of('string') }
}

/**
 * Every column of two sides against each other: means by Welch's t, shares by the pooled z-test with Newcombe's interval, levels by
 * chi-square, all tests corrected together.
 */
export function comparedSides(
  { first, second, both, moments, levels }: SidesRead,
  { names, scope, minimum }: Compared,
): SideBySide {
  const { numbers, flags, texts } = namesByKind(names, scope)
  const found = [
    ...numbers.map((name) => comparedMeans(name, moments(name), minimum)),
    ...flags.map((name) => comparedShares(name, moments(name), minimum)),
    ...texts.map((name) => comparedLevels(name, levels(name), minimum)),
  ].filter((column): column is Untested => column !== undefined)
  const adjusted = adjustPValues(
    found.map(({ p }) => p),
    'benjaminiHochberg',
  )
  const columns = found.map(
    (column, index): ComparedColumn => ({
      ...column,
      pAdjusted: adjusted[index]!,
      shown: adjusted[index]! < shownBelow,
    }),
  )
  const compared = new Set(columns.map(({ name }) => name))
  return {
    first,
    second,
    both,
    columns: columns.sort(
      (a, b) => Math.abs(b.effectSize) - Math.abs(a.effectSize) || a.name.localeCompare(b.name, 'en'),
    ),
    leftOut: names.filter((name) => !compared.has(name)),
  }
}

type Untested = ComparedColumn extends infer Column
  ? Column extends ComparedColumn
    ? Omit<Column, 'pAdjusted' | 'shown'>
    : never
  : never

function comparedMeans(
  name: string,
  [a, b]: readonly [Moments, Moments],
  minimum: number,
): Untested | undefined {
  if (Math.min(a.n, b.n) < Math.max(2, minimum)) return undefined
  const [first, second] = [a, b].map(({ n, mean, variance }) => ({ n, mean: mean!, variance: variance ?? 0 }))
  if (first!.variance === 0 && second!.variance === 0) return undefined
  const { estimate, interval, pValue } = welchTTest(first!, second!)
  return {
    name,
    kind: 'mean',
    first: { n: a.n, value: first!.mean },
    second: { n: b.n, value: second!.mean },
    difference: estimate,
    low: interval.low,
    high: interval.high,
    p: pValue,
    effectSize: cohenD(first!, second!),
  }
}

function comparedShares(
  name: string,
  [a, b]: readonly [Moments, Moments],
  minimum: number,
): Untested | undefined {
  const [first, second] = [a, b].map(({ n, mean }) => ({ n, successes: Math.round((mean ?? 0) * n) }))
  const mayShow = [first!, second!].every(({ n, successes }) => {
    const least = Math.min(successes, n - successes)
    return n >= minimum && (least === 0 || least >= minimum)
  })
  const held = first!.successes + second!.successes
  if (!mayShow || held === 0 || held === a.n + b.n) return undefined
  const { estimate, interval, pValue } = twoProportionZTest(first!, second!)
  return {
    name,
    kind: 'share',
    first: { n: a.n, value: a.mean! },
    second: { n: b.n, value: b.mean! },
    difference: estimate,
    low: interval.low,
    high: interval.high,
    p: pValue,
    effectSize: cohenH(a.mean!, b.mean!),
  }
}

function comparedLevels(
  name: string,
  rows: readonly LevelCount[] | 'too many',
  minimum: number,
): Untested | undefined {
  if (rows === 'too many') return undefined
  const total = (side: 'first' | 'second') => rows.reduce((sum, row) => sum + row[side], 0)
  const [first, second] = [total('first'), total('second')]
  if (rows.length < 2 || Math.min(first, second) < minimum) return undefined
  const { pValue, cramersV } = chiSquareIndependence([
    rows.map((row) => row.first),
    rows.map((row) => row.second),
  ])
  const share = (n: number, all: number) => (n > 0 && n < minimum ? null : n / all)
  return {
    name,
    kind: 'levels',
    p: pValue,
    effectSize: cramersV,
    levels: rows
      .map((row) => ({
        level: row.level,
        first: share(row.first, first),
        second: share(row.second, second),
      }))
      .sort((a, b) => apart(b) - apart(a)),
  }
}

const apart = ({ first, second }: ComparedLevel): number =>
  first === null || second === null ? -1 : Math.abs(first - second)
