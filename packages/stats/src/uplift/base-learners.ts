import type { Rows } from '../clustering/rows.ts'
import { StatsError } from '../stats-error.ts'
import { type ElasticNetModel, fitElasticNet } from '../supervised/elastic-net.ts'
import { predictGlm } from '../supervised/glm.ts'
import {
  type BoostingModel,
  type BoostingOptions,
  fitBoosting,
  predictBoosting,
} from '../supervised/gradient-boosting.ts'
import {
  type ForestModel,
  type ForestOptions,
  fitForest,
  predictForest,
} from '../supervised/random-forest.ts'
import { columnLength, isMissing, type TreeColumn, type TreeData } from '../supervised/tree-columns.ts'

/** Any way to learn a mean from columns; its model is plain JSON. */
export type BaseLearner<M> = {
  readonly fit: (data: TreeData) => M
  readonly predict: (model: M, columns: readonly TreeColumn[]) => Float64Array
}

export type LinearLearnerModel = {
  readonly encoding: readonly { readonly name: string; readonly levels?: readonly string[] }[]
  readonly net: ElasticNetModel
}

/**
 * Linear or logistic regression with a slight ridge; categories as one column a level (the first left out).
 * Missing numbers are refused: fill them in first.
 * Cost that of the learner's own fit.
 * Source: Künzel, Sekhon, Bickel & Yu (2019), https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError in its `fit`, those of `fitElasticNet`; `unsupported` for missing numbers
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const learner = linearLearner({ family: 'gaussian' })
 * learner.fit({ columns, y: Float64Array.of(2, 4, 6, 8) }).net.nonZero // → 1
 */
export function linearLearner(options: {
  readonly family: 'gaussian' | 'binomial'
  readonly lambda?: number
}): BaseLearner<LinearLearnerModel> {
  return {
    fit: (data) => {
      const encoding = data.columns.map((c) =>
        c.kind === 'number' ? { name: c.name } : { name: c.name, levels: c.levels.slice(1) },
      )
      const x = encode(encoding, data.columns)
      const net = fitElasticNet(
        { x, y: data.y, ...(data.weights ? { weights: data.weights } : {}) },
        { family: options.family, alpha: 0, lambda: options.lambda ?? 1e-6, standardise: false },
      )
      return { encoding, net }
    },
    predict: (model, columns) => predictGlm(model.net, encode(model.encoding, columns)),
  }
}

/**
 * Gradient boosting as a base learner.
 * Cost that of the learner's own fit.
 * Source: Künzel, Sekhon, Bickel & Yu (2019), https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError in its `fit`, those of `fitBoosting`
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const learner = boostingLearner({ objective: { kind: 'regression' }, trees: 2, minimumLeafRows: 1 })
 * learner.fit({ columns, y: Float64Array.of(2, 4, 6, 8) }).trees.length // → 2
 */
export function boostingLearner(options: BoostingOptions): BaseLearner<BoostingModel> {
  return {
    fit: (data) => fitBoosting(data, options),
    predict: (model, columns) => predictBoosting(model, columns),
  }
}

/**
 * A random forest as a base learner.
 * Cost that of the learner's own fit.
 * Source: Künzel, Sekhon, Bickel & Yu (2019), https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError in its `fit`, those of `fitForest`
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const learner = forestLearner({ task: 'regression', trees: 3, random: createRandom(1) })
 * learner.fit({ columns, y: Float64Array.of(2, 4, 6, 8) }).trees.length // → 3
 */
export function forestLearner(options: ForestOptions): BaseLearner<ForestModel> {
  return { fit: (data) => fitForest(data, options), predict: predictForest }
}

function encode(encoding: LinearLearnerModel['encoding'], columns: readonly TreeColumn[]): Rows {
  const byName = new Map(columns.map((c) => [c.name, c]))
  const n = columns[0] ? columnLength(columns[0]) : 0
  const parts = encoding.flatMap(({ name, levels }): Float64Array[] => {
    const column = byName.get(name)
    if (!column)
      throw new StatsError(
        'invalidOption',
        `There is no column "${name}", which the learner was fitted on.`,
        { context: { column: name } },
      )
    if (column.kind === 'number') {
      for (let i = 0; i < n; i++)
        if (isMissing(column, i))
          throw new StatsError('notFinite', `Column "${name}" is missing in row ${i}; fill it in first.`)
      return [column.values]
    }
    return (levels ?? []).map((level) =>
      Float64Array.from(column.codes, (code) => Number(column.levels[code] === level)),
    )
  })
  const p = parts.length
  const data = new Float64Array(n * p)
  parts.forEach((values, j) => {
    for (let i = 0; i < n; i++) data[i * p + j] = values[i]!
  })
  return { data, n, p }
}
