import { requirePositive, requireSameLength, StatsError } from '../stats-error.ts'

export type ClassAverages = {
  readonly precision: number
  readonly recall: number
  /** (1 + β²)·precision·recall / (β²·precision + recall), averaged over classes as precision and recall are. */
  readonly fBeta: number
  readonly jaccard: number
}

export type AverageOptions = {
  /**
   * `macro`: classes count alike. `micro`: all rows together, which for one class a row is accuracy. `weighted`: by true
   * rows. A number: that class alone.
   */
  readonly average: 'macro' | 'micro' | 'weighted' | number
  /** Above 1 recall counts more. Default 1. */
  readonly beta?: number
  readonly weights?: ArrayLike<number>
  /** Classes to average over, such as all but the negative one. Default: all that occur. */
  readonly classes?: readonly number[]
}

/**
 * Precision, recall, F-β and Jaccard's index of predicted classes, in one average.
 * `y` and `predicted` have length n; every share lies in [0, 1] and is 0 where its denominator is (as scikit-learn, with a
 * warning there).
 * Cost O(n).
 * Source: van Rijsbergen (1979), chapter 7; Sokolova & Lapalme (2009), table 3, https://doi.org/10.1016/j.ipm.2009.03.002
 * Parity: scikit-learn's `precision_recall_fscore_support`.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`.
 * @example
 * classAverages([0, 1, 1, 2], [0, 1, 2, 2], { average: 'macro', beta: 2 }).fBeta // → 0.7962963
 */
export function classAverages(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: AverageOptions,
): ClassAverages {
  const { average, beta = 1, weights } = options
  requirePositive('beta', beta)
  const n = requireSameLength({ y, predicted, weights })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  const counts = countClasses(y, predicted, weights)
  const classes =
    typeof average === 'number' ? [average] : (options.classes ?? [...counts.keys()].sort((a, b) => a - b))
  const none: ClassCounts = { hits: 0, truth: 0, guessed: 0 }
  const chosen = classes.map((c) => counts.get(c) ?? none)
  if (average === 'micro')
    return sharesOf(
      chosen.reduce(
        (s, c) => ({ hits: s.hits + c.hits, truth: s.truth + c.truth, guessed: s.guessed + c.guessed }),
        none,
      ),
      beta,
    )
  const parts = chosen.map((c) => sharesOf(c, beta))
  const weightOf = chosen.map((c) => (average === 'weighted' ? c.truth : 1))
  const total = weightOf.reduce((a, b) => a + b, 0)
  const mean = (name: keyof ClassAverages): number =>
    total > 0 ? parts.reduce((s, part, c) => s + part[name] * weightOf[c]!, 0) / total : 0
  return {
    precision: mean('precision'),
    recall: mean('recall'),
    fBeta: mean('fBeta'),
    jaccard: mean('jaccard'),
  }
}

type ClassCounts = { readonly hits: number; readonly truth: number; readonly guessed: number }

function countClasses(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): ReadonlyMap<number, ClassCounts> {
  const counts = new Map<number, { hits: number; truth: number; guessed: number }>()
  const of = (c: number): { hits: number; truth: number; guessed: number } => {
    if (!Number.isInteger(c))
      throw new StatsError('outOfDomain', `A class is ${c}; a whole number was expected.`)
    const known = counts.get(c)
    if (known) return known
    const fresh = { hits: 0, truth: 0, guessed: 0 }
    counts.set(c, fresh)
    return fresh
  }
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (!(w >= 0 && w < Infinity))
      throw new StatsError('outOfDomain', `The weight of row ${i} is ${w}; a finite number ≥ 0 was expected.`)
    of(y[i]!).truth += w
    of(predicted[i]!).guessed += w
    if (y[i] === predicted[i]) of(y[i]!).hits += w
  }
  return counts
}

function sharesOf({ hits, truth, guessed }: ClassCounts, beta: number): ClassAverages {
  const share = (a: number, b: number): number => (b > 0 ? a / b : 0)
  return {
    precision: share(hits, guessed),
    recall: share(hits, truth),
    fBeta: share((1 + beta * beta) * hits, beta * beta * truth + guessed),
    jaccard: share(hits, truth + guessed - hits),
  }
}

/**
 * Cohen's κ between two raters of ordered classes, distant disagreements weighing more.
 * Both columns have length n; the result lies in [−1, 1], 1 if they always agree.
 * Cost O(n + k²).
 * Source: Cohen (1968), https://doi.org/10.1037/h0026256
 * Parity: scikit-learn's `cohen_kappa_score(weights=)`.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `zeroVariance` if both name one class only.
 * @example
 * weightedKappa([0, 1, 2, 2], [0, 2, 2, 1], 'quadratic') // → 0.6363636
 */
export function weightedKappa(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  kind: 'none' | 'linear' | 'quadratic',
): number {
  const n = requireSameLength({ first, second })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  const classes = [...countClasses(first, second, undefined).keys()].sort((a, b) => a - b)
  const place = new Map(classes.map((c, i) => [c, i]))
  const k = classes.length
  const rows = new Float64Array(k)
  const columns = new Float64Array(k)
  const cost = (a: number, b: number): number =>
    kind === 'none' ? (a === b ? 0 : 1) : kind === 'linear' ? Math.abs(a - b) : (a - b) ** 2
  let seen = 0
  for (let i = 0; i < n; i++) {
    const [a, b] = [place.get(first[i]!)!, place.get(second[i]!)!]
    rows[a]!++
    columns[b]!++
    seen += cost(a, b)
  }
  let chance = 0
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) chance += (cost(a, b) * rows[a]! * columns[b]!) / n
  if (!(chance > 0))
    throw new StatsError('zeroVariance', 'Both name one class only, so chance always agrees.')
  return 1 - seen / chance
}
