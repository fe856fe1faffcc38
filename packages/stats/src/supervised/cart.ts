import { StatsError } from '../stats-error.ts'
import { growTree } from './cart-grow.ts'
import { columnLength, isMissing, requireTreeData, type TreeColumn, type TreeData } from './tree-columns.ts'

/** `gini` and `entropy` for classes 0…k−1, `variance` for numbers. */
export type TreeCriterion = 'gini' | 'entropy' | 'variance'

export type TreeNode = {
  /** Rows, and their weight. */
  readonly n: number
  readonly weight: number
  /** Shares of the classes, or the mean alone. */
  readonly value: readonly number[]
  /** Mean impurity of the node. */
  readonly impurity: number
  readonly split?: TreeSplit
}

export type TreeSplit = {
  readonly column: string
  /** At most this goes left … */
  readonly threshold?: number
  /** … or one of these levels. */
  readonly levels?: readonly string[]
  /** Where missing (and unseen) values go. */
  readonly missing: 'left' | 'right'
  /** Weighted impurity taken away, in units of weight. */
  readonly gain: number
  readonly left: TreeNode
  readonly right: TreeNode
}

export type TreeModel = {
  readonly kind: 'tree'
  readonly version: 1
  readonly criterion: TreeCriterion
  /** 0 for regression. */
  readonly classes: number
  readonly root: TreeNode
  readonly leaves: number
  readonly rows: number
}

export type TreeOptions = {
  readonly criterion: TreeCriterion
  readonly maximumDepth?: number
  /** Grow the best leaf first until there are this many; depth first when absent. */
  readonly maximumLeaves?: number
  /** Least rows of a leaf. Default 1. */
  readonly minimumLeafRows?: number
  /** Least rows of a node that may be split. Default 2. */
  readonly minimumSplitRows?: number
  /**
   * `float32` rounds values as scikit-learn does before it looks for thresholds, so that both cut at the same places.
   * Default `double`.
   */
  readonly precision?: 'double' | 'float32'
}

/**
 * Grows a classification or regression tree by the best split of each node: thresholds midway between values,
 * categories grouped by their mean response, missing values on the side that fits them better.
 * Every column and y have length n.
 * Cost O(p·n log n) a level.
 * Source: Breiman, Friedman, Olshen & Stone (1984), chapters 2 and 4, https://doi.org/10.1201/9781315139470
 * @throws StatsError `notFinite`, `emptyData`, `lengthMismatch`, `invalidOption`, `outOfDomain` (classes that are not
 * 0…k−1, weights); `unsupported` for category columns with more than two classes and more than 10 levels.
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * fitTree({ columns: x, y: Float64Array.of(0, 0, 0, 1, 1, 1) }, { criterion: 'gini' }).root.split.threshold // → 3.5
 */
export function fitTree(data: TreeData, options: TreeOptions): TreeModel {
  requireTreeData(data)
  const classes = options.criterion === 'variance' ? 0 : countClasses(data.y)
  const root = growTree(data, { ...options, classes })
  return Object.freeze({
    kind: 'tree',
    version: 1,
    criterion: options.criterion,
    classes,
    root,
    leaves: countLeaves(root),
    rows: data.y.length,
  } as const)
}

/**
 * Value of each row's leaf: row-major n×k shares of classes, or n means.
 * Cost O(n·depth).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @throws StatsError `invalidOption` if a column is missing.
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * const tree = fitTree({ columns: x, y: Float64Array.of(1, 1, 2, 5, 5, 6) }, { criterion: 'variance', maximumDepth: 1 })
 * predictTree(tree, numberColumns({ data: Float64Array.of(0, 9), n: 2, p: 1 })) // → [1.333333, 5.333333]
 */
export function predictTree(model: TreeModel, columns: readonly TreeColumn[]): Float64Array {
  const width = Math.max(1, model.classes)
  const n = columns[0] ? columnLength(columns[0]) : 0
  const predicted = new Float64Array(n * width)
  const byName = new Map(columns.map((c) => [c.name, c]))
  for (let row = 0; row < n; row++) predicted.set(leafOf(model.root, byName, row).value, row * width)
  return predicted
}

/**
 * Share of each column in the impurity that all splits take away, largest first; columns without a split are left out.
 * Shares lie in (0, 1] and add up to 1.
 * Cost O(nodes).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * treeImportance(fitTree({ columns: x, y: Float64Array.of(0, 0, 0, 1, 1, 1) }, { criterion: 'gini' })) // → [{ column: 'x0', share: 1 }]
 */
export function treeImportance(
  model: TreeModel,
): readonly { readonly column: string; readonly share: number }[] {
  const gains = new Map<string, number>()
  const visit = (node: TreeNode): void => {
    if (!node.split) return
    gains.set(node.split.column, (gains.get(node.split.column) ?? 0) + node.split.gain)
    visit(node.split.left)
    visit(node.split.right)
  }
  visit(model.root)
  const total = [...gains.values()].reduce((s, g) => s + g, 0)
  return [...gains]
    .map(([column, gain]) => ({ column, share: gain / total }))
    .sort((a, b) => b.share - a.share)
}

/**
 * The leaf in which a row ends.
 * Cost O(depth).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @throws StatsError `invalidOption` if a column is missing
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const tree = fitTree({ columns: x, y: Float64Array.of(1, 1, 5, 5) }, { criterion: 'variance' })
 * leafOf(tree.root, new Map([['x0', x[0]]]), 3).value // → [5]
 */
export function leafOf(root: TreeNode, columns: ReadonlyMap<string, TreeColumn>, row: number): TreeNode {
  let node = root
  while (node.split) node = goesLeft(node.split, columns, row) ? node.split.left : node.split.right
  return node
}

function goesLeft(split: TreeSplit, columns: ReadonlyMap<string, TreeColumn>, row: number): boolean {
  const column = columns.get(split.column)
  if (!column)
    throw new StatsError('invalidOption', `There is no column "${split.column}", which the tree splits by.`, {
      context: { column: split.column },
    })
  if (isMissing(column, row)) return split.missing === 'left'
  if (column.kind === 'number') return column.values[row]! <= split.threshold!
  const level = column.levels[column.codes[row]!]!
  return split.levels!.includes(level)
}

/**
 * Number of leaves under a node.
 * Cost O(nodes).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * countLeaves(fitTree({ columns: x, y: Float64Array.of(1, 1, 5, 5) }, { criterion: 'variance' }).root) // → 2
 */
export function countLeaves(node: TreeNode): number {
  return node.split ? countLeaves(node.split.left) + countLeaves(node.split.right) : 1
}

function countClasses(y: Float64Array): number {
  let most = 0
  for (let i = 0; i < y.length; i++) {
    if (!(Number.isInteger(y[i]!) && y[i]! >= 0 && y[i]! < 10_000))
      throw new StatsError(
        'outOfDomain',
        `The class of row ${i} is ${y[i]}; whole numbers from 0 to 9,999 were expected.`,
      )
    most = Math.max(most, y[i]!)
  }
  return Math.max(2, most + 1)
}
