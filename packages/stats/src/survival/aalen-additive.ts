import { normalSurvival } from '../distributions/normal.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { multiply } from '../linalg/products.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { checkSurvival, lastIndex, orderBy, type SurvivalData } from './survival-data.ts'

export interface AdditiveHazardModel {
  readonly kind: 'additiveHazard'
  readonly version: 1
  /** Times with an event, ascending, as long as enough subjects are at risk. */
  readonly time: readonly number[]
  /** Row-major times×(p+1) cumulated effects, the baseline's first; and the roots of their variances. */
  readonly cumulative: readonly number[]
  readonly standardErrors: readonly number[]
  /** Test of each effect over all times, the baseline's first: steps weighed by their precision. */
  readonly tests: readonly { readonly statistic: number; readonly pValue: number }[]
  readonly data: { readonly rows: number; readonly events: number; readonly covariates: number }
}

/**
 * Aalen's additive model: the hazard is β₀(t) + xβ(t), each effect free to change with time; what is estimated is its
 * integral, by least squares over those at risk at each event.
 * Cost O(events × (rows·p² + p³)).
 * Source: Aalen (1989), https://doi.org/10.1002/sim.4780080803
 * Parity: R's `aareg`, lifelines' `AalenAdditiveFitter`.
 * @param data with row-major n×p covariates `x`, without a constant
 * @param options.ridge added to the diagonal of XᵀX, covariates in units of their standard deviations (lifelines'
 * `coef_penalizer`)
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`, `insufficientData` without an event that
 * enough subjects are at risk for
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * fitAdditiveHazard(data).time // → [1, 2, 4, 5]
 */
export function fitAdditiveHazard(
  data: SurvivalData & { readonly x: Float64Array; readonly p: number },
  options: { readonly ridge?: number } = {},
): AdditiveHazardModel {
  const n = checkSurvival(data)
  const { x, p } = data
  const { ridge = 0 } = options
  if (x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  requireFiniteColumn('x', x)
  if (!(ridge >= 0 && ridge < Infinity))
    throw new StatsError('outOfDomain', `ridge is ${ridge}; a finite number of at least 0 was expected.`)
  const size = p + 1
  const weightOf = (i: number): number => (data.weights ? data.weights[i]! : 1)
  const cell = (i: number, j: number): number => (j === 0 ? 1 : x[i * p + j - 1]!)
  const drawn = spreads(x, n, p).map((sd) => ridge * sd * sd)
  const order = orderBy(data.time, n)
  const times: number[] = []
  const cumulative: number[] = []
  const standardErrors: number[] = []
  const [sum, variance] = [new Float64Array(size), new Float64Array(size)]
  const [tested, testedVariance] = [new Float64Array(size), new Float64Array(size)]
  let events = 0
  for (let from = 0; from < n; ) {
    const time = data.time[order[from]!]!
    let to = from
    while (to < n && data.time[order[to]!]! === time) to++
    const dying = Array.from(order.subarray(from, to)).filter((i) => data.event[i] === 1)
    const risk = Array.from(order.subarray(from)).filter((i) => (data.entry?.[i] ?? -Infinity) < time)
    from = to
    if (dying.length === 0) continue
    const gram = gramOf(risk, size, cell, weightOf, drawn)
    if (risk.length < size || !isSound(gram, size)) break
    const inverse = invertSymmetric(gram, size)
    for (const i of dying) {
      const row = Float64Array.from({ length: size }, (_, j) => weightOf(i) * cell(i, j))
      const step = multiply(inverse, row, size, size, 1)
      for (let j = 0; j < size; j++) {
        const precision = 1 / inverse[j * size + j]!
        sum[j]! += step[j]!
        variance[j]! += step[j]! ** 2
        tested[j]! += precision * step[j]!
        testedVariance[j]! += (precision * step[j]!) ** 2
      }
      events += weightOf(i)
    }
    times.push(time)
    cumulative.push(...sum)
    standardErrors.push(...variance.map(Math.sqrt))
  }
  if (times.length === 0)
    throw new StatsError(
      'insufficientData',
      'At no event enough subjects are at risk to tell the covariates’ effects apart.',
    )
  return Object.freeze({
    kind: 'additiveHazard',
    version: 1,
    time: times,
    cumulative,
    standardErrors,
    tests: Array.from(tested, (value, j) => {
      const statistic = value / Math.sqrt(testedVariance[j]!)
      return { statistic, pValue: 2 * normalSurvival(Math.abs(statistic)) }
    }),
    data: { rows: n, events, covariates: p },
  })
}

/**
 * Survival exp(−∫ hazard) of each row of `x` (row-major m×p) at each time, row-major times×m. A fitted hazard can be
 * negative for a while, and survival then rise; values hold from the last event on.
 * Cost O(times × m × p).
 * Source: Aalen (1989), https://doi.org/10.1002/sim.4780080803
 * @throws StatsError `lengthMismatch`, `notFinite`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * predictAdditiveSurvival(fitAdditiveHazard(data), [0, 2], new Float64Array([1])).length // → 2
 */
export function predictAdditiveSurvival(
  model: AdditiveHazardModel,
  times: ArrayLike<number>,
  x: Float64Array,
): Float64Array {
  const p = model.data.covariates
  const rows = x.length / p
  if (!Number.isInteger(rows))
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.length} values, which is not a whole number of rows of ${p} covariates.`,
    )
  requireFiniteColumn('x', x)
  requireFiniteColumn('times', times)
  const survival = new Float64Array(times.length * rows).fill(1)
  for (let k = 0; k < times.length; k++) {
    const at = lastIndex(model.time, times[k]!)
    if (at < 0) continue
    for (let i = 0; i < rows; i++) {
      let hazard = model.cumulative[at * (p + 1)]!
      for (let j = 0; j < p; j++) hazard += model.cumulative[at * (p + 1) + j + 1]! * x[i * p + j]!
      survival[k * rows + i] = Math.exp(-hazard)
    }
  }
  return survival
}

function gramOf(
  rows: readonly number[],
  size: number,
  cell: (i: number, j: number) => number,
  weightOf: (i: number) => number,
  ridge: Float64Array,
): Float64Array {
  const gram = new Float64Array(size * size)
  for (const i of rows)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++) gram[a * size + b]! += weightOf(i) * cell(i, a) * cell(i, b)
  for (let a = 0; a < size; a++) gram[a * size + a]! += ridge[a]!
  return gram
}

/** 1 for the baseline, then the covariates' standard deviations. */
function spreads(x: Float64Array, n: number, p: number): Float64Array {
  return Float64Array.from({ length: p + 1 }, (_, k) => {
    if (k === 0) return 1
    let [mean, squares] = [0, 0]
    for (let i = 0; i < n; i++) mean += x[i * p + k - 1]! / n
    for (let i = 0; i < n; i++) squares += (x[i * p + k - 1]! - mean) ** 2
    return Math.sqrt(squares / Math.max(1, n - 1))
  })
}

/** Whether the matrix can be inverted: no covariate is the sum of others among those at risk. */
function isSound(gram: Float64Array, size: number): boolean {
  const left = gram.slice()
  for (let k = 0; k < size; k++) {
    if (!(left[k * size + k]! > 1e-10 * gram[k * size + k]!)) return false
    for (let i = k + 1; i < size; i++) {
      const factor = left[i * size + k]! / left[k * size + k]!
      for (let j = k; j < size; j++) left[i * size + j]! -= factor * left[k * size + j]!
    }
  }
  return true
}
