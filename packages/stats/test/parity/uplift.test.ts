import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

interface Effects {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  readonly treatment: readonly number[]
  readonly folds: number
  readonly effects: readonly number[]
}

/** Least squares without the slight ridge of `linearLearner`, as scikit-learn's LinearRegression. */
const linear: S.BaseLearner<S.OlsModel> = {
  fit: ({ columns, y, weights }) => S.fitOls({ x: matrixOf(columns), y, ...(weights ? { weights } : {}) }),
  predict: (model, columns) => S.predictGlm({ ...model, link: 'identity' }, matrixOf(columns)),
}

function matrixOf(columns: readonly S.TreeColumn[]): S.Rows {
  const n = S.columnLength(columns[0]!)
  const p = columns.length
  const data = new Float64Array(n * p)
  for (const [j, column] of columns.entries())
    if (column.kind === 'number') for (let i = 0; i < n; i++) data[i * p + j] = column.values[i]!
  return { data, n, p }
}

describe('meta-learners agree with EconML', () => {
  const { cases, tolerance } = readFixture<Effects>('econml-learners')
  for (const { case: kind, x, y, treatment, folds, effects } of cases)
    it(kind, () => {
      const data = {
        columns: S.numberColumns(rowsOf(x)),
        y: Float64Array.from(y),
        treatment: Float64Array.from(treatment),
      }
      const options = { propensity: 0.5, folds }
      const fits: Record<string, () => S.MetaModel<S.OlsModel>> = {
        sLearner: () => S.fitSLearner(data, linear),
        tLearner: () => S.fitTLearner(data, linear),
        xLearner: () => S.fitXLearner(data, linear, linear),
        rLearner: () => S.fitRLearner(data, linear, linear, options),
        drLearner: () => S.fitDrLearner(data, linear, linear, options),
      }
      const model = fits[kind]!()
      expect(model.kind).toBe(kind)
      const columns = S.numberColumns(rowsOf(x.slice(0, effects.length)))
      expectNear(S.predictUplift(model, columns, linear), effects, tolerance)
    })
})
