import { fitLeastSquares } from '../linalg/least-squares.ts'
import { decomposeClassical } from './decompose.ts'
import { meanOf } from './series.ts'
import { ALPHA, BETA, GAMMA, LEVEL, PHI, SEASON, type SmoothingShape, TREND } from './smoothing-recursion.ts'

/** A free search vector and the way from it to the recursion's parameters and back. */
export interface FreeParameters {
  readonly count: number
  readonly starts: readonly Float64Array[]
  expand(u: Float64Array): Float64Array
  /** Turns a gradient in the parameters into one in the search vector. */
  pullBack(u: Float64Array, slopes: Float64Array, gradient: Float64Array): void
}

interface FixedParameters {
  readonly alpha: number | undefined
  readonly betaStar: number | undefined
  readonly gamma: number | undefined
  readonly phi: number | undefined
}

interface Limits {
  /** Whether γ is kept below 1 − α. */
  readonly gammaBelowRest: boolean
  readonly phi: readonly [number, number]
}

/**
 * Smoothing parameters go through a logistic function into their interval; states are free up to the unit `spread`, the
 * last season is what makes the seasons sum to 0 (or average 1).
 */
export function freeParameters(
  shape: SmoothingShape,
  fixed: FixedParameters,
  statesFree: boolean,
  states: Float64Array,
  limits: Limits,
): FreeParameters {
  const m = shape.season === 'none' ? 0 : shape.period
  const smoothing = [
    { at: ALPHA, value: fixed.alpha, used: true },
    { at: BETA, value: fixed.betaStar, used: shape.trend !== 'none' },
    { at: GAMMA, value: fixed.gamma, used: shape.season !== 'none' },
    { at: PHI, value: fixed.phi, used: shape.damped },
  ]
  const open = smoothing.filter((s) => s.used && s.value === undefined).map((s) => s.at)
  const level = shape.trend === 'none' ? [LEVEL] : [LEVEL, TREND]
  const stateSlots = statesFree
    ? [...level, ...Array.from({ length: Math.max(0, m - 1) }, (_, k) => SEASON + k)]
    : []
  const slots = [...open, ...stateSlots]
  const scale = stateSlots.map((slot) => unitOf(shape, states, slot))
  const total = shape.season === 'multiplicative' ? m : 0
  const flatSeasons = stateSlots.map((slot, k) =>
    slot < SEASON ? 0 : ((total > 0 ? 1 : 0) - states[slot - LEVEL]!) / scale[k]!,
  )
  const width = (at: number): readonly [number, number] => (at === PHI ? limits.phi : [1e-6, 1 - 1e-6])
  const expand = (u: Float64Array): Float64Array => {
    const p = new Float64Array(SEASON + m)
    for (const s of smoothing) p[s.at] = s.used ? (s.value ?? 0) : 0
    if (!shape.damped) p[PHI] = 1
    p.set(states, LEVEL)
    slots.forEach((slot, k) => {
      if (slot < LEVEL) {
        const [lo, hi] = width(slot)
        p[slot] = lo + (hi - lo) * logistic(u[k]!)
      } else p[slot] = states[slot - LEVEL]! + u[k]! * scale[k - open.length]!
    })
    if (limits.gammaBelowRest && open.includes(GAMMA)) p[GAMMA]! *= 1 - p[ALPHA]!
    if (statesFree && m > 0) {
      let sum = 0
      for (let k = 0; k < m - 1; k++) sum += p[SEASON + k]!
      p[SEASON + m - 1] = total - sum
    }
    return p
  }
  return {
    count: slots.length,
    starts: startPoints(open, slots.length, limits, flatSeasons),
    expand,
    pullBack: (u, slopes, gradient) => {
      const p = expand(u)
      const gammaShare = limits.gammaBelowRest && open.includes(GAMMA)
      slots.forEach((slot, k) => {
        if (slot >= LEVEL) {
          gradient[k] =
            (slopes[slot]! - (slot >= SEASON ? slopes[SEASON + m - 1]! : 0)) * scale[k - open.length]!
          return
        }
        const [lo, hi] = width(slot)
        const share = logistic(u[k]!)
        const inner = (hi - lo) * share * (1 - share)
        if (slot === GAMMA && gammaShare) gradient[k] = slopes[GAMMA]! * inner * (1 - p[ALPHA]!)
        else if (slot === ALPHA && gammaShare)
          gradient[k] = inner * (slopes[ALPHA]! - (slopes[GAMMA]! * p[GAMMA]!) / (1 - p[ALPHA]!))
        else gradient[k] = slopes[slot]! * inner
      })
    },
  }
}

