import { requireFinite, requireSameLength, StatsError } from '../stats-error.ts'

/**
 * Generalised entropy index of benefits: 0 when all benefit alike. `alpha` 1 is Theil's index, 0 the mean log deviation, 2
 * half the squared coefficient of variation.
 * One benefit a row; range [0, Infinity).
 * Cost O(n).
 * Source: Speicher et al. (2018), eq. 2, https://doi.org/10.1145/3219819.3220046
 * Parity: AIF360's `generalized_entropy_error` of the benefits that `decisionBenefits` gives.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain` for a negative benefit, a mean of 0, or a benefit of 0 at alpha ≤ 0.
 * @example
 * generalizedEntropy([1, 2, 0, 1], 1) // → 0.3465736
 */
export function generalizedEntropy(benefits: ArrayLike<number>, alpha = 2): number {
  requireFinite('alpha', alpha)
  const n = benefits.length
  if (n === 0) throw new StatsError('emptyData', 'There are no benefits to compare.')
  let total = 0
  for (let i = 0; i < n; i++) {
    const b = benefits[i]!
    if (!(b >= 0 && b < Infinity) || (alpha <= 0 && b === 0))
      throw new StatsError(
        'outOfDomain',
        `The benefit of row ${i} is ${b}; a finite number ${alpha <= 0 ? 'above 0' : '≥ 0'} was expected.`,
      )
    total += b
  }
  const mean = total / n
  if (!(mean > 0)) throw new StatsError('outOfDomain', 'Nobody benefits, so benefits have no shares.')
  let sum = 0
  for (let i = 0; i < n; i++) {
    const share = benefits[i]! / mean
    if (alpha === 1) sum += share > 0 ? share * Math.log(share) : 0
    else if (alpha === 0) sum -= Math.log(share)
    else sum += share ** alpha - 1
  }
  const index = alpha === 0 || alpha === 1 ? sum / n : sum / (n * alpha * (alpha - 1))
  requireFinite('The index', index)
  return Math.max(0, index)
}

/**
 * Part of the generalised entropy that lies between groups: every row is given its group's mean benefit.
 * Range: [0, Infinity), at most the whole index.
 * Cost O(n).
 * Source: Speicher et al. (2018), section 3.2, https://doi.org/10.1145/3219819.3220046
 * @throws StatsError `lengthMismatch` or as `generalizedEntropy`.
 * @example
 * betweenGroupEntropy([1, 2, 0, 1], ['a', 'a', 'b', 'b']) // → 0.125
 */
export function betweenGroupEntropy(
  benefits: ArrayLike<number>,
  group: ArrayLike<string | number>,
  alpha = 2,
): number {
  const n = requireSameLength({ benefits, group })
  const sums = new Map<string | number, { sum: number; count: number }>()
  for (let i = 0; i < n; i++) {
    const own = sums.get(group[i]!) ?? { sum: 0, count: 0 }
    own.sum += benefits[i]!
    own.count++
    sums.set(group[i]!, own)
  }
  return generalizedEntropy(
    Float64Array.from({ length: n }, (_, i) => {
      const own = sums.get(group[i]!)!
      return own.sum / own.count
    }),
    alpha,
  )
}

/**
 * Benefit of each decision: 1 for a right one, 2 for one better than deserved, 0 for one worse: decision − outcome + 1.
 * Outcomes and decisions are 0 or 1, one a row.
 * Cost O(n).
 * Source: Speicher et al. (2018), section 2, https://doi.org/10.1145/3219819.3220046
 * @throws StatsError `lengthMismatch`, `outOfDomain`.
 * @example
 * decisionBenefits([1, 0, 1, 0], [1, 1, 0, 0]) // → [1, 2, 0, 1]
 */
export function decisionBenefits(outcome: ArrayLike<number>, decision: ArrayLike<number>): Float64Array {
  const n = requireSameLength({ outcome, decision })
  return Float64Array.from({ length: n }, (_, i) => {
    const [y, d] = [outcome[i]!, decision[i]!]
    if (!((y === 0 || y === 1) && (d === 0 || d === 1)))
      throw new StatsError('outOfDomain', `Row ${i} has outcome ${y} and decision ${d}; 0 or 1 was expected.`)
    return d - y + 1
  })
}
