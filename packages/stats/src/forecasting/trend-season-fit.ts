import { type Growth, trendCurve } from './growth.ts'
import { solveLaplaceLeastSquares } from './laplace-least-squares.ts'
import type { DesignColumn } from './trend-season-design.ts'

/** Prior standard deviations of rate and offset, and of the noise, on the scaled series. Source: Taylor and Letham (2018), section 3.4. */
const TREND_SD = 5
const NOISE_SD = 0.5

interface PosteriorProblem {
  readonly growth: Growth
  readonly t: Float64Array
  readonly y: Float64Array
  readonly changepoints: Float64Array
  readonly changepointPriorScale: number
  readonly columns: readonly DesignColumn[]
  readonly x: Float64Array
  readonly cap: number
  readonly start: { readonly k: number; readonly m: number }
}

interface PosteriorMode {
  readonly k: number
  readonly m: number
  readonly delta: readonly number[]
  readonly beta: readonly number[]
  readonly sigma: number
  readonly status: 'converged' | 'iterationLimit'
  readonly iterations: number
  readonly logPosterior: number
}

/**
 * The mode of the posterior: given the noise, Gauss–Newton steps, each an exactly solved regression with Laplace and normal
 * penalties; given the curve, the noise in closed form; until the log posterior stands still.
 */
export function fitMaximumPosterior(problem: PosteriorProblem): PosteriorMode {
  const { t, y, columns, changepoints } = problem
  const n = y.length
  const c = changepoints.length
  const p = 2 + c + columns.length
  const lambda = new Float64Array(p)
  const ridge = new Float64Array(p)
  ridge[0] = 1 / TREND_SD ** 2
  ridge[1] = 1 / TREND_SD ** 2
  lambda.fill(1 / problem.changepointPriorScale, 2, 2 + c)
  columns.forEach((column, j) => {
    ridge[2 + c + j] = 1 / column.priorScale ** 2
  })
  let theta = new Float64Array(p)
  theta[0] = problem.start.k
  theta[1] = problem.start.m
  let curve = curveAt(problem, theta)
  let sse = squaredError(y, curve)
  let sigma = bestNoise(sse, n)
  const penalty = (v: Float64Array): number =>
    v.reduce((sum, value, j) => sum + 0.5 * ridge[j]! * value * value + lambda[j]! * Math.abs(value), 0)
  const minusLog = (error: number, v: Float64Array, noise: number): number =>
    n * Math.log(noise) + error / (2 * noise * noise) + noise ** 2 / (2 * NOISE_SD ** 2) + penalty(v)
  let value = minusLog(sse, theta, sigma)
  let status: PosteriorMode['status'] = 'iterationLimit'
  let iterations = 0
  for (; iterations < 200; iterations++) {
    const jacobian = derivatives(problem, theta, curve)
    const { gram, target } = normalEquations(jacobian, y, curve, theta, n, p, sigma, ridge)
    const solved = solveLaplaceLeastSquares(gram, target, lambda, theta)
    let moved = false
    for (let step = 1; step > 1e-6; step /= 2) {
      const point = theta.map((v, j) => v + step * (solved[j]! - v))
      const there = curveAt(problem, point)
      const error = squaredError(y, there)
      if (!(minusLog(error, point, sigma) < value + 1e-12 * Math.abs(value))) continue
      theta = point
      curve = there
      sse = error
      moved = true
      break
    }
    sigma = bestNoise(sse, n)
    const next = minusLog(sse, theta, sigma)
    const gain = value - next
    value = next
    if (!moved || gain < 1e-9 * Math.max(1, Math.abs(value))) {
      status = 'converged'
      break
    }
  }
  return {
    k: theta[0]!,
    m: theta[1]!,
    delta: Array.from(theta.subarray(2, 2 + c)),
    beta: Array.from(theta.subarray(2 + c)),
    sigma,
    status,
    iterations,
    logPosterior: -value,
  }

  function curveAt(q: PosteriorProblem, v: Float64Array): Float64Array {
    const trend = trendCurve(
      q.growth,
      { k: v[0]!, m: v[1]!, delta: v.subarray(2, 2 + c) },
      changepoints,
      t,
      q.cap,
    )
    const effects = effectSums(q, v)
    return trend.map((level, i) => level * (1 + effects.multiplicative[i]!) + effects.additive[i]!)
  }

  function effectSums(
    q: PosteriorProblem,
    v: Float64Array,
  ): { readonly additive: Float64Array; readonly multiplicative: Float64Array } {
    const additive = new Float64Array(n)
    const multiplicative = new Float64Array(n)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < columns.length; j++) {
        const effect = q.x[i * columns.length + j]! * v[2 + c + j]!
        if (columns[j]!.mode === 'additive') additive[i]! += effect
        else multiplicative[i]! += effect
      }
    return { additive, multiplicative }
  }

  /** Row-major n×p derivatives of the curve. */
  function derivatives(q: PosteriorProblem, v: Float64Array, _curve: Float64Array): Float64Array {
    const jacobian = new Float64Array(n * p)
    const { multiplicative } = effectSums(q, v)
    const trendOf = (w: Float64Array): Float64Array =>
      trendCurve(q.growth, { k: w[0]!, m: w[1]!, delta: w.subarray(2, 2 + c) }, changepoints, t, q.cap)
    const trend = trendOf(v)
    for (let j = 0; j < 2 + c; j++) {
      const slope = q.growth === 'logistic' ? numericalSlope(trendOf, v, j) : undefined
      for (let i = 0; i < n; i++) {
        const own = slope ? slope[i]! : linearSlope(q.growth, j, t[i]!, changepoints)
        jacobian[i * p + j] = own * (1 + multiplicative[i]!)
      }
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < columns.length; j++)
        jacobian[i * p + 2 + c + j] =
          q.x[i * columns.length + j]! * (columns[j]!.mode === 'additive' ? 1 : trend[i]!)
    return jacobian
  }
}

