import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

interface Boosted {
  readonly options: Omit<S.BoostingOptions, 'objective'>
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly raw: readonly number[]
  readonly leafCounts: readonly (readonly number[])[]
  readonly shap?: readonly (readonly number[])[]
}

describe('boosting agrees with LightGBM on tiny data', () => {
  const { cases, tolerance } = readFixture<Boosted>('lightgbm-tiny')
  for (const { case: kind, options, x, y, raw, shap } of cases)
    it(`${kind}: raw scores of every row${shap ? ', and Shapley values' : ''}`, () => {
      const columns = S.numberColumns(rowsOf(x))
      const objective = { kind } as S.BoostObjective
      const model = S.fitBoosting({ columns, y: Float64Array.from(y) }, { ...options, objective })
      expectNear(S.predictBoosting(model, columns, 'raw'), raw, tolerance)
      if (!shap) return
      const explained = S.boostingShap(model, S.numberColumns(rowsOf(x.slice(0, shap.length))))
      expectNear(
        explained.values,
        shap.flatMap((row) => row.slice(0, -1)),
        tolerance,
      )
      expectNear(explained.base, shap[0]!.at(-1)!, tolerance)
    })
})

interface XgboostNode {
  readonly feature: number
  readonly threshold: number | null
  readonly left: number | null
  readonly right: number | null
  readonly value: number
  readonly cover: number
}

interface Explained {
  readonly base: number
  readonly x: readonly (readonly number[])[]
  readonly margin: readonly number[]
  readonly contributions: readonly (readonly number[])[]
  readonly trees: readonly (readonly XgboostNode[])[]
}

describe('TreeSHAP agrees with XGBoost on its own trees, which weigh rows by hessian', () => {
  const { cases, tolerance } = readFixture<Explained>('xgboost-shap')
  for (const { case: name, x, margin, contributions, trees, base } of cases)
    it(name, () => {
      const model = modelOf(trees, base, x)
      const columns = S.numberColumns(rowsOf(x))
      expectNear(S.predictBoosting(model, columns, 'raw'), margin, tolerance)
      const { values, base: mean } = S.boostingShap(model, columns)
      expectNear(
        values,
        contributions.flatMap((row) => row.slice(0, -1)),
        tolerance,
      )
      expectNear(mean, contributions[0]!.at(-1)!, tolerance)
      const sums = x.map((_, i) => mean + values.subarray(i * 4, i * 4 + 4).reduce((s, v) => s + v, 0))
      expectNear(sums, margin, tolerance)
      expect(trees.length).toBe(10)
    })
})

/** XGBoost's trees as the kernel's: x < t goes left, so the edge is the next whole number below. */
function modelOf(
  trees: readonly (readonly XgboostNode[])[],
  base: number,
  x: readonly (readonly number[])[],
): S.BoostingModel {
  const edges = x[0]!.map((_, j) =>
    [
      ...new Set(trees.flat().flatMap((node) => (node.feature === j ? [node.threshold! - 0.25] : []))),
    ].toSorted((a, b) => a - b),
  )
  return {
    kind: 'boosting',
    version: 1,
    objective: { kind: 'binary' },
    base,
    features: edges.map((own, j) => ({
      name: `x${j}`,
      kind: 'number',
      edges: own,
      levels: [],
      bins: own.length + 2,
    })),
    trees: trees.map((nodes) => ({
      feature: nodes.map((node) => node.feature),
      threshold: nodes.map((node) => (node.threshold === null ? 0 : node.threshold - 0.25)),
      bin: nodes.map((node) =>
        node.feature < 0 ? 0 : edges[node.feature]!.indexOf(node.threshold! - 0.25) + 1,
      ),
      categories: nodes.map(() => []),
      missingLeft: nodes.map(() => true),
      left: nodes.map((node) => node.left ?? 0),
      right: nodes.map((node) => node.right ?? 0),
      value: nodes.map((node) => node.value),
      cover: nodes.map((node) => node.cover),
      gain: nodes.map(() => 0),
    })),
    diagnostics: { status: 'completed', rows: x.length, trainingLoss: 0, validationLoss: [] },
  }
}
