import type { RandomGenerator } from '../random/generator.ts'
import { sampleInteger } from '../random/samplers.ts'
import { StatsError } from '../stats-error.ts'
import { type FlatTree, leafOfBins } from './boosted-tree.ts'
import { applyBins, type BinnedColumns, binColumns, type FeatureBins } from './feature-bins.ts'
import { growForestTree } from './forest-growth.ts'
import { requireTreeData, type TreeColumn, type TreeData } from './tree-columns.ts'

export type ForestOptions = {
  /** `classification` of 0/1 outcomes (probabilities by averaging leaf shares) or `regression`. */
  readonly task: 'classification' | 'regression'
  readonly trees: number
  readonly random: RandomGenerator
  /** Columns looked at for each split. Default: √p for classes, p/3 for numbers, at least 1. */
  readonly columnsPerSplit?: number
  readonly maximumDepth?: number
  /** Default 1. */
  readonly minimumLeafRows?: number
  readonly maximumBins?: number
}

export type ForestModel = {
  readonly kind: 'randomForest'
  readonly version: 1
  readonly task: 'classification' | 'regression'
  readonly features: readonly FeatureBins[]
  readonly trees: readonly FlatTree[]
  readonly diagnostics: {
    readonly rows: number
    /** Mean squared error (Brier score for classes) of predictions by trees that did not see the row. */
    readonly outOfBagError: number
    /** Share of rows that some tree did not see. */
    readonly outOfBagShare: number
  }
}

/**
 * Random forest: trees on bootstrap samples, each split on the best of a few columns drawn at random. Columns are binned
 * first, so a column has at most 254 cut points.
 * Cost O(trees · n · columnsPerSplit · depth).
 * Source: Breiman (2001), Machine Learning 45, https://doi.org/10.1023/A:1010933404324
 * @throws StatsError `invalidOption`, `outOfDomain`, `oneClass`, and as `requireTreeData`.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 0, 1, 1, 1) }
 * fitForest(data, { task: 'classification', trees: 20, random: createRandom(1) }).trees.length // → 20
 */
export function fitForest(data: TreeData, options: ForestOptions): ForestModel {
  requireTreeData(data)
  requireTask(data.y, options)
  const binned = binColumns(data.columns, options.maximumBins)
  const { n, p } = binned
  const columnsPerSplit = Math.min(
    p,
    options.columnsPerSplit ??
      Math.max(1, Math.floor(options.task === 'classification' ? Math.sqrt(p) : p / 3)),
  )
  const settings = {
    columnsPerSplit,
    maximumDepth: options.maximumDepth ?? Number.POSITIVE_INFINITY,
    minimumLeafRows: options.minimumLeafRows ?? 1,
  }
  const trees: FlatTree[] = []
  const sums = new Float64Array(n)
  const unseen = new Uint32Array(n)
  for (let t = 0; t < options.trees; t++) {
    // A stream of its own for each tree: the forest is the same whoever grows which tree.
    const stream = options.random.stream(t)
    const weights = bootstrapWeights(n, stream, data.weights)
    const tree = growForestTree(binned, data.y, weights, settings, stream)
    trees.push(tree)
    for (let i = 0; i < n; i++) {
      if (weights[i]! > 0) continue
      sums[i]! += tree.value[leafOfBins(tree, binned.data, n, i)]!
      unseen[i]!++
    }
  }
  return Object.freeze({
    kind: 'randomForest',
    version: 1,
    task: options.task,
    features: binned.features,
    trees: Object.freeze(trees),
    diagnostics: outOfBag(data, sums, unseen),
  } as const)
}

/**
 * Mean of the trees' leaf values: probabilities or numbers.
 * One value per row; probabilities in [0, 1].
 * Cost O(n·trees·depth).
 * Source: Breiman (2001), https://doi.org/10.1023/A:1010933404324
 * @throws StatsError `invalidOption` if a column is missing.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 })
 * const data = { columns, y: Float64Array.of(0, 0, 0, 1, 1, 1) }
 * const model = fitForest(data, { task: 'classification', trees: 20, random: createRandom(1) })
 * predictForest(model, numberColumns({ data: Float64Array.of(0, 9), n: 2, p: 1 })) // → [0, 1]
 */
export function predictForest(model: ForestModel, columns: readonly TreeColumn[]): Float64Array {
  const binned = applyBins(model.features, columns)
  const predicted = new Float64Array(binned.n)
  for (const tree of model.trees) addTree(tree, binned, predicted)
  return predicted.map((sum) => sum / model.trees.length)
}

function addTree(tree: FlatTree, { data, n }: BinnedColumns, sums: Float64Array): void {
  for (let i = 0; i < n; i++) sums[i]! += tree.value[leafOfBins(tree, data, n, i)]!
}

function bootstrapWeights(n: number, random: RandomGenerator, weights?: Float64Array): Float64Array {
  const drawn = new Float64Array(n)
  for (let i = 0; i < n; i++) drawn[sampleInteger(random, n)]!++
  if (weights) for (let i = 0; i < n; i++) drawn[i]! *= weights[i]!
  return drawn
}

function outOfBag(
  { y, weights }: TreeData,
  sums: Float64Array,
  unseen: Uint32Array,
): ForestModel['diagnostics'] {
  let error = 0
  let total = 0
  let rows = 0
  for (let i = 0; i < y.length; i++) {
    if (unseen[i] === 0) continue
    const w = weights ? weights[i]! : 1
    rows++
    total += w
    error += w * (y[i]! - sums[i]! / unseen[i]!) ** 2
  }
  return Object.freeze({
    rows: y.length,
    outOfBagError: total > 0 ? error / total : 0,
    outOfBagShare: rows / y.length,
  })
}

function requireTask(y: Float64Array, { task, trees }: ForestOptions): void {
  if (!(Number.isInteger(trees) && trees >= 1))
    throw new StatsError('invalidOption', `trees is ${trees}; a whole number of at least 1 was expected.`)
  if (task === 'regression') return
  let ones = 0
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 0 && y[i] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`, {
        hint: 'Fit one forest per class for more classes.',
      })
    ones += y[i]!
  }
  if (ones === 0 || ones === y.length)
    throw new StatsError('oneClass', `Every outcome is ${y[0]}; a forest needs both.`)
}
