/**
 * The recursion under Holt, Holt–Winters and ETS, with derivatives carried along.
 *
 * At each time, with level l, trend b, season s (of one period ago), damping φ:
 *   q = l ⊕ φ·b (or l · b^φ), ŷ = q ⊕ s;   l′ = q + α(y ⊖ s − q);   b′ = φb + β*(l′ ⊖ l − φb);   s′ = s + γ(y ⊖ base − s)
 * where base is q (ETS, statsmodels) or the new level l′ (Holt–Winters as in R).
 * Source: Hyndman, Koehler, Ord and Snyder (2008), table 2.1 and eq. 2.3; Winters (1960).
 */
export type Component = 'none' | 'additive' | 'multiplicative'

export interface SmoothingShape {
  readonly trend: Component
  readonly damped: boolean
  readonly season: Component
  /** Observations in a season; 1 without one. */
  readonly period: number
  readonly seasonBase: 'prediction' | 'newLevel'
}

/** Positions in a parameter vector: α, β*, γ, φ, l₀, b₀, then the m seasons, the first observation's first. */
export const ALPHA = 0
export const BETA = 1
export const GAMMA = 2
export const PHI = 3
export const LEVEL = 4
export const TREND = 5
export const SEASON = 6

export interface SmoothingRun {
  /** One-step forecasts. */
  readonly fitted: Float64Array
  /** Level and trend after each observation. */
  readonly level: Float64Array
  readonly trend: Float64Array
  /** Seasons for the next m observations, in order. */
  readonly season: Float64Array
  /** Whether every forecast was usable: finite, and positive where something multiplies. */
  readonly valid: boolean
}

/** Runs the recursion from observation `from` and returns its path. */
export function runSmoothing(
  y: Float64Array,
  shape: SmoothingShape,
  p: Float64Array,
  from = 0,
): SmoothingRun {
  const n = y.length - from
  const fitted = new Float64Array(n)
  const level = new Float64Array(n)
  const trend = new Float64Array(n)
  const path: SmoothingPath = { fitted, level, trend }
  const { season, valid } = recur(y, shape, p, from, undefined, path)
  return { fitted, level, trend, season, valid }
}

/**
 * Runs the recursion and hands each one-step forecast and its derivative (length of `p`) to `visit`;
 * returns false as soon as a forecast is not usable. Cost: observations × parameters.
 */
export function differentiateSmoothing(
  y: Float64Array,
  shape: SmoothingShape,
  p: Float64Array,
  from: number,
  visit: (t: number, fitted: number, derivative: Float64Array) => void,
): boolean {
  return recur(y, shape, p, from, visit, undefined).valid
}

interface SmoothingPath {
  readonly fitted: Float64Array
  readonly level: Float64Array
  readonly trend: Float64Array
}