/** Level, trend and seasons before the first observation, from a classical decomposition and a line. Source: Hyndman et al. (2008), section 2.6.1. */
export function heuristicStates(y: Float64Array, shape: SmoothingShape): Float64Array {
  const m = shape.season === 'none' ? 0 : shape.period
  let adjusted = y
  let figure: Float64Array = new Float64Array(0)
  if (shape.season !== 'none') {
    figure = decomposeClassical(y, shape.period, shape.season).figure
    adjusted = y.map((v, t) => (shape.season === 'additive' ? v - figure[t % m]! : v / figure[t % m]!))
  }
  const n = Math.min(Math.max(10, 2 * m), y.length)
  const design = Float64Array.from({ length: 2 * n }, (_, k) => (k % 2 === 0 ? 1 : (k + 1) / 2))
  const line = fitLeastSquares(design, adjusted.slice(0, n), n, 2).coefficients
  const states = new Float64Array(2 + m)
  states[0] = shape.trend === 'none' ? meanOf(adjusted.subarray(0, n)) : line[0]!
  states[1] = shape.trend === 'additive' ? line[1]! : 0
  if (shape.trend === 'multiplicative') {
    if (Math.abs(line[0]!) < 1e-7 || line[0]! + line[1]! <= 0 || line[0]! <= 0) {
      states[0] = adjusted[0]!
      states[1] = 1
    } else states[1] = Math.min(1.5, Math.max(0.5, (line[0]! + 2 * line[1]!) / (line[0]! + line[1]!)))
  }
  states.set(figure, 2)
  return states
}

function unitOf(shape: SmoothingShape, states: Float64Array, slot: number): number {
  const size = Math.abs(states[0]!) || 1
  if (slot === LEVEL) return 0.05 * size
  if (slot === TREND)
    return shape.trend === 'multiplicative' ? 0.02 : Math.max(0.5 * Math.abs(states[1]!), 0.005 * size)
  return shape.season === 'multiplicative' ? 0.05 : 0.05 * size
}

/** `flatSeasons`: what takes the season out of the first states, for the last start. */
function startPoints(
  open: readonly number[],
  size: number,
  limits: Limits,
  flatSeasons: readonly number[],
): Float64Array[] {
  const candidates = [
    { [ALPHA]: 0.3, [BETA]: 0.1, [GAMMA]: 0.1 },
    { [ALPHA]: 0.8, [BETA]: 0.05, [GAMMA]: 0.3 },
    { [ALPHA]: 0.1, [BETA]: 0.3, [GAMMA]: 0.6 },
    { [ALPHA]: 0.85, [BETA]: 0.95, [GAMMA]: 0.3 },
    { [ALPHA]: 0.25, [BETA]: 0.2, [GAMMA]: 0.85 },
  ] as Readonly<Record<number, number>>[]
  return candidates.map((c, which) => {
    const u = new Float64Array(size)
    if (which === candidates.length - 1) u.set(flatSeasons, open.length)
    open.forEach((slot, k) => {
      const share = slot === PHI ? (0.97 - limits.phi[0]) / (limits.phi[1] - limits.phi[0]) : c[slot]!
      u[k] = Math.log(share / (1 - share))
    })
    return u
  })
}

function logistic(u: number): number {
  return 1 / (1 + Math.exp(-u))
}
