import { normalQuantile } from '../distributions/normal.ts'
import { StatsError } from '../stats-error.ts'

/** Mean spend per repeat transaction (or period) beside the number of repeats; 0 where there is none. */
export interface SpendingHistory {
  readonly frequency: ArrayLike<number>
  readonly monetaryValue: ArrayLike<number>
  /** Customers that a row stands for; 1 each when absent. */
  readonly weights?: ArrayLike<number>
}

export interface FrequencySpendCheck {
  /** Pearson correlation of frequency and mean spend over repeat customers. */
  readonly correlation: number
  readonly lower: number
  readonly upper: number
  readonly level: number
  readonly customers: number
}

/** Repeat customers only, checked. */
export interface RepeatSpending {
  readonly frequency: Float64Array
  readonly monetaryValue: Float64Array
  readonly weights: Float64Array
}

/**
 * The correlation between frequency and mean spend over repeat customers, with Fisher's interval: the Gamma-Gamma model
 * assumes that it is zero.
 * Cost O(rows).
 * Source: Fisher (1921); Fader, Hardie and Lee (2005), "RFM and CLV", section 3, https://doi.org/10.1509/jmkr.2005.42.4.415
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `insufficientData` below four repeat customers, `zeroVariance`
 * @example
 * const spend = { frequency: [1, 2, 2, 4, 5, 7], monetaryValue: [20, 35, 12, 30, 55, 26] }
 * frequencySpendCorrelation(spend).correlation // → 0.4079984
 */
export function frequencySpendCorrelation(data: SpendingHistory, level = 0.95): FrequencySpendCheck {
  const repeat = checkSpending(data, 'correlation')
  const n = repeat.frequency.length
  let [total, meanX, meanZ] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    total += repeat.weights[i]!
    meanX += repeat.weights[i]! * repeat.frequency[i]!
    meanZ += repeat.weights[i]! * repeat.monetaryValue[i]!
  }
  meanX /= total
  meanZ /= total
  let [xx, zz, xz] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const dx = repeat.frequency[i]! - meanX
    const dz = repeat.monetaryValue[i]! - meanZ
    xx += repeat.weights[i]! * dx * dx
    zz += repeat.weights[i]! * dz * dz
    xz += repeat.weights[i]! * dx * dz
  }
  if (!(zz > 1e-24 * total * meanZ * meanZ))
    throw new StatsError(
      'zeroVariance',
      'Every repeat customer has the same mean spend; there is nothing for the spend model to learn.',
      {
        hint: 'Use that spend as a constant.',
      },
    )
  // Equal frequencies cannot carry a dependence.
  const correlation = xx === 0 ? 0 : Math.max(-1, Math.min(1, xz / Math.sqrt(xx * zz)))
  if (total <= 3) return { correlation, lower: -1, upper: 1, level, customers: total }
  const half = normalQuantile(0.5 + level / 2) / Math.sqrt(total - 3)
  const z = Math.atanh(correlation)
  return { correlation, lower: Math.tanh(z - half), upper: Math.tanh(z + half), level, customers: total }
}

/** Picks the repeat customers. @throws StatsError */
export function checkSpending(data: SpendingHistory, model: string): RepeatSpending {
  const n = data.frequency.length
  if (data.monetaryValue.length !== n || (data.weights && data.weights.length !== n))
    throw new StatsError(
      'lengthMismatch',
      `frequency, monetaryValue and weights have ${n}, ${data.monetaryValue.length} and ${data.weights?.length ?? n} values; equal lengths were expected.`,
    )
  const repeat = {
    frequency: new Float64Array(n),
    monetaryValue: new Float64Array(n),
    weights: new Float64Array(n),
  }
  let rows = 0
  for (let i = 0; i < n; i++) {
    const x = data.frequency[i]!
    const spend = data.monetaryValue[i]!
    const weight = data.weights ? data.weights[i]! : 1
    if (!(x >= 0 && x < Infinity && weight >= 0 && weight < Infinity))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has frequency ${x} and weight ${weight}; finite numbers ≥ 0 were expected.`,
        { context: { index: i } },
      )
    if (x === 0 || weight === 0) continue
    if (!(spend > 0 && spend < Infinity))
      throw new StatsError(
        'outOfDomain',
        `monetaryValue is ${spend} in row ${i}; a repeat customer's mean spend must be a finite number greater than zero.`,
        {
          hint: 'Leave out refunds and zero amounts before averaging.',
          context: { index: i },
        },
      )
    repeat.frequency[rows] = x
    repeat.monetaryValue[rows] = spend
    repeat.weights[rows++] = weight
  }
  if (rows < 2)
    throw new StatsError(
      'insufficientData',
      `The ${model} fit needs at least two customers with repeat purchases; there are ${rows}.`,
      {
        context: { repeatCustomers: rows },
      },
    )
  return {
    frequency: repeat.frequency.subarray(0, rows),
    monetaryValue: repeat.monetaryValue.subarray(0, rows),
    weights: repeat.weights.subarray(0, rows),
  }
}
