import { requireSameLength, StatsError } from '../stats-error.ts'

/** One variable to be brought to its known totals (or shares; they are scaled to the same sum as the first). */
export type Margin = {
  readonly values: ArrayLike<string | number>
  readonly totals: ReadonlyMap<string | number, number>
}

export type Raking = {
  readonly weights: Float64Array
  readonly iterations: number
  /** Largest relative distance of a weighted margin from its total. */
  readonly error: number
  /** Kish's design effect of the weights, n·Σw²/(Σw)²: by how much they widen intervals. */
  readonly designEffect: number
}

/**
 * Raking: scales weights until every margin meets its totals (iterative proportional fitting).
 * Every margin's `values` have length n; so have the weights, which are ≥ 0 and add up to the totals.
 * Cost O(n × margins) an iteration.
 * Source: Deming & Stephan (1940), Annals of Mathematical Statistics 11, https://doi.org/10.1214/aoms/1177731829; Kish
 * (1965) for the design effect.
 * @param options.trim largest ratio of a weight to the mean; weights beyond are cut and the margins raked again.
 * @throws StatsError `insufficientData` for a category with a total but no rows, `outOfDomain` for a value without a
 * total, `notConverged` if margins contradict each other or the trimming.
 * @example
 * const sex = { values: ['f', 'f', 'm', 'm', 'm'], totals: new Map([['f', 50], ['m', 50]]) }
 * rakeWeights(5, [sex]).weights // → [25, 25, 16.66667, 16.66667, 16.66667]
 */
export function rakeWeights(
  n: number,
  margins: readonly Margin[],
  options: {
    readonly start?: Float64Array
    readonly tolerance?: number
    readonly maxIterations?: number
    readonly trim?: number
  } = {},
): Raking {
  const { tolerance = 1e-10, maxIterations = 1000, trim = Number.POSITIVE_INFINITY } = options
  if (margins.length === 0) throw new StatsError('emptyData', 'There is no margin to rake to.')
  requireSameLength(Object.fromEntries(margins.map((m, i) => [`margin ${i}`, m.values])))
  const prepared = margins.map((margin, i) => prepare(margin, i, n, sumOf(margins[0]!.totals)))
  const weights = options.start ? options.start.slice() : new Float64Array(n).fill(1)
  if (weights.length !== n)
    throw new StatsError('lengthMismatch', `There are ${weights.length} starting weights for ${n} rows.`)
  let error = Number.POSITIVE_INFINITY
  let iterations = 0
  while (error > tolerance && iterations < maxIterations) {
    iterations++
    for (const margin of prepared) scaleTo(weights, margin)
    cut(weights, trim)
    error = Math.max(...prepared.map((margin) => distance(weights, margin)))
  }
  if (error > tolerance)
    throw new StatsError(
      'notConverged',
      `After ${iterations} rounds a margin is still off by ${(100 * error).toPrecision(2)}%.`,
      { hint: 'Join rare categories, or allow larger weights.' },
    )
  const sum = weights.reduce((s, w) => s + w, 0)
  return {
    weights,
    iterations,
    error,
    designEffect: (n * weights.reduce((s, w) => s + w * w, 0)) / (sum * sum),
  }
}

type Prepared = { readonly codes: Int32Array; readonly totals: Float64Array }

function sumOf(totals: ReadonlyMap<string | number, number>): number {
  return [...totals.values()].reduce((s, t) => s + t, 0)
}

function prepare({ values, totals }: Margin, index: number, n: number, whole: number): Prepared {
  const position = new Map([...totals.keys()].map((key, i) => [key, i]))
  const scale = whole / sumOf(totals)
  const counts = new Float64Array(totals.size)
  const codes = Int32Array.from({ length: n }, (_, i) => {
    const at = position.get(values[i]!)
    if (at === undefined)
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has the value "${values[i]}" in margin ${index}, for which there is no total.`,
      )
    counts[at]!++
    return at
  })
  const targets = Float64Array.from(totals.values(), (t) => t * scale)
  for (const [key, at] of position)
    if (targets[at]! > 0 && counts[at] === 0)
      throw new StatsError(
        'insufficientData',
        `Category "${key}" of margin ${index} has a total but no rows.`,
        { hint: 'Join it with another category.' },
      )
  return { codes, totals: targets }
}

function marginSums(weights: Float64Array, { codes, totals }: Prepared): Float64Array {
  const sums = new Float64Array(totals.length)
  for (let i = 0; i < weights.length; i++) sums[codes[i]!]! += weights[i]!
  return sums
}

function scaleTo(weights: Float64Array, margin: Prepared): void {
  const factors = marginSums(weights, margin).map((s, c) => (s > 0 ? margin.totals[c]! / s : 0))
  for (let i = 0; i < weights.length; i++) weights[i]! *= factors[margin.codes[i]!]!
}

function cut(weights: Float64Array, trim: number): void {
  if (!Number.isFinite(trim)) return
  const most = (trim * weights.reduce((s, w) => s + w, 0)) / weights.length
  for (let i = 0; i < weights.length; i++) weights[i] = Math.min(most, weights[i]!)
}

function distance(weights: Float64Array, margin: Prepared): number {
  const sums = marginSums(weights, margin)
  return Math.max(...Array.from(margin.totals, (t, c) => (t > 0 ? Math.abs(sums[c]! / t - 1) : 0)))
}
