import { sortedQuantile } from '../inference/quantile.ts'
import { StatsError } from '../stats-error.ts'
import type { FlatTree } from './boosted-tree.ts'
import type { TreeData } from './tree-columns.ts'

/** What boosting minimises: log loss of 0/1, squares, the Poisson deviance of counts, or the pinball loss of a quantile. */
export type BoostObjective =
  | { readonly kind: 'binary' }
  | { readonly kind: 'regression' }
  | { readonly kind: 'poisson' }
  | { readonly kind: 'quantile'; readonly level: number }

/** The best constant score. @throws StatsError `oneClass`, `outOfDomain`, `zeroVariance`. */
export function baseScore(objective: BoostObjective, y: Float64Array, weights?: Float64Array): number {
  let total = 0
  let sum = 0
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (objective.kind === 'binary' && y[i] !== 0 && y[i] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    if (objective.kind === 'poisson' && !(y[i]! >= 0))
      throw new StatsError(
        'outOfDomain',
        `The count of row ${i} is ${y[i]}; a number of at least 0 was expected.`,
      )
    total += w
    sum += w * y[i]!
  }
  const mean = sum / total
  switch (objective.kind) {
    case 'binary':
      if (!(mean > 0 && mean < 1))
        throw new StatsError('oneClass', `Every outcome is ${mean}; boosting needs both.`)
      return Math.log(mean / (1 - mean))
    case 'regression':
      return mean
    case 'poisson':
      if (!(mean > 0)) throw new StatsError('zeroVariance', 'Every count is 0, so there is no rate to model.')
      return Math.log(mean)
    case 'quantile':
      if (!(objective.level > 0 && objective.level < 1))
        throw new StatsError(
          'outOfDomain',
          `The quantile level is ${objective.level}; a number between 0 and 1 was expected.`,
        )
      return sortedQuantile(y.slice().sort(), objective.level)
  }
}

/** Hot: first and second derivatives of the loss at the scores. */
export function fillGradients(
  objective: BoostObjective,
  y: Float64Array,
  scores: Float64Array,
  weights: Float64Array | undefined,
  gradients: Float64Array,
  hessians: Float64Array,
): void {
  const { kind } = objective
  const level = kind === 'quantile' ? objective.level : 0
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (kind === 'binary') {
      const p = 1 / (1 + Math.exp(-scores[i]!))
      gradients[i] = w * (p - y[i]!)
      hessians[i] = w * p * (1 - p)
    } else if (kind === 'regression') {
      gradients[i] = w * (scores[i]! - y[i]!)
      hessians[i] = w
    } else if (kind === 'poisson') {
      const rate = Math.exp(scores[i]!)
      gradients[i] = w * (rate - y[i]!)
      hessians[i] = w * rate
    } else {
      gradients[i] = w * (y[i]! > scores[i]! ? -level : 1 - level)
      hessians[i] = w
    }
  }
}

/** Mean loss of scores. */
export function evaluateLoss(
  objective: BoostObjective,
  y: Float64Array,
  scores: Float64Array,
  weights?: Float64Array,
): number {
  let total = 0
  let loss = 0
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    const s = scores[i]!
    total += w
    if (objective.kind === 'binary')
      loss += w * ((s > 0 ? s : 0) + Math.log1p(Math.exp(-Math.abs(s))) - y[i]! * s)
    else if (objective.kind === 'regression') loss += (w * (y[i]! - s) ** 2) / 2
    else if (objective.kind === 'poisson') loss += w * (Math.exp(s) - y[i]! * s)
    else loss += w * (y[i]! > s ? objective.level * (y[i]! - s) : (1 - objective.level) * (s - y[i]!))
  }
  return loss / total
}

/** Scales leaves by the learning rate; a quantile's leaves become quantiles of the residuals first, as their gradients say nothing of size. */
export function refitLeaves(
  objective: BoostObjective,
  tree: FlatTree,
  leafRows: ReadonlyMap<number, Uint32Array>,
  data: TreeData,
  scores: Float64Array,
  learningRate: number,
): FlatTree {
  const value = tree.value.slice()
  if (objective.kind === 'quantile') {
    for (const [leaf, rows] of leafRows) {
      const residuals = Float64Array.from(rows, (row) => data.y[row]! - scores[row]!).sort()
      value[leaf] = sortedQuantile(residuals, objective.level)
    }
  }
  return Object.freeze({ ...tree, value: Object.freeze(value.map((v) => v * learningRate)) })
}
