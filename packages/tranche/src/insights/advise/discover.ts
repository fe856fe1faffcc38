import type { Purpose } from '@tranche/contract'
import { quote } from '@tranche/language'
import {
  fitTree,
  oneSampleTTest,
  type TreeColumn,
  type TreeNode,
  type TreeSplit,
  wilsonInterval,
} from '@tranche/stats'
import type { Column } from '../../engine/warehouse.ts'
import { attributePolicyOf, permits } from '../../privacy/attribute-policy.ts'
import { attributeUses } from '../../privacy/lineage.ts'
import { impactOf, tellsAll } from './advise.ts'
import { type Goal, judgeDimension } from './judge-dimension.ts'
import { type LookBackOptions, lookBack } from './look-back.ts'

/** A group found by data, judged on customers who had no say in it. */
export interface FoundGroup {
  readonly rule: string
  /** Customers of the proof half. */
  readonly n: number
  /** Mean of the goal, or share for whom it holds. */
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Over the mean of all; null where that is zero. */
  readonly lift: number | null
  /** Whether the interval, widened for all groups together, leaves out the mean of all. */
  readonly shown: boolean
}

export interface Discovery {
  readonly goal: string
  readonly from: string
  readonly to: string
  /** Whether nothing of the goal's past is known. */
  readonly sameDay: boolean
  readonly customers: number
  readonly mean: number
  /** Where nothing of the past is known: dimensions that tell the goal almost by themselves, and may have been made of it. */
  readonly suspects: readonly string[]
  /** The highest first; together they hold every customer once. */
  readonly groups: readonly FoundGroup[]
}

export interface DiscoverOptions extends LookBackOptions {
  /** At most so many groups. */
  readonly leaves: number
  /** Dimensions that may not serve it are left out. */
  readonly purpose: Purpose
}

/** Dimensions that a tree may choose from: those that explain most alone. */
const mostDimensions = 25
const mostTrained = 40_000
const fewestInLeaf = 50
const deepest = 4

/**
 * Groups of customers by a regression tree against a goal, as rules that can be read and saved: grown on one half of the
 * customers as they were before the goal's window, judged on the other half by what became of them.
 * Source: Breiman, Friedman, Olshen & Stone (1984), https://doi.org/10.1201/9781315139470; intervals by Wilson (1927) and Student,
 * each at 95% over all groups (Bonferroni).
 * @throws TrancheError as `lookBack`
 */
export async function discover(options: DiscoverOptions): Promise<Discovery> {
  const { catalogue, context, goal, leaves, purpose } = options
  const { from, sameDay, target, columns, flags } = await lookBack(options)
  const policy = attributePolicyOf(catalogue)
  const allowed = [...columns].filter(([name]) =>
    attributeUses(catalogue, { names: [name] }).every(({ attribute }) => permits(policy, attribute, purpose)),
  )
  const best = allowed
    .flatMap(([name, column]) => {
      const judged = judgeDimension(column, target)
      if (judged === null || judged.explained <= 0) return []
      return [{ name, column, explained: judged.explained, impact: impactOf(judged) }]
    })
    .sort((a, b) => b.explained - a.explained)
    .slice(0, mostDimensions)
  return {
    goal,
    from,
    to: context.asOf,
    sameDay,
    customers: target.known,
    mean: target.mean,
    suspects: best.flatMap(({ name, impact }) => (sameDay && impact >= tellsAll ? [name] : [])),
    groups: groupsOf(best, flags, target, leaves),
  }
}

interface Dimension {
  readonly name: string
  readonly column: Column
}

function groupsOf(
  dimensions: readonly Dimension[],
  flags: ReadonlySet<string>,
  target: Goal,
  leaves: number,
): readonly FoundGroup[] {
  const training = rowsOf(target, 0)
  const step = Math.max(1, training.length / mostTrained)
  const rows = Uint32Array.from(
    { length: Math.floor(training.length / step) },
    (_, index) => training[Math.floor(index * step)]!,
  )
  if (dimensions.length === 0 || rows.length < 2 * fewestInLeaf) return []
  const tree = fitTree(
    {
      columns: dimensions.map((one) => treeColumn(one, rows)),
      y: Float64Array.from(rows, (row) => target.values[row]!),
    },
    { criterion: 'variance', maximumDepth: deepest, maximumLeaves: leaves, minimumLeafRows: fewestInLeaf },
  )
  if (tree.leaves < 2) return []
  const found = leavesOf(tree.root, new Map(dimensions.map((one) => [one.name, one.column])), flags)
  const proof = rowsOf(target, 1)
  const isRate = [...training, ...proof].every((row) => target.values[row] === 0 || target.values[row] === 1)
  return found
    .map(({ steps, holds }) =>
      judged(steps, proof.filter(holds), target, { isRate, level: 1 - 0.05 / found.length }),
    )
    .sort((a, b) => b.mean - a.mean)
}

function rowsOf({ counts, training }: Goal, half: number): Uint32Array {
  const rows: number[] = []
  for (let row = 0; row < counts.length; row++)
    if (counts[row] === 1 && training[row] === half) rows.push(row)
  return Uint32Array.from(rows)
}

