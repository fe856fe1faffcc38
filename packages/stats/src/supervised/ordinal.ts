import { type Rows, requireFiniteRows } from '../clustering/rows.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { minimizeNewton } from '../optimize/newton.ts'
import { StatsError } from '../stats-error.ts'
import { columnNames, columnScale, requireSupervised, type SupervisedData } from './design.ts'

export type OrdinalModel = {
  readonly kind: 'ordinal'
  readonly version: 1
  readonly columns: readonly string[]
  /** logit P(y ≤ k) = thresholds[k] − Σ coefficient·x. A positive coefficient means higher classes. */
  readonly thresholds: readonly number[]
  readonly coefficients: readonly number[]
  /** Of the coefficients, then of the thresholds at the columns' means. */
  readonly standardErrors: readonly number[]
  readonly logLikelihood: number
  readonly aic: number
  readonly diagnostics: {
    readonly status: 'converged'
    readonly iterations: number
    readonly gradientNorm: number
    readonly rows: number
  }
}

/**
 * Proportional-odds regression of ordered classes 0 … k−1 by Newton's method.
 * Cost O(n·p²) an iteration.
 * Source: McCullagh (1980), J, https://doi.org/10.1111/j.2517-6161.1980.tb01109.x. R. Statist. Soc. B 42.
 * Parity: R's MASS::polr.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `oneClass` (a class without rows),
 * `singular`, `separation`, `notConverged`.
 * @example
 * const x = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 1, 3), n: 8, p: 1 }
 * fitOrdinal({ x, y: Float64Array.of(0, 0, 1, 1, 2, 2, 1, 0) }).diagnostics.status // → 'converged'
 */
export function fitOrdinal(
  data: SupervisedData,
  options: { readonly maxIterations?: number } = {},
): OrdinalModel {
  requireSupervised(data)
  const { x, y, weights } = data
  const counts = countOrdered(y, weights)
  const { means, sds } = columnScale(x, weights)
  for (let j = 0; j < x.p; j++)
    if (!(sds[j]! > 1e-13 * Math.abs(means[j]!)))
      throw new StatsError(
        'singular',
        `Column ${j} is constant, so its coefficient cannot be told from the thresholds.`,
        { hint: 'Leave the column out.' },
      )
  const cuts = counts.length - 1
  const m = x.p + cuts
  const objective = (b: Float64Array, gradient: Float64Array, hessian: Float64Array): number =>
    likelihood(data, means, sds, cuts, b, gradient, hessian)
  const total = counts.reduce((s, c) => s + c, 0)
  const start = new Float64Array(m)
  let below = 0
  for (let k = 0; k < cuts; k++) {
    below += counts[k]!
    start[x.p + k] = Math.log(below / (total - below))
  }
  const fit = minimizeNewton(objective, start, {
    maxIterations: options.maxIterations ?? 100,
    tolerance: 1e-20,
  })
  if (fit.x.subarray(0, x.p).some((b) => Math.abs(b) > 50))
    throw new StatsError(
      'separation',
      'Some column orders the classes without error, so its coefficient has no finite estimate.',
      { hint: 'Leave the column out.' },
    )
  if (fit.status === 'iterationLimit')
    throw new StatsError('notConverged', `The fit still moved after ${fit.iterations} iterations.`, {
      hint: 'Raise maxIterations.',
    })
  const hessian = new Float64Array(m * m)
  const loss = objective(fit.x, new Float64Array(m), hessian)
  const covariance = invertSymmetric(hessian, m)
  const coefficients = Array.from(sds, (sd, j) => fit.x[j]! / sd)
  const shift = coefficients.reduce((s, c, j) => s + c * means[j]!, 0)
  const errors = Array.from(
    { length: m },
    (_, a) => Math.sqrt(covariance[a * m + a]!) / (a < x.p ? sds[a]! : 1),
  )
  return Object.freeze({
    kind: 'ordinal',
    version: 1,
    columns: columnNames(data),
    thresholds: Object.freeze(Array.from({ length: cuts }, (_, k) => fit.x[x.p + k]! + shift)),
    coefficients: Object.freeze(coefficients),
    standardErrors: Object.freeze(errors),
    logLikelihood: -loss,
    aic: 2 * m + 2 * loss,
    diagnostics: Object.freeze({
      status: 'converged',
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      rows: x.n,
    }),
  } as const)
}

