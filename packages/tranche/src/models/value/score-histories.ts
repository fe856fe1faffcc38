import { type BgNbdModel, bgNbdExpectedTransactions, bgNbdProbabilityAlive } from '@tranche/stats'
import { daysPerUnit, type GroupedDays, type TimeUnit } from './value-model.ts'

const daysPerMonth = 365.25 / 12
/** Purchase counts beyond which the interval's upper end is taken from the mean instead of the exact distribution. */
const largestCount = 400

export interface HistoryExpectations {
  readonly pAlive: Float64Array
  /** Expected purchases within the horizon, discounted by month where a rate is given. */
  readonly expected: Float64Array
  /** Expected purchases within the horizon, undiscounted. */
  readonly expectedTransactions: Float64Array
}

export interface HistoryScores extends HistoryExpectations {
  /** 2.5% and 97.5% points of the number of purchases. */
  readonly low: Float64Array
  readonly high: Float64Array
}

export interface ScoreOptions {
  readonly timeUnit: TimeUnit
  readonly horizonMonths: number
  readonly discountAnnual: number
}

/**
 * Scores distinct histories once each: P(alive), expected purchases over the horizon, and the central 95% of their
 * predictive distribution (heterogeneity and chance; parameters taken as known).
 */
export function scoreHistories(
  model: BgNbdModel,
  grouped: GroupedDays,
  options: ScoreOptions,
): HistoryScores {
  const scores = expectHistories(model, grouped, options)
  const { pAlive, expectedTransactions } = scores
  const horizon = (options.horizonMonths * daysPerMonth) / daysPerUnit[options.timeUnit]
  const { low, high } = countInterval(
    model,
    historyOf(grouped, options.timeUnit),
    horizon,
    pAlive,
    expectedTransactions,
  )
  return { ...scores, low, high }
}

/** P(alive) and expected purchases alone, which take a fraction of the time. */
export function expectHistories(
  model: BgNbdModel,
  grouped: GroupedDays,
  options: ScoreOptions,
): HistoryExpectations {
  const data = historyOf(grouped, options.timeUnit)
  const month = daysPerMonth / daysPerUnit[options.timeUnit]
  const horizon = options.horizonMonths * month
  const expectedTransactions = bgNbdExpectedTransactions(model, horizon, data)
  const expected =
    options.discountAnnual === 0
      ? expectedTransactions
      : discounted(model, data, options.horizonMonths, month, options.discountAnnual, expectedTransactions)
  return { pAlive: bgNbdProbabilityAlive(model, data), expected, expectedTransactions }
}

function historyOf(grouped: GroupedDays, timeUnit: TimeUnit): History {
  const unit = daysPerUnit[timeUnit]
  return {
    frequency: grouped.frequency,
    recency: grouped.recencyDays.map((value) => value / unit),
    T: grouped.ageDays.map((value) => value / unit),
  }
}

type History = { readonly frequency: Float64Array; readonly recency: Float64Array; readonly T: Float64Array }

/** Purchases of month i count (1 + d)^(−i/12), at the end of the month. */
function discounted(
  model: BgNbdModel,
  data: History,
  months: number,
  month: number,
  annual: number,
  total: Float64Array,
): Float64Array {
  const sum = new Float64Array(total.length)
  let before = new Float64Array(total.length)
  for (let index = 1; index <= months; index++) {
    const until = index === months ? total : bgNbdExpectedTransactions(model, index * month, data)
    const weight = (1 + annual) ** (-index / 12)
    for (let row = 0; row < sum.length; row++) sum[row]! += weight * (until[row]! - before[row]!)
    before = new Float64Array(until)
  }
  return sum
}

/**
 * 2.5% and 97.5% points of the number of purchases in the horizon, walking the distribution of Fader, Hardie and Lee
 * (2005), eq. 8, upwards from zero: each of its terms follows from the one before by a product.
 */
function countInterval(
  model: BgNbdModel,
  data: History,
  horizon: number,
  pAlive: Float64Array,
  mean: Float64Array,
) {
  const { r, alpha, a, b } = model.parameters
  const size = mean.length
  const low = new Float64Array(size)
  const high = new Float64Array(size)
  const points: CountPoints = { low: 0, high: 0 }
  for (let row = 0; row < size; row++) {
    const x = data.frequency[row]!
    const stay = (alpha + data.T[row]!) / (alpha + data.T[row]! + horizon)
    countPoints(r + x, stay, a, b + x, pAlive[row]!, points)
    const half = 1.96 * Math.sqrt(mean[row]! + mean[row]! ** 2 / (x + 1))
    low[row] = points.low >= 0 ? points.low : Math.max(0, mean[row]! - half)
    high[row] = points.high >= 0 ? points.high : mean[row]! + half
  }
  return { low, high }
}

interface CountPoints {
  low: number
  high: number
}

/** Below this a power of `stay` is about to leave the range of doubles; then the walk is on logarithms. */
const nearUnderflow = 1e-280

/**
 * Writes both points into `found`, −1 where `largestCount` comes first. Hot: a dozen operations a count.
 * While alive the count is negative binomial (shape, stay); each purchase is survived with Beta(a, b) chances.
 */
function countPoints(
  shape: number,
  stay: number,
  a: number,
  b: number,
  alive: number,
  found: CountPoints,
): void {
  let log = shape * Math.log(stay)
  let exactly = Math.exp(log)
  const small = exactly < nearUnderflow
  let atLeast = 1 - exactly
  let survived = 1
  let reached = alive * exactly + 1 - alive
  found.low = reached >= 0.025 ? 0 : -1
  found.high = reached >= 0.975 ? 0 : -1
  for (let count = 1; count <= largestCount && found.high < 0; count++) {
    const growth = ((shape + count - 1) / count) * (1 - stay)
    if (small) {
      log += Math.log(growth)
      exactly = Math.exp(log)
    } else exactly *= growth
    const chances = a + b + count - 1
    const left = (survived * a) / chances
    survived *= (b + count - 1) / chances
    reached += alive * (survived * exactly + left * atLeast)
    atLeast -= exactly
    if (found.low < 0 && reached >= 0.025) found.low = count
    if (reached >= 0.975) found.high = count
  }
}
