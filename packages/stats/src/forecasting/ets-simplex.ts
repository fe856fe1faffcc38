import { fitLeastSquares } from '../linalg/least-squares.ts'
import { minimizeNashSimplex } from '../optimize/nash-simplex.ts'
import type { OptimizeResult } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { decomposeClassical } from './decompose.ts'
import type { EtsForm } from './ets.ts'
import { meanOf } from './series.ts'
import {
  ALPHA,
  BETA,
  GAMMA,
  LEVEL,
  PHI,
  runSmoothing,
  SEASON,
  type SmoothingShape,
  TREND,
} from './smoothing-recursion.ts'

/** Limits of α, β, γ and φ in R's `forecast`. */
const LOWER = [1e-4, 1e-4, 1e-4, 0.8] as const
const UPPER = [0.9999, 0.9999, 0.9999, 0.98] as const

/**
 * Fits an ETS model as R's `forecast::ets` does: its starting values, its limits on the smoothing parameters, and one run
 * of Nash's simplex of at most 2,000 evaluations, which may stop before the likelihood is at its largest.
 * Source: Hyndman, Koehler, Snyder and Grose (2002), section 3; Hyndman et al. (2008), chapters 5 and 10.
 */
export function searchEtsSimplex(
  y: Float64Array,
  shape: SmoothingShape,
  error: EtsForm['error'],
): { readonly p: Float64Array; readonly fit: OptimizeResult } {
  const m = shape.season === 'none' ? 1 : shape.period
  const alpha = LOWER[0] + (0.2 * (UPPER[0] - LOWER[0])) / m
  const slots: number[] = [ALPHA]
  const start: number[] = [alpha]
  if (shape.trend !== 'none') {
    slots.push(BETA)
    start.push(LOWER[1] + 0.1 * (Math.min(UPPER[1], alpha) - LOWER[1]))
  }
  if (shape.season !== 'none') {
    slots.push(GAMMA)
    start.push(LOWER[2] + 0.05 * (Math.min(UPPER[2], 1 - alpha) - LOWER[2]))
  }
  if (shape.damped) {
    slots.push(PHI)
    start.push(LOWER[3] + 0.99 * (UPPER[3] - LOWER[3]))
  }
  const states = startingStates(y, shape)
  slots.push(LEVEL)
  if (shape.trend !== 'none') slots.push(TREND)
  // Seasons from the latest back; the first observation's is what makes the total right.
  if (shape.season !== 'none') for (let k = m - 1; k >= 1; k--) slots.push(SEASON + k)
  const point = [...start, ...states]
  const total = shape.season === 'multiplicative' ? m : 0
  const expand = (u: Float64Array): Float64Array => {
    const p = new Float64Array(SEASON + (shape.season === 'none' ? 0 : m))
    p[PHI] = 1
    slots.forEach((slot, k) => {
      p[slot] = u[k]!
    })
    if (shape.season !== 'none') {
      let sum = 0
      for (let k = m - 1; k >= 1; k--) sum += p[SEASON + k]!
      p[SEASON] = total - sum
    }
    // The simplex moves α·β*, the recursion takes β*.
    if (shape.trend !== 'none') p[BETA]! /= p[ALPHA]!
    return p
  }
  const n = y.length
  const objective = (u: Float64Array): number => {
    const p = expand(u)
    if (!withinLimits(p, shape)) return Infinity
    if (shape.season === 'multiplicative') for (let k = 0; k < m; k++) if (p[SEASON + k]! < 0) return Infinity
    const { fitted, valid } = runSmoothing(y, shape, p)
    if (!valid) return Infinity
    let [squares, logs] = [0, 0]
    for (let t = 0; t < n; t++) {
      const e = error === 'additive' ? y[t]! - fitted[t]! : (y[t]! - fitted[t]!) / fitted[t]!
      squares += e * e
      logs += Math.log(Math.abs(fitted[t]!))
    }
    return Math.max(-1e10, n * Math.log(squares) + (error === 'additive' ? 0 : 2 * logs))
  }
  const found = minimizeNashSimplex(objective, point, { maxEvaluations: 2000 })
  return {
    p: expand(found.x),
    // On the scale of the other search, −2 ln L / n.
    fit: { ...found, value: found.value / n, gradientNorm: 0 },
  }
}

/** The usual region, and within it the one in which forecasts forget the start. */
function withinLimits(p: Float64Array, shape: SmoothingShape): boolean {
  const [alpha, gamma, phi] = [p[ALPHA]!, p[GAMMA]!, p[PHI]!]
  const beta = shape.trend === 'none' ? 0 : p[ALPHA]! * p[BETA]!
  if (alpha < LOWER[0] || alpha > UPPER[0]) return false
  if (shape.trend !== 'none' && (beta < LOWER[1] || beta > alpha || beta > UPPER[1])) return false
  if (shape.damped && (phi < LOWER[3] || phi > UPPER[3])) return false
  if (shape.season === 'none') return true
  if (gamma < LOWER[2] || gamma > 1 - alpha || gamma > UPPER[2]) return false
  return isForgetful(alpha, beta, gamma, phi, shape.period)
}

