/** How a component enters: added to the trend or in proportion to it. */
export type SeasonMode = 'additive' | 'multiplicative'

export interface SeasonalityOptions {
  readonly name: string
  readonly periodDays: number
  /** Pairs of sines and cosines. */
  readonly order: number
  /** Standard deviation of the coefficients' normal prior on the scaled series. Default 10. */
  readonly priorScale?: number
  readonly mode?: SeasonMode
}

export interface HolidayOptions {
  readonly name: string
  /** Day numbers of its occurrences, past and future. */
  readonly days: readonly number[]
  /** Days before (≤ 0) and after (≥ 0) with an effect of their own. Default 0. */
  readonly from?: number
  readonly to?: number
  readonly priorScale?: number
  readonly mode?: SeasonMode
}

/** What else moves the series, such as spend on advertising; known also for the days ahead. */
export interface RegressorOptions {
  readonly name: string
  /** One a day, in the days' order. */
  readonly values: ArrayLike<number>
  /** Standard deviation of the coefficient's normal prior. Default 10. */
  readonly priorScale?: number
  readonly mode?: SeasonMode
  /** Bring it to mean 0 and deviation 1 first. Default: unless it is a switch of 0 and 1, as Prophet does. */
  readonly standardise?: boolean
}

export interface TrendSeasonOptions {
  /** `logistic` grows towards `cap`; `flat` does not grow. Default `linear`. */
  readonly growth?: 'linear' | 'logistic' | 'flat'
  /** Saturation level for logistic growth, on the scale of y. */
  readonly cap?: number
  /** Lower level for logistic growth. Default 0. */
  readonly floor?: number
  /** Potential changes of slope, evenly over the first `changepointRange` of the observations. Default 25 over 0.8. */
  readonly changepoints?: number | readonly number[]
  readonly changepointRange?: number
  /** Scale of the changes' Laplace prior. Default 0.05. */
  readonly changepointPriorScale?: number
  /** Seasonalities; absent: `automaticSeasonalities` of the days. */
  readonly seasonalities?: readonly SeasonalityOptions[]
  readonly seasonalityMode?: SeasonMode
  readonly seasonalityPriorScale?: number
  readonly holidays?: readonly HolidayOptions[]
  readonly regressors?: readonly RegressorOptions[]
  /** Divide y by its largest size, or shift and stretch it to [0, 1]. Default `absMax`. */
  readonly scaling?: 'absMax' | 'minMax'
}

/**
 * Yearly (order 10) from two years of data on, weekly (3) from two weeks with steps below a week, daily (4) from two days
 * with steps below a day.
 * Cost O(n).
 * Source: Taylor and Letham (2018), section 3.2, https://doi.org/10.1080/00031305.2017.1380080; the thresholds are
 * those of Prophet.
 * @throws nothing
 * @param days ascending
 * @example
 * automaticSeasonalities([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]).map((season) => season.name) // → ['weekly']
 */
export function automaticSeasonalities(days: ArrayLike<number>): SeasonalityOptions[] {
  const span = days[days.length - 1]! - days[0]!
  let step = Infinity
  for (let i = 1; i < days.length; i++)
    if (days[i]! > days[i - 1]!) step = Math.min(step, days[i]! - days[i - 1]!)
  const found: SeasonalityOptions[] = []
  if (span >= 730) found.push({ name: 'yearly', periodDays: 365.25, order: 10 })
  if (span >= 14 && step < 7) found.push({ name: 'weekly', periodDays: 7, order: 3 })
  if (span >= 2 && step < 1) found.push({ name: 'daily', periodDays: 1, order: 4 })
  return found
}
