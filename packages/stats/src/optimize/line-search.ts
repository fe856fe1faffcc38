import { dot, type Objective } from './result.ts'

interface Trial {
  readonly x: Float64Array
  readonly gradient: Float64Array
  readonly value: number
  readonly step: number
  readonly slope: number
}

export interface LineSearchResult {
  readonly ok: boolean
  readonly x: Float64Array
  readonly gradient: Float64Array
  readonly value: number
  readonly evaluations: number
}

const SUFFICIENT = 1e-4
const CURVATURE = 0.9

/**
 * A step along `direction` that meets the strong Wolfe conditions (c1 = 1e-4, c2 = 0.9), or the best decrease found.
 * Source: Nocedal and Wright (2006), algorithms 3.5 and 3.6, with cubic interpolation kept inside the bracket.
 */
export function wolfeSearch(
  objective: Objective,
  x: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  firstStep: number,
): LineSearchResult {
  const slope = dot(gradient, direction)
  let evaluations = 0
  const at = (step: number): Trial => {
    evaluations++
    const point = x.map((v, i) => v + step * direction[i]!)
    const slopes = new Float64Array(x.length)
    const found = objective(point, slopes)
    const trialSlope = dot(slopes, direction)
    const usable = Number.isFinite(found) && Number.isFinite(trialSlope)
    return {
      x: point,
      gradient: slopes,
      value: usable ? found : Infinity,
      step,
      slope: usable ? trialSlope : Infinity,
    }
  }
  const origin: Trial = { x, gradient, value, step: 0, slope }
  // Near the optimum the value no longer resolves a decrease; then the slope decides. A sum over a million customers is
  // known to some thirteen digits.
  const slack = 1e-13 * Math.abs(value)
  const decreases = (t: Trial): boolean => t.value <= value + SUFFICIENT * t.step * slope + slack
  const flat = (t: Trial): boolean => Math.abs(t.slope) <= -CURVATURE * slope
  let previous = origin
  let best = origin
  let low: Trial | undefined
  let high: Trial | undefined
  let step = firstStep
  for (let i = 0; i < 25; i++) {
    const trial = at(step)
    if (trial.value < best.value) best = trial
    if (!decreases(trial) || (i > 0 && trial.value > previous.value + slack)) {
      low = previous
      high = trial
      break
    }
    if (flat(trial)) return done(true, trial, evaluations)
    if (trial.slope >= 0) {
      low = trial
      high = previous
      break
    }
    previous = trial
    step *= 2.5
  }
  for (let i = 0; low && high && i < 40; i++) {
    const trial = at(between(low, high))
    if (trial.value < best.value) best = trial
    if (!decreases(trial) || trial.value > low.value + slack) high = trial
    else {
      if (flat(trial)) return done(true, trial, evaluations)
      if (trial.slope * (high.step - low.step) >= 0) high = low
      low = trial
    }
    if (Math.abs(high.step - low.step) < 1e-16 * Math.max(1, low.step)) break
  }
  return done(best.step > 0, best, evaluations)
}

function done(ok: boolean, trial: Trial, evaluations: number): LineSearchResult {
  return { ok, x: trial.x, gradient: trial.gradient, value: trial.value, evaluations }
}

/** Minimum of the cubic through both ends, kept a tenth of the bracket away from them. */
function between(low: Trial, high: Trial): number {
  const width = high.step - low.step
  const middle = low.step + 0.5 * width
  if (!Number.isFinite(high.value)) return low.step + 0.1 * width
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step)
  const square = d1 * d1 - low.slope * high.slope
  if (!(square >= 0)) return middle
  const d2 = Math.sign(width) * Math.sqrt(square)
  const step = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2)
  const margin = 0.1 * Math.abs(width)
  const lower = Math.min(low.step, high.step) + margin
  const upper = Math.max(low.step, high.step) - margin
  return step >= lower && step <= upper
    ? step
    : Number.isFinite(step)
      ? Math.min(upper, Math.max(lower, step))
      : middle
}
