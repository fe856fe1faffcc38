import { requireFinite, requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'

export type Growth = 'linear' | 'logistic' | 'flat'

/** Rate k, offset m and changes of rate δ at changepoint times; all on scaled time and series. */
export interface GrowthParameters {
  readonly k: number
  readonly m: number
  readonly delta: ArrayLike<number>
}

/**
 * The trend at scaled times: (k + aᵀδ)t + m + aᵀγ, or cap / (1 + exp(−(k + aᵀδ)(t − (m + aᵀγ)))), with γ such that it is
 * continuous at each changepoint.
 * Cost O(t·ln changepoints).
 * Source: Taylor and Letham (2018), eq. 2 to 4, https://doi.org/10.1080/00031305.2017.1380080
 * @throws StatsError `lengthMismatch`, `notFinite`
 * @example
 * growthCurve('linear', { k: 1, m: 0, delta: [0.5] }, [5], [4, 6]) // → [4, 6.5]
 */
export function growthCurve(
  kind: Growth,
  p: GrowthParameters,
  changepoints: ArrayLike<number>,
  t: ArrayLike<number>,
  cap = 1,
): Float64Array {
  requireFinite('m', p.m)
  requireSameLength({ delta: p.delta, changepoints })
  requireFinite('k', p.k)
  requireFiniteColumn('delta', p.delta)
  requireFiniteColumn('changepoints', changepoints)
  requireFiniteColumn('t', t)
  return trendCurve(kind, p, changepoints, t, cap)
}

/** The same without checks, for a search that may pass through parameters out of range. */
export function trendCurve(
  kind: Growth,
  p: GrowthParameters,
  changepoints: ArrayLike<number>,
  t: ArrayLike<number>,
  cap = 1,
): Float64Array {
  if (kind === 'flat') return new Float64Array(t.length).fill(p.m)
  const count = changepoints.length
  const rates = new Float64Array(count + 1)
  const offsets = new Float64Array(count + 1)
  rates[0] = p.k
  offsets[0] = p.m
  for (let j = 0; j < count; j++) {
    rates[j + 1] = rates[j]! + p.delta[j]!
    offsets[j + 1] =
      kind === 'linear'
        ? offsets[j]! - changepoints[j]! * p.delta[j]!
        : offsets[j]! + (changepoints[j]! - offsets[j]!) * (1 - rates[j]! / (rates[j + 1]! || 1e-12))
  }
  const curve = new Float64Array(t.length)
  for (let i = 0; i < t.length; i++) {
    let lo = 0
    let hi = count
    while (lo < hi) {
      const middle = (lo + hi) >> 1
      if (changepoints[middle]! <= t[i]!) lo = middle + 1
      else hi = middle
    }
    curve[i] =
      kind === 'linear'
        ? rates[lo]! * t[i]! + offsets[lo]!
        : cap / (1 + Math.exp(-rates[lo]! * (t[i]! - offsets[lo]!)))
  }
  return curve
}

/**
 * Starting rate and offset: the line (or logistic curve) through the first and the last observation, or the mean.
 * Times and values scaled; `cap` on the scale of the values.
 * @throws StatsError `insufficientData` below two distinct times
 */
export function growthStart(
  kind: Growth,
  t: ArrayLike<number>,
  y: ArrayLike<number>,
  cap = 1,
): { readonly k: number; readonly m: number } {
  const n = y.length
  if (kind === 'flat') return { k: 0, m: Array.from(y).reduce((a, b) => a + b, 0) / n }
  const span = t[n - 1]! - t[0]!
  if (!(span > 0)) throw new StatsError('insufficientData', 'A trend needs at least two different times.')
  if (kind === 'linear') {
    const k = (y[n - 1]! - y[0]!) / span
    return { k, m: y[0]! - k * t[0]! }
  }
  const inside = (v: number): number => Math.max(0.01 * cap, Math.min(0.99 * cap, v))
  let first = cap / inside(y[0]!)
  const last = cap / inside(y[n - 1]!)
  if (Math.abs(first - last) <= 0.01) first *= 1.05
  const [a, b] = [Math.log(first - 1), Math.log(last - 1)]
  return { k: (a - b) / span, m: (a * span) / (a - b) }
}

/**
 * Where the search for a trend begins: growth rate k and offset m of the line (or logistic curve) through the first and
 * last observations. It divides y by its largest size, or stretches it to [0, 1], and time to [0, 1].
 * Cost O(n).
 * Source: Taylor and Letham (2018), section 3.1, https://doi.org/10.1080/00031305.2017.1380080; Prophet's starting
 * values
 * @throws StatsError `insufficientData`, `lengthMismatch`, `notFinite`, `zeroVariance`
 * @example
 * growthStartOfSeries('linear', [0, 1, 2, 3], [1, 2, 3, 4], 'absMax') // → { k: 0.75, m: 0.25 }
 */
export function growthStartOfSeries(
  kind: Growth,
  days: ArrayLike<number>,
  y: ArrayLike<number>,
  scaling: 'absMax' | 'minMax',
  cap?: number,
): { readonly k: number; readonly m: number } {
  if (requireSameLength({ days, y }) < 2)
    throw new StatsError('insufficientData', 'Two observations are needed to begin a trend.')
  requireFiniteColumn('days', days)
  requireFiniteColumn('y', y)
  const scale = seriesScale(y, scaling)
  const span = days[days.length - 1]! - days[0]!
  const t = Float64Array.from(days, (d) => (d - days[0]!) / span)
  const scaled = Float64Array.from(y, (v) => (v - scale.shift) / scale.size)
  return growthStart(kind, t, scaled, cap === undefined ? 1 : (cap - scale.shift) / scale.size)
}

/** Shift and size that bring a series to about [0, 1]; size 1 for a series of zeros. */
export function seriesScale(
  y: ArrayLike<number>,
  scaling: 'absMax' | 'minMax',
  floor = 0,
): { readonly shift: number; readonly size: number } {
  let [low, high, far] = [Infinity, -Infinity, 0]
  for (let i = 0; i < y.length; i++) {
    low = Math.min(low, y[i]!)
    high = Math.max(high, y[i]!)
    far = Math.max(far, Math.abs(y[i]! - floor))
  }
  return scaling === 'minMax' ? { shift: low, size: high - low || 1 } : { shift: floor, size: far || 1 }
}
