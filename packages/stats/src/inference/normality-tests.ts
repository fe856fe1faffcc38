import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { normalCdf, normalLogCdf, normalQuantile, normalSurvival } from '../distributions/normal.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'

export type NormalityTest = { readonly statistic: number; readonly pValue: number }

/**
 * Shapiro and Wilk's test that a sample is normal.
 * W in (0, 1]; 3 to 5,000 values in any unit.
 * Cost O(n log n).
 * Source: Royston (1995), algorithm AS R94, https://doi.org/10.2307/2986146
 * Parity: R's `shapiro.test`, SciPy's `shapiro`.
 * @throws StatsError `insufficientData`, `infeasible` beyond 5,000 values, `notFinite`, `zeroVariance`.
 * @example
 * shapiroWilkTest([2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8]).pValue // → 0.6399514
 */
export function shapiroWilkTest(values: ArrayLike<number>): NormalityTest {
  const sorted = sortedSample(values, 3)
  const n = sorted.length
  if (n > 5000)
    throw new StatsError('infeasible', `${n} values; the approximation holds for at most 5,000.`, {
      hint: 'Use andersonDarlingTest or jarqueBeraTest.',
    })
  const weights = shapiroWeights(n)
  // Scaled by the range, so that no unit overflows.
  const range = sorted[n - 1]! - sorted[0]!
  const z = sorted.map((v) => (v - sorted[0]!) / range)
  const mean = z.reduce((s, v) => s + v, 0) / n
  const squares = z.reduce((s, v) => s + (v - mean) ** 2, 0)
  const product = z.reduce((s, v, i) => s + weights[i]! * v, 0)
  const statistic = Math.min(1, (product * product) / squares)
  return { statistic, pValue: shapiroPValue(statistic, n) }
}

/** Approximate weights of the order statistics, antisymmetric. */
function shapiroWeights(n: number): Float64Array {
  const a = new Float64Array(n)
  if (n === 3) {
    a[2] = Math.SQRT1_2
    a[0] = -Math.SQRT1_2
    return a
  }
  const m = Float64Array.from({ length: n }, (_, i) => normalQuantile((i + 1 - 0.375) / (n + 0.25)))
  const squares = m.reduce((s, v) => s + v * v, 0)
  const u = 1 / Math.sqrt(n)
  const root = Math.sqrt(squares)
  const last = polynomial([m[n - 1]! / root, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u)
  const second = polynomial([m[n - 2]! / root, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u)
  const two = n > 5
  const left = squares - 2 * m[n - 1]! ** 2 - (two ? 2 * m[n - 2]! ** 2 : 0)
  const scale = Math.sqrt(left / (1 - 2 * last ** 2 - (two ? 2 * second ** 2 : 0)))
  for (let i = 0; i < n; i++) a[i] = m[i]! / scale
  a[n - 1] = last
  a[0] = -last
  if (two) {
    a[n - 2] = second
    a[1] = -second
  }
  return a
}

function shapiroPValue(w: number, n: number): number {
  if (n === 3) {
    const p = (6 / Math.PI) * (Math.asin(Math.sqrt(w)) - Math.asin(Math.sqrt(0.75)))
    return Math.min(1, Math.max(0, p))
  }
  const y = Math.log1p(-w)
  if (n <= 11) {
    const gamma = polynomial([-2.273, 0.459], n)
    if (y >= gamma) return 1e-99
    const mean = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n)
    const sd = Math.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n))
    return normalSurvival((-Math.log(gamma - y) - mean) / sd)
  }
  const x = Math.log(n)
  const mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], x)
  const sd = Math.exp(polynomial([-0.4803, -0.082676, 0.0030302], x))
  return normalSurvival((y - mean) / sd)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0)
}

/**
 * Anderson and Darling's test that a sample is normal with unknown mean and variance; sharp in the tails.
 * A² ≥ 0, before the correction for size that its p-value makes; at least 8 values.
 * Cost O(n log n).
 * Source: D'Agostino & Stephens (1986), table 4.9; Stephens (1974), https://doi.org/10.1080/01621459.1974.10480196
 * Parity: statsmodels' `normal_ad`, R's `nortest::ad.test`.
 * @throws StatsError `insufficientData`, `notFinite`, `zeroVariance`.
 * @example
 * andersonDarlingTest([2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8, 4.1]).statistic // → 0.1771897
 */
