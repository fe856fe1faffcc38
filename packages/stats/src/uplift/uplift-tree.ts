import { StatsError } from '../stats-error.ts'
import { orderOf } from '../supervised/order-of.ts'
import { columnLength, isMissing, type TreeColumn } from '../supervised/tree-columns.ts'
import type { TreatedData } from './treated-data.ts'

/** How far apart the arms' response rates are: Kullback–Leibler, Euclidean or chi-square distance. */
export type UpliftCriterion = 'kl' | 'euclidean' | 'chiSquare'

export type UpliftNode = {
  readonly treated: number
  readonly control: number
  readonly responseTreated: number
  readonly responseControl: number
  readonly uplift: number
  readonly split?: {
    readonly column: string
    readonly threshold: number
    readonly missing: 'left' | 'right'
    readonly left: UpliftNode
    readonly right: UpliftNode
  }
}

export type UpliftTreeModel = {
  readonly kind: 'upliftTree'
  readonly version: 1
  readonly criterion: UpliftCriterion
  readonly root: UpliftNode
  readonly rows: number
}

export type UpliftTreeOptions = {
  readonly criterion: UpliftCriterion
  readonly maximumDepth?: number
  /** Least rows of a leaf, and of each arm in it. Defaults 200 and 20. */
  readonly minimumLeafRows?: number
  readonly minimumArmRows?: number
  /** Rows by which a leaf's rates are pulled towards its parent's. Default 100. */
  readonly regularisation?: number
}

/**
 * Uplift tree: splits where the arms' response rates grow furthest apart, normalised against unequal splits of the arms.
 * Number columns only; outcomes 0 or 1.
 * Columns, y and treatment have length n.
 * Cost O(p·n log n) a level.
 * Source: Rzepakowski & Jaroszewicz (2012), Knowledge and Information Systems 32, equations 3 to 12, https://doi.org/10.1007/s10115-011-0434-0
 * @throws StatsError `unsupported` for category columns, `outOfDomain`, `oneClass`.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 1, 0, 1, 0, 0, 1, 1), treatment: Float64Array.of(0, 0, 1, 1, 0, 0, 1, 1) }
 * fitUpliftTree(data, { criterion: 'euclidean', minimumLeafRows: 2, minimumArmRows: 1, regularisation: 0 }).root.split.threshold // → 0.5
 */
