import { digamma, trigamma } from '../special/digamma.ts'
import { logBeta, logGamma } from '../special/log-gamma.ts'
import { StatsError } from '../stats-error.ts'
import { assembleModel, type FittedModel, modelFromParameters } from './btyd-model.ts'
import { fitPositive, type PositiveFitOptions } from './fit-positive.ts'
import { codeColumn } from './purchase-history.ts'
import {
  checkSpending,
  type FrequencySpendCheck,
  frequencySpendCorrelation,
  type RepeatSpending,
  type SpendingHistory,
} from './spending-history.ts'

export type GammaGammaParameter = 'p' | 'q' | 'v'

export interface GammaGammaModel extends FittedModel<'gammaGamma', GammaGammaParameter> {
  /** The correlation that the model assumes to be zero; null for a model from published parameters. */
  readonly independence: FrequencySpendCheck | null
}

export interface GammaGammaOptions extends PositiveFitOptions {
  /** `aboveOne` keeps q > 1, so that the mean spend of the population is finite. Default `free`. */
  readonly q?: 'free' | 'aboveOne'
  /**
   * The unit of money in which a `penalty` sees v: `meanSpend` does not depend on the currency, `given` takes the data's
   * own (lifetimes). Default `meanSpend`.
   */
  readonly penaltyUnit?: 'meanSpend' | 'given'
  /** Refuse to fit when |correlation of frequency and mean spend| exceeds this. No limit when absent. */
  readonly maximumCorrelation?: number
}

const NAMES = ['p', 'q', 'v'] as const

/**
 * Fits the Gamma-Gamma model of spend by maximum likelihood to customers with a repeat purchase (others are left out):
 * a customer's transactions are Gamma(p, ν), ν is Gamma(q, v) over customers. The mean over customers is p·v/(q − 1).
 * It assumes that spend does not depend on frequency: the correlation is in `independence`, and `maximumCorrelation`
 * makes it a condition. A `penalty` applies to (p, q, v), with money in the `penaltyUnit`.
 * Standard errors are asymptotic: intervals of v on the logarithmic scale cover 97% instead of 95% with 1,000 repeat
 * customers and 95% from about 3,000 on.
 * Cost about a dozen passes over the rows.
 * Source: Fader and Hardie (2013), "The Gamma-Gamma model of monetary value", eq. 1a, http://www.brucehardie.com/notes/025/
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `insufficientData` below two repeat customers,
 * `zeroVariance`, `assumptionFailed`, `singular`, `notConverged`
 * @example
 * const spend = { frequency: [1, 2, 2, 4, 5, 7], monetaryValue: [20, 35, 12, 30, 55, 26] }
 * fitGammaGamma(spend).diagnostics.status // → 'converged'
 */
export function fitGammaGamma(data: SpendingHistory, options: GammaGammaOptions = {}): GammaGammaModel {
  const repeat = checkSpending(data, 'gamma-gamma')
  const independence = frequencySpendCorrelation(data)
  if (
    options.maximumCorrelation !== undefined &&
    Math.abs(independence.correlation) > options.maximumCorrelation
  )
    throw new StatsError(
      'assumptionFailed',
      `Frequency and mean spend correlate at ${independence.correlation.toFixed(3)}; the Gamma-Gamma model assumes they do not (limit ${options.maximumCorrelation}).`,
      {
        hint: 'Fit within segments of similar frequency, or model spend and frequency jointly.',
        context: { correlation: independence.correlation, limit: options.maximumCorrelation },
      },
    )
  let total = 0
  let money = 0
  for (let i = 0; i < repeat.frequency.length; i++) {
    total += repeat.weights[i]!
    money += repeat.weights[i]! * repeat.monetaryValue[i]!
  }
  const unit = options.penaltyUnit === 'given' ? 1 : money / total
  const scaled = { ...repeat, monetaryValue: repeat.monetaryValue.map((v) => v / unit) }
  const shift = options.q === 'aboveOne' ? 1 : 0
  const likelihood = objective(scaled, shift)
  const sample = scaled.frequency.length > LARGE ? objective(everyNthOf(scaled, SAMPLE), shift) : undefined
  const fit = fitPositive(
    'Gamma-Gamma',
    NAMES,
    likelihood,
    [1, shift === 1 ? 1 : 2, 1],
    total,
    options,
    sample ? { second: likelihood, sample } : { second: likelihood },
  )
  fit.parameters[1]! += shift
  let transactions = 0
  for (let i = 0; i < repeat.frequency.length; i++) transactions += repeat.weights[i]! * repeat.frequency[i]!
  const logLikelihood = fit.diagnostics.logLikelihood - total * Math.log(unit)
  const restored = { ...fit, diagnostics: { ...fit.diagnostics, logLikelihood } }
  const summary = {
    rows: data.frequency.length,
    customers: total,
    repeatCustomers: total,
    repeatTransactions: transactions,
    longestT: 0,
  }
  return Object.freeze({
    ...assembleModel('gammaGamma', NAMES, restored, [1, 1, unit], summary),
    independence,
  })
}