export function andersonDarlingTest(values: ArrayLike<number>): NormalityTest {
  const sorted = sortedSample(values, 8)
  const n = sorted.length
  const { mean, sd } = moments(sorted)
  let sum = 0
  for (let i = 0; i < n; i++) {
    const [low, high] = [(sorted[i]! - mean) / sd, (sorted[n - 1 - i]! - mean) / sd]
    sum += (2 * i + 1) * (normalLogCdf(low) + normalLogCdf(-high))
  }
  const statistic = -n - sum / n
  return { statistic, pValue: andersonPValue(statistic * (1 + 0.75 / n + 2.25 / (n * n))) }
}

function andersonPValue(a: number): number {
  if (a < 0.2) return -Math.expm1(-13.436 + 101.14 * a - 223.73 * a * a)
  if (a < 0.34) return -Math.expm1(-8.318 + 42.796 * a - 59.938 * a * a)
  if (a < 0.6) return Math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
  if (a <= 13) return Math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
  return 0
}

export type JarqueBeraTest = NormalityTest & { readonly skewness: number; readonly kurtosis: number }

/**
 * Jarque and Bera's test that a sample has the skewness (0) and kurtosis (3) of a normal one; for large samples.
 * Cost O(n).
 * Source: Jarque & Bera (1980), https://doi.org/10.1016/0165-1765(80)90024-5
 * Parity: statsmodels' and SciPy's `jarque_bera`.
 * @throws StatsError `insufficientData`, `notFinite`, `zeroVariance`.
 * @example
 * jarqueBeraTest([2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8, 4.1]).skewness // → 0.3765917
 */
export function jarqueBeraTest(values: ArrayLike<number>): JarqueBeraTest {
  const sorted = sortedSample(values, 3)
  const n = sorted.length
  const { mean, sd } = moments(sorted)
  const z = sorted.map((v) => (v - mean) / sd)
  const of = (power: number): number => z.reduce((s, v) => s + v ** power, 0) / n
  const second = of(2)
  const skewness = of(3) / second ** 1.5
  const kurtosis = of(4) / second ** 2
  const statistic = (n / 6) * (skewness ** 2 + (kurtosis - 3) ** 2 / 4)
  return { statistic, pValue: chiSquareSurvival(statistic, 2), skewness, kurtosis }
}

/**
 * Kolmogorov and Smirnov's test that a sample comes from a given distribution, fully known beforehand.
 * D in [0, 1]; p-value by the limit with Stephens' correction, absolute error below 0.01 from 10 values on.
 * Cost O(n log n).
 * Source: Kolmogorov (1933); Stephens (1970), https://doi.org/10.1111/j.2517-6161.1970.tb00821.x
 * @param cdf share of the distribution at or below a value. Default: the standard normal.
 * @throws StatsError `insufficientData`, `notFinite`, `outOfDomain` for a cdf outside [0, 1].
 * @example
 * goodnessOfFitTest([0.1, 0.4, 0.7], (x) => x).statistic // → 0.3
 */
export function goodnessOfFitTest(
  values: ArrayLike<number>,
  cdf: (x: number) => number = normalCdf,
): NormalityTest {
  requireFiniteColumn('values', values)
  const n = values.length
  if (n === 0)
    throw new StatsError('insufficientData', 'There are no values to compare with the distribution.')
  const sorted = Float64Array.from(values).sort()
  let statistic = 0
  sorted.forEach((v, i) => {
    const share = cdf(v)
    if (!(share >= 0 && share <= 1))
      throw new StatsError('outOfDomain', `The distribution gives ${share} at ${v}; 0 to 1 was expected.`)
    statistic = Math.max(statistic, share - i / n, (i + 1) / n - share)
  })
  const root = Math.sqrt(n)
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) }
}

/** 2·Σ (−1)^(j−1)·exp(−2j²x²). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1
  let sum = 0
  for (let j = 1; j <= 100; j++) {
    const term = Math.exp(-2 * j * j * x * x)
    sum += j % 2 ? term : -term
    if (term < 1e-17) break
  }
  return Math.min(1, Math.max(0, 2 * sum))
}

function sortedSample(values: ArrayLike<number>, least: number): Float64Array {
  requireFiniteColumn('values', values)
  if (values.length < least)
    throw new StatsError('insufficientData', `${values.length} values; at least ${least} were expected.`)
  const sorted = Float64Array.from(values).sort()
  const range = sorted[sorted.length - 1]! - sorted[0]!
  if (!(range > 0))
    throw new StatsError('zeroVariance', 'All values are alike, so their shape cannot be judged.')
  if (range === Infinity)
    throw new StatsError('notFinite', 'The range of the values is too large for a double.')
  // A shape has no unit.
  return sorted.map((v) => (v - sorted[0]!) / range)
}

function moments(values: Float64Array): { readonly mean: number; readonly sd: number } {
  const n = values.length
  const mean = values.reduce((s, v) => s + v, 0) / n
  return { mean, sd: Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1)) }
}
