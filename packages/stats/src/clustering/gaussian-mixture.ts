import { cholesky } from '../linalg/cholesky.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'
import { fitKMeans } from './k-means.ts'
import { freeCovariances, type MixtureCovariance, maximise } from './mixture-covariance.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type GaussianMixtureOptions = {
  readonly components: number
  readonly random: RandomGenerator
  /** Runs of EM from k-means starts; the highest likelihood wins. Default 1. */
  readonly restarts?: number
  /** Default `full`. */
  readonly covariance?: MixtureCovariance
  /** Added to variances: in units of the column's variance (default 1e-6), or `absolute` as scikit-learn's `reg_covar`. */
  readonly regularisation?: number | { readonly absolute: number }
  /** Component of each row to begin from, instead of k-means; one run. */
  readonly start?: ArrayLike<number>
  /** Stop when the mean log-likelihood rises by less. Default 1e-8. */
  readonly tolerance?: number
  readonly maxIterations?: number
}

export type GaussianMixtureModel = {
  readonly kind: 'gaussianMixture'
  readonly version: 1
  readonly components: number
  readonly p: number
  readonly weights: readonly number[]
  readonly means: readonly (readonly number[])[]
  /** Row-major p×p each. */
  readonly covariances: readonly (readonly number[])[]
  readonly logLikelihood: number
  /** Lower is better. mclust prints the negative. */
  readonly bic: number
  readonly aic: number
  readonly diagnostics: {
    readonly status: 'converged' | 'iterationLimit'
    readonly iterations: number
    readonly rows: number
  }
}

/**
 * Fits a mixture of normal distributions by EM from k-means starts.
 * Cost O(n·k·p²) an iteration.
 * Source: Dempster, Laird & Rubin (1977), https://doi.org/10.1111/j.2517-6161.1977.tb01600.x; McLachlan & Peel (2000),
 * section 3.2.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `invalidOption`, `zeroVariance`, `insufficientData`,
 * `outOfDomain`, `singular` if a component collapses onto too few rows.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 3, 20, 21, 22, 23), n: 8, p: 1 }
 * fitGaussianMixture(rows, { components: 2, random: createRandom(1) }).weights // → [0.5, 0.5]
 */
export function fitGaussianMixture(rows: Rows, options: GaussianMixtureOptions): GaussianMixtureModel {
  requireFiniteRows(rows)
  const { components: k, random, restarts = 1, maxIterations = 1000, tolerance = 1e-8 } = options
  if (rows.n < 2 * k)
    throw new StatsError(
      'insufficientData',
      `${rows.n} rows cannot carry ${k} components; at least 2 each were expected.`,
    )
  if (options.start) requireStart(options.start, rows.n, k)
  const ridge = ridgeOf(rows, options.regularisation ?? 1e-6)
  let best: Em | undefined
  for (let r = 0; r < (options.start ? 1 : restarts); r++) {
    const run = expectationMaximisation(
      rows,
      options.start ? Int32Array.from(options.start) : fitKMeans(rows, { k, random }).labels,
      k,
      ridge,
      options.covariance ?? 'full',
      maxIterations,
      tolerance,
    )
    if (!best || run.logLikelihood > best.logLikelihood) best = run
  }
  const { weights, means, covariances, logLikelihood, iterations, converged } = best!
  const { n, p } = rows
  const free = k - 1 + k * p + freeCovariances(options.covariance ?? 'full', k, p)
  return Object.freeze({
    kind: 'gaussianMixture',
    version: 1,
    components: k,
    p,
    weights: Object.freeze(weights),
    means: Object.freeze(means.map((m) => Object.freeze(Array.from(m)))),
    covariances: Object.freeze(covariances.map((c) => Object.freeze(Array.from(c)))),
    logLikelihood,
    bic: free * Math.log(n) - 2 * logLikelihood,
    aic: 2 * free - 2 * logLikelihood,
    diagnostics: Object.freeze({ status: converged ? 'converged' : 'iterationLimit', iterations, rows: n }),
  } as const)
}

/**
 * Probability of each component for each row, row-major n×k.
 * Range: [0, 1]; each row adds up to 1.
 * Cost O(n·k·p²).
 * Source: McLachlan & Peel (2000), https://doi.org/10.1002/0471721182
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 3, 20, 21, 22, 23), n: 8, p: 1 }
 * const model = fitGaussianMixture(rows, { components: 2, random: createRandom(1) })
 * predictGaussianMixture(model, rows).length // → 16
 */
