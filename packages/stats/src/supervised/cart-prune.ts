import { StatsError } from '../stats-error.ts'
import { countLeaves, type TreeModel, type TreeNode } from './cart.ts'

/** One tree of the pruning sequence. Risks are relative to the root's, as R's rpart prints them. */
export type PruningStep = {
  /** The tree is the best one for penalties from here up to the step before. */
  readonly complexity: number
  readonly splits: number
  readonly relativeError: number
}

/**
 * Prunes a tree at a cost per leaf: the smallest subtree that minimises risk + complexity · risk(root) · leaves.
 * Cost O(leaves²).
 * Source: Breiman et al. (1984), section 3.3 (weakest link), https://doi.org/10.1201/9781315139470
 * @param risk `misclassification` (rpart's default for classes) or `impurity` (its deviance: variance or Gini).
 * @throws StatsError `outOfDomain` for a negative complexity.
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * const tree = fitTree({ columns: x, y: Float64Array.of(1, 1, 2, 5, 5, 6) }, { criterion: 'variance' })
 * pruneTree(tree, 0.1, 'impurity').leaves // → 2
 */
export function pruneTree(
  model: TreeModel,
  complexity: number,
  risk: 'misclassification' | 'impurity',
): TreeModel {
  if (!(complexity >= 0))
    throw new StatsError(
      'outOfDomain',
      `The complexity is ${complexity}; a number of at least 0 was expected.`,
    )
  const root = prune(model.root, complexity * riskOf(model.root, risk), risk).node
  return Object.freeze({ ...model, root, leaves: countLeaves(root) })
}

/**
 * The sequence of best subtrees from the root alone down to `complexity`, as rpart's cptable (without cross-validation).
 * Cost O(leaves²).
 * Source: Breiman et al. (1984), section 3.3, https://doi.org/10.1201/9781315139470
 * @throws StatsError `outOfDomain` for a negative complexity
 * @example
 * const x = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * const tree = fitTree({ columns: x, y: Float64Array.of(1, 1, 2, 5, 5, 6) }, { criterion: 'variance' })
 * pruningSequence(tree, 0.05, 'impurity').map((step) => step.splits) // → [0, 1]
 */
export function pruningSequence(
  model: TreeModel,
  complexity: number,
  risk: 'misclassification' | 'impurity',
): readonly PruningStep[] {
  const whole = riskOf(model.root, risk)
  const steps: PruningStep[] = []
  let tree = pruneTree(model, complexity, risk)
  let from = complexity
  for (;;) {
    const relativeError = whole > 0 ? leafRisk(tree.root, risk) / whole : 0
    steps.unshift({ complexity: from, splits: tree.leaves - 1, relativeError })
    if (tree.leaves === 1) return steps
    const weakest = weakestLink(tree.root, risk) / whole
    from = weakest
    tree = pruneTree(tree, weakest * (1 + 1e-10), risk)
  }
}

function riskOf(node: TreeNode, risk: 'misclassification' | 'impurity'): number {
  return node.weight * (risk === 'misclassification' ? 1 - Math.max(...node.value) : node.impurity)
}

function leafRisk(node: TreeNode, risk: 'misclassification' | 'impurity'): number {
  return node.split ? leafRisk(node.split.left, risk) + leafRisk(node.split.right, risk) : riskOf(node, risk)
}

function weakestLink(node: TreeNode, risk: 'misclassification' | 'impurity'): number {
  if (!node.split) return Number.POSITIVE_INFINITY
  const own = (riskOf(node, risk) - leafRisk(node, risk)) / (countLeaves(node) - 1)
  return Math.min(own, weakestLink(node.split.left, risk), weakestLink(node.split.right, risk))
}

/** Bottom up: keeps a split only if its subtree is cheaper than the leaf it would collapse to. */
function prune(
  node: TreeNode,
  penalty: number,
  risk: 'misclassification' | 'impurity',
): { readonly node: TreeNode; readonly cost: number } {
  const leaf = riskOf(node, risk) + penalty
  const { split, ...rest } = node
  if (!split) return { node, cost: leaf }
  const left = prune(split.left, penalty, risk)
  const right = prune(split.right, penalty, risk)
  const cost = left.cost + right.cost
  if (leaf <= cost * (1 + 1e-12)) return { node: Object.freeze(rest), cost: leaf }
  return {
    node: Object.freeze({ ...rest, split: Object.freeze({ ...split, left: left.node, right: right.node }) }),
    cost,
  }
}
