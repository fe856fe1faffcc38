import type { RandomGenerator } from '../random/generator.ts'
import { shuffleInPlace } from '../random/samplers.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/** Rows to fit on and rows to judge on. */
export type Fold = { readonly train: Uint32Array; readonly test: Uint32Array }

export type FoldOrder = {
  /** A permutation of the rows, dealt in this order. Default: by row number. */
  readonly order?: ArrayLike<number>
  /** `contiguous`: stretches of the order, the first ones longer by a row where they must be (scikit-learn's KFold). Default `interleaved`. */
  readonly deal?: 'interleaved' | 'contiguous'
}

/**
 * k folds of n rows: interleaved by row number modulo k, shuffled by a passed generator, or in a given order.
 * Row numbers below n; every row is tested once.
 * Cost O(n log n).
 * Source: Stone (1974), https://doi.org/10.1111/j.2517-6161.1974.tb00994.x
 * @throws StatsError `invalidOption`, `insufficientData`, `outOfDomain` for an order that is no
 * permutation.
 * @example
 * kFolds(5, 2).map((fold) => fold.test) // → [[0, 2, 4], [1, 3]]
 */
export function kFolds(n: number, k: number, dealing: RandomGenerator | FoldOrder = {}): readonly Fold[] {
  requireFolds(n, k)
  const random = 'uniform' in dealing ? dealing : undefined
  const { order: given, deal = 'interleaved' } = 'uniform' in dealing ? ({} as FoldOrder) : dealing
  const order = given ? requirePermutation(given, n) : Uint32Array.from({ length: n }, (_, i) => i)
  if (random) shuffleInPlace(random, order)
  const fold = new Int32Array(n)
  const short = Math.floor(n / k)
  const long = (n % k) * (short + 1)
  order.forEach((row, i) => {
    if (deal === 'interleaved') fold[row] = i % k
    else fold[row] = i < long ? Math.floor(i / (short + 1)) : (n % k) + Math.floor((i - long) / short)
  })
  return split(fold, k)
}

function requirePermutation(order: ArrayLike<number>, n: number): Uint32Array {
  const seen = new Uint8Array(n)
  for (let i = 0; i < order.length; i++) if (order[i]! in seen) seen[order[i]!] = 1
  if (order.length !== n || seen.includes(0))
    throw new StatsError('outOfDomain', `The order is no permutation of 0 to ${n - 1}.`)
  return Uint32Array.from(order)
}

/**
 * Folds in which the share of each class is the same, as nearly as whole rows allow; `inOrder` keeps the rows of a class
 * in stretches, as scikit-learn's StratifiedKFold without shuffling.
 * Row numbers below n; every row is tested once.
 * Cost O(n log n).
 * Source: Stone (1974), https://doi.org/10.1111/j.2517-6161.1974.tb00994.x
 * @throws StatsError `invalidOption`, `insufficientData`
 * @example
 * stratifiedFolds([0, 0, 1, 1], 2, createRandom(1)).map((fold) => fold.test.length) // → [2, 2]
 */
export function stratifiedFolds(
  classes: ArrayLike<number>,
  k: number,
  random: RandomGenerator | 'inOrder',
): readonly Fold[] {
  requireFolds(classes.length, k)
  if (random === 'inOrder') return split(stratifiedInOrder(classes, k), k)
  const order = Uint32Array.from({ length: classes.length }, (_, i) => i)
  shuffleInPlace(random, order)
  const fold = new Int32Array(classes.length)
  const dealt = new Map<number, number>()
  for (const row of order) {
    const next = dealt.get(classes[row]!) ?? 0
    fold[row] = next % k
    dealt.set(classes[row]!, next + 1)
  }
  return split(fold, k)
}

/** Each class is cut into stretches of the lengths that it has in every k-th place of the rows sorted by class. */
function stratifiedInOrder(classes: ArrayLike<number>, k: number): Int32Array {
  const codes = new Map<number, number>()
  const encoded = Int32Array.from({ length: classes.length }, (_, i) => {
    const known = codes.get(classes[i]!)
    if (known !== undefined) return known
    codes.set(classes[i]!, codes.size)
    return codes.size - 1
  })
  const left = Array.from(codes, () => new Int32Array(k))
  Int32Array.from(encoded)
    .sort()
    .forEach((code, i) => {
      left[code]![i % k]!++
    })
  return encoded.map((code) => {
    const fold = left[code]!.findIndex((count) => count > 0)
    left[code]![fold]!--
    return fold
  })
}

/**
 * Folds that keep the rows of a group (a customer, a branch) together; groups are dealt largest first.
 * Row numbers below n; every row is tested once.
 * Cost O(n log n).
 * Source: Roberts et al. (2017), https://doi.org/10.1111/ecog.02881
 * @throws StatsError `invalidOption`, `insufficientData`
 * @example
 * groupedFolds(['a', 'a', 'b', 'c'], 2).map((fold) => fold.test) // → [[0, 1], [2, 3]]
 */
