import { binomialCdf, binomialPmf, binomialSurvival } from '../distributions/binomial.ts'
import { findRootZeroin } from '../optimize/zeroin.ts'
import { logChoose } from '../special/log-gamma.ts'
import { requireLevel, requireProbability, StatsError } from '../stats-error.ts'
import { clopperPearsonInterval } from './proportion-intervals.ts'
import type { Alternative, Interval } from './sample.ts'

/** A point as likely as the observed one must count as such in spite of rounding; R's factor. */
const AS_LIKELY = 1 + 1e-7

/**
 * Exact binomial test. The two-sided p-value adds up all outcomes no likelier than the observed one.
 * Cost O(n).
 * Source: Clopper & Pearson (1934), https://doi.org/10.1093/biomet/26.4.404; Conover (1971), pp. 97–104; R's
 * `binom.test`.
 * @throws StatsError `outOfDomain` unless 0 ≤ successes ≤ n are whole and 0 ≤ p ≤ 1.
 * @example
 * binomialTest(7, 10, 0.5).pValue // → 0.34375
 */
export function binomialTest(
  successes: number,
  n: number,
  p: number,
  options: { readonly alternative?: Alternative; readonly level?: number } = {},
): { readonly estimate: number; readonly pValue: number; readonly interval: Interval } {
  const { alternative = 'twoSided', level = 0.95 } = options
  requireProbability('p', p)
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n || n < 1) {
    throw new StatsError(
      'outOfDomain',
      `${successes} successes in ${n} trials was given; whole numbers with 0 ≤ successes ≤ n, n ≥ 1 were expected.`,
    )
  }
  const two = clopperPearsonInterval({ successes, n }, alternative === 'twoSided' ? level : 2 * level - 1)
  return {
    estimate: successes / n,
    pValue: binomialPValue(successes, n, p, alternative),
    interval: {
      low: alternative === 'less' ? 0 : two.low,
      high: alternative === 'greater' ? 1 : two.high,
      level,
    },
  }
}

function binomialPValue(x: number, n: number, p: number, alternative: Alternative): number {
  const upper = x === 0 ? 1 : binomialSurvival(x - 1, n, p)
  const lower = binomialCdf(x, n, p)
  if (alternative === 'less') return lower
  if (alternative === 'greater') return upper
  const limit = binomialPmf(x, n, p) * AS_LIKELY
  const mean = n * p
  if (x === mean) return 1
  let other = 0
  if (x < mean) {
    for (let k = n; k > mean && binomialPmf(k, n, p) <= limit; k--) other = k
    return Math.min(1, lower + (other > 0 ? binomialSurvival(other - 1, n, p) : 0))
  }
  other = -1
  for (let k = 0; k < mean && binomialPmf(k, n, p) <= limit; k++) other = k
  return Math.min(1, upper + (other >= 0 ? binomialCdf(other, n, p) : 0))
}

export type FisherOptions = {
  readonly alternative?: Alternative
  readonly level?: number
  /**
   * `exact` (default): odds ratio and interval to full precision. `uniroot`: R's `fisher.test`, whose root finder runs
   * over the odds or their inverse in [0, 1] and stops within 1.2e-4, so that its printed digits are met.
   */
  readonly solver?: 'exact' | 'uniroot'
}

export type FisherTest = {
  readonly pValue: number
  /** Of the conditional odds ratio. */
  readonly interval: Interval
  /** Odds ratio of maximal conditional likelihood, as R prints; 0 or Infinity at the edge of the table. */
  readonly conditionalOddsRatio: number
  /** Cross product a·d / (b·c), as older SciPy printed; Infinity when b·c is 0. */
  readonly sampleOddsRatio: number
}

/**
 * Fisher's exact test of a 2×2 table of whole counts [[a, b], [c, d]].
 * The two-sided p-value adds up all tables no likelier than the observed one.
 * Cost O(smaller margin).
 * Source: Fisher (1935), The Design of Experiments; R's `fisher.test`, https://stat.ethz.ch/R-manual/R-devel/library/stats/html/fisher.test.html
 * for the conditional odds ratio.
 * @param options a direction alone, or the direction, the interval's level (default .95) and the solver.
 * @throws StatsError `outOfDomain` for counts that are not whole, `insufficientData` if a margin is 0, `infeasible`
 * beyond 10 million tables.
 * @example
 * fisherExactTest([[3, 1], [1, 3]]).pValue // → 0.4857143
 */
