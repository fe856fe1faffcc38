/** Sums of a measure by whole year of age (or any ordered whole number). */
export interface AgeTotals {
  readonly ages: readonly number[]
  readonly n: Float64Array
  readonly total: Float64Array
}

/** A curve that rises, holds and falls. The plateau runs from `from` to `to`, both included. */
export interface Plateau {
  readonly from: number
  readonly to: number
  readonly level: number
}

/** Fewest ages on each side and on the plateau, so that a slope can be told. */
const fewestAges = 3

/**
 * The plateau by weighted least squares over all pairs of joints: a rising line before it, a level, a falling line
 * after it. The lines may meet the plateau in a step but never above it, so that an institution's own age bands
 * (a limit that changes at 35) are found as well as a smooth turn. Search over the grid instead of iteration can't
 * stop short of the best. Source: segmented regression, Hinkley (1971), J. Amer. Statist. Assoc. 66. Cost O(ages²).
 */
export function fitPlateau(totals: AgeTotals): Plateau | undefined {
  const { ages } = totals
  const size = ages.length
  if (size < 3 * fewestAges) return undefined
  const sums = prefixSums(totals)
  let bestGain = Number.NEGATIVE_INFINITY
  let best: Plateau | undefined
  for (let a = fewestAges; a <= size - 2 * fewestAges; a++) {
    const left = fitLine(sums, 0, a)
    if (left === undefined || left.slope < 0) continue
    for (let b = a + fewestAges; b <= size - fewestAges; b++) {
      const right = fitLine(sums, b, size)
      if (right === undefined || right.slope > 0) continue
      const w = sums.w[b]! - sums.w[a]!
      const y = sums.y[b]! - sums.y[a]!
      if (!(w > 0)) continue
      const level = y / w
      if (left.at(ages[a - 1]!) > level || right.at(ages[b]!) > level) continue
      const gain = left.gain + right.gain + level * y
      if (gain > bestGain) {
        bestGain = gain
        best = { from: ages[a]!, to: ages[b - 1]!, level }
      }
    }
  }
  return best
}

interface PrefixSums {
  readonly w: Float64Array
  readonly x: Float64Array
  readonly xx: Float64Array
  readonly y: Float64Array
  readonly xy: Float64Array
  readonly centre: number
}

function prefixSums({ ages, n, total }: AgeTotals): PrefixSums {
  const size = ages.length + 1
  const sums = Array.from({ length: 5 }, () => new Float64Array(size))
  const [w, x, xx, y, xy] = sums as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]
  const centre = ages[Math.floor(ages.length / 2)]!
  ages.forEach((age, i) => {
    const d = age - centre
    w[i + 1] = w[i]! + n[i]!
    x[i + 1] = x[i]! + n[i]! * d
    xx[i + 1] = xx[i]! + n[i]! * d * d
    y[i + 1] = y[i]! + total[i]!
    xy[i + 1] = xy[i]! + total[i]! * d
  })
  return { w, x, xx, y, xy, centre }
}

function fitLine(sums: PrefixSums, from: number, to: number) {
  const w = sums.w[to]! - sums.w[from]!
  if (!(w > 0)) return undefined
  const meanX = (sums.x[to]! - sums.x[from]!) / w
  const y = sums.y[to]! - sums.y[from]!
  const sxx = sums.xx[to]! - sums.xx[from]! - w * meanX * meanX
  const sxy = sums.xy[to]! - sums.xy[from]! - y * meanX
  if (!(sxx > 1e-9 * w)) return undefined
  const slope = sxy / sxx
  const at = (age: number) => y / w + slope * (age - sums.centre - meanX)
  return { slope, at, gain: (y * y) / w + slope * sxy }
}
