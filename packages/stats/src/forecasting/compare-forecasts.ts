import { tCdf, tSurvival } from '../distributions/student-t.ts'
import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { autocovariance } from './autocorrelation.ts'

/**
 * Whether one method's forecasts are as good as another's, from the errors of both at the same times: the mean difference of
 * |e|^power against its long-run variance, with the small-sample factor and Student's t.
 * A positive statistic says that the first method's errors are larger.
 * Cost O(n·horizon).
 * Source: Diebold and Mariano (1995), https://doi.org/10.1080/07350015.1995.10524599; Harvey, Leybourne and Newbold (1997),
 * eq. 9, https://doi.org/10.1016/S0169-2070(96)00719-4
 * Parity: dm.test of R's forecast.
 * @param options.horizon steps ahead of the forecasts. Default 1.
 * @param options.power 2 (default) compares squares, 1 absolute values.
 * @param options.alternative `less`: the first method is the less accurate one's rival, its errors are smaller.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `insufficientData`, `zeroVariance`
 * @example
 * compareForecasts([1, -2, 0.5, 1.5, -1], [0.5, -1, 0.7, 1, 0.2]).statistic // → 2.169618
 */
export function compareForecasts(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: {
    readonly horizon?: number
    readonly power?: number
    readonly alternative?: 'twoSided' | 'less' | 'greater'
  } = {},
): { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: number } {
  const { horizon = 1, power = 2, alternative = 'twoSided' } = options
  const n = requireSameLength({ first, second })
  requireFiniteColumn('first', first)
  requireFiniteColumn('second', second)
  if (!(Number.isInteger(horizon) && horizon >= 1 && power > 0))
    throw new StatsError(
      'outOfDomain',
      `The horizon is ${horizon} and the power ${power}; a whole number of at least 1 and a positive number were expected.`,
    )
  if (!(n > horizon))
    throw new StatsError('insufficientData', `${n} errors do not tell forecasts ${horizon} ahead apart.`)
  const gaps = Float64Array.from(
    { length: n },
    (_, t) => Math.abs(first[t]!) ** power - Math.abs(second[t]!) ** power,
  )
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / n
  const covariance = autocovariance(gaps, horizon - 1)
  const variance = covariance.reduce((sum, c, lag) => sum + (lag === 0 ? c : 2 * c), 0) / n
  if (!(variance > 0))
    throw new StatsError('zeroVariance', 'The differences of the errors do not vary enough to be tested.', {
      hint: 'A shorter horizon needs no autocovariances.',
    })
  const factor = Math.sqrt((n + 1 - 2 * horizon + (horizon / n) * (horizon - 1)) / n)
  const statistic = (factor * mean) / Math.sqrt(variance)
  const df = n - 1
  const pValue =
    alternative === 'less'
      ? tCdf(statistic, df)
      : alternative === 'greater'
        ? tSurvival(statistic, df)
        : 2 * tSurvival(Math.abs(statistic), df)
  return { statistic, degreesOfFreedom: df, pValue }
}
