import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { StatsError } from '../stats-error.ts'
import { checkSeries, meanOf } from './series.ts'

/** What a sum over pairs is divided by: the series' length, or the number of pairs at that lag (statsmodels' `adjusted`). */
export type AutocovarianceDivisor = 'length' | 'pairs'

/**
 * Autocorrelations at lags 0 … maxLag.
 * Range: [−1, 1], length maxLag + 1.
 * Cost O(n·maxLag).
 * Source: Brockwell and Davis (1991), eq. 7.2.1, https://doi.org/10.1007/978-1-4419-0320-4
 * @throws StatsError `insufficientData`, `notFinite`, `zeroVariance`, `invalidOption`
 * @example
 * autocorrelation([1, 2, 3, 4, 5], 2) // → [1, 0.4, -0.1]
 */
export function autocorrelation(
  y: ArrayLike<number>,
  maxLag: number,
  divisor: AutocovarianceDivisor = 'length',
): Float64Array {
  const covariance = autocovariance(y, maxLag, divisor)
  if (!(covariance[0]! > 0))
    throw new StatsError('zeroVariance', 'The series is constant, so it has no autocorrelation.')
  return covariance.map((v) => v / covariance[0]!)
}

/**
 * Autocovariances at lags 0 … maxLag.
 * Length maxLag + 1, in the square of the data's unit.
 * Cost O(n·maxLag).
 * Source: Brockwell and Davis (1991), eq. 7.2.1, https://doi.org/10.1007/978-1-4419-0320-4
 * @throws StatsError `insufficientData`, `notFinite`, `invalidOption`
 * @example
 * autocovariance([1, 2, 3, 4, 5], 2) // → [2, 0.8, -0.2]
 */
export function autocovariance(
  y: ArrayLike<number>,
  maxLag: number,
  divisor: AutocovarianceDivisor = 'length',
): Float64Array {
  const n = y.length
  checkSeries(y, 2, 'Autocovariance')
  if (!Number.isInteger(maxLag) || maxLag < 0 || maxLag >= n)
    throw new StatsError(
      'invalidOption',
      `maxLag is ${maxLag}; a whole number between 0 and ${n - 1} was expected.`,
    )
  const mean = meanOf(y)
  return Float64Array.from({ length: maxLag + 1 }, (_, lag) => {
    let sum = 0
    for (let t = lag; t < n; t++) sum += (y[t]! - mean) * (y[t - lag]! - mean)
    return sum / (divisor === 'pairs' ? n - lag : n)
  })
}

/**
 * Partial autocorrelations at lags 1 … maxLag by the Durbin–Levinson recursion: R's `pacf` with divisor `length`,
 * statsmodels' default (`ywadjusted`) with `pairs`.
 * Range: [−1, 1], length maxLag.
 * Cost O(n·maxLag + maxLag²).
 * Source: Brockwell and Davis (1991), section 5.2, https://doi.org/10.1007/978-1-4419-0320-4
 * @throws StatsError `insufficientData`, `notFinite`, `zeroVariance`, `invalidOption`
 * @example
 * partialAutocorrelation([1, 2, 3, 4, 5], 2) // → [0.4, -0.3095238]
 */
export function partialAutocorrelation(
  y: ArrayLike<number>,
  maxLag: number,
  divisor: AutocovarianceDivisor = 'length',
): Float64Array {
  const rho = autocorrelation(y, maxLag, divisor)
  const partial = new Float64Array(maxLag)
  let previous = new Float64Array(maxLag)
  for (let k = 1; k <= maxLag; k++) {
    let top = rho[k]!
    let bottom = 1
    for (let j = 1; j < k; j++) {
      top -= previous[j - 1]! * rho[k - j]!
      bottom -= previous[j - 1]! * rho[j]!
    }
    const current = previous.slice()
    current[k - 1] = top / bottom
    for (let j = 1; j < k; j++) current[j - 1] = previous[j - 1]! - current[k - 1]! * previous[k - j - 1]!
    partial[k - 1] = current[k - 1]!
    previous = current
  }
  return partial
}

export interface PortmanteauTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Ljung and Box's test that residuals are uncorrelated up to a lag.
 * Cost O(n·lag).
 * Source: Ljung and Box (1978), https://doi.org/10.1093/biomet/65.2.297
 * @throws StatsError `insufficientData`, `notFinite`, `zeroVariance`, `invalidOption`
 * @example
 * ljungBoxTest([1, -1, 2, -2, 1, 0, -1, 1], 3).pValue // → 0.03460306
 */
export function ljungBoxTest(
  residuals: ArrayLike<number>,
  lag: number,
  fittedParameters = 0,
): PortmanteauTest {
  return portmanteau(residuals, lag, fittedParameters, (n, k) => (n * (n + 2)) / (n - k))
}

/**
 * Box and Pierce's test, the older form of Ljung and Box's.
 * Cost O(n·lag).
 * Source: Box and Pierce (1970), https://doi.org/10.2307/2284333
 * @throws StatsError `insufficientData`, `notFinite`, `invalidOption`, `zeroVariance`
 * @example
 * boxPierceTest([1, 3, 2, 5, 4, 6], 2).statistic // → 0.7653061
 */
export function boxPierceTest(
  residuals: ArrayLike<number>,
  lag: number,
  fittedParameters = 0,
): PortmanteauTest {
  return portmanteau(residuals, lag, fittedParameters, (n) => n)
}

function portmanteau(
  residuals: ArrayLike<number>,
  lag: number,
  fittedParameters: number,
  weight: (n: number, k: number) => number,
): PortmanteauTest {
  if (lag <= fittedParameters)
    throw new StatsError(
      'invalidOption',
      `lag is ${lag}; more than the ${fittedParameters} fitted parameters was expected.`,
    )
  const rho = autocorrelation(residuals, lag)
  const n = residuals.length
  let statistic = 0
  for (let k = 1; k <= lag; k++) statistic += weight(n, k) * rho[k]! * rho[k]!
  const degreesOfFreedom = lag - fittedParameters
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) }
}