export function fitUpliftTree(data: TreatedData, options: UpliftTreeOptions): UpliftTreeModel {
  const n = data.y.length
  for (const c of data.columns)
    if (c.kind === 'category')
      throw new StatsError(
        'unsupported',
        `Column "${c.name}" holds categories; an uplift tree splits numbers.`,
        { hint: 'Give one 0/1 column a level.' },
      )
  for (let i = 0; i < n; i++)
    if ((data.y[i] !== 0 && data.y[i] !== 1) || (data.treatment[i] !== 0 && data.treatment[i] !== 1))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has outcome ${data.y[i]} and treatment ${data.treatment[i]}; 0 or 1 was expected.`,
      )
  const all = countRows(
    data,
    Uint32Array.from({ length: n }, (_, i) => i),
  )
  if (!(all.treated > 0 && all.control > 0))
    throw new StatsError(
      'oneClass',
      `There are ${all.treated} treated and ${all.control} control rows; both were expected.`,
    )
  const root = grow(
    data,
    Uint32Array.from({ length: n }, (_, i) => i),
    undefined,
    0,
    options,
  )
  return Object.freeze({
    kind: 'upliftTree',
    version: 1,
    criterion: options.criterion,
    root,
    rows: n,
  } as const)
}

/**
 * Uplift of each row's leaf.
 * One value in [−1, 1] per row.
 * Cost O(n·depth).
 * Source: Rzepakowski & Jaroszewicz (2012), https://doi.org/10.1007/s10115-011-0434-0
 * @throws StatsError `invalidOption` if a column is missing.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 1, 0, 1, 0, 0, 1, 1), treatment: Float64Array.of(0, 0, 1, 1, 0, 0, 1, 1) }
 * const model = fitUpliftTree(data, { criterion: 'euclidean', minimumLeafRows: 2, minimumArmRows: 1, regularisation: 0 })
 * predictUpliftTree(model, columns) // → [0, 0, 0, 0, 1, 1, 1, 1]
 */
export function predictUpliftTree(model: UpliftTreeModel, columns: readonly TreeColumn[]): Float64Array {
  const byName = new Map(columns.map((c) => [c.name, c]))
  return Float64Array.from({ length: columns[0] ? columnLength(columns[0]) : 0 }, (_, row) => {
    let node = model.root
    while (node.split) {
      const column = byName.get(node.split.column)
      if (column?.kind !== 'number')
        throw new StatsError(
          'invalidOption',
          `There is no number column "${node.split.column}", which the tree splits by.`,
        )
      const left = isMissing(column, row)
        ? node.split.missing === 'left'
        : column.values[row]! <= node.split.threshold
      node = left ? node.split.left : node.split.right
    }
    return node.uplift
  })
}

type Counts = { treated: number; control: number; yTreated: number; yControl: number }
type Parent = { readonly p: number; readonly q: number } | undefined

function countRows({ y, treatment }: TreatedData, rows: Uint32Array): Counts {
  const c: Counts = { treated: 0, control: 0, yTreated: 0, yControl: 0 }
  for (const row of rows) addRow(c, y[row]!, treatment[row]!)
  return c
}

function addRow(c: Counts, y: number, treatment: number): void {
  if (treatment === 1) {
    c.treated++
    c.yTreated += y
  } else {
    c.control++
    c.yControl += y
  }
}

/** Response rates of both arms, pulled towards the parent's. */
function rates(c: Counts, parent: Parent, pull: number): { p: number; q: number } {
  if (!parent)
    return { p: c.treated > 0 ? c.yTreated / c.treated : 0, q: c.control > 0 ? c.yControl / c.control : 0 }
  return {
    p: (c.yTreated + pull * parent.p) / (c.treated + pull),
    q: (c.yControl + pull * parent.q) / (c.control + pull),
  }
}

function grow(
  data: TreatedData,
  rows: Uint32Array,
  parent: Parent,
  depth: number,
  options: UpliftTreeOptions,
): UpliftNode {
  const counts = countRows(data, rows)
  const own = rates(counts, parent, options.regularisation ?? 100)
  const node = {
    treated: counts.treated,
    control: counts.control,
    responseTreated: own.p,
    responseControl: own.q,
    uplift: own.p - own.q,
  }
  if (depth >= (options.maximumDepth ?? 5)) return Object.freeze(node)
  const found = bestSplit(data, rows, counts, own, options)
  if (!found) return Object.freeze(node)
  const column = data.columns[found.column]!
  const values = (column as Extract<TreeColumn, { kind: 'number' }>).values
  const toLeft = (row: number): boolean =>
    isMissing(column, row) ? found.missing === 'left' : values[row]! <= found.threshold
  const left = grow(data, rows.filter(toLeft), own, depth + 1, options)
  const right = grow(
    data,
    rows.filter((row) => !toLeft(row)),
    own,
    depth + 1,
    options,
  )
  return Object.freeze({
    ...node,
    split: Object.freeze({
      column: column.name,
      threshold: found.threshold,
      missing: found.missing,
      left,
      right,
    }),
  })
}

type Found = {
  readonly column: number
  readonly threshold: number
  readonly missing: 'left' | 'right'
  readonly gain: number
}

function bestSplit(
  data: TreatedData,
  rows: Uint32Array,
  all: Counts,
  own: { p: number; q: number },
  options: UpliftTreeOptions,
): Found | undefined {
  const { minimumLeafRows = 200, minimumArmRows = 20, regularisation = 100, criterion } = options
  const base = distance(criterion, own.p, own.q)
  let best: Found | undefined
  data.columns.forEach((column, at) => {
    const { values } = column as Extract<TreeColumn, { kind: 'number' }>
    const known = orderOf(
      values,
      rows.filter((row) => !isMissing(column, row)),
    )
    const left: Counts = { treated: 0, control: 0, yTreated: 0, yControl: 0 }
    const enough = (c: Counts): boolean =>
      c.treated + c.control >= minimumLeafRows && Math.min(c.treated, c.control) >= minimumArmRows
    for (let i = 0; i + 1 < known.length; i++) {
      addRow(left, data.y[known[i]!]!, data.treatment[known[i]!]!)
      const [low, high] = [values[known[i]!]!, values[known[i + 1]!]!]
      if (low === high || !enough(left)) continue
      // Missing rows go right while the best split is sought.
      const right: Counts = {
        treated: all.treated - left.treated,
        control: all.control - left.control,
        yTreated: all.yTreated - left.yTreated,
        yControl: all.yControl - left.yControl,
      }
      if (!enough(right)) continue
      const l = rates(left, own, regularisation)
      const r = rates(right, own, regularisation)
      const share = (left.treated + left.control) / (all.treated + all.control)
      const after = share * distance(criterion, l.p, l.q) + (1 - share) * distance(criterion, r.p, r.q)
      const gain = (after - base) / normaliser(criterion, left, all)
      if (gain > 1e-12 && (!best || gain > best.gain))
        best = { column: at, threshold: low / 2 + high / 2, missing: 'right', gain }
    }
  })
  return best
}

function distance(criterion: UpliftCriterion, p: number, q: number): number {
  const clip = (x: number): number => Math.min(1 - 1e-6, Math.max(1e-6, x))
  const [a, b] = [clip(p), clip(q)]
  if (criterion === 'kl') return a * Math.log(a / b) + (1 - a) * Math.log((1 - a) / (1 - b))
  if (criterion === 'euclidean') return 2 * (a - b) ** 2
  return (a - b) ** 2 / b + (a - b) ** 2 / (1 - b)
}

/** Punishes splits that send the arms to different sides. */
function normaliser(criterion: UpliftCriterion, left: Counts, all: Counts): number {
  const t = left.treated / all.treated
  const c = left.control / all.control
  const n = all.treated + all.control
  const entropy = (x: number): number => (x <= 0 || x >= 1 ? 0 : -x * Math.log(x) - (1 - x) * Math.log(1 - x))
  const gini = (x: number): number => 2 * x * (1 - x)
  const spread = criterion === 'kl' ? entropy : gini
  return (
    spread(all.treated / n) * distance(criterion, t, c) +
    (all.treated / n) * spread(t) +
    (all.control / n) * spread(c) +
    0.5
  )
}
