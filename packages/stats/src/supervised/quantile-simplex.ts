import { fitLeastSquares } from '../linalg/least-squares.ts'
import { solveLinear } from '../linalg/lu.ts'
import { StatsError } from '../stats-error.ts'

/** Coefficients of a quantile regression and how they were found. */
export interface QuantileSolution {
  readonly coefficients: Float64Array
  readonly iterations: number
}

/** A row-major n×p design with its responses and weights. */
export interface QuantileProblem {
  readonly design: Float64Array
  readonly y: Float64Array
  readonly weights: Float64Array
  readonly n: number
  readonly p: number
  readonly level: number
}

/**
 * Iteratively reweighted least squares as statsmodels does it: from ordinary least squares, residuals floored at 1e-6, until
 * no coefficient moves by more than `tolerance`. It comes to rest near the optimum, not at it.
 */
export function reweightedLeastSquares(
  { design, y, weights, n, p, level }: QuantileProblem,
  maxIterations: number,
  tolerance: number,
): QuantileSolution & { readonly converged: boolean } {
  let coefficients: Float64Array = new Float64Array(p).fill(1)
  const current = weights.slice()
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const found = fitLeastSquares(design, y, n, p, current).coefficients
    let moved = 0
    for (let j = 0; j < p; j++) moved = Math.max(moved, Math.abs(found[j]! - coefficients[j]!))
    coefficients = found
    if (moved <= tolerance) return { coefficients, iterations, converged: true }
    for (let i = 0; i < n; i++) {
      const residual = y[i]! - rowTimes(design, i, p, coefficients)
      const size = Math.max(1e-6, Math.abs(residual))
      // A residual of exactly 0 counts as positive.
      current[i] = weights[i]! / (size * (residual < 0 ? level : 1 - level))
    }
  }
  return { coefficients, iterations: maxIterations, converged: false }
}

/**
 * The exact minimiser: from p rows that are fitted exactly, one row after the other is let go in the direction that lowers
 * the loss, as far as it falls. Cost O(n·p + n·log n) a step.
 * Source: Barrodale and Roberts (1973), https://doi.org/10.1137/0710069; Koenker and d'Orey (1987), https://doi.org/10.2307/2347802
 * @throws StatsError `singular`, `notConverged`
 */
export function exactQuantileFit(problem: QuantileProblem, near: Float64Array): QuantileSolution {
  const { design, y, weights, n, p, level } = problem
  const basis = startingBasis(problem, near)
  const inBasis = new Uint8Array(n)
  for (const i of basis) inBasis[i] = 1
  const limit = 50 * (n + p) + 1000
  const residuals = new Float64Array(n)
  const slopes = new Float64Array(n)
  for (let iterations = 0; iterations < limit; iterations++) {
    const inverse = invertBasis(design, basis, p)
    const coefficients = new Float64Array(p)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++) coefficients[j]! += inverse[j * p + k]! * y[basis[k]!]!
    let scale = 0
    for (let i = 0; i < n; i++) {
      residuals[i] = inBasis[i] ? 0 : y[i]! - rowTimes(design, i, p, coefficients)
      scale = Math.max(scale, Math.abs(y[i]!))
    }
    for (let i = 0; i < n; i++) if (Math.abs(residuals[i]!) < 1e-13 * scale) residuals[i] = 0
    const step = steepest(problem, basis, inBasis, inverse, residuals)
    if (!step) return { coefficients, iterations }
    const direction = Float64Array.from({ length: p }, (_, j) => step.sign * inverse[j * p + step.leaving]!)
    const crossings: number[] = []
    for (let i = 0; i < n; i++) {
      slopes[i] = inBasis[i] ? 0 : rowTimes(design, i, p, direction)
      if (residuals[i]! * slopes[i]! > 0 && weights[i]! > 0) crossings.push(i)
    }
    crossings.sort((a, b) => residuals[a]! / slopes[a]! - residuals[b]! / slopes[b]!)
    let slope = step.slope
    const entering = crossings.find((i) => {
      slope += weights[i]! * Math.abs(slopes[i]!)
      return slope >= 0
    })
    if (entering === undefined) return { coefficients, iterations }
    inBasis[basis[step.leaving]!] = 0
    inBasis[entering] = 1
    basis[step.leaving] = entering
  }
  throw new StatsError(
    'notConverged',
    `The ${level}-quantile regression did not settle in ${limit} exchanges.`,
  )
}

