import { StatsError } from '../stats-error.ts'
import type { TreeModel, TreeNode } from '../supervised/cart.ts'
import type { DecisionTree, Expression } from './expression.ts'

/**
 * A fitted tree as an expression: the share of a class, or the mean.
 * @param outcome class whose share is wanted; default 1 for classes; ignored for numbers.
 * @throws StatsError `outOfDomain` for a class that is not there.
 */
export function treeExpression(model: TreeModel, outcome = 1): Expression {
  if (model.classes > 0 && !(Number.isInteger(outcome) && outcome >= 0 && outcome < model.classes)) {
    throw new StatsError('outOfDomain', `Class ${outcome} does not exist; there are ${model.classes}.`)
  }
  return { op: 'sumOfTrees', base: 0, trees: [decisionTree(model.root, model.classes > 0 ? outcome : 0)] }
}

/** A grown tree as the portable one, with the given entry of each leaf's value. */
export function decisionTree(node: TreeNode, entry: number): DecisionTree {
  const { split } = node
  if (!split) return { value: node.value[entry]! }
  const children = { missing: split.missing, left: decisionTree(split.left, entry), right: decisionTree(split.right, entry) }
  if (split.levels) return { column: split.column, categories: split.levels, ...children }
  return { column: split.column, threshold: split.threshold!, ...children }
}
