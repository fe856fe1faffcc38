import { StatsError } from '../stats-error.ts'

/** A Lorenz curve: after the poorest `populationShare[i]` of units, `valueShare[i]` of the total is reached. Both start at 0 and end at 1. */
export type LorenzCurve = {
  readonly populationShare: Float64Array
  readonly valueShare: Float64Array
}

/**
 * Lorenz curve of non-negative values, poorest first, with optional non-negative weights (numbers of units).
 * Both columns have length n + 1 and lie in [0, 1].
 * Cost O(n log n).
 * Source: Lorenz (1905), "Methods of measuring the concentration of wealth", https://doi.org/10.2307/2276207
 * @throws StatsError `outOfDomain` for a negative or non-finite value or weight, or if the values add up to 0 and shares do not exist;
 * `emptyData` for no rows.
 * @example
 * lorenzCurve([1, 3]).valueShare // → [0, 0.25, 1]
 */
export function lorenzCurve(values: ArrayLike<number>, weights?: ArrayLike<number>): LorenzCurve {
  const { order, totalWeight, totalValue } = sortAscending(values, weights)
  const populationShare = new Float64Array(values.length + 1)
  const valueShare = new Float64Array(values.length + 1)
  let weight = 0
  let value = 0
  for (let rank = 0; rank < order.length; rank++) {
    const w = weights ? weights[order[rank]!]! : 1
    weight += w
    value += w * values[order[rank]!]!
    populationShare[rank + 1] = weight / totalWeight
    valueShare[rank + 1] = value / totalValue
  }
  return { populationShare, valueShare }
}

/**
 * Gini coefficient of concentration: 0 when all have the same, towards 1 when one has all.
 *
 * `correction: 'none'` (default) is the area between the Lorenz curve and the diagonal, doubled: at most 1 − 1/n.
 * `correction: 'smallSample'` multiplies by n/(n−1), as R's DescTools does; it needs unit weights and n ≥ 2.
 * Cost O(n log n).
 * Source: Gini (1914), https://cran.r-project.org/package=DescTools; Dixon et al. (1987), Ecology 68(5) for the
 * correction.
 * @throws StatsError as `lorenzCurve` does, and `insufficientData` for a corrected coefficient of one row.
 * @example
 * giniCoefficient([1, 3]) // → 0.25
 */
export function giniCoefficient(
  values: ArrayLike<number>,
  options: { readonly weights?: ArrayLike<number>; readonly correction?: 'none' | 'smallSample' } = {},
): number {
  const { populationShare, valueShare } = lorenzCurve(values, options.weights)
  let twiceArea = 0
  for (let i = 1; i < valueShare.length; i++) {
    twiceArea += (populationShare[i]! - populationShare[i - 1]!) * (valueShare[i]! + valueShare[i - 1]!)
  }
  const gini = Math.max(0, 1 - twiceArea)
  if (options.correction !== 'smallSample') return gini
  const n = values.length
  if (options.weights) {
    throw new StatsError(
      'invalidOption',
      'The small-sample correction of the Gini coefficient is defined for unweighted rows; leave out the weights or the correction.',
    )
  }
  if (n < 2)
    throw new StatsError('insufficientData', 'The corrected Gini coefficient needs at least 2 rows, got 1.')
  return (gini * n) / (n - 1)
}

/**
 * Share of the total that the richest `share` of units hold, e.g. 0.2 → 0.8 under Pareto's rule.
 * A unit at the edge counts in part, so the answer does not jump with ties.
 * Range: [share, 1].
 * Cost O(n log n).
 * Source: Lorenz (1905), "Methods of measuring the concentration of wealth", https://doi.org/10.2307/2276207
 * @param share in (0, 1].
 * @throws StatsError as `lorenzCurve` does, and `outOfDomain` for a share out of range.
 * @example
 * topShare([1, 1, 1, 1, 16], 0.2) // → 0.8
 */
export function topShare(values: ArrayLike<number>, share: number, weights?: ArrayLike<number>): number {
  if (!(share > 0 && share <= 1)) {
    throw new StatsError(
      'outOfDomain',
      `The top share is asked of a fraction of ${share}; expected more than 0 and at most 1.`,
    )
  }
  const { order, totalWeight, totalValue } = sortAscending(values, weights)
  let room = share * totalWeight
  let value = 0
  for (let rank = order.length - 1; rank >= 0 && room > 0; rank--) {
    const w = Math.min(room, weights ? weights[order[rank]!]! : 1)
    value += w * values[order[rank]!]!
    room -= w
  }
  return Math.min(1, value / totalValue)
}

function sortAscending(values: ArrayLike<number>, weights?: ArrayLike<number>) {
  const n = values.length
  if (n === 0) throw new StatsError('emptyData', 'Concentration was asked of no rows; expected at least 1.')
  if (weights && weights.length !== n) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${weights.length} weights for ${n} values; expected as many.`,
    )
  }
  let totalWeight = 0
  let totalValue = 0
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    requireNonNegative(values[i]!, 'value', i)
    requireNonNegative(w, 'weight', i)
    totalWeight += w
    totalValue += w * values[i]!
  }
  if (!(totalValue > 0)) {
    throw new StatsError(
      'outOfDomain',
      'The values add up to 0, so nobody has a share of them; leave the measure out.',
    )
  }
  const order = new Uint32Array(n)
  let ascending = true
  for (let i = 0; i < n; i++) {
    order[i] = i
    if (i > 0 && values[i]! < values[i - 1]!) ascending = false
  }
  if (!ascending) order.sort((a, b) => values[a]! - values[b]!)
  return { order, totalWeight, totalValue }
}

function requireNonNegative(x: number, what: string, index: number): void {
  if (x >= 0 && Number.isFinite(x)) return
  throw new StatsError(
    'outOfDomain',
    `The ${what} of row ${index} is ${x}; concentration needs finite numbers of at least 0.`,
  )
}