/** Derivative of a linear trend by rate, offset or the change at a changepoint: t, 1, (t − s)₊. */
function linearSlope(growth: Growth, j: number, t: number, changepoints: Float64Array): number {
  if (j === 1) return 1
  if (growth === 'flat') return 0
  return j === 0 ? t : Math.max(0, t - changepoints[j - 2]!)
}

function numericalSlope(f: (v: Float64Array) => Float64Array, v: Float64Array, j: number): Float64Array {
  const h = 1e-6 * Math.max(1, Math.abs(v[j]!))
  const point = v.slice()
  point[j] = v[j]! + h
  const up = f(point)
  point[j] = v[j]! - h
  const down = f(point)
  return up.map((value, i) => (value - down[i]!) / (2 * h))
}

function normalEquations(
  jacobian: Float64Array,
  y: Float64Array,
  curve: Float64Array,
  theta: Float64Array,
  n: number,
  p: number,
  sigma: number,
  ridge: Float64Array,
) {
  const gram = new Float64Array(p * p)
  const target = new Float64Array(p)
  const precision = 1 / (sigma * sigma)
  for (let i = 0; i < n; i++) {
    const row = i * p
    let linear = y[i]! - curve[i]!
    for (let j = 0; j < p; j++) linear += jacobian[row + j]! * theta[j]!
    for (let a = 0; a < p; a++) {
      const value = precision * jacobian[row + a]!
      if (value === 0) continue
      target[a]! += value * linear
      for (let b = 0; b <= a; b++) gram[a * p + b]! += value * jacobian[row + b]!
    }
  }
  for (let a = 0; a < p; a++) {
    gram[a * p + a]! += ridge[a]! + 1e-10 * (gram[a * p + a]! + 1)
    for (let b = 0; b < a; b++) gram[b * p + a] = gram[a * p + b]!
  }
  return { gram, target }
}

function squaredError(y: Float64Array, curve: Float64Array): number {
  let sum = 0
  for (let i = 0; i < y.length; i++) sum += (y[i]! - curve[i]!) ** 2
  return sum
}

/** Minimises n ln σ + SSE/2σ² + σ²/2s²; a perfect fit still leaves a little noise. */
function bestNoise(sse: number, n: number): number {
  const s2 = NOISE_SD * NOISE_SD
  const square = (s2 * (Math.sqrt(n * n + (4 * sse) / s2) - n)) / 2
  return Math.sqrt(Math.max(square, 1e-12))
}