/**
 * A Gamma-Gamma model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Fader and Hardie (2013), http://www.brucehardie.com/notes/025/
 * @throws StatsError `outOfDomain`
 * @example
 * gammaGammaFromParameters({ p: 6.25, q: 3.74, v: 15.44 }).kind // → 'gammaGamma'
 */
export function gammaGammaFromParameters(
  parameters: Readonly<Record<GammaGammaParameter, number>>,
): GammaGammaModel {
  return Object.freeze({ ...modelFromParameters('gammaGamma', NAMES, parameters), independence: null })
}

/**
 * Expected spend per transaction of each customer: (p·v + p·x·z̄) / (p·x + q − 1); without a repeat purchase the mean of
 * the population.
 * One value per row, in the currency of `monetaryValue`.
 * Cost O(rows).
 * Source: Fader and Hardie (2013), eq. 5, http://www.brucehardie.com/notes/025/; Fader, Hardie and Lee (2005), "RFM
 * and CLV", eq. 8.
 * @throws StatsError `assumptionFailed` where that mean is infinite (q ≤ 1 and no repeat), `lengthMismatch`, `outOfDomain`
 * @example
 * const model = gammaGammaFromParameters({ p: 6.25, q: 3.74, v: 15.44 })
 * gammaGammaConditionalMean(model, { frequency: [2, 0], monetaryValue: [40, 0] }) // → [39.14042, 35.21898]
 */
export function gammaGammaConditionalMean(model: GammaGammaModel, data: SpendingHistory): Float64Array {
  const n = data.frequency.length
  if (data.monetaryValue.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `monetaryValue has ${data.monetaryValue.length} values and frequency has ${n}; equal lengths were expected.`,
    )
  const { p, q, v } = model.parameters
  const means = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const x = data.frequency[i]!
    const spend = x === 0 ? 0 : data.monetaryValue[i]!
    if (!(x >= 0 && spend >= 0 && x < Infinity && spend < Infinity))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has frequency ${x} and mean spend ${spend}; finite numbers ≥ 0 were expected.`,
        { context: { index: i } },
      )
    const divisor = p * x + q - 1
    if (!(divisor > 0))
      throw new StatsError(
        'assumptionFailed',
        `With q = ${q} the mean spend of a customer with ${x} repeat purchases is not finite.`,
        {
          hint: 'Refit with q: "aboveOne", or predict only for customers with repeat purchases.',
        },
      )
    means[i] = (p * v + p * x * spend) / divisor
  }
  return means
}

/**
 * What depends on frequency alone is summed once per distinct frequency before the search begins; what is left per
 * customer is one logarithm and one division.
 */
/**
 * Log-likelihood of each customer's mean spend; 0 without a repeat purchase, which says nothing about spend.
 * Cost O(rows).
 * Source: Fader and Hardie (2013), eq. 1a, http://www.brucehardie.com/notes/025/
 * @throws StatsError `insufficientData`, `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's
 * index)
 * @example
 * const model = gammaGammaFromParameters({ p: 6.25, q: 3.74, v: 15.44 })
 * gammaGammaLogLikelihood(model, { frequency: [2, 0, 3], monetaryValue: [40, 0, 30] }) // → [-4.357705, 0, -3.808749]
 */