/**
 * Probabilities of the classes, row-major n×k.
 * Range: (0, 1); each row adds up to 1.
 * Cost O(n·(p + k)).
 * Source: McCullagh (1980), https://doi.org/10.1111/j.2517-6161.1980.tb01109.x
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const x = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 1, 3), n: 8, p: 1 }
 * const model = fitOrdinal({ x, y: Float64Array.of(0, 0, 1, 1, 2, 2, 1, 0) })
 * predictOrdinal(model, { data: Float64Array.of(2), n: 1, p: 1 }) // → [0.346854, 0.5698214, 0.08332466]
 */
export function predictOrdinal(model: OrdinalModel, rows: Rows): Float64Array {
  requireFiniteRows(rows)
  const { data, n, p } = rows
  if (p !== model.coefficients.length)
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${p} columns; the model was fitted on ${model.coefficients.length}.`,
    )
  const k = model.thresholds.length + 1
  const predicted = new Float64Array(n * k)
  for (let i = 0; i < n; i++) {
    let eta = 0
    for (let j = 0; j < p; j++) eta += model.coefficients[j]! * data[i * p + j]!
    let before = 0
    for (let c = 0; c < k; c++) {
      const upTo = c < k - 1 ? logistic(model.thresholds[c]! - eta) : 1
      predicted[i * k + c] = upTo - before
      before = upTo
    }
  }
  return predicted
}

/** Negative log-likelihood with derivatives; Infinity where the thresholds are not in order. */
function likelihood(
  { x, y, weights }: SupervisedData,
  means: Float64Array,
  sds: Float64Array,
  cuts: number,
  b: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  const { data, n, p } = x
  const m = p + cuts
  gradient.fill(0)
  hessian.fill(0)
  for (let k = 1; k < cuts; k++) if (!(b[p + k]! > b[p + k - 1]!)) return Number.POSITIVE_INFINITY
  const row = new Float64Array(m)
  let loss = 0
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    if (w === 0) continue
    let eta = 0
    for (let j = 0; j < p; j++) {
      row[j] = (data[i * p + j]! - means[j]!) / sds[j]!
      eta += b[j]! * row[j]!
    }
    const k = y[i]!
    const upper = k < cuts ? logistic(b[p + k]! - eta) : 1
    const lower = k > 0 ? logistic(b[p + k - 1]! - eta) : 0
    const share = upper - lower
    if (!(share > 0)) return Number.POSITIVE_INFINITY
    loss -= w * Math.log(share)
    const [fa, fb] = [upper * (1 - upper), lower * (1 - lower)]
    const [ga, gb] = [fa * (1 - 2 * upper), fb * (1 - 2 * lower)]
    // Derivatives of −log(F(a) − F(b)) in a = θ_k − η and b = θ_{k−1} − η.
    const [da, db] = [-fa / share, fb / share]
    const aa = -ga / share + da * da
    const bb = gb / share + db * db
    const ab = da * db
    const places: [at: number, value: number][][] = [
      Array.from({ length: p }, (_, j): [number, number] => [j, -row[j]!]),
      Array.from({ length: p }, (_, j): [number, number] => [j, -row[j]!]),
    ]
    if (k < cuts) places[0]!.push([p + k, 1])
    if (k > 0) places[1]!.push([p + k - 1, 1])
    const first = [k < cuts ? da : 0, k > 0 ? db : 0]
    const second = [
      [k < cuts ? aa : 0, k < cuts && k > 0 ? ab : 0],
      [k < cuts && k > 0 ? ab : 0, k > 0 ? bb : 0],
    ]
    for (let s = 0; s < 2; s++) {
      for (const [at, value] of places[s]!) gradient[at]! += w * first[s]! * value
      for (let t = 0; t < 2; t++) {
        const c = w * second[s]![t]!
        if (c !== 0)
          for (const [at, u] of places[s]!)
            for (const [other, v] of places[t]!) hessian[at * m + other]! += c * u * v
      }
    }
  }
  return loss
}

function logistic(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))
}

function countOrdered(y: Float64Array, weights?: Float64Array): number[] {
  const counts: number[] = []
  for (let i = 0; i < y.length; i++) {
    if (!(Number.isInteger(y[i]!) && y[i]! >= 0 && y[i]! < 10_000))
      throw new StatsError(
        'outOfDomain',
        `The class of row ${i} is ${y[i]}; whole numbers from 0 to 9,999 were expected.`,
      )
    while (counts.length <= y[i]!) counts.push(0)
    counts[y[i]!]! += weights ? weights[i]! : 1
  }
  const empty = counts.indexOf(0)
  if (counts.length < 2 || empty >= 0)
    throw new StatsError(
      'oneClass',
      counts.length < 2
        ? 'Every row is of class 0; at least two classes were expected.'
        : `Class ${empty} has no rows; number the classes without gaps.`,
    )
  return counts
}
