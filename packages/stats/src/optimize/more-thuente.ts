/** State of a search along a line: φ(step), φ′(step) at the best point so far and at the other end of the bracket. */
type End = { step: number; value: number; slope: number }

export type SlopeAt = (step: number) => { readonly value: number; readonly slope: number }

/**
 * Step along a line that satisfies the strong Wolfe conditions, found by the safeguarded cubic and quadratic steps of
 * Moré and Thuente, with the constants of L-BFGS-B (sufficient decrease 1e-3, curvature .9). Undefined after 20 trials.
 * Source: Moré & Thuente (1994), ACM Trans. Math. Software 20, https://doi.org/10.1145/192115.192132
 */
export function moreThuenteStep(
  at: SlopeAt,
  start: { readonly value: number; readonly slope: number },
  first: number,
): { readonly step: number; readonly evaluations: number } | undefined {
  const decrease = 1e-3 * start.slope
  let best: End = { step: 0, value: start.value, slope: start.slope }
  let other: End = { ...best }
  let bracketed = false
  let modified = true
  let width = 1e10
  let doubleWidth = 2 * width
  let [low, high] = [0, first + 4 * first]
  let step = first
  for (let evaluations = 1; evaluations <= 20; evaluations++) {
    const { value, slope } = at(step)
    const limit = start.value + step * decrease
    if (modified && value <= limit && slope >= 0) modified = false
    const tight = bracketed && high - low <= 0.1 * high
    if (
      (value <= limit && Math.abs(slope) <= -0.9 * start.slope) ||
      tight ||
      (bracketed && (step <= low || step >= high))
    )
      return { step, evaluations }
    const trial: End = { step, value, slope }
    if (modified && value <= best.value && value > limit) {
      // Far from sufficient decrease: work on φ less its allowed line, whose minimum lies nearer.
      const tilt = (end: End): End => ({
        step: end.step,
        value: end.value - end.step * decrease,
        slope: end.slope - decrease,
      })
      const untilt = (end: End): End => ({
        step: end.step,
        value: end.value + end.step * decrease,
        slope: end.slope + decrease,
      })
      const moved = advance(tilt(best), tilt(other), tilt(trial), bracketed, low, high)
      best = untilt(moved.best)
      other = untilt(moved.other)
      ;({ bracketed, step } = moved)
    } else ({ best, other, bracketed, step } = advance(best, other, trial, bracketed, low, high))
    if (bracketed) {
      if (Math.abs(other.step - best.step) >= 0.66 * doubleWidth)
        step = best.step + 0.5 * (other.step - best.step)
      doubleWidth = width
      width = Math.abs(other.step - best.step)
      low = Math.min(best.step, other.step)
      high = Math.max(best.step, other.step)
    } else {
      low = step + 1.1 * (step - best.step)
      high = step + 4 * (step - best.step)
    }
    step = Math.min(1e10, Math.max(0, step))
    if (bracketed && (step <= low || step >= high || high - low <= 0.1 * high)) step = best.step
  }
  return undefined
}

/** One of the four cases of the paper's section 4: where to try next and which ends to keep. */
function advance(
  best: End,
  other: End,
  trial: End,
  bracketed: boolean,
  low: number,
  high: number,
): { best: End; other: End; bracketed: boolean; step: number } {
  const opposite = trial.slope * Math.sign(best.slope) < 0
  let next: number
  let held = bracketed
  const cubic = 3 * ((best.value - trial.value) / (trial.step - best.step)) + best.slope + trial.slope
  const scale = Math.max(Math.abs(cubic), Math.abs(best.slope), Math.abs(trial.slope))
  const inside = (cubic / scale) ** 2 - (best.slope / scale) * (trial.slope / scale)
  if (trial.value > best.value) {
    const gamma = (trial.step < best.step ? -1 : 1) * scale * Math.sqrt(inside)
    const ratio = (gamma - best.slope + cubic) / (gamma - best.slope + gamma + trial.slope)
    const byCubic = best.step + ratio * (trial.step - best.step)
    const byQuadratic =
      best.step +
      (best.slope / ((best.value - trial.value) / (trial.step - best.step) + best.slope) / 2) *
        (trial.step - best.step)
    next =
      Math.abs(byCubic - best.step) < Math.abs(byQuadratic - best.step)
        ? byCubic
        : byCubic + (byQuadratic - byCubic) / 2
    held = true
  } else if (opposite) {
    const gamma = (trial.step > best.step ? -1 : 1) * scale * Math.sqrt(inside)
    const ratio = (gamma - trial.slope + cubic) / (gamma - trial.slope + gamma + best.slope)
    const byCubic = trial.step + ratio * (best.step - trial.step)
    const bySecant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step)
    next = Math.abs(byCubic - trial.step) > Math.abs(bySecant - trial.step) ? byCubic : bySecant
    held = true
  } else if (Math.abs(trial.slope) < Math.abs(best.slope)) {
    const gamma = (trial.step > best.step ? -1 : 1) * scale * Math.sqrt(Math.max(0, inside))
    const ratio = (gamma - trial.slope + cubic) / (gamma + (best.slope - trial.slope) + gamma)
    const byCubic =
      ratio < 0 && gamma !== 0
        ? trial.step + ratio * (best.step - trial.step)
        : trial.step > best.step
          ? high
          : low
    const bySecant = trial.step + (trial.slope / (trial.slope - best.slope)) * (best.step - trial.step)
    const nearer = Math.abs(byCubic - trial.step) < Math.abs(bySecant - trial.step)
    if (bracketed) {
      next = nearer ? byCubic : bySecant
      const bound = trial.step + 0.66 * (other.step - trial.step)
      next = trial.step > best.step ? Math.min(bound, next) : Math.max(bound, next)
    } else next = Math.min(high, Math.max(low, nearer ? bySecant : byCubic))
  } else if (bracketed) {
    const theta = 3 * ((trial.value - other.value) / (other.step - trial.step)) + other.slope + trial.slope
    const s = Math.max(Math.abs(theta), Math.abs(other.slope), Math.abs(trial.slope))
    const gamma =
      (trial.step > other.step ? -1 : 1) *
      s *
      Math.sqrt((theta / s) ** 2 - (other.slope / s) * (trial.slope / s))
    const ratio = (gamma - trial.slope + theta) / (gamma - trial.slope + gamma + other.slope)
    next = trial.step + ratio * (other.step - trial.step)
  } else next = trial.step > best.step ? high : low
  if (trial.value > best.value) return { best, other: trial, bracketed: held, step: next }
  return { best: trial, other: opposite ? best : other, bracketed: held, step: next }
}
