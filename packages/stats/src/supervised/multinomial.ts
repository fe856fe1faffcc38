import { type Rows, requireFiniteRows } from '../clustering/rows.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { minimizeNewton } from '../optimize/newton.ts'
import { StatsError } from '../stats-error.ts'
import { columnNames, columnScale, requireSupervised, type SupervisedData } from './design.ts'

export type MultinomialModel = {
  readonly kind: 'multinomial'
  readonly version: 1
  readonly columns: readonly string[]
  /** Classes; class 0 is the reference. */
  readonly classes: number
  /** Intercept and coefficients of class 1, 2, … against class 0. */
  readonly equations: readonly {
    readonly intercept: number
    readonly coefficients: readonly number[]
    readonly standardErrors: readonly number[]
  }[]
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  readonly aic: number
  readonly diagnostics: {
    readonly status: 'converged'
    readonly iterations: number
    readonly gradientNorm: number
    readonly rows: number
  }
}

/**
 * Multinomial logistic regression by Newton's method on standardised columns; classes are 0 … k−1 in `y`.
 * Cost O(n·p²·k²) an iteration.
 * Source: McFadden (1974), https://eml.berkeley.edu/reprints/mcfadden/zarembka.pdf; Agresti (2013), section 8.1.
 * Parity: R's nnet::multinom.
 * @param options.ridge half of it times the sum of squared coefficients is added to the loss, for separated classes. Default 0.
 * @param options.ridgeOf whether coefficients `againstReference` are squared (default), or those of `everyClass`, which add up
 * to 0: scikit-learn's penalty, with `ridge` its 1/C and `ridgeScale: 'raw'`.
 * @param options.ridgeScale whether coefficients of `standardised` columns (default) or the `raw` ones are squared.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `oneClass` (a class without rows),
 * `singular` (constant column), `separation`, `notConverged`.
 * @example
 * const x = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 1, 3), n: 8, p: 1 }
 * fitMultinomial({ x, y: Float64Array.of(0, 0, 1, 2, 2, 1, 1, 0) }).diagnostics.status // → 'converged'
 */
export function fitMultinomial(
  data: SupervisedData,
  options: {
    readonly ridge?: number
    readonly ridgeOf?: 'againstReference' | 'everyClass'
    readonly ridgeScale?: 'standardised' | 'raw'
    readonly maxIterations?: number
  } = {},
): MultinomialModel {
  requireSupervised(data)
  const { x, y, weights } = data
  const classes = countClasses(y, weights)
  const { means, sds } = columnScale(x, weights)
  for (let j = 0; j < x.p; j++)
    if (!(sds[j]! > 1e-13 * Math.abs(means[j]!)))
      throw new StatsError(
        'singular',
        `Column ${j} is constant, so its coefficient cannot be told from the intercept.`,
        { hint: 'Leave the column out.' },
      )
  const q = x.p + 1
  const m = (classes.length - 1) * q
  const ridge = options.ridge ?? 0
  const row = new Float64Array(q)
  const shares = new Float64Array(classes.length)
  const objective = (b: Float64Array, gradient: Float64Array, hessian: Float64Array): number => {
    gradient.fill(0)
    hessian.fill(0)
    let loss = 0
    for (let i = 0; i < x.n; i++) {
      const w = weights ? weights[i]! : 1
      if (w === 0) continue
      row[0] = 1
      for (let j = 0; j < x.p; j++) row[j + 1] = (x.data[i * x.p + j]! - means[j]!) / sds[j]!
      loss -= w * softmax(b, row, q, shares, y[i]!)
      for (let a = 1; a < classes.length; a++) {
        const residual = w * (shares[a]! - (y[i] === a ? 1 : 0))
        for (let j = 0; j < q; j++) gradient[(a - 1) * q + j]! += residual * row[j]!
        for (let c = 1; c <= a; c++)
          addBlock(
            hessian,
            m,
            (a - 1) * q,
            (c - 1) * q,
            row,
            q,
            w * shares[a]! * ((a === c ? 1 : 0) - shares[c]!),
          )
      }
    }
    for (let a = 0; a < m; a++) {
      for (let c = 0; c < a; c++) hessian[c * m + a] = hessian[a * m + c]!
      if (a % q === 0) continue
      const own = options.ridgeScale === 'raw' ? ridge / sds[(a % q) - 1]! ** 2 : ridge
      // Of coefficients that add up to 0 over all classes, the squares are those about the mean, the reference being 0.
      const others = options.ridgeOf === 'everyClass' ? own / classes.length : 0
      let sum = 0
      for (let c = a % q; c < m; c += q) {
        sum += b[c]!
        hessian[a * m + c]! -= others
      }
      loss += (b[a]! * (own * b[a]! - others * sum)) / 2
      gradient[a]! += own * b[a]! - others * sum
      hessian[a * m + a]! += own
    }
    return loss
  }
  const start = new Float64Array(m)
  for (let a = 1; a < classes.length; a++) start[(a - 1) * q] = Math.log(classes[a]! / classes[0]!)
  const fit = minimizeNewton(objective, start, {
    maxIterations: options.maxIterations ?? 100,
    tolerance: 1e-20,
  })
  if (fit.x.some((b, at) => at % q > 0 && Math.abs(b) > 50)) throw separated()
  if (fit.status === 'iterationLimit')
    throw new StatsError('notConverged', `The fit still moved after ${fit.iterations} iterations.`, {
      hint: 'Raise maxIterations or give a ridge.',
    })
  const hessian = new Float64Array(m * m)
  const loss = objective(fit.x, new Float64Array(m), hessian)
  const covariance = invertSymmetric(hessian, m)
  const total = classes.reduce((s, c) => s + c, 0)
  const logLikelihood = -loss
  return Object.freeze({
    kind: 'multinomial',
    version: 1,
    columns: columnNames(data),
    classes: classes.length,
    equations: Object.freeze(
      classes.slice(1).map((_, a) => equation(fit.x, covariance, m, a * q, means, sds)),
    ),
    logLikelihood,
    nullLogLikelihood: classes.reduce((s, c) => s + c * Math.log(c / total), 0),
    aic: 2 * m - 2 * logLikelihood,
    diagnostics: Object.freeze({
      status: 'converged',
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      rows: x.n,
    }),
  } as const)
}

