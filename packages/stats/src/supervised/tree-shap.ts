import { type FlatTree, goesLeft } from './boosted-tree.ts'
import { applyBins } from './feature-bins.ts'
import type { BoostingModel } from './gradient-boosting.ts'
import type { TreeColumn } from './tree-columns.ts'

export type ShapValues = {
  /** Row-major n×p: what each column adds to the raw score of the row. */
  readonly values: Float64Array
  /** Mean raw score; base + Σ values of a row = its raw score. */
  readonly base: number
  readonly columns: readonly string[]
}

/**
 * Exact Shapley values of a boosted model's raw scores, by the path-dependent TreeSHAP: absent columns follow the
 * training rows' shares at each split.
 * Cost O(n·trees·leaves·depth²).
 * Source: Lundberg, Erion & Lee (2018), "Consistent individualized feature attribution, https://arxiv.org/abs/1802.03888
 * for tree ensembles", algorithm 2.
 * @throws StatsError `invalidOption` if a column is missing.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 10, 10) }
 * const model = fitBoosting(data, { objective: { kind: 'regression' }, trees: 1, learningRate: 0.5, minimumLeafRows: 1 })
 * boostingShap(model, columns) // → { values: [-2.5, -2.5, 2.5, 2.5], base: 5, columns: ['x0'] }
 */
export function boostingShap(model: BoostingModel, columns: readonly TreeColumn[]): ShapValues {
  const binned = applyBins(model.features, columns)
  const { n, p, data } = binned
  const values = new Float64Array(n * p)
  let base = model.base
  for (const tree of model.trees) base += expectation(tree, 0)
  const bins = new Uint8Array(p)
  for (let row = 0; row < n; row++) {
    for (let f = 0; f < p; f++) bins[f] = data[f * n + row]!
    const phi = values.subarray(row * p, row * p + p)
    for (const tree of model.trees) explain(tree, bins, phi)
  }
  return { values, base, columns: model.features.map((f) => f.name) }
}

/** Value of a tree averaged over its training rows. */
function expectation(tree: FlatTree, node: number): number {
  if (tree.feature[node]! < 0) return tree.value[node]!
  const [left, right] = [tree.left[node]!, tree.right[node]!]
  const total = tree.cover[left]! + tree.cover[right]!
  return (tree.cover[left]! * expectation(tree, left) + tree.cover[right]! * expectation(tree, right)) / total
}

/** One column on the path: shares of rows that pass without it and with it, and the weight of its subsets. */
type Step = { feature: number; zero: number; one: number; weight: number }

function explain(tree: FlatTree, bins: Uint8Array, phi: Float64Array): void {
  const walk = (node: number, path: readonly Step[], zero: number, one: number, feature: number): void => {
    const extended = extend(path, zero, one, feature)
    const split = tree.feature[node]!
    if (split < 0) {
      for (let i = 1; i < extended.length; i++) {
        const step = extended[i]!
        phi[step.feature]! += unwoundSum(extended, i) * (step.one - step.zero) * tree.value[node]!
      }
      return
    }
    const hot = goesLeft(tree, node, bins[split]!) ? tree.left[node]! : tree.right[node]!
    const cold = hot === tree.left[node]! ? tree.right[node]! : tree.left[node]!
    const total = tree.cover[hot]! + tree.cover[cold]!
    const before = extended.findIndex((s, i) => i > 0 && s.feature === split)
    const inZero = before > 0 ? extended[before]!.zero : 1
    const inOne = before > 0 ? extended[before]!.one : 1
    const rest = before > 0 ? unwind(extended, before) : extended
    walk(hot, rest, (inZero * tree.cover[hot]!) / total, inOne, split)
    walk(cold, rest, (inZero * tree.cover[cold]!) / total, 0, split)
  }
  walk(0, [], 1, 1, -1)
}

function extend(path: readonly Step[], zero: number, one: number, feature: number): Step[] {
  const length = path.length
  const next = path.map((s) => ({ ...s }))
  next.push({ feature, zero, one, weight: length === 0 ? 1 : 0 })
  for (let i = length - 1; i >= 0; i--) {
    next[i + 1]!.weight += (one * next[i]!.weight * (i + 1)) / (length + 1)
    next[i]!.weight = (zero * next[i]!.weight * (length - i)) / (length + 1)
  }
  return next
}

function unwind(path: readonly Step[], at: number): Step[] {
  const last = path.length - 1
  const { zero, one } = path[at]!
  const next = path.map((s) => ({ ...s }))
  let carried = next[last]!.weight
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const held = next[i]!.weight
      next[i]!.weight = (carried * (last + 1)) / ((i + 1) * one)
      carried = held - (next[i]!.weight * zero * (last - i)) / (last + 1)
    } else next[i]!.weight = (next[i]!.weight * (last + 1)) / (zero * (last - i))
  }
  for (let i = at; i < last; i++) next[i] = { ...path[i + 1]!, weight: next[i]!.weight }
  next.pop()
  return next
}

function unwoundSum(path: readonly Step[], at: number): number {
  const last = path.length - 1
  const { zero, one } = path[at]!
  let carried = path[last]!.weight
  let total = 0
  for (let i = last - 1; i >= 0; i--) {
    if (one !== 0) {
      const weight = (carried * (last + 1)) / ((i + 1) * one)
      total += weight
      carried = path[i]!.weight - (weight * zero * (last - i)) / (last + 1)
    } else total += (path[i]!.weight * (last + 1)) / (zero * (last - i))
  }
  return total
}