/** Whether all roots of the seasonal model's characteristic polynomial lie in the unit circle. Source: Hyndman et al. (2008), theorem 10.1. */
function isForgetful(alpha: number, beta: number, gamma: number, phi: number, m: number): boolean {
  if (gamma < Math.max(1 - 1 / phi - alpha, 0) || gamma > 1 + 1 / phi - alpha) return false
  if (alpha < 1 - 1 / phi - (gamma * (1 - m + phi + phi * m)) / (2 * phi * m)) return false
  if (beta < -(1 - phi) * (gamma / m + alpha)) return false
  const middle = alpha + beta - alpha * phi
  // Falling coefficients after the leading 1. Without a trend 1 is always a root, and is divided out.
  const falling =
    beta === 0 && phi === 1
      ? [...Array<number>(m - 1).fill(alpha), alpha + gamma - 1]
      : [
          alpha + beta - phi,
          ...Array<number>(m - 2).fill(middle),
          middle + gamma - 1,
          phi * (1 - alpha - gamma),
        ]
  // Jury's recursion on a circle wider by R's tolerance.
  const radius = 1 + 1e-10
  let a = falling.map((c, k) => c / radius ** (k + 1))
  while (a.length > 0) {
    const last = a.at(-1)!
    if (!(Math.abs(last) < 1)) return false
    const shorter = a.slice(0, -1)
    a = shorter.map((c, k) => (c - last * shorter[shorter.length - 1 - k]!) / (1 - last * last))
  }
  return true
}

/** Level, slope and all seasons but the first observation's, from the latest back. */
function startingStates(y: Float64Array, shape: SmoothingShape): number[] {
  const m = shape.season === 'none' ? 1 : shape.period
  const n = y.length
  let adjusted = y
  let seasons: number[] = []
  if (shape.season !== 'none') {
    const pattern = seasonalPattern(y, shape)
    seasons = Array.from(pattern.subarray(1, m)).reverse()
    if (shape.season === 'additive') adjusted = y.map((v, t) => v - pattern[t]!)
    else {
      seasons = seasons.map((s) => Math.max(s, 0.01))
      const sum = seasons.reduce((a, b) => a + b, 0)
      if (sum > m) seasons = seasons.map((s) => s / (sum + 0.01 * seasons.length))
      adjusted = y.map((v, t) => v / Math.max(pattern[t]!, 0.01))
    }
  }
  const first = adjusted.subarray(0, Math.min(Math.max(10, 2 * m), n))
  if (shape.trend === 'none') return [meanOf(first), ...seasons]
  const [level, slope] = line(first)
  if (shape.trend === 'additive') {
    if (Math.abs(level + slope) < 1e-8) return [level * 1.001, slope * 0.999, ...seasons]
    return [level, slope, ...seasons]
  }
  const at = Math.abs(level + slope) < 1e-8 ? 1e-7 : level + slope
  const growth = Math.max(-1e10, Math.min(1e10, (level + 2 * slope) / at))
  if (at / growth < 1e-8 || growth < 1e-8)
    return [Math.max(adjusted[0]!, 1e-3), Math.max(adjusted[1]! / adjusted[0]!, 1e-3), ...seasons]
  return [at / growth, growth, ...seasons]
}

/** Season of each observation: a classical decomposition's, or with less than three periods what a line with one wave leaves. */
function seasonalPattern(y: Float64Array, shape: SmoothingShape): Float64Array {
  const { period: m } = shape
  const season = shape.season as 'additive' | 'multiplicative'
  const n = y.length
  if (n >= 3 * m) {
    const { figure } = decomposeClassical(y, m, season)
    return Float64Array.from(y, (_, t) => figure[t % m]!)
  }
  const width = m === 2 ? 3 : 4
  const design = Float64Array.from({ length: n * width }, (_, k) => {
    const t = Math.floor(k / width) + 1
    const angle = (2 * Math.PI * t) / m
    return [1, t, m === 2 ? Math.cos(angle) : Math.sin(angle), Math.cos(angle)][k % width]!
  })
  const { coefficients } = fitLeastSquares(design, y, n, width)
  return y.map((v, t) => {
    const trend = coefficients[0]! + coefficients[1]! * (t + 1)
    if (season === 'additive') return v - trend
    if (trend === 0)
      throw new StatsError(
        'outOfDomain',
        'The trend passes through 0, so that no season is in proportion to it.',
      )
    return v / trend
  })
}

function line(values: Float64Array): [level: number, slope: number] {
  const n = values.length
  const design = Float64Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? 1 : (k + 1) / 2))
  const { coefficients } = fitLeastSquares(design, values, n, 2)
  return [coefficients[0]!, coefficients[1]!]
}
