import { normalQuantile } from '@tranche/stats'
import type { CustomerFrame, NumberColumn } from './frame.ts'
import type { Measure } from './measures.ts'

/** Sums of a measure by whole year of age (or any ordered whole number). */
export interface AgeTotals {
  readonly ages: readonly number[]
  readonly n: Float64Array
  readonly total: Float64Array
}

export interface AgeTotalsWithVariance extends AgeTotals {
  readonly variance: Float64Array
}

export interface CurvePoint {
  readonly age: number
  readonly y: number
  readonly low: number
  readonly high: number
  readonly n: number
}

/** Standard deviation of the Gaussian weights, in years. */
export const bandwidthYears = 3
const youngest = 16
const oldest = 100

/** Count, sum and variance of a measure by whole year of age. */
export function ageTotalsOf(
  frame: CustomerFrame,
  _measure: Measure,
  { values, valid }: NumberColumn,
): AgeTotalsWithVariance {
  const ages = frame.numbers.get('age_years')!
  const size = oldest - youngest + 1
  const n = new Float64Array(size)
  const total = new Float64Array(size)
  const squares = new Float64Array(size)
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0 || ages.valid[row] === 0) continue
    const at = Math.floor(ages.values[row]!) - youngest
    if (at < 0 || at >= size) continue
    n[at]!++
    total[at]! += values[row]!
    squares[at]! += values[row]! ** 2
  }
  const kept = Array.from(n.keys()).filter((at) => n[at]! > 0)
  return {
    ages: kept.map((at) => at + youngest),
    n: Float64Array.from(kept, (at) => n[at]!),
    total: Float64Array.from(kept, (at) => total[at]!),
    variance: Float64Array.from(kept, (at) =>
      n[at]! < 2 ? 0 : Math.max(0, squares[at]! - total[at]! ** 2 / n[at]!) / (n[at]! - 1),
    ),
  }
}

/**
 * A locally linear curve over age with a pointwise 95% band.
 * Source: Fan & Gijbels (1996), Local Polynomial Modelling, section 3.2.
 */
export function smoothByAge(
  measure: Measure,
  { ages, n, total, variance }: AgeTotalsWithVariance,
): readonly CurvePoint[] {
  const people = n.reduce((sum, count) => sum + count, 0)
  const pooled = variance.reduce((sum, v, i) => sum + v * n[i]!, 0) / Math.max(people, 1)
  const z = normalQuantile(0.975)
  return ages.flatMap((age, at) => {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    const weights = ages.map((other, i) => {
      const d = other - age
      const w = n[i]! * Math.exp(-((d / bandwidthYears) ** 2) / 2)
      s0 += w
      s1 += w * d
      s2 += w * d * d
      return w
    })
    const determinant = s0 * s2 - s1 * s1
    if (!(determinant > 1e-9 * s0 * s0)) return []
    let y = 0
    let spread = 0
    ages.forEach((other, i) => {
      const share = (weights[i]! * (s2 - s1 * (other - age))) / determinant
      y += (share * total[i]!) / n[i]!
      spread += (share * share * pooled) / n[i]!
    })
    const reach = z * Math.sqrt(spread)
    const within = (value: number) => (measure.kind === 'rate' ? Math.min(1, Math.max(0, value)) : value)
    return [{ age, y: within(y), low: within(y - reach), high: within(y + reach), n: n[at]! }]
  })
}
