import type { RandomGenerator } from '../random/generator.ts'
import { requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

/** Outcomes put in for refused applicants, with a warning that belongs beside every result that uses them. */
export type InferredRejects = {
  /** Row of the refused applicant; twice for fuzzy augmentation. */
  readonly row: Uint32Array
  readonly outcome: Float64Array
  readonly weight: Float64Array
  readonly warning: 'inferredOutcomesAreAssumptions'
}

/**
 * Fuzzy augmentation: every refused applicant enters twice, as bad with weight p·factor and as good with the rest.
 * Two rows for each refused applicant; weights in [0, 1].
 * Cost O(n).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731; Crook & Banasik (2004), J. Banking &
 * Finance 28, on why gains are doubtful.
 * @param probability of bad by a model of the accepted. @param riskFactor how much worse refused ones are taken to be
 * than accepted ones of the same score; at least 1.
 * @throws StatsError `outOfDomain`. Nothing in the data can prove the factor right.
 * @example
 * fuzzyRejects([0.1, 0.4], 1.5).weight // → [0.15, 0.85, 0.6, 0.4]
 */
export function fuzzyRejects(probability: ArrayLike<number>, riskFactor = 1): InferredRejects {
  requireFactor(riskFactor)
  const n = probability.length
  const row = new Uint32Array(2 * n)
  const outcome = new Float64Array(2 * n)
  const weight = new Float64Array(2 * n)
  for (let i = 0; i < n; i++) {
    requireProbability(`probability of row ${i}`, probability[i]!)
    const bad = Math.min(1, probability[i]! * riskFactor)
    row[2 * i] = i
    row[2 * i + 1] = i
    outcome[2 * i] = 1
    weight[2 * i] = bad
    weight[2 * i + 1] = 1 - bad
  }
  return { row, outcome, weight, warning: 'inferredOutcomesAreAssumptions' }
}

/**
 * Parcelling: refused applicants are cut into score bands, and in each band as many are drawn to be bad as the accepted
 * bad rate times the factor says.
 * Bad rates in [0, 1], one a band; one row for each refused applicant.
 * Cost O(n).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731
 * @param band of each refused applicant. @param badRates of the accepted by band.
 * @throws StatsError `lengthMismatch`, `outOfDomain`.
 * @example
 * parcelRejects([0, 0, 1, 1], [0.5, 1], 1, createRandom(1)).outcome.length // → 4
 */
export function parcelRejects(
  band: ArrayLike<number>,
  badRates: readonly number[],
  riskFactor: number,
  random: RandomGenerator,
): InferredRejects {
  requireFactor(riskFactor)
  const n = requireSameLength({ band })
  const byBand = new Map<number, number[]>()
  for (let i = 0; i < n; i++) {
    const rate = badRates[band[i]!]
    if (rate === undefined)
      throw new StatsError(
        'outOfDomain',
        `Row ${i} is in band ${band[i]}; there are ${badRates.length} bands.`,
      )
    requireProbability(`bad rate of band ${band[i]}`, rate)
    byBand.set(band[i]!, [...(byBand.get(band[i]!) ?? []), i])
  }
  const outcome = new Float64Array(n)
  for (const [b, rows] of byBand) {
    const bad = Math.round(Math.min(1, badRates[b]! * riskFactor) * rows.length)
    for (let k = 0; k < bad; k++) {
      const at = k + Math.floor(random.uniform() * (rows.length - k))
      const chosen = rows[at]!
      rows[at] = rows[k]!
      rows[k] = chosen
      outcome[chosen] = 1
    }
  }
  return {
    row: Uint32Array.from({ length: n }, (_, i) => i),
    outcome,
    weight: new Float64Array(n).fill(1),
    warning: 'inferredOutcomesAreAssumptions',
  }
}

function requireFactor(riskFactor: number): void {
  if (!(riskFactor >= 1 && Number.isFinite(riskFactor)))
    throw new StatsError(
      'outOfDomain',
      `The risk factor is ${riskFactor}; a finite number of at least 1 was expected, since refused applicants are not taken to be safer.`,
    )
}
