import type { RandomGenerator } from '../random/generator.ts'
import { shuffleInPlace } from '../random/samplers.ts'
import { StatsError } from '../stats-error.ts'
import {
  type BoostObjective,
  baseScore,
  evaluateLoss,
  fillGradients,
  refitLeaves,
} from './boost-objectives.ts'
import { type FlatTree, leafOfBins } from './boosted-tree.ts'
import { applyBins, type BinnedColumns, binColumns, type FeatureBins } from './feature-bins.ts'
import { type BoostGrowOptions, type GrowthRoom, growBoostedTree } from './histogram-growth.ts'
import { packRows } from './histogram-rows.ts'
import { packGradients } from './packed-gradients.ts'
import { requireTreeData, type TreeColumn, type TreeData } from './tree-columns.ts'

export type BoostingOptions = {
  readonly objective: BoostObjective
  readonly trees: number
  readonly learningRate?: number
  /** Leaves a tree, grown best first. Default 31. */
  readonly leaves?: number
  readonly maximumDepth?: number
  /** Default 20. Rows below a split are judged from their hessians, as in LightGBM: exact for squares without weights. */
  readonly minimumLeafRows?: number
  /** Least sum of hessians in a leaf. Default 1e-3. */
  readonly minimumHessian?: number
  /** Ridge penalty on leaf values. Default 0. */
  readonly lambda?: number
  /** Least gain of a split. Default 0. */
  readonly minimumGain?: number
  readonly maximumBins?: number
  /** Share of the rows drawn for each tree, and of the columns; need `random`. Default 1. */
  readonly rowShare?: number
  readonly columnShare?: number
  readonly random?: RandomGenerator
  /** 1 increasing, −1 decreasing, by column name. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>
  /** Groups of columns that may meet on one path; columns in no group only meet themselves. Default: all. */
  readonly interactions?: readonly (readonly string[])[]
  /** Stop when the loss on these rows has not improved for so many trees; the best number of trees is kept. */
  readonly earlyStopping?: { readonly data: TreeData; readonly rounds: number }
}

export type BoostingModel = {
  readonly kind: 'boosting'
  readonly version: 1
  readonly objective: BoostObjective
  readonly features: readonly FeatureBins[]
  readonly base: number
  readonly trees: readonly FlatTree[]
  readonly diagnostics: {
    readonly status: 'completed' | 'stoppedEarly'
    readonly rows: number
    readonly trainingLoss: number
    /** Loss on the early-stopping rows after each tree; empty without them. */
    readonly validationLoss: readonly number[]
  }
}

/**
 * Gradient boosting on histograms of binned columns: leaf-wise trees, the larger child's histogram by subtraction,
 * missing values on the better side, categories grouped by gradient.
 * Cost O(n·p) a tree level at worst, about half of it by subtraction; memory p bytes a row plus 40.
 * Source: Friedman (2001), Annals of Statistics 29, https://doi.org/10.1214/aos/1013203451; Ke et al. (2017),
 * LightGBM, NeurIPS; Fisher (1958) for categories.
 * @throws StatsError `invalidOption`, `oneClass`, `outOfDomain`, and as `requireTreeData`.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 10, 10) }
 * fitBoosting(data, { objective: { kind: 'regression' }, trees: 1, learningRate: 0.5, minimumLeafRows: 1 }).base // → 5
 */
