/** A group's mean with the number of customers it rests on. */
export interface GroupMean {
  readonly n: number
  readonly mean: number
}

export interface Shrunk {
  /** Means drawn towards the common one, the more the fewer customers they rest on. */
  readonly means: readonly number[]
  readonly centre: number
  /** Variance between groups that is not chance. */
  readonly between: number
}

/**
 * Empirical Bayes means of groups with one variance within: each keeps the share τ² ÷ (τ² + σ² ÷ n) of its distance from
 * the common mean. Undefined where groups differ by no more than chance.
 * Sources: Morris (1983), "Parametric empirical Bayes inference", J. Amer. Statist. Assoc. 78; τ² by moments as
 * DerSimonian & Laird (1986), Controlled Clinical Trials 7, eq. 8.
 */
export function shrinkMeans(groups: readonly GroupMean[], within: number): Shrunk | undefined {
  if (groups.length < 3 || !(within > 0)) return undefined
  const weights = groups.map(({ n }) => n / within)
  const sum = weights.reduce((a, b) => a + b, 0)
  const fixed = groups.reduce((total, { mean }, i) => total + weights[i]! * mean, 0) / sum
  const q = groups.reduce((total, { mean }, i) => total + weights[i]! * (mean - fixed) ** 2, 0)
  const squares = weights.reduce((total, weight) => total + weight * weight, 0)
  const between = (q - (groups.length - 1)) / (sum - squares / sum)
  if (!(between > 0)) return undefined
  const shares = groups.map(({ n }) => 1 / (between + within / n))
  const total = shares.reduce((a, b) => a + b, 0)
  const centre = groups.reduce((all, { mean }, i) => all + shares[i]! * mean, 0) / total
  return {
    means: groups.map(({ n, mean }) => centre + (between / (between + within / n)) * (mean - centre)),
    centre,
    between,
  }
}
