import type { Rows } from '../clustering/rows.ts'
import { choleskySolve, invertSymmetric } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'
import { type ColumnScale, columnScale } from './design.ts'
import { type GlmFamily, startingMean, unitDeviance, varianceOf } from './glm-families.ts'
import { type GlmLink, inverseLink, linkOf, linkSlope } from './glm-links.ts'
import { sandwich } from './sandwich.ts'

export type IrlsProblem = {
  readonly x: Rows
  readonly y: Float64Array
  readonly weights: Float64Array | undefined
  readonly offset: Float64Array | undefined
  readonly family: GlmFamily
  readonly link: GlmLink
  readonly intercept: boolean
  readonly maxIterations: number
  readonly convergence: 'exact' | 'deviance'
}

export type IrlsResult = {
  /** Intercept first when there is one; on the scale of the data. */
  readonly coefficients: Float64Array
  /** Inverse of XᵀWX on the scale of the data. */
  readonly inverseInformation: Float64Array
  readonly fitted: Float64Array
  readonly linear: Float64Array
  readonly deviance: number
  readonly iterations: number
  readonly converged: boolean
  /** Largest change of a standardised coefficient in the last step. */
  readonly lastStep: number
}

/**
 * Iteratively reweighted least squares by normal equations of standardised columns, with step halving.
 * Cost O(n·p²) an iteration, memory O(n).
 * Source: McCullagh & Nelder (1989), Generalized Linear Models, section 2.5.
 */
export function irls(problem: IrlsProblem): IrlsResult {
  const scale = standardScale(problem)
  const q = problem.x.p + (problem.intercept ? 1 : 0)
  const state = startState(problem, q)
  let deviance = Number.POSITIVE_INFINITY
  let iterations = 0
  let lastStep = Number.POSITIVE_INFINITY
  let converged = false
  while (!converged && iterations < problem.maxIterations) {
    iterations++
    accumulate(problem, scale, state)
    const next = solveStep(state, q)
    const accepted = halveUntilBetter(problem, scale, state, next, deviance, iterations === 1)
    lastStep = largestChange(state.beta, accepted.beta)
    const change = Math.abs(deviance - accepted.deviance)
    state.beta.set(accepted.beta)
    deviance = accepted.deviance
    refuseSeparation(problem, deviance, change, lastStep)
    converged =
      problem.convergence === 'deviance'
        ? change < 1e-8 * (Math.abs(deviance) + 0.1)
        : lastStep < 1e-9 || (change <= 1e-15 * (Math.abs(deviance) + 1e-300) && lastStep < 1e-5)
  }
  if (problem.convergence === 'exact') accumulate(problem, scale, state)
  const inverse = invertSymmetric(state.gram, q)
  return {
    ...unscale(problem, scale, state.beta, inverse),
    fitted: state.mu,
    linear: state.eta,
    deviance,
    iterations,
    converged,
    lastStep,
  }
}

type State = {
  readonly beta: Float64Array
  readonly eta: Float64Array
  readonly mu: Float64Array
  readonly gram: Float64Array
  readonly rhs: Float64Array
}

function standardScale({ x, weights, intercept }: IrlsProblem): ColumnScale {
  const scale = columnScale(x, weights)
  const { means, sds } = scale
  for (let j = 0; j < x.p; j++) {
    if (!intercept) {
      // Without an intercept a column may not be centred; its length alone is brought to 1.
      sds[j] = Math.hypot(sds[j]!, means[j]!)
      means[j] = 0
    }
    if (!(sds[j]! > 1e-13 * Math.abs(means[j]!)) || sds[j] === 0) {
      throw new StatsError(
        'singular',
        `Column ${j} is constant, so its coefficient cannot be told from the intercept.`,
        { hint: 'Leave the column out.', context: { column: j } },
      )
    }
  }
  return scale
}

