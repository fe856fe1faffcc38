import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'

/**
 * The exact minimum of ½ xᵀGx − cᵀx + Σ λ|x| for a positive definite G (row-major), by feature-sign search: solve for the
 * active coefficients given their signs, go as far as no sign turns to its disadvantage, admit the worst excluded one.
 * Each step costs one Cholesky factorisation of the active set; steps are of the order of the coefficients.
 * Source: Lee, Battle, Raina and Ng (2006), algorithm 1, "Efficient sparse coding algorithms", NIPS 19.
 * @throws StatsError `notPositiveDefinite`, `notConverged`
 */
export function solveLaplaceLeastSquares(
  gram: Float64Array,
  c: Float64Array,
  lambda: Float64Array,
  start: Float64Array,
): Float64Array {
  const p = c.length
  let x: Float64Array = start.slice()
  const sign = x.map((v, j) => (lambda[j]! > 0 ? Math.sign(v) : 0))
  const active = Array.from({ length: p }, (_, j) => lambda[j] === 0 || sign[j] !== 0)
  for (let step = 0; step < 50 * p + 100; step++) {
    x = towardsSolution(gram, c, lambda, x, sign, active)
    const slope = gradient(gram, c, x)
    const settled = slope.every(
      (g, j) => !active[j] || Math.abs(g + lambda[j]! * sign[j]!) <= 1e-9 * (1 + Math.abs(c[j]!)),
    )
    if (!settled) continue
    let worst = -1
    let excess = 0
    for (let j = 0; j < p; j++) {
      if (active[j]) continue
      const over = Math.abs(slope[j]!) / lambda[j]! - 1
      if (over > 1e-9 && over > excess) {
        worst = j
        excess = over
      }
    }
    if (worst < 0) return x
    active[worst] = true
    sign[worst] = -Math.sign(slope[worst]!)
  }
  throw new StatsError(
    'notConverged',
    'The penalised regression did not settle; its columns are nearly dependent.',
  )
}

function towardsSolution(
  gram: Float64Array,
  c: Float64Array,
  lambda: Float64Array,
  x: Float64Array,
  sign: Float64Array,
  active: boolean[],
): Float64Array {
  const p = c.length
  const rows = active.flatMap((on, j) => (on ? [j] : []))
  const k = rows.length
  const small = new Float64Array(k * k)
  for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) small[a * k + b] = gram[rows[a]! * p + rows[b]!]!
  const factor = cholesky(small, k)
  if (!factor) throw new StatsError('notPositiveDefinite', 'The penalised regression has dependent columns.')
  const solved = choleskySolve(
    factor,
    k,
    Float64Array.from(rows, (j) => c[j]! - lambda[j]! * sign[j]!),
  )
  const target = x.slice()
  rows.forEach((j, a) => {
    target[j] = solved[a]!
  })
  // Candidates: the solution itself and every point on the way where a penalised coefficient passes zero.
  let best = target
  let lowest = value(gram, c, lambda, target)
  for (const j of rows) {
    if (lambda[j] === 0 || x[j] === 0 || Math.sign(x[j]!) === Math.sign(target[j]!)) continue
    const share = x[j]! / (x[j]! - target[j]!)
    const point = x.map((v, i) => (i === j ? 0 : v + share * (target[i]! - v)))
    const found = value(gram, c, lambda, point)
    if (found < lowest) {
      lowest = found
      best = point
    }
  }
  for (const j of rows) {
    if (lambda[j] === 0) continue
    if (best[j] === 0) active[j] = false
    sign[j] = Math.sign(best[j]!)
  }
  return best
}

function gradient(gram: Float64Array, c: Float64Array, x: Float64Array): Float64Array {
  const p = c.length
  return c.map((v, i) => {
    let sum = -v
    for (let j = 0; j < p; j++) sum += gram[i * p + j]! * x[j]!
    return sum
  })
}

function value(gram: Float64Array, c: Float64Array, lambda: Float64Array, x: Float64Array): number {
  const p = c.length
  let sum = 0
  for (let i = 0; i < p; i++) {
    let row = 0
    for (let j = 0; j < p; j++) row += gram[i * p + j]! * x[j]!
    sum += 0.5 * x[i]! * row - c[i]! * x[i]! + lambda[i]! * Math.abs(x[i]!)
  }
  return sum
}