function recur(
  y: Float64Array,
  shape: SmoothingShape,
  p: Float64Array,
  from: number,
  visit: ((t: number, fitted: number, derivative: Float64Array) => void) | undefined,
  path: SmoothingPath | undefined,
): { readonly season: Float64Array; readonly valid: boolean } {
  const m = shape.season === 'none' ? 1 : shape.period
  const size = visit ? p.length : 0
  const [alpha, beta, gamma] = [p[ALPHA]!, p[BETA]!, p[GAMMA]!]
  const phi = shape.damped ? p[PHI]! : 1
  const multiplies = shape.trend === 'multiplicative' || shape.season === 'multiplicative'
  let l = p[LEVEL]!
  let b = shape.trend === 'none' ? 0 : p[TREND]!
  const s = new Float64Array(m)
  if (shape.season !== 'none') s.set(p.subarray(SEASON, SEASON + m))
  const dl = unit(size, LEVEL)
  const db = shape.trend === 'none' ? new Float64Array(size) : unit(size, TREND)
  const ds = Array.from({ length: m }, (_, k) =>
    shape.season === 'none' ? new Float64Array(size) : unit(size, SEASON + k),
  )
  const dq = new Float64Array(size)
  const dt = new Float64Array(size)
  const dy = new Float64Array(size)
  for (let t = from; t < y.length; t++) {
    const at = (t - from) % m
    const own = s[at]!
    const dOwn = ds[at]!
    // Damped trend and the level it leads to.
    let step: number
    let q: number
    if (shape.trend === 'multiplicative') {
      step = phi === 1 ? b : b ** phi
      q = l * step
      for (let i = 0; i < size; i++) {
        dt[i] = step * ((phi * db[i]!) / b + (shape.damped && i === PHI ? Math.log(b) : 0))
        dq[i] = dl[i]! * step + l * dt[i]!
      }
    } else {
      step = phi * b
      q = l + step
      for (let i = 0; i < size; i++) {
        dt[i] = phi * db[i]! + (shape.damped && i === PHI ? b : 0)
        dq[i] = dl[i]! + dt[i]!
      }
    }
    const forecast = shape.season === 'multiplicative' ? q * own : q + (shape.season === 'additive' ? own : 0)
    if (!Number.isFinite(forecast) || (multiplies && !(forecast > 0 && q > 0)))
      return { season: s, valid: false }
    for (let i = 0; i < size; i++)
      dy[i] = shape.season === 'multiplicative' ? dq[i]! * own + q * dOwn[i]! : dq[i]! + dOwn[i]!
    visit?.(t, forecast, dy)
    // New level.
    const value = y[t]!
    const target = shape.season === 'multiplicative' ? value / own : value - own
    const next = q + alpha * (target - q)
    const growth = shape.trend === 'multiplicative' ? next / l : next - l
    for (let i = 0; i < size; i++) {
      const dTarget = shape.season === 'multiplicative' ? (-target / own) * dOwn[i]! : -dOwn[i]!
      const dNext = dq[i]! + alpha * (dTarget - dq[i]!) + (i === ALPHA ? target - q : 0)
      if (shape.trend !== 'none') {
        const dGrowth = shape.trend === 'multiplicative' ? (dNext - growth * dl[i]!) / l : dNext - dl[i]!
        db[i] = dt[i]! + beta * (dGrowth - dt[i]!) + (i === BETA ? growth - step : 0)
      }
      if (shape.season !== 'none') {
        const base = shape.seasonBase === 'prediction' ? q : next
        const dBase = shape.seasonBase === 'prediction' ? dq[i]! : dNext
        const bare = shape.season === 'multiplicative' ? value / base : value - base
        const dBare = shape.season === 'multiplicative' ? (-bare / base) * dBase : -dBase
        dOwn[i] = dOwn[i]! + gamma * (dBare - dOwn[i]!) + (i === GAMMA ? bare - own : 0)
      }
      dl[i] = dNext
    }
    if (shape.season !== 'none') {
      const base = shape.seasonBase === 'prediction' ? q : next
      const bare = shape.season === 'multiplicative' ? value / base : value - base
      s[at] = own + gamma * (bare - own)
    }
    if (shape.trend !== 'none') b = step + beta * (growth - step)
    l = next
    if (path) {
      path.fitted[t - from] = forecast
      path.level[t - from] = l
      path.trend[t - from] = b
    }
  }
  const first = (y.length - from) % m
  return { season: Float64Array.from({ length: m }, (_, k) => s[(first + k) % m]!), valid: true }
}

function unit(size: number, at: number): Float64Array {
  const vector = new Float64Array(size)
  if (at < size) vector[at] = 1
  return vector
}

/** Point forecasts from final states: level, trend, and the next seasons in order. */
export function extendSmoothing(
  shape: SmoothingShape,
  phi: number,
  level: number,
  trend: number,
  season: Float64Array,
  horizon: number,
): Float64Array {
  const mean = new Float64Array(horizon)
  let sum = 0
  for (let h = 0; h < horizon; h++) {
    sum += (shape.damped ? phi : 1) ** (shape.damped ? h + 1 : 1)
    const q =
      shape.trend === 'multiplicative'
        ? level * trend ** sum
        : shape.trend === 'additive'
          ? level + sum * trend
          : level
    const s = season[h % season.length]!
    mean[h] = shape.season === 'multiplicative' ? q * s : shape.season === 'additive' ? q + s : q
  }
  return mean
}