function startState({ x, y, weights, family, link }: IrlsProblem, q: number): State {
  const { n } = x
  const eta = new Float64Array(n)
  const mu = new Float64Array(n)
  let average = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    average += w * y[i]!
    total += w
  }
  for (let i = 0; i < n; i++) {
    mu[i] = startingMean(family, y[i]!, weights ? weights[i]! : 1, average / total)
    eta[i] = linkOf(link, mu[i]!)
  }
  return { beta: new Float64Array(q), eta, mu, gram: new Float64Array(q * q), rhs: new Float64Array(q) }
}

/** Hot: XᵀWX (both triangles) and XᵀWz of the working response z, over standardised columns made on the fly. */
function accumulate(
  { x, y, weights, offset, family, link, intercept }: IrlsProblem,
  { means, sds }: ColumnScale,
  state: State,
): void {
  const { data, n, p } = x
  const q = p + (intercept ? 1 : 0)
  const first = intercept ? 1 : 0
  const { gram, rhs, eta, mu } = state
  gram.fill(0)
  rhs.fill(0)
  const row = new Float64Array(q)
  row[0] = 1
  for (let i = 0; i < n; i++) {
    const prior = weights ? weights[i]! : 1
    if (prior === 0) continue
    const slope = linkSlope(link, eta[i]!, mu[i]!)
    // With the logit link, slope equals the variance and stays exact where μ(1 − μ) has rounded to 0.
    const variance = link === 'logit' && family === 'binomial' ? slope : varianceOf(family, mu[i]!)
    if (!(slope !== 0 && variance > 0)) continue
    const w = (prior * slope * slope) / variance
    const z = eta[i]! - (offset ? offset[i]! : 0) + (y[i]! - mu[i]!) / slope
    for (let j = 0; j < p; j++) row[first + j] = (data[i * p + j]! - means[j]!) / sds[j]!
    for (let a = 0; a < q; a++) {
      const wa = w * row[a]!
      rhs[a]! += wa * z
      for (let b = 0; b <= a; b++) gram[a * q + b]! += wa * row[b]!
    }
  }
  for (let a = 0; a < q; a++) for (let b = 0; b < a; b++) gram[b * q + a] = gram[a * q + b]!
}

function solveStep({ gram, rhs }: State, q: number): Float64Array {
  const factor = factorOf(gram, q)
  return choleskySolve(factor, q, rhs)
}

/** Cholesky that names the first column which the ones before it explain. */
function factorOf(gram: Float64Array, q: number): Float64Array {
  const l = new Float64Array(q * q)
  for (let j = 0; j < q; j++) {
    let diagonal = gram[j * q + j]!
    for (let k = 0; k < j; k++) diagonal -= l[j * q + k]! ** 2
    if (!(diagonal > 1e-12 * gram[j * q + j]!)) {
      throw new StatsError(
        'singular',
        `Coefficient ${j} cannot be told from the ones before it: its column is a combination of theirs.`,
        {
          hint: 'Leave the column out or use ridge.',
          context: { coefficient: j },
        },
      )
    }
    const root = Math.sqrt(diagonal)
    l[j * q + j] = root
    for (let i = j + 1; i < q; i++) {
      let sum = gram[i * q + j]!
      for (let k = 0; k < j; k++) sum -= l[i * q + k]! * l[j * q + k]!
      l[i * q + j] = sum / root
    }
  }
  return l
}

function halveUntilBetter(
  problem: IrlsProblem,
  scale: ColumnScale,
  state: State,
  next: Float64Array,
  previous: number,
  first: boolean,
): { beta: Float64Array; deviance: number } {
  let deviance = evaluate(problem, scale, next, state)
  for (let halving = 0; halving < 40; halving++) {
    if (Number.isFinite(deviance) && (first || deviance <= previous + 1e-10 * (Math.abs(previous) + 1)))
      return { beta: next, deviance }
    for (let j = 0; j < next.length; j++) next[j] = (next[j]! + state.beta[j]!) / 2
    deviance = evaluate(problem, scale, next, state)
  }
  if (Number.isFinite(deviance)) return { beta: next, deviance }
  throw new StatsError(
    'notConverged',
    'The fit leaves the range in which the response has a mean, whatever the step.',
    {
      hint: 'Use a link that keeps the mean in range, such as log.',
    },
  )
}

