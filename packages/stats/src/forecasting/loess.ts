/**
 * Loess of an equally spaced series with tricube weights, evaluated every `jump` points and interpolated linearly.
 * With `extend`, one more value is extrapolated before the first and after the last point.
 * Source: Cleveland (1979), https://doi.org/10.1080/01621459.1979.10481038; the details of the span beyond the series are
 * those of Cleveland et al. (1990), section 3.4.
 */
export function loessSmooth(
  y: Float64Array,
  span: number,
  degree: 0 | 1,
  jump: number,
  weights?: Float64Array,
  extend = false,
): Float64Array {
  const n = y.length
  const inside = new Float64Array(n)
  if (n < 2) inside.set(y)
  else {
    const stride = Math.min(jump, n - 1)
    for (let t = 0; t < n; t += stride)
      inside[t] = at(y, span, degree, t, ...windowAt(t, span, n), weights) ?? y[t]!
    interpolate(inside, stride, n, (t) => at(y, span, degree, t, ...windowAt(t, span, n), weights) ?? y[t]!)
  }
  if (!extend) return inside
  const near = Math.min(span, n)
  const result = new Float64Array(n + 2)
  result.set(inside, 1)
  result[0] = at(y, span, degree, -1, 0, near - 1, weights) ?? inside[0]!
  result[n + 1] = at(y, span, degree, n, n - near, n - 1, weights) ?? inside[n - 1]!
  return result
}

/** First and last index of the points used around t. */
function windowAt(t: number, span: number, n: number): readonly [number, number] {
  if (span >= n) return [0, n - 1]
  const half = (span + 1) / 2
  const left = Math.min(Math.max(t - half + 1, 0), n - span)
  return [left, left + span - 1]
}

function at(
  y: Float64Array,
  span: number,
  degree: 0 | 1,
  t: number,
  left: number,
  right: number,
  weights: Float64Array | undefined,
): number | undefined {
  const n = y.length
  let width = Math.max(t - left, right - t)
  if (span > n) width += Math.floor((span - n) / 2)
  const local = new Float64Array(right - left + 1)
  let total = 0
  for (let j = left; j <= right; j++) {
    const distance = Math.abs(j - t)
    if (distance > 0.999 * width) continue
    const kernel = distance <= 0.001 * width ? 1 : (1 - (distance / width) ** 3) ** 3
    local[j - left] = kernel * (weights ? weights[j]! : 1)
    total += local[j - left]!
  }
  if (!(total > 0)) return undefined
  for (let k = 0; k < local.length; k++) local[k]! /= total
  if (width > 0 && degree === 1) tilt(local, left, t, n)
  let sum = 0
  for (let j = left; j <= right; j++) sum += local[j - left]! * y[j]!
  return sum
}

/** Turns weights of a local mean into those of a local line. */
function tilt(local: Float64Array, left: number, t: number, n: number): void {
  let centre = 0
  for (let k = 0; k < local.length; k++) centre += local[k]! * (left + k)
  let square = 0
  for (let k = 0; k < local.length; k++) square += local[k]! * (left + k - centre) ** 2
  if (Math.sqrt(square) <= 0.001 * (n - 1)) return
  const slope = (t - centre) / square
  for (let k = 0; k < local.length; k++) local[k]! *= slope * (left + k - centre) + 1
}

function interpolate(values: Float64Array, stride: number, n: number, evaluate: (t: number) => number): void {
  if (stride === 1) return
  let last = 0
  for (let t = 0; t + stride < n; t += stride) {
    const slope = (values[t + stride]! - values[t]!) / stride
    for (let k = 1; k < stride; k++) values[t + k] = values[t]! + slope * k
    last = t + stride
  }
  if (last === n - 1) return
  values[n - 1] = evaluate(n - 1)
  const slope = (values[n - 1]! - values[last]!) / (n - 1 - last)
  for (let t = last + 1; t < n - 1; t++) values[t] = values[last]! + slope * (t - last)
}