export function fitBoosting(data: TreeData, options: BoostingOptions): BoostingModel {
  requireTreeData(data)
  checkOptions(options)
  const binned = binColumns(data.columns, options.maximumBins)
  const { objective, trees: limit, learningRate = 0.1 } = options
  if (!(learningRate > 0 && learningRate < Infinity))
    throw new StatsError('invalidOption', `The learning rate is ${learningRate}; a number > 0 was expected.`)
  const n = data.y.length
  const base = baseScore(objective, data.y, data.weights)
  const scores = new Float64Array(n).fill(base)
  const gradients = new Float64Array(n)
  const hessians = new Float64Array(n)
  const packed = new Float64Array(n)
  const grow = growOptions(binned, options)
  const watch = options.earlyStopping && startWatch(binned.features, options.earlyStopping, base)
  const room: GrowthRoom = { bins: packRows(binned), scratch: new Uint32Array(n), spare: [] }
  const trees: FlatTree[] = []
  const validationLoss: number[] = []
  let best = 0
  for (let t = 0; t < limit; t++) {
    fillGradients(objective, data.y, scores, data.weights, gradients, hessians)
    const rows = drawRows(n, options)
    const grown = growBoostedTree(
      binned,
      room,
      rows,
      gradients,
      hessians,
      packGradients(gradients, hessians, t, packed),
      {
        ...grow,
        columns: drawColumns(binned.features.length, options),
      },
    )
    const tree = refitLeaves(objective, grown.tree, grown.leafRows, data, scores, learningRate)
    if (rows.length === n) addLeafValues(tree, grown.leafRows, scores)
    else addScores(tree, binned, scores)
    trees.push(tree)
    if (!watch) continue
    addScores(tree, watch.binned, watch.scores)
    validationLoss.push(evaluateLoss(objective, watch.data.y, watch.scores, watch.data.weights))
    if (validationLoss[t]! < validationLoss[best]!) best = t
    if (t - best >= watch.rounds) break
  }
  const stopped = watch !== undefined && trees.length > best + 1
  return Object.freeze({
    kind: 'boosting',
    version: 1,
    objective,
    features: binned.features,
    base,
    trees: Object.freeze(watch ? trees.slice(0, best + 1) : trees),
    diagnostics: Object.freeze({
      status: stopped && trees.length < limit ? 'stoppedEarly' : 'completed',
      rows: n,
      trainingLoss: evaluateLoss(objective, data.y, scores, data.weights),
      validationLoss: Object.freeze(validationLoss),
    }),
  } as const)
}

/**
 * Predictions of rows: probabilities, rates or values; `scale: 'raw'` gives the sum of leaves before the link.
 * One value per row.
 * Cost O(n·trees·depth).
 * Source: Friedman (2001), https://doi.org/10.1214/aos/1013203451; Ke et al. (2017)
 * @throws StatsError `invalidOption` if a column is missing.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 10, 10) }
 * const model = fitBoosting(data, { objective: { kind: 'regression' }, trees: 1, learningRate: 0.5, minimumLeafRows: 1 })
 * predictBoosting(model, columns) // → [2.5, 2.5, 7.5, 7.5]
 */
export function predictBoosting(
  model: BoostingModel,
  columns: readonly TreeColumn[],
  scale: 'mean' | 'raw' = 'mean',
): Float64Array {
  const binned = applyBins(model.features, columns)
  const scores = new Float64Array(binned.n).fill(model.base)
  for (const tree of model.trees) addScores(tree, binned, scores)
  if (scale === 'raw') return scores
  if (model.objective.kind === 'binary') return scores.map((s) => 1 / (1 + Math.exp(-s)))
  return model.objective.kind === 'poisson' ? scores.map(Math.exp) : scores
}

/**
 * Adds a tree's leaf values to the scores of binned rows, in place; `from` and `to` bound the rows, for sharing the work.
 * `scores` has length n, on the raw scale.
 * Cost O(rows × depth).
 * Source: Friedman (2001), https://doi.org/10.1214/aos/1013203451; Ke et al. (2017)
 * @throws nothing
 * @example
 * const tree = { feature: [0, -1, -1], threshold: [2, 0, 0], bin: [1, 0, 0], categories: [[], [], []], missingLeft: [true, true, true],
 *   left: [1, 0, 0], right: [2, 0, 0], value: [0, -1, 1], cover: [2, 1, 1], gain: [1, 0, 0] }
 * const features = [{ name: 'x0', kind: 'number', edges: [2], levels: [], bins: 3 }]
 * const rows = { features, data: Uint8Array.of(1, 2), byColumn: Uint8Array.of(1, 2), n: 2, p: 1 }
 * const scores = new Float64Array(2)
 * addScores(tree, rows, scores)
 * scores // → [-1, 1]
 */
export function addScores(
  tree: FlatTree,
  { data, n }: BinnedColumns,
  scores: Float64Array,
  from = 0,
  to = n,
): void {
  for (let row = from; row < to; row++) scores[row]! += tree.value[leafOfBins(tree, data, n, row)]!
}

/** Where every row has been grown on, its leaf is known. */
function addLeafValues(
  tree: FlatTree,
  leafRows: ReadonlyMap<number, Uint32Array>,
  scores: Float64Array,
): void {
  for (const [leaf, rows] of leafRows) addToRows(scores, rows, tree.value[leaf]!)
}