function treeColumn({ name, column }: Dimension, rows: Uint32Array): TreeColumn {
  if (column.type === 'number')
    return {
      name,
      kind: 'number',
      values: Float64Array.from(rows, (row) => column.values[row]!),
      valid: Uint8Array.from(rows, (row) => column.valid[row]!),
    }
  const levels = [
    ...new Set(Array.from(rows, (row) => column.values[row]!).filter((level) => level !== null)),
  ].sort()
  const codeOf = new Map(levels.map((level, code) => [level, code]))
  return {
    name,
    kind: 'category',
    levels,
    codes: Int32Array.from(rows, (row) => codeOf.get(column.values[row]!) ?? -1),
  }
}

/** One side of a split. */
interface Step {
  readonly name: string
  /** `x`, `x > 5`, `x in ["a"]`, with what a known value must be. */
  readonly test: string
  /** Of two of one kind on the same dimension, the later one is the tighter and stands for both. */
  readonly kind: string
  readonly takesMissing: boolean
  readonly holds: (row: number) => boolean
}

interface Leaf {
  readonly steps: readonly Step[]
  readonly holds: (row: number) => boolean
}

/** The way to each leaf, with thresholds as they are written. */
function leavesOf(
  node: TreeNode,
  columns: ReadonlyMap<string, Column>,
  flags: ReadonlySet<string>,
): readonly Leaf[] {
  const { split } = node
  if (split === undefined) return [{ steps: [], holds: () => true }]
  const column = columns.get(split.column)!
  return (['left', 'right'] as const).flatMap((side) => {
    const step = stepOf(split, side, column, flags.has(split.column))
    return leavesOf(split[side], columns, flags).map(({ steps, holds }) => ({
      steps: [step, ...steps],
      holds: (row: number) => step.holds(row) && holds(row),
    }))
  })
}

function stepOf(split: TreeSplit, side: 'left' | 'right', column: Column, isFlag: boolean): Step {
  const name = split.column
  const isLeft = side === 'left'
  const threshold = split.threshold === undefined ? undefined : Number(split.threshold.toPrecision(4))
  const levels = new Set(split.levels)
  const isKnown = (row: number) =>
    column.type === 'number' ? column.valid[row] === 1 : column.values[row] !== null
  const isBelow = (row: number) =>
    column.type === 'number' ? column.values[row]! <= threshold! : levels.has(column.values[row]!)
  const takesMissing = split.missing === side && hasMissing(column)
  return {
    name,
    ...testOf(name, isLeft, isFlag, threshold, [...levels].sort()),
    takesMissing,
    holds: (row) => (isKnown(row) ? isBelow(row) === isLeft : takesMissing),
  }
}

const hasMissing = (column: Column): boolean =>
  column.type === 'number' ? column.valid.includes(0) : column.values.includes(null)

function testOf(
  name: string,
  isLeft: boolean,
  isFlag: boolean,
  threshold: number | undefined,
  levels: readonly string[],
): Pick<Step, 'test' | 'kind'> {
  if (isFlag) return { test: isLeft ? `!${name}` : name, kind: 'flag' }
  if (threshold !== undefined)
    return isLeft
      ? { test: `${name} <= ${threshold}`, kind: 'high' }
      : { test: `${name} > ${threshold}`, kind: 'low' }
  const among = `${name} in [${levels.map(quote).join(', ')}]`
  return isLeft ? { test: among, kind: `in ${among}` } : { test: `!(${among})`, kind: `not ${among}` }
}

/** Steps on one dimension are one clause: who has no value passes where every one of them lets that pass. */
function ruleOf(steps: readonly Step[]): string {
  const names = [...new Set(steps.map(({ name }) => name))]
  return names
    .map((name) => {
      const own = steps.filter((step) => step.name === name)
      const tests = [...new Map(own.map(({ kind, test }) => [kind, test])).values()]
      if (!own.every(({ takesMissing }) => takesMissing)) return tests.join(' && ')
      return `(!known(${name}) || ${tests.length === 1 ? tests[0] : `(${tests.join(' && ')})`})`
    })
    .join(' && ')
}

function judged(
  steps: readonly Step[],
  rows: Uint32Array,
  { values, mean: overall }: Goal,
  { isRate, level }: { readonly isRate: boolean; readonly level: number },
): FoundGroup {
  const n = rows.length
  let mean = 0
  let squares = 0
  rows.forEach((row, index) => {
    const value = values[row]!
    const before = value - mean
    mean += before / (index + 1)
    squares += before * (value - mean)
  })
  const variance = n < 2 ? 0 : squares / (n - 1)
  const interval =
    n < 2
      ? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
      : isRate
        ? wilsonInterval({ successes: Math.round(mean * n), n }, { level })
        : variance === 0
          ? { low: mean, high: mean }
          : oneSampleTTest({ n, mean, variance }, { level }).interval
  return {
    rule: ruleOf(steps),
    n,
    mean,
    low: interval.low,
    high: interval.high,
    lift: overall === 0 ? null : mean / overall,
    shown: interval.low > overall || interval.high < overall,
  }
}