export function fisherExactTest(
  table: readonly [readonly [number, number], readonly [number, number]],
  options: Alternative | FisherOptions = 'twoSided',
): FisherTest {
  const {
    alternative = 'twoSided',
    level = 0.95,
    solver = 'exact',
  } = typeof options === 'string' ? { alternative: options } : options
  requireLevel('level', level)
  const [[a, b], [c, d]] = table
  for (const count of [a, b, c, d]) {
    if (!Number.isInteger(count) || count < 0)
      throw new StatsError('outOfDomain', `A count is ${count}; whole numbers of at least 0 were expected.`)
  }
  if (a + b === 0 || c + d === 0 || a + c === 0 || b + d === 0) {
    throw new StatsError(
      'insufficientData',
      'A row or column of the 2×2 table is all 0, so there is nothing to compare.',
    )
  }
  const low = Math.max(0, a - d)
  const high = Math.min(a + b, a + c)
  if (high - low > 1e7)
    throw new StatsError(
      'infeasible',
      `The margins allow ${high - low + 1} tables; at most 10 million are added up.`,
      { hint: 'Use `chiSquareIndependence`, which is as good with counts of this size.' },
    )
  const logs: number[] = []
  for (let x = low; x <= high; x++) logs.push(logChoose(a + c, x) + logChoose(b + d, a + b - x))
  const weights = normalise(logs, 0, low)
  const at = a - low
  const observed = weights[at]! * AS_LIKELY
  const pick = (x: number): boolean =>
    alternative === 'less' ? x <= at : alternative === 'greater' ? x >= at : weights[x]! <= observed
  return {
    pValue: Math.min(
      1,
      weights.reduce((sum, w, x) => (pick(x) ? sum + w : sum), 0),
    ),
    interval: oddsInterval({ a, low, high, logs, solver }, alternative, level),
    conditionalOddsRatio: conditionalOddsRatio({ a, low, high, logs, solver }),
    sampleOddsRatio: b * c === 0 ? (a * d === 0 ? 0 : Number.POSITIVE_INFINITY) : (a * d) / (b * c),
  }
}

function normalise(logs: readonly number[], logOdds: number, low: number): number[] {
  // At odds 0 only the smallest count is left.
  if (logOdds === Number.NEGATIVE_INFINITY) return logs.map((_, i) => (i === 0 ? 1 : 0))
  let top = Number.NEGATIVE_INFINITY
  const shifted = logs.map((l, i) => {
    const value = l + logOdds * (low + i)
    top = Math.max(top, value)
    return value
  })
  const weights = shifted.map((l) => Math.exp(l - top))
  const total = weights.reduce((s, w) => s + w, 0)
  return weights.map((w) => w / total)
}

type Conditional = {
  readonly a: number
  readonly low: number
  readonly high: number
  /** Log weights of the counts from low to high at odds 1. */
  readonly logs: readonly number[]
  readonly solver: 'exact' | 'uniroot'
}

function conditionalOddsRatio(table: Conditional): number {
  const { a, low, high, logs } = table
  if (a === low) return 0
  if (a === high) return Number.POSITIVE_INFINITY
  return solveOdds(
    (logOdds) => normalise(logs, logOdds, low).reduce((s, w, i) => s + w * (low + i), 0) - a,
    table.solver,
  )
}

/** The odds at which the observed count, or one further out, has just the tail probability that the level leaves. */
function oddsInterval(table: Conditional, alternative: Alternative, level: number): Interval {
  const { a, low, high, logs, solver } = table
  const tail = alternative === 'twoSided' ? (1 - level) / 2 : 1 - level
  const share = (logOdds: number, pick: (x: number) => boolean): number =>
    normalise(logs, logOdds, low).reduce((s, w, i) => (pick(low + i) ? s + w : s), 0)
  return {
    low:
      alternative === 'less' || a === low
        ? 0
        : solveOdds((logOdds) => share(logOdds, (x) => x >= a) - tail, solver),
    high:
      alternative === 'greater' || a === high
        ? Number.POSITIVE_INFINITY
        : solveOdds((logOdds) => tail - share(logOdds, (x) => x <= a), solver),
    level,
  }
}

const UNIROOT_TOLERANCE = Number.EPSILON ** 0.25

/** Where a function that grows with the log odds passes 0, as odds. */
function solveOdds(excess: (logOdds: number) => number, solver: 'exact' | 'uniroot'): number {
  if (solver === 'uniroot') {
    const atOne = excess(0)
    if (atOne === 0) return 1
    return atOne > 0
      ? findRootZeroin((t) => excess(Math.log(t)), 0, 1, UNIROOT_TOLERANCE)
      : 1 / findRootZeroin((t) => excess(-Math.log(t)), Number.EPSILON, 1, UNIROOT_TOLERANCE)
  }
  let left = -1
  let right = 1
  while (excess(left) > 0) left *= 2
  while (excess(right) < 0) right *= 2
  for (let i = 0; i < 200 && right - left > 1e-15 * Math.max(1, Math.abs(left)); i++) {
    const middle = (left + right) / 2
    if (middle === left || middle === right) break
    if (excess(middle) < 0) left = middle
    else right = middle
  }
  return Math.exp((left + right) / 2)
}