function addToRows(scores: Float64Array, rows: Uint32Array, value: number): void {
  for (let i = 0; i < rows.length; i++) scores[rows[i]!]! += value
}

/**
 * Total gain by column, largest first.
 * Gains are in units of the objective, ≥ 0.
 * Cost O(nodes).
 * Source: Friedman (2001), https://doi.org/10.1214/aos/1013203451; Ke et al. (2017)
 * @throws nothing
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 10, 10) }
 * boostingImportance(fitBoosting(data, { objective: { kind: 'regression' }, trees: 1, minimumLeafRows: 1 }))[0].splits // → 1
 */
export function boostingImportance(
  model: BoostingModel,
): readonly { readonly column: string; readonly gain: number; readonly splits: number }[] {
  const gains = model.features.map((f) => ({ column: f.name, gain: 0, splits: 0 }))
  for (const tree of model.trees) {
    tree.feature.forEach((f, node) => {
      if (f < 0) return
      gains[f]!.gain += tree.gain[node]!
      gains[f]!.splits++
    })
  }
  return gains.sort((a, b) => b.gain - a.gain)
}

function startWatch(
  features: readonly FeatureBins[],
  { data, rounds }: { readonly data: TreeData; readonly rounds: number },
  base: number,
) {
  requireTreeData(data)
  return {
    binned: applyBins(features, data.columns),
    data,
    rounds,
    scores: new Float64Array(data.y.length).fill(base),
  }
}

function growOptions({ features }: BinnedColumns, options: BoostingOptions): BoostGrowOptions {
  const names = new Map(features.map((f, i) => [f.name, i]))
  const find = (name: string): number => {
    const at = names.get(name)
    if (at === undefined)
      throw new StatsError('invalidOption', `There is no column "${name}" to constrain.`, {
        context: { column: name },
      })
    return at
  }
  const monotone = new Int8Array(features.length)
  for (const [name, sign] of Object.entries(options.monotone ?? {})) monotone[find(name)] = sign
  return {
    leaves: options.leaves ?? 31,
    maximumDepth: options.maximumDepth ?? Number.POSITIVE_INFINITY,
    minimumLeafRows: options.minimumLeafRows ?? 20,
    minimumHessian: options.minimumHessian ?? 1e-3,
    lambda: options.lambda ?? 0,
    minimumGain: options.minimumGain ?? 0,
    monotone,
    interactions: options.interactions?.map((group) => group.map(find)),
    columns: undefined,
  }
}

function drawRows(n: number, { rowShare = 1, random }: BoostingOptions): Uint32Array {
  const rows = new Uint32Array(n)
  for (let i = 0; i < n; i++) rows[i] = i
  if (rowShare >= 1) return rows
  shuffleInPlace(random!, rows)
  return rows.slice(0, Math.max(1, Math.round(rowShare * n))).sort()
}

function drawColumns(p: number, { columnShare = 1, random }: BoostingOptions): Uint32Array | undefined {
  if (columnShare >= 1) return undefined
  const columns = Uint32Array.from({ length: p }, (_, i) => i)
  shuffleInPlace(random!, columns)
  return columns.slice(0, Math.max(1, Math.round(columnShare * p))).sort()
}

function checkOptions({
  trees,
  learningRate = 0.1,
  leaves = 31,
  rowShare = 1,
  columnShare = 1,
  random,
}: BoostingOptions): void {
  if (!(Number.isInteger(trees) && trees >= 1))
    throw new StatsError('invalidOption', `trees is ${trees}; a whole number of at least 1 was expected.`)
  if (!(learningRate > 0))
    throw new StatsError('invalidOption', `learningRate is ${learningRate}; a number above 0 was expected.`)
  if (!(Number.isInteger(leaves) && leaves >= 2))
    throw new StatsError('invalidOption', `leaves is ${leaves}; a whole number of at least 2 was expected.`)
  if (!(rowShare > 0 && columnShare > 0))
    throw new StatsError('invalidOption', 'rowShare and columnShare must be above 0.')
  if ((rowShare < 1 || columnShare < 1) && !random)
    throw new StatsError('invalidOption', 'Drawing rows or columns needs a seeded generator (`random`).')
}
