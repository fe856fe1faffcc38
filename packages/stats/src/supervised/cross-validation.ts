import type { RandomGenerator } from '../random/generator.ts'
import { shuffleInPlace } from '../random/samplers.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/** Rows to fit on and rows to judge on. */
export type Fold = { readonly train: Uint32Array; readonly test: Uint32Array }

/**
 * k folds of n rows: `interleaved` by row number modulo k, or shuffled by a passed generator.
 * Row numbers below n; every row is tested once.
 * Cost O(n log n).
 * Source: Stone (1974), https://doi.org/10.1111/j.2517-6161.1974.tb00994.x
 * @throws StatsError `invalidOption`, `insufficientData`.
 * @example
 * kFolds(5, 2).map((fold) => fold.test) // → [[0, 2, 4], [1, 3]]
 */
export function kFolds(n: number, k: number, random?: RandomGenerator): readonly Fold[] {
  requireFolds(n, k)
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  if (random) shuffleInPlace(random, order)
  const fold = new Int32Array(n)
  order.forEach((row, i) => {
    fold[row] = i % k
  })
  return split(fold, k)
}

/**
 * Folds in which the share of each class is the same, as nearly as whole rows allow.
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
  random: RandomGenerator,
): readonly Fold[] {
  requireFolds(classes.length, k)
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