/** The row of the basis to let go, and to which side, so that the loss falls fastest; none at the optimum. */
function steepest(
  { design, weights, n, p, level }: QuantileProblem,
  basis: readonly number[],
  inBasis: Uint8Array,
  inverse: Float64Array,
  residuals: Float64Array,
): { readonly leaving: number; readonly sign: 1 | -1; readonly slope: number } | undefined {
  // Slopes of the loss along each column of the inverse, split into what is certain and what rows on the surface add.
  const certain = new Float64Array(p)
  const up = new Float64Array(p)
  const down = new Float64Array(p)
  let size = 0
  for (let i = 0; i < n; i++) {
    if (inBasis[i] || weights[i] === 0) continue
    for (let k = 0; k < p; k++) {
      let along = 0
      for (let j = 0; j < p; j++) along += design[i * p + j]! * inverse[j * p + k]!
      along *= weights[i]!
      size = Math.max(size, Math.abs(along))
      if (residuals[i]! !== 0) certain[k]! -= along * (level - (residuals[i]! < 0 ? 1 : 0))
      else {
        up[k]! += along > 0 ? (1 - level) * along : -level * along
        down[k]! += along > 0 ? level * along : -(1 - level) * along
      }
    }
  }
  let best: { leaving: number; sign: 1 | -1; slope: number } | undefined
  for (let k = 0; k < p; k++) {
    const weight = weights[basis[k]!]!
    for (const [sign, slope] of [
      [1, certain[k]! + up[k]! + weight * (1 - level)],
      [-1, -certain[k]! + down[k]! + weight * level],
    ] as const)
      if (slope < -1e-10 * Math.max(1, size) && slope < (best?.slope ?? 0)) best = { leaving: k, sign, slope }
  }
  return best
}

/** The p rows nearest to a plane that determine one. */
function startingBasis({ design, y, n, p, weights }: QuantileProblem, near: Float64Array): number[] {
  const order = Array.from({ length: n }, (_, i) => i).filter((i) => weights[i]! > 0)
  const distance = Float64Array.from({ length: n }, (_, i) => Math.abs(y[i]! - rowTimes(design, i, p, near)))
  order.sort((a, b) => distance[a]! - distance[b]!)
  const directions: Float64Array[] = []
  const basis: number[] = []
  for (const i of order) {
    const row = design.slice(i * p, i * p + p)
    const length = Math.hypot(...row)
    for (const unit of directions) {
      const along = row.reduce((sum, v, j) => sum + v * unit[j]!, 0)
      for (let j = 0; j < p; j++) row[j]! -= along * unit[j]!
    }
    const left = Math.hypot(...row)
    if (!(left > 1e-9 * length)) continue
    directions.push(row.map((v) => v / left))
    basis.push(i)
    if (basis.length === p) return basis
  }
  throw new StatsError(
    'singular',
    'The columns depend on each other, so their coefficients cannot be told apart.',
  )
}

function invertBasis(design: Float64Array, basis: readonly number[], p: number): Float64Array {
  const square = new Float64Array(p * p)
  const identity = new Float64Array(p * p)
  for (let k = 0; k < p; k++) {
    square.set(design.subarray(basis[k]! * p, basis[k]! * p + p), k * p)
    identity[k * p + k] = 1
  }
  return solveLinear(square, p, identity, p)
}

function rowTimes(design: Float64Array, i: number, p: number, v: Float64Array): number {
  let sum = 0
  for (let j = 0; j < p; j++) sum += design[i * p + j]! * v[j]!
  return sum
}