export function predictGaussianMixture(model: GaussianMixtureModel, rows: Rows): Float64Array {
  requireFiniteRows(rows)
  if (rows.p !== model.p)
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${rows.p} columns; the mixture was fitted on ${model.p}.`,
    )
  const shares = new Float64Array(rows.n * model.components)
  responsibilities(rows, model.weights, model.means, factors(model.covariances, model.p), shares)
  return shares
}

type Em = {
  readonly weights: number[]
  readonly means: readonly ArrayLike<number>[]
  readonly covariances: readonly Float64Array[]
  readonly logLikelihood: number
  readonly iterations: number
  readonly converged: boolean
}

function expectationMaximisation(
  rows: Rows,
  labels: Int32Array,
  k: number,
  ridge: readonly number[],
  kind: MixtureCovariance,
  maxIterations: number,
  tolerance: number,
): Em {
  const shares = new Float64Array(rows.n * k)
  labels.forEach((label, i) => {
    shares[i * k + label] = 1
  })
  let state = maximise(rows, shares, k, ridge, kind)
  let logLikelihood = Number.NEGATIVE_INFINITY
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const next = responsibilities(
      rows,
      state.weights,
      state.means,
      factors(state.covariances, rows.p),
      shares,
    )
    const gained = (next - logLikelihood) / rows.n
    logLikelihood = next
    if (gained < tolerance) return { ...state, logLikelihood, iterations: iteration, converged: true }
    state = maximise(rows, shares, k, ridge, kind)
  }
  return { ...state, logLikelihood, iterations: maxIterations, converged: false }
}

type Factor = { readonly l: Float64Array; readonly logDeterminant: number }

function factors(covariances: readonly ArrayLike<number>[], p: number): readonly Factor[] {
  return covariances.map((covariance, c) => {
    const l = cholesky(Float64Array.from(covariance), p)
    if (!l)
      throw new StatsError('singular', `Component ${c} has collapsed onto too few rows.`, {
        hint: 'Ask for fewer components or more regularisation.',
      })
    let logDeterminant = 0
    for (let j = 0; j < p; j++) logDeterminant += 2 * Math.log(l[j * p + j]!)
    return { l, logDeterminant }
  })
}

/** E step: fills the shares and returns the log-likelihood. */
function responsibilities(
  { data, n, p }: Rows,
  weights: readonly number[],
  means: readonly ArrayLike<number>[],
  covariances: readonly Factor[],
  shares: Float64Array,
): number {
  const k = weights.length
  const logs = new Float64Array(k)
  const z = new Float64Array(p)
  let logLikelihood = 0
  for (let i = 0; i < n; i++) {
    let top = Number.NEGATIVE_INFINITY
    for (let c = 0; c < k; c++) {
      const { l, logDeterminant } = covariances[c]!
      let distance = 0
      for (let a = 0; a < p; a++) {
        let sum = data[i * p + a]! - means[c]![a]!
        for (let b = 0; b < a; b++) sum -= l[a * p + b]! * z[b]!
        z[a] = sum / l[a * p + a]!
        distance += z[a]! * z[a]!
      }
      logs[c] = Math.log(weights[c]!) - 0.5 * (p * Math.log(2 * Math.PI) + logDeterminant + distance)
      top = Math.max(top, logs[c]!)
    }
    let sum = 0
    for (let c = 0; c < k; c++) sum += Math.exp(logs[c]! - top)
    const row = top + Math.log(sum)
    for (let c = 0; c < k; c++) shares[i * k + c] = Math.exp(logs[c]! - row)
    logLikelihood += row
  }
  return logLikelihood
}

function requireStart(start: ArrayLike<number>, n: number, k: number): void {
  if (start.length !== n)
    throw new StatsError('lengthMismatch', `There are ${start.length} starting labels for ${n} rows.`)
  const counts = new Float64Array(k)
  for (let i = 0; i < n; i++) {
    if (!(Number.isInteger(start[i]!) && start[i]! >= 0 && start[i]! < k))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} starts in component ${start[i]}; 0 to ${k - 1} were expected.`,
      )
    counts[start[i]!]!++
  }
  const empty = counts.indexOf(0)
  if (empty >= 0) throw new StatsError('insufficientData', `No row starts in component ${empty}.`)
}

function ridgeOf(rows: Rows, regularisation: number | { readonly absolute: number }): readonly number[] {
  const variances = columnVariances(rows)
  const size = typeof regularisation === 'number' ? regularisation : regularisation.absolute
  if (!(size >= 0 && size < Infinity))
    throw new StatsError('outOfDomain', `The regularisation is ${size}; a finite number ≥ 0 was expected.`)
  return typeof regularisation === 'number' ? variances.map((v) => v * size) : variances.map(() => size)
}

function columnVariances({ data, n, p }: Rows): number[] {
  return Array.from({ length: p }, (_, j) => {
    let mean = 0
    for (let i = 0; i < n; i++) mean += data[i * p + j]! / n
    let squares = 0
    for (let i = 0; i < n; i++) squares += (data[i * p + j]! - mean) ** 2
    if (!(squares > 0))
      throw new StatsError('zeroVariance', `Column ${j} is constant.`, { hint: 'Leave the column out.' })
    return squares / n
  })
}
