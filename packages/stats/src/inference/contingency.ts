import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { StatsError } from '../stats-error.ts'

export type ContingencyTest = {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  /** Counts expected under independence, rows × columns. */
  readonly expected: readonly (readonly number[])[]
  /** 0 (independent) to 1. Without bias correction. */
  readonly cramersV: number
  /** Smallest expected count; below 5 the approximation is doubtful, and below 1 it is poor (Cochran 1954). */
  readonly smallestExpected: number
}

/** Pearson's χ², or the G of the likelihood ratio, 2 Σ observed·ln(observed / expected). */
export type DivergenceStatistic = 'pearson' | 'likelihoodRatio'

/**
 * Pearson's chi-square test of independence in a table of counts.
 * `table` is rows × columns of counts ≥ 0.
 * Cost O(rows × columns).
 * Source: Pearson (1900), https://doi.org/10.1080/14786440009463897; Cramér (1946), section 21.9; Yates (1934).
 * @param options.statistic `pearson` (default) or `likelihoodRatio` (the G-test, without continuity correction).
 * @param options.yates continuity correction, applied to 2×2 tables only, as in R. Default false.
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a negative or non-finite count or ragged rows;
 * `insufficientData` unless at least 2 rows and 2 columns have counts (empty rows and columns say nothing and must be
 * left out).
 * @example
 * chiSquareIndependence([[30, 70], [50, 50]]).pValue // → 0.003892417
 */
export function chiSquareIndependence(
  table: readonly (readonly number[])[],
  options: { readonly yates?: boolean; readonly statistic?: DivergenceStatistic } = {},
): ContingencyTest {
  const { rows, columns, total } = margins(table)
  const expected = rows.map((r) => columns.map((c) => (r * c) / total))
  const twoByTwo = rows.length === 2 && columns.length === 2
  let correction = 0
  if (options.yates && twoByTwo) correction = Math.min(0.5, Math.abs(table[0]![0]! - expected[0]![0]!))
  let statistic = 0
  let smallestExpected = Number.POSITIVE_INFINITY
  expected.forEach((line, i) => {
    line.forEach((e, j) => {
      statistic +=
        options.statistic === 'likelihoodRatio'
          ? deviance(table[i]![j]!, e)
          : (Math.abs(table[i]![j]! - e) - correction) ** 2 / e
      smallestExpected = Math.min(smallestExpected, e)
    })
  })
  const degreesOfFreedom = (rows.length - 1) * (columns.length - 1)
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquareSurvival(statistic, degreesOfFreedom),
    expected,
    cramersV: Math.sqrt(statistic / (total * Math.min(rows.length - 1, columns.length - 1))),
    smallestExpected,
  }
}

export type GoodnessOfFit = {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Chi-square goodness of fit of counts to given shares (scaled to add up to 1).
 * A category with share 0 must have count 0; it is kept in the degrees of freedom or not, by `zeroShares`
 * (`count`, the default, as GrowthBook's sample ratio check does; `skip`).
 * Cost O(rows × columns).
 * Source: Pearson (1900), https://doi.org/10.1080/14786440009463897
 * @param options.statistic `pearson` (default) or `likelihoodRatio` (the G-test).
 * @throws StatsError `lengthMismatch`, `outOfDomain` (negative numbers, or counts where the share is 0), `insufficientData`.
 * @example
 * chiSquareGoodnessOfFit([5030, 4970], [0.5, 0.5]).pValue // → 0.5485062
 */
export function chiSquareGoodnessOfFit(
  counts: readonly number[],
  shares: readonly number[],
  options: { readonly zeroShares?: 'count' | 'skip'; readonly statistic?: DivergenceStatistic } = {},
): GoodnessOfFit {
  if (counts.length !== shares.length) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${counts.length} counts and ${shares.length} shares; one share each was expected.`,
    )
  }
  const total = counts.reduce((a, b) => a + requireCount(b), 0)
  const whole = shares.reduce((a, b) => a + requireCount(b), 0)
  if (!(total > 0 && whole > 0)) {
    throw new StatsError(
      'insufficientData',
      `The counts add up to ${total} and the shares to ${whole}; more than 0 was expected of both.`,
    )
  }
  let statistic = 0
  let categories = 0
  counts.forEach((count, i) => {
    const expected = (total * shares[i]!) / whole
    if (expected > 0)
      statistic +=
        options.statistic === 'likelihoodRatio'
          ? deviance(count, expected)
          : (count - expected) ** 2 / expected
    else if (count > 0) {
      throw new StatsError(
        'outOfDomain',
        `Category ${i} has ${count} rows though its expected share is 0; no test is needed to see that this is wrong.`,
      )
    }
    if (expected > 0 || options.zeroShares !== 'skip') categories++
  })
  if (categories < 2)
    throw new StatsError('insufficientData', 'A goodness-of-fit test needs at least 2 categories.')
  return { statistic, degreesOfFreedom: categories - 1, pValue: chiSquareSurvival(statistic, categories - 1) }
}

function deviance(observed: number, expected: number): number {
  return observed > 0 ? 2 * observed * Math.log(observed / expected) : 0
}

function margins(table: readonly (readonly number[])[]): {
  rows: number[]
  columns: number[]
  total: number
} {
  const width = table[0]?.length ?? 0
  const rows = table.map((line, i) => {
    if (line.length !== width) {
      throw new StatsError(
        'lengthMismatch',
        `Row ${i} of the table has ${line.length} cells and the first has ${width}; equal lengths were expected.`,
      )
    }
    return line.reduce((a, b) => a + requireCount(b), 0)
  })
  const columns = Array.from({ length: width }, (_, j) => table.reduce((a, line) => a + line[j]!, 0))
  if (rows.length < 2 || width < 2 || rows.some((r) => r === 0) || columns.some((c) => c === 0)) {
    throw new StatsError(
      'insufficientData',
      `A test of independence needs at least 2 rows and 2 columns, each with counts; got ${rows.length} × ${width}.`,
      {
        hint: 'Leave out rows and columns that are all 0.',
      },
    )
  }
  return { rows, columns, total: rows.reduce((a, b) => a + b, 0) }
}

function requireCount(count: number): number {
  if (count >= 0 && Number.isFinite(count)) return count
  throw new StatsError(
    'outOfDomain',
    `A count or share is ${count}; a finite number of at least 0 was expected.`,
  )
}
