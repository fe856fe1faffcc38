import { StatsError } from '../stats-error.ts'
import { checkSeries, difference, meanOf, requirePeriod, varianceOf } from './series.ts'
import { decomposeStl } from './stl.ts'

/** Upper 5% point of the KPSS statistic around a level and around a trend. Source: Kwiatkowski et al. (1992), table 1. */
const KPSS_CRITICAL = { level: 0.463, trend: 0.146 } as const

export interface KpssTest {
  readonly statistic: number
  readonly lags: number
  /** Whether stationarity is rejected at 5%. */
  readonly rejected: boolean
}

/**
 * KPSS test of stationarity around a level or a trend; long-run variance with Bartlett weights over ⌊4(n/100)^¼⌋ lags
 * unless given.
 * Cost O(n·lags).
 * Source: Kwiatkowski, Phillips, Schmidt and Shin (1992), https://doi.org/10.1016/0304-4076(92)90104-Y
 * @throws StatsError `notFinite`, `insufficientData`, `zeroVariance`
 * @example
 * kpssTest([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).rejected // → true
 */
export function kpssTest(y: ArrayLike<number>, around: 'level' | 'trend' = 'level', lags?: number): KpssTest {
  const values = checkSeries(y, 4, 'The KPSS test')
  const n = values.length
  const residuals = around === 'level' ? values.map((v) => v - meanOf(values)) : detrend(values)
  const depth = lags ?? Math.trunc(4 * (n / 100) ** 0.25)
  let [cumulative, top, longRun] = [0, 0, 0]
  for (const e of residuals) {
    cumulative += e
    top += cumulative * cumulative
    longRun += (e * e) / n
  }
  for (let lag = 1; lag <= depth; lag++) {
    let sum = 0
    for (let t = lag; t < n; t++) sum += residuals[t]! * residuals[t - lag]!
    longRun += (2 / n) * (1 - lag / (depth + 1)) * sum
  }
  if (!(longRun > 0))
    throw new StatsError('zeroVariance', 'The series does not vary, so its stationarity cannot be tested.')
  const statistic = top / (n * n * longRun)
  return { statistic, lags: depth, rejected: statistic > KPSS_CRITICAL[around] }
}

/**
 * How many first differences make the series stationary by KPSS at 5% over ⌊3√n/13⌋ lags, at most `most`.
 * Cost O(n·lags) a difference.
 * Source: Hyndman and Khandakar (2008), section 3.1, https://doi.org/10.18637/jss.v027.i03
 * @throws StatsError `insufficientData`
 * @example
 * differencesNeeded([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) // → 1
 */
export function differencesNeeded(y: ArrayLike<number>, most = 2): number {
  let values = Float64Array.from(y)
  let times = 0
  while (times < most && values.length > 4 && varianceOf(values) > 0 && isMoving(values)) {
    values = Float64Array.from(difference(values))
    times++
  }
  return times
}

function isMoving(values: Float64Array): boolean {
  return kpssTest(values, 'level', Math.trunc((3 * Math.sqrt(values.length)) / 13)).rejected
}

/**
 * 1 − Var(remainder)/Var(remainder + seasonal) of an STL, at least 0.
 * y has length n.
 * Range: [0, 1].
 * Cost one STL, O(n × windows).
 * Source: Wang, Smith and Hyndman (2006), https://doi.org/10.1007/s10618-005-0039-x
 * @throws StatsError `notFinite`, `invalidOption`, `insufficientData` for two periods or fewer, `zeroVariance`
 * @example
 * seasonalStrength([1, 9, 2, 8, 1, 9, 2, 9, 1, 8, 2, 9], 2) // → 0.9941362
 */
export function seasonalStrength(y: ArrayLike<number>, period: number): number {
  requirePeriod(period)
  const { seasonal, remainder } = decomposeStl(y, period, { seasonalWindow: 11 })
  const whole = varianceOf(seasonal.map((s, t) => s + remainder[t]!))
  return whole > 0 ? Math.max(0, 1 - varianceOf(remainder) / whole) : 0
}

/**
 * Whether a seasonal difference is called for: 1 when the seasonal strength exceeds 0.64, else 0 (as R's `nsdiffs`).
 * y has length n.
 * Cost one STL, O(n × windows).
 * Source: Wang, Smith and Hyndman (2006), https://doi.org/10.1007/s10618-005-0039-x; as R's `nsdiffs`
 * @throws StatsError `notFinite`, `invalidOption`, `insufficientData` for two periods or fewer, `zeroVariance`
 * @example
 * seasonalDifferencesNeeded([1, 9, 2, 8, 1, 9, 2, 9, 1, 8, 2, 9], 2) // → 1
 */
export function seasonalDifferencesNeeded(y: ArrayLike<number>, period: number): number {
  return y.length > 2 * period && seasonalStrength(y, period) > 0.64 ? 1 : 0
}

function detrend(y: Float64Array): Float64Array {
  const n = y.length
  const middle = (n - 1) / 2
  const mean = meanOf(y)
  let [top, bottom] = [0, 0]
  for (let t = 0; t < n; t++) {
    top += (t - middle) * (y[t]! - mean)
    bottom += (t - middle) ** 2
  }
  return y.map((v, t) => v - mean - (top / bottom) * (t - middle))
}