export function gammaGammaLogLikelihood(model: GammaGammaModel, data: SpendingHistory): Float64Array {
  checkSpending(data, 'Gamma-Gamma')
  const { p, q, v } = model.parameters
  return Float64Array.from(data.frequency, (x, i) => {
    if (x === 0) return 0
    const z = data.monetaryValue[i]!
    const shape = p * x
    return (
      -logBeta(shape, q) +
      q * Math.log(v) +
      (shape - 1) * Math.log(z) +
      shape * Math.log(x) -
      (shape + q) * Math.log(x * z + v)
    )
  })
}

/** Rows from which a fit starts at that of a sample. */
const LARGE = 20_000
const SAMPLE = 5000

function everyNthOf(repeat: RepeatSpending, rows: number): RepeatSpending {
  const step = Math.floor(repeat.frequency.length / rows)
  const pick = (column: Float64Array): Float64Array => column.filter((_, i) => i % step === 0)
  return {
    frequency: pick(repeat.frequency),
    monetaryValue: pick(repeat.monetaryValue),
    weights: pick(repeat.weights),
  }
}

/**
 * The negative log-likelihood with its gradient and, where a matrix is given, its Hessian (row-major 3×3). What depends on
 * frequency only is added up by frequency; what is left for a row is one logarithm and one division.
 */
function objective(data: RepeatSpending, shift: number) {
  const n = data.frequency.length
  const { values: frequencies, codes } = codeColumn(data.frequency, n)
  const { weights } = data
  const levels = frequencies.length
  const weightOf = new Float64Array(levels)
  const logSpendOf = new Float64Array(levels)
  const totals = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    weightOf[codes[i]!]! += weights[i]!
    logSpendOf[codes[i]!]! += weights[i]! * Math.log(data.monetaryValue[i]!)
    totals[i] = data.frequency[i]! * data.monetaryValue[i]!
  }
  const logOf = new Float64Array(levels)
  const inverseOf = new Float64Array(levels)
  const squareOf = new Float64Array(levels)
  return (parameters: Float64Array, gradient: Float64Array, hessian?: Float64Array): number => {
    const p = parameters[0]!
    const q = parameters[1]! + shift
    const v = parameters[2]!
    logOf.fill(0)
    inverseOf.fill(0)
    squareOf.fill(0)
    for (let i = 0; i < n; i++) {
      const sum = totals[i]! + v
      const weight = weights[i]!
      const code = codes[i]!
      const share = weight / sum
      logOf[code]! += weight * Math.log(sum)
      inverseOf[code]! += share
      squareOf[code]! += share / sum
    }
    const logV = Math.log(v)
    const logGammaQ = logGamma(q)
    const psiQ = digamma(q)
    const slopeQ = hessian ? trigamma(q) : 0
    let [value, dp, dq, dv] = [0, 0, 0, 0]
    let [pp, pq, pv, qq, qv, vv] = [0, 0, 0, 0, 0, 0]
    for (let level = 0; level < levels; level++) {
      const x = frequencies[level]!
      const weight = weightOf[level]!
      const shape = p * x
      const psi = digamma(shape + q)
      const logX = Math.log(x)
      value +=
        weight * (logGamma(shape + q) - logGamma(shape) - logGammaQ + q * logV + shape * logX) +
        (shape - 1) * logSpendOf[level]! -
        (shape + q) * logOf[level]!
      dp += x * (weight * (psi - digamma(shape) + logX) + logSpendOf[level]! - logOf[level]!)
      dq += weight * (psi - psiQ + logV) - logOf[level]!
      dv += (weight * q) / v - (shape + q) * inverseOf[level]!
      if (!hessian) continue
      const slope = trigamma(shape + q)
      pp += x * x * weight * (slope - trigamma(shape))
      pq += x * weight * slope
      pv -= x * inverseOf[level]!
      qq += weight * (slope - slopeQ)
      qv += weight / v - inverseOf[level]!
      vv += (shape + q) * squareOf[level]! - (weight * q) / (v * v)
    }
    gradient[0] = -dp
    gradient[1] = -dq
    gradient[2] = -dv
    hessian?.set([-pp, -pq, -pv, -pq, -qq, -qv, -pv, -qv, -vv])
    return -value
  }
}
