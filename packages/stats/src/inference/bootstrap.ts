import { normalCdf, normalQuantile } from '../distributions/normal.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { sortedQuantile } from './quantile.ts'
import type { Interval } from './sample.ts'

export type BootstrapOptions = {
  readonly random: RandomGenerator
  /** Number of resamples, at least 100. Default 2,000. */
  readonly resamples?: number
  readonly level?: number
  /** `percentile`, or `bca` (default): corrected for bias and skewness by the jackknife. */
  readonly method?: 'percentile' | 'bca'
  /** Cluster per row: whole clusters are drawn, for rows that are not independent (several per customer). */
  readonly clusters?: ArrayLike<number>
}

export type Bootstrap = {
  readonly estimate: number
  readonly interval: Interval
  readonly standardError: number
  /** Statistics of the resamples, ascending. */
  readonly replicates: Float64Array
}

/**
 * Bootstrap interval of any statistic of rows.
 * The statistic may have any unit; the interval has the same.
 * Cost O(resamples × cost of the statistic), and at most 1,000 more for BCa.
 * Source: Efron (1979); Efron (1987), J. Amer. Statist. Assoc. 82, equations 2.3 and 6.6 (BCa), https://doi.org/10.1080/01621459.1987.10478410
 * @param n number of rows. @param statistic gets row indices (with repetition) and returns a finite number.
 * @throws StatsError `invalidOption`, `insufficientData` for fewer than 2 rows or clusters, `notFinite` if the
 * statistic is not a number in some resample, `zeroVariance` if BCa finds no variation.
 * @example
 * const spend = [12, 15, 9, 30, 22, 18, 11, 25]
 * const mean = (rows) => rows.reduce((sum, row) => sum + spend[row], 0) / rows.length
 * const { estimate, interval } = bootstrap(8, mean, { random: createRandom(1), resamples: 500 })
 * [estimate, interval.low, interval.high] // → [17.75, 13.875, 23.29305]
 */
export function bootstrap(
  n: number,
  statistic: (rows: Uint32Array) => number,
  options: BootstrapOptions,
): Bootstrap {
  const { random, resamples = 2000, level = 0.95, method = 'bca' } = options
  requireLevel('level', level)
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new StatsError(
      'invalidOption',
      `resamples is ${resamples}; a whole number of at least 100 was expected.`,
    )
  }
  const units = options.clusters
    ? groupRows(options.clusters, n)
    : Array.from({ length: n }, (_, i) => Uint32Array.of(i))
  if (units.length < 2)
    throw new StatsError(
      'insufficientData',
      `The bootstrap needs at least 2 independent rows or clusters, got ${units.length}.`,
    )
  const all = Uint32Array.from({ length: n }, (_, i) => i)
  const estimate = finite(statistic(all))
  const replicates = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) replicates[r] = finite(statistic(drawUnits(units, random)))
  replicates.sort()
  const [low, high] =
    method === 'bca'
      ? bcaLevels(estimate, replicates, units, statistic, level)
      : [(1 - level) / 2, (1 + level) / 2]
  return {
    estimate,
    interval: { low: sortedQuantile(replicates, low), high: sortedQuantile(replicates, high), level },
    standardError: standardDeviation(replicates),
    replicates,
  }
}

function drawUnits(units: readonly Uint32Array[], random: RandomGenerator): Uint32Array {
  return concatenate(units.map(() => units[Math.floor(random.uniform() * units.length)]!))
}

function groupRows(clusters: ArrayLike<number>, n: number): Uint32Array[] {
  if (clusters.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${clusters.length} clusters for ${n} rows; one each was expected.`,
    )
  const groups = new Map<number, number[]>()
  for (let i = 0; i < n; i++) {
    const group = groups.get(clusters[i]!)
    if (group) group.push(i)
    else groups.set(clusters[i]!, [i])
  }
  return Array.from(groups.values(), (rows) => Uint32Array.from(rows))
}

function bcaLevels(
  estimate: number,
  replicates: Float64Array,
  units: readonly Uint32Array[],
  statistic: (rows: Uint32Array) => number,
  level: number,
): [number, number] {
  let below = 0
  for (const r of replicates) below += r < estimate ? 1 : r === estimate ? 0.5 : 0
  if (below === 0 || below === replicates.length) {
    throw new StatsError(
      'zeroVariance',
      'All resamples lie on one side of the estimate, so BCa has no bias to correct by.',
      { hint: "Use method: 'percentile'." },
    )
  }
  const bias = normalQuantile(below / replicates.length)
  const acceleration = jackknifeAcceleration(units, statistic)
  const adjusted = (p: number): number => {
    const z = bias + normalQuantile(p)
    return normalCdf(bias + z / (1 - acceleration * z))
  }
  return [adjusted((1 - level) / 2), adjusted((1 + level) / 2)]
}

/** More rows than this are left out in blocks of equal size; the acceleration is the same in expectation. */
const MAX_BLOCKS = 1000

function jackknifeAcceleration(
  units: readonly Uint32Array[],
  statistic: (rows: Uint32Array) => number,
): number {
  const blocks = Math.min(units.length, MAX_BLOCKS)
  const left = Array.from({ length: blocks }, (_, b) =>
    finite(statistic(concatenate(units.filter((_unit, i) => Math.floor((i * blocks) / units.length) !== b)))),
  )
  const mean = left.reduce((s, x) => s + x, 0) / blocks
  let squares = 0
  let cubes = 0
  for (const x of left) {
    const d = mean - x
    squares += d * d
    cubes += d * d * d
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : 0
}

function concatenate(units: readonly Uint32Array[]): Uint32Array {
  const rows = new Uint32Array(units.reduce((s, u) => s + u.length, 0))
  let at = 0
  for (const unit of units) {
    rows.set(unit, at)
    at += unit.length
  }
  return rows
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((s, x) => s + x, 0) / values.length
  return Math.sqrt(values.reduce((s, x) => s + (x - mean) ** 2, 0) / (values.length - 1))
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw new StatsError(
    'notFinite',
    `The statistic of a resample is ${value}; it must be a finite number for any rows drawn.`,
  )
}
