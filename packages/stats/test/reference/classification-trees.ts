import * as S from '@tranche/stats'
import { numbers, type ReferenceCase, readColumns } from './adapter.ts'

export const cart = (c: ReferenceCase) => {
  const t = readColumns(c.input.file)
  const columns = Object.keys(t)
    .filter((name) => name !== 'target')
    .map((name) => ({ name, kind: 'number' as const, values: numbers(t[name]!) }))
  const y = numbers(t['target']!)
  const m = S.fitTree(
    { columns, y },
    {
      criterion: 'gini',
      maximumDepth: c.params.max_depth,
      minimumLeafRows: c.params.min_samples_leaf,
      precision: 'float32',
    },
  )
  const shares = S.predictTree(
    m,
    columns.map((k) => ({ ...k, values: k.values.map(Math.fround) })),
  )
  const score = y.map((_, i) => shares[2 * i + 1]!)
  const predicted = score.map((s) => Number(s > 0.5))
  const node = (at: S.TreeNode): unknown => {
    const base = { n: at.n, impurity: at.impurity, value: at.value.map((v) => v * at.n) }
    return at.split
      ? {
          ...base,
          feature: at.split.column,
          threshold: at.split.threshold,
          left: node(at.split.left),
          right: node(at.split.right),
        }
      : base
  }
  return {
    train_accuracy: S.classReport(y, predicted).accuracy,
    train_auc: S.rankingMetrics(y, score).auc,
    n_leaves: m.leaves,
    tree: node(m.root),
    feature_importances_nonzero: Object.fromEntries(S.treeImportance(m).map((i) => [i.column, i.share])),
  }
}
export const rpart = (c: ReferenceCase) => {
  const t = readColumns(c.input.file)
  const columns = ['Age', 'Number', 'Start'].map((name) => ({
    name,
    kind: 'number' as const,
    values: numbers(t[name]!),
  }))
  const y = Float64Array.from(t['Kyphosis']!, (v) => Number(v === 'present'))
  const grown = S.fitTree(
    { columns, y },
    { criterion: 'gini', minimumSplitRows: c.params.minsplit, minimumLeafRows: c.params.minbucket },
  )
  const m = S.pruneTree(grown, c.params.cp, 'misclassification')
  const frame: unknown[] = []
  const splits: [string, number][] = []
  const visit = (node: S.TreeNode): void => {
    const yval = node.value[1]! > 0.5 ? 2 : 1
    frame.push({
      var: node.split?.column ?? '<leaf>',
      n: node.n,
      dev: Math.round(node.n * Math.min(...node.value)),
      yval,
    })
    if (!node.split) return
    splits.push([node.split.column, node.split.threshold!])
    // rpart writes the side with the lower mean first.
    const { left, right } = node.split
    for (const child of left.value[1]! <= right.value[1]! ? [left, right] : [right, left]) visit(child)
  }
  visit(m.root)
  const cptable = S.pruningSequence(grown, c.params.cp, 'misclassification').map((s) => ({
    CP: s.complexity,
    nsplit: s.splits,
    'rel error': s.relativeError,
  }))
  return { frame, cptable, primary_splits: splits }
}