/** Sets η and μ for the coefficients and returns the deviance, Infinity when a mean is out of range. */
function evaluate(
  problem: IrlsProblem,
  { means, sds }: ColumnScale,
  beta: Float64Array,
  { eta, mu }: State,
): number {
  const { x, y, weights, offset, family, link, intercept } = problem
  const { data, n, p } = x
  const first = intercept ? 1 : 0
  let deviance = 0
  for (let i = 0; i < n; i++) {
    let value = (intercept ? beta[0]! : 0) + (offset ? offset[i]! : 0)
    for (let j = 0; j < p; j++) value += (beta[first + j]! * (data[i * p + j]! - means[j]!)) / sds[j]!
    const mean = inverseLink(link, value)
    eta[i] = value
    mu[i] = mean
    if (family !== 'gaussian' && !(mean >= 0)) return Number.POSITIVE_INFINITY
    const prior = weights ? weights[i]! : 1
    if (prior > 0)
      deviance +=
        prior *
        (link === 'logit' && family === 'binomial'
          ? logitDeviance(y[i]!, value)
          : unitDeviance(family, y[i]!, mean))
  }
  return Number.isNaN(deviance) ? Number.POSITIVE_INFINITY : deviance
}

/** Binomial deviance from η, exact where the probability rounds to 0 or 1. */
function logitDeviance(y: number, eta: number): number {
  const logYes = -(eta > 0 ? Math.log1p(Math.exp(-eta)) : Math.log1p(Math.exp(eta)) - eta)
  const entropy = y > 0 && y < 1 ? y * Math.log(y) + (1 - y) * Math.log1p(-y) : 0
  return 2 * (entropy - y * logYes - (1 - y) * (logYes - eta))
}

function largestChange(from: Float64Array, to: Float64Array): number {
  let largest = 0
  for (let j = 0; j < from.length; j++)
    largest = Math.max(largest, Math.abs(to[j]! - from[j]!) / (1 + Math.abs(to[j]!)))
  return largest
}

/** Under separation the deviance settles while the coefficients keep walking, or the deviance goes to 0. */
function refuseSeparation(
  { family, y }: IrlsProblem,
  deviance: number,
  change: number,
  lastStep: number,
): void {
  if (family !== 'binomial') return
  const perfect = deviance < 1e-7 * y.length
  const walking = change < 1e-6 * (1 + deviance) && lastStep > 0.01
  if (!perfect && !walking) return
  throw new StatsError(
    'separation',
    'Some combination of columns tells the two outcomes apart without error, so a coefficient has no finite estimate.',
    {
      hint: 'Leave out the column that gives the outcome away, or use ridge (fitElasticNet).',
    },
  )
}

function unscale(
  { x, intercept }: IrlsProblem,
  { means, sds }: ColumnScale,
  beta: Float64Array,
  inverse: Float64Array,
) {
  const q = beta.length
  const first = intercept ? 1 : 0
  // coefficients = T · beta, covariance = T · inverse · Tᵀ, with T undoing centring and scaling.
  const t = new Float64Array(q * q)
  if (intercept) t[0] = 1
  for (let j = 0; j < x.p; j++) {
    t[(first + j) * q + first + j] = 1 / sds[j]!
    if (intercept) t[first + j] = -means[j]! / sds[j]!
  }
  const coefficients = new Float64Array(q)
  for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) coefficients[a]! += t[a * q + b]! * beta[b]!
  return { coefficients, inverseInformation: sandwich(t, inverse, q) }
}
