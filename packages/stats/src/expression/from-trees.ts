import { StatsError } from '../stats-error.ts'
import type { FlatTree } from '../supervised/boosted-tree.ts'
import type { TreeModel, TreeNode } from '../supervised/cart.ts'
import type { FeatureBins } from '../supervised/feature-bins.ts'
import type { BoostingModel } from '../supervised/gradient-boosting.ts'
import type { ForestModel } from '../supervised/random-forest.ts'
import type { DecisionTree, Expression } from './expression.ts'

/**
 * A fitted tree as an expression: the share of a class, or the mean.
 * Cost O(nodes).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @param outcome class whose share is wanted; default 1 for classes; ignored for numbers.
 * @throws StatsError `outOfDomain` for a class that is not there.
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const tree = fitTree({ columns: x, y: Float64Array.of(1, 1, 5, 5) }, { criterion: 'variance' })
 * evaluateExpression(treeExpression(tree), { n: 2, columns: { x0: { kind: 'number', values: Float64Array.of(0, 9) } } }).values // → [1, 5]
 */
export function treeExpression(model: TreeModel, outcome = 1): Expression {
  if (model.classes > 0 && !(Number.isInteger(outcome) && outcome >= 0 && outcome < model.classes)) {
    throw new StatsError('outOfDomain', `Class ${outcome} does not exist; there are ${model.classes}.`)
  }
  return { op: 'sumOfTrees', base: 0, trees: [decisionTree(model.root, model.classes > 0 ? outcome : 0)] }
}

/**
 * A grown tree as the portable one, with the given entry of each leaf's value.
 * `entry` is an index into the leaves' values.
 * Cost O(nodes).
 * Source: Breiman et al. (1984), https://doi.org/10.1201/9781315139470
 * @throws nothing
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * decisionTree(fitTree({ columns: x, y: Float64Array.of(1, 1, 5, 5) }, { criterion: 'variance' }).root, 0).threshold // → 2.5
 */
export function decisionTree(node: TreeNode, entry: number): DecisionTree {
  const { split } = node
  if (!split) return { value: node.value[entry]! }
  const children = {
    missing: split.missing,
    left: decisionTree(split.left, entry),
    right: decisionTree(split.right, entry),
  }
  if (split.levels) return { column: split.column, categories: split.levels, ...children }
  return { column: split.column, threshold: split.threshold!, ...children }
}

/**
 * A boosted model or a forest as an expression: a sum of trees, with the link around it.
 * Cost O(nodes).
 * Source: Friedman (2001), https://doi.org/10.1214/aos/1013203451
 * @throws nothing
 * @param scale `mean` (default) or, for boosting, the `raw` score.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 10, 10) }
 * const model = fitBoosting(data, { objective: { kind: 'regression' }, trees: 1, minimumLeafRows: 1 })
 * columnsOf(ensembleExpression(model)) // → ['x0']
 */
export function ensembleExpression(
  model: BoostingModel | ForestModel,
  scale: 'mean' | 'raw' = 'mean',
): Expression {
  const trees = model.trees.map((tree) => flatTree(tree, model.features, 0))
  if (model.kind === 'randomForest') {
    return {
      op: 'divide',
      left: { op: 'sumOfTrees', base: 0, trees },
      right: { op: 'constant', value: trees.length },
    }
  }
  const raw: Expression = { op: 'sumOfTrees', base: model.base, trees }
  if (scale === 'raw' || model.objective.kind === 'regression' || model.objective.kind === 'quantile')
    return raw
  if (model.objective.kind === 'poisson') return { op: 'exp', arg: raw }
  const minus: Expression = { op: 'subtract', left: { op: 'constant', value: 0 }, right: raw }
  const one: Expression = { op: 'constant', value: 1 }
  return { op: 'divide', left: one, right: { op: 'add', args: [one, { op: 'exp', arg: minus }] } }
}

function flatTree(tree: FlatTree, features: readonly FeatureBins[], node: number): DecisionTree {
  const f = tree.feature[node]!
  if (f < 0) return { value: tree.value[node]! }
  const feature = features[f]!
  const children = {
    column: feature.name,
    missing: tree.missingLeft[node] ? ('left' as const) : ('right' as const),
    left: flatTree(tree, features, tree.left[node]!),
    right: flatTree(tree, features, tree.right[node]!),
  }
  if (feature.kind === 'number') return { ...children, threshold: tree.threshold[node]! }
  return { ...children, categories: tree.categories[node]!.map((bin) => feature.levels[bin - 1]!) }
}
