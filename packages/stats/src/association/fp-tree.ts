/** A prefix tree of ranks; node 0 is the root. Nodes of a rank are chained by `next` from `heads`. */
export type FpTree = {
  readonly ranks: number
  readonly rank: number[]
  readonly count: number[]
  readonly parent: number[]
  readonly next: number[]
  readonly child: number[]
  readonly sibling: number[]
  readonly heads: Int32Array
  /** Total count of each rank. */
  readonly counts: Int32Array
}

/** A tree with a root only. */
export function buildTree(ranks: number): FpTree {
  return {
    ranks,
    rank: [-1],
    count: [0],
    parent: [-1],
    next: [-1],
    child: [-1],
    sibling: [-1],
    heads: new Int32Array(ranks).fill(-1),
    counts: new Int32Array(ranks),
  }
}

/** Adds a path of ascending ranks with its count. */
export function insertPath(tree: FpTree, path: readonly number[], length: number, count: number): void {
  let node = 0
  for (let i = 0; i < length; i++) {
    const rank = path[i]!
    let child = tree.child[node]!
    while (child >= 0 && tree.rank[child] !== rank) child = tree.sibling[child]!
    if (child < 0) child = addNode(tree, node, rank)
    tree.count[child]! += count
    tree.counts[rank]! += count
    node = child
  }
}

function addNode(tree: FpTree, parent: number, rank: number): number {
  const node = tree.rank.length
  tree.rank.push(rank)
  tree.count.push(0)
  tree.parent.push(parent)
  tree.next.push(tree.heads[rank]!)
  tree.child.push(-1)
  tree.sibling.push(tree.child[parent]!)
  tree.child[parent] = node
  tree.heads[rank] = node
  return node
}