/**
 * Intercept and coefficients of every class, adding up to 0 over the classes, as scikit-learn gives them.
 * One equation per class; in the columns' own units.
 * Cost O(p·k).
 * Source: Friedman, Hastie and Tibshirani (2010), section 4, https://doi.org/10.18637/jss.v033.i01
 * @throws nothing
 * @example
 * const x = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 1, 3), n: 8, p: 1 }
 * symmetricEquations(fitMultinomial({ x, y: Float64Array.of(0, 0, 1, 2, 2, 1, 1, 0) })).length // → 3
 */
export function symmetricEquations({
  equations,
  classes,
  columns,
}: MultinomialModel): readonly { readonly intercept: number; readonly coefficients: readonly number[] }[] {
  const all = [{ intercept: 0, coefficients: columns.map(() => 0) }, ...equations]
  const centre = all.reduce((sum, e) => sum + e.intercept, 0) / classes
  const means = columns.map((_, j) => all.reduce((sum, e) => sum + e.coefficients[j]!, 0) / classes)
  return all.map((e) => ({
    intercept: e.intercept - centre,
    coefficients: e.coefficients.map((c, j) => c - means[j]!),
  }))
}

/**
 * Probabilities, row-major n×k.
 * Range: (0, 1); each row adds up to 1.
 * Cost O(n·p·k).
 * Source: McFadden (1974), https://eml.berkeley.edu/reprints/mcfadden/zarembka.pdf
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const x = { data: Float64Array.of(0, 1, 2, 3, 4, 5, 1, 3), n: 8, p: 1 }
 * const model = fitMultinomial({ x, y: Float64Array.of(0, 0, 1, 2, 2, 1, 1, 0) })
 * predictMultinomial(model, { data: Float64Array.of(2), n: 1, p: 1 }) // → [0.4068455, 0.4194216, 0.1737329]
 */
export function predictMultinomial(model: MultinomialModel, rows: Rows): Float64Array {
  requireFiniteRows(rows)
  if (rows.p !== model.columns.length)
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${rows.p} columns; the model was fitted on ${model.columns.length}.`,
    )
  const q = rows.p + 1
  const b = Float64Array.from(model.equations.flatMap((e) => [e.intercept, ...e.coefficients]))
  const row = new Float64Array(q)
  const shares = new Float64Array(model.classes)
  const predicted = new Float64Array(rows.n * model.classes)
  for (let i = 0; i < rows.n; i++) {
    row[0] = 1
    row.set(rows.data.subarray(i * rows.p, i * rows.p + rows.p), 1)
    softmax(b, row, q, shares, 0)
    predicted.set(shares, i * model.classes)
  }
  return predicted
}

/** Fills the shares of all classes and returns the log share of one. */
function softmax(
  b: Float64Array,
  row: Float64Array,
  q: number,
  shares: Float64Array,
  outcome: number,
): number {
  let top = 0
  shares[0] = 0
  for (let a = 1; a < shares.length; a++) {
    let eta = 0
    for (let j = 0; j < q; j++) eta += b[(a - 1) * q + j]! * row[j]!
    shares[a] = eta
    top = Math.max(top, eta)
  }
  const own = shares[outcome]!
  let sum = 0
  for (let a = 0; a < shares.length; a++) {
    shares[a] = Math.exp(shares[a]! - top)
    sum += shares[a]!
  }
  for (let a = 0; a < shares.length; a++) shares[a]! /= sum
  return own - top - Math.log(sum)
}

function addBlock(
  hessian: Float64Array,
  m: number,
  r: number,
  c: number,
  row: Float64Array,
  q: number,
  weight: number,
): void {
  for (let i = 0; i < q; i++)
    for (let j = 0; j < q; j++) hessian[(r + i) * m + c + j]! += weight * row[i]! * row[j]!
}

/** Undoes the standardisation of one equation. */
function equation(
  b: Float64Array,
  covariance: Float64Array,
  m: number,
  at: number,
  means: Float64Array,
  sds: Float64Array,
) {
  const coefficients = Array.from(means, (_, j) => b[at + j + 1]! / sds[j]!)
  const intercept = b[at]! - coefficients.reduce((s, c, j) => s + c * means[j]!, 0)
  const gradient = Float64Array.of(1, ...Array.from(means, (mean, j) => -mean / sds[j]!))
  let variance = 0
  gradient.forEach((g, i) => {
    gradient.forEach((h, j) => {
      variance += g * h * covariance[(at + i) * m + at + j]!
    })
  })
  const errors = coefficients.map((_, j) => Math.sqrt(covariance[(at + j + 1) * m + at + j + 1]!) / sds[j]!)
  return Object.freeze({
    intercept,
    coefficients: Object.freeze(coefficients),
    standardErrors: Object.freeze([Math.sqrt(variance), ...errors]),
  })
}

function countClasses(y: Float64Array, weights?: Float64Array): number[] {
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

function separated(): StatsError {
  return new StatsError(
    'separation',
    'Some combination of columns tells the classes apart without error, so a coefficient has no finite estimate.',
    { hint: 'Leave out the column that gives the class away, or give a ridge.' },
  )
}
