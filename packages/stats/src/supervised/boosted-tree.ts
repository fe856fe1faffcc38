/**
 * A tree of a forest or a boosted model as flat arrays, one entry a node; node 0 is the root. A leaf has feature −1.
 * A row goes left when its value is at most the threshold, or its level is among `levels`; a missing (or unseen) one
 * where `missingLeft` says.
 */
export type FlatTree = {
  readonly feature: readonly number[]
  readonly threshold: readonly number[]
  /** Bin at or below which rows go left; the threshold in bins. */
  readonly bin: readonly number[]
  /** Bins of levels that go left, for category columns; otherwise empty. */
  readonly categories: readonly (readonly number[])[]
  readonly missingLeft: readonly boolean[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  /** Value of a leaf; of an inner node, what it would be as a leaf. */
  readonly value: readonly number[]
  /** Weight of the training rows (hessian sums in boosting), for SHAP. */
  readonly cover: readonly number[]
  readonly gain: readonly number[]
}

/** Leaf in which a row of binned columns ends. */
export function leafOfBins(tree: FlatTree, data: Uint8Array, n: number, row: number): number {
  let node = 0
  while (tree.feature[node]! >= 0) {
    const bin = data[tree.feature[node]! * n + row]!
    node = goesLeft(tree, node, bin) ? tree.left[node]! : tree.right[node]!
  }
  return node
}

/** Whether a bin goes left at a node. */
export function goesLeft(tree: FlatTree, node: number, bin: number): boolean {
  if (bin === 0) return tree.missingLeft[node]!
  const categories = tree.categories[node]!
  return categories.length > 0 ? categories.includes(bin) : bin <= tree.bin[node]!
}