export function groupedFolds(groups: ArrayLike<string | number>, k: number): readonly Fold[] {
  const sizes = new Map<string | number, number>()
  for (let i = 0; i < groups.length; i++) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1)
  requireFolds(sizes.size, k)
  const filled = Array<number>(k).fill(0)
  const foldOf = new Map<string | number, number>()
  for (const [group, size] of [...sizes].sort((a, b) => b[1] - a[1])) {
    const least = filled.indexOf(Math.min(...filled))
    foldOf.set(group, least)
    filled[least]! += size
  }
  return split(
    Int32Array.from(groups, (group) => foldOf.get(group)!),
    k,
  )
}

/**
 * Expanding windows over rows in order: fold i is judged on the i-th of k equal stretches at the end and fitted on what
 * comes before it, less `gap` rows and no more than `longest`.
 * Row numbers below n.
 * Cost O(k·n).
 * Source: Bergmeir & Benitez (2012), https://doi.org/10.1016/j.ins.2011.12.028; scikit-learn's TimeSeriesSplit.
 * @throws StatsError `invalidOption`, `insufficientData`.
 * @example
 * expandingFolds(7, 2).map((fold) => fold.test) // → [[3, 4], [5, 6]]
 */
export function expandingFolds(
  n: number,
  k: number,
  options: { readonly testRows?: number; readonly gap?: number; readonly longest?: number } = {},
): readonly Fold[] {
  requireFolds(n, k + 1)
  const { testRows = Math.floor(n / (k + 1)), gap = 0, longest = Number.POSITIVE_INFINITY } = options
  if (!(Number.isInteger(testRows) && testRows >= 1 && Number.isInteger(gap) && gap >= 0 && longest >= 1))
    throw new StatsError(
      'invalidOption',
      `testRows is ${testRows}, gap ${gap} and longest ${longest}; whole numbers of at least 1, 0 and 1 were expected.`,
    )
  const first = n - k * testRows
  if (first - gap < 1)
    throw new StatsError(
      'insufficientData',
      `${n} rows leave none to fit before ${k} stretches of ${testRows}.`,
    )
  const range = (from: number, to: number): Uint32Array =>
    Uint32Array.from({ length: to - from }, (_, i) => from + i)
  return Array.from({ length: k }, (_, i) => {
    const start = first + i * testRows
    return {
      train: range(Math.max(0, start - gap - longest), start - gap),
      test: range(start, start + testRows),
    }
  })
}

/**
 * Folds in time: each is judged on a later stretch than it was fitted on, with `gap` time units left out between.
 * Rows are cut into k + 1 stretches of equal numbers; the first is never judged.
 * Row numbers below n, in order of time.
 * Cost O(n log n).
 * Source: Bergmeir & Benítez (2012), https://doi.org/10.1016/j.ins.2011.12.028
 * @throws StatsError `notFinite`, and as `kFolds`.
 * @example
 * timeOrderedFolds([1, 2, 3, 4, 5, 6], 2).map((fold) => fold.test) // → [[2, 3], [4, 5]]
 */
export function timeOrderedFolds(time: ArrayLike<number>, k: number, gap = 0): readonly Fold[] {
  requireFiniteColumn('time', time)
  requireFolds(time.length, k + 1)
  const sorted = Float64Array.from(time).sort()
  const cuts = Array.from(
    { length: k + 1 },
    (_, i) => sorted[Math.floor(((i + 1) * time.length) / (k + 1))] ?? Number.POSITIVE_INFINITY,
  )
  const rows = Uint32Array.from({ length: time.length }, (_, i) => i)
  return Array.from({ length: k }, (_, i) => ({
    train: rows.filter((row) => time[row]! < cuts[i]! - gap),
    test: rows.filter(
      (row) => time[row]! >= cuts[i]! && time[row]! < (i + 1 < k ? cuts[i + 1]! : Number.POSITIVE_INFINITY),
    ),
  }))
}

function split(fold: Int32Array, k: number): readonly Fold[] {
  const rows = Uint32Array.from({ length: fold.length }, (_, i) => i)
  return Array.from({ length: k }, (_, f) => ({
    train: rows.filter((row) => fold[row] !== f),
    test: rows.filter((row) => fold[row] === f),
  }))
}

function requireFolds(n: number, k: number): void {
  if (!(Number.isInteger(k) && k >= 2))
    throw new StatsError('invalidOption', `There are ${k} folds; a whole number of at least 2 was expected.`)
  if (n < k) throw new StatsError('insufficientData', `${n} rows or groups cannot be dealt into ${k} folds.`)
}
