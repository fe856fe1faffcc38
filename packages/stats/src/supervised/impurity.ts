import type { TreeCriterion } from './cart.ts'
import type { TreeData } from './tree-columns.ts'

/** Sums over the rows of a node from which its impurity follows. */
export type NodeSums = {
  readonly weight: number
  /** Weight of each class, or [Σwy, Σwy²] around `centre`. */
  readonly parts: Float64Array
  /** Subtracted from y before summing, so that squares keep their digits; 0 for classes. */
  readonly centre: number
  readonly value: () => number[]
}

export function sumRows({ y, weights }: TreeData, classes: number, rows: Uint32Array): NodeSums {
  const parts = new Float64Array(classes > 0 ? classes : 2)
  const centre = classes > 0 || rows.length === 0 ? 0 : y[rows[0]!]!
  let weight = 0
  for (const row of rows) {
    const w = weights ? weights[row]! : 1
    weight += w
    if (classes > 0) parts[y[row]!]! += w
    else {
      const d = y[row]! - centre
      parts[0]! += w * d
      parts[1]! += w * d * d
    }
  }
  const value = (): number[] =>
    classes > 0
      ? Array.from(parts, (part) => (weight > 0 ? part / weight : 0))
      : [centre + (weight > 0 ? parts[0]! / weight : 0)]
  return { weight, parts, centre, value }
}

export function impurityOf(criterion: TreeCriterion, { weight, parts }: NodeSums): number {
  return weight > 0 ? impurity(criterion, parts, weight) : 0
}

/** Impurity per unit of weight: Gini, entropy in bits (as scikit-learn), or variance. */
export function impurity(criterion: TreeCriterion, parts: Float64Array, weight: number): number {
  if (criterion === 'variance') {
    const mean = parts[0]! / weight
    return Math.max(0, parts[1]! / weight - mean * mean)
  }
  let sum = 0
  for (const part of parts) {
    const share = part / weight
    if (criterion === 'gini') sum += share * share
    else if (share > 0) sum -= share * Math.log2(share)
  }
  return criterion === 'gini' ? Math.max(0, 1 - sum) : sum
}
