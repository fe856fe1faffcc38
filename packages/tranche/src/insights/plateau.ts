import type { AgeTotals, AgeTotalsWithVariance } from './smooth-age.ts'

/** A curve that rises, holds and falls. The plateau runs from `from` to `to`, both included. */
export interface Plateau {
  readonly from: number
  readonly to: number
  readonly level: number
}

/** Fewest ages on each side and on the plateau, so that a slope can be told. */
const fewestAges = 3

/**
 * The plateau of a curve of three pieces: a rising line before it, a level, a falling line after it, by weighted least
 * squares for every pair of joints. The lines may meet the plateau in a step but never above it, so that an institution's
 * own age bands (a limit that changes at 35) are found as well as a smooth turn. Its ends are the medians of the joints
 * where every admissible pair is as likely beforehand, which lie nearer to the truth than the likeliest pair: that one
 * jumps by years with the chance of a few ages. Sources: segmented regression, Hinkley (1971), J. Amer. Statist. Assoc.
 * 66; Carlin, Gelfand & Smith (1992), Applied Statistics 41(2), for joints under a flat prior. Cost O(ages²).
 */
export function fitPlateau(totals: AgeTotalsWithVariance): Plateau | undefined {
  const sums = prefixSums(totals)
  const pairs = admissiblePairs(totals.ages, sums)
  if (pairs.length === 0) return undefined
  const best = pairs.reduce((most, { gain }) => Math.max(most, gain), Number.NEGATIVE_INFINITY)
  const spread = 2 * pooledVariance(totals)
  const weights = pairs.map(({ gain }) => {
    if (gain === best) return 1
    return spread > 0 ? Math.exp((gain - best) / spread) : 0
  })
  const middle = (end: 'from' | 'to') => {
    const mass = new Float64Array(totals.ages.length)
    pairs.forEach((pair, index) => {
      mass[pair[end]]! += weights[index]!
    })
    return placeOfMedian(mass)
  }
  const [from, to] = [middle('from'), middle('to')]
  const level = (sums.y[to + 1]! - sums.y[from]!) / (sums.w[to + 1]! - sums.w[from]!)
  return { from: totals.ages[from]!, to: totals.ages[to]!, level }
}

/** Joints of a curve that can be one, by the places of the first and last age of its plateau, with what they explain. */
interface Pair {
  readonly from: number
  readonly to: number
  readonly gain: number
}

function admissiblePairs(ages: readonly number[], sums: PrefixSums): readonly Pair[] {
  const size = ages.length
  const pairs: Pair[] = []
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
      pairs.push({ from: a, to: b - 1, gain: left.gain + right.gain + level * y })
    }
  }
  return pairs
}

/** Within ages, by their numbers. */
function pooledVariance({ n, variance }: AgeTotalsWithVariance): number {
  const people = n.reduce((sum, count) => sum + count, 0)
  return variance.reduce((sum, value, at) => sum + value * n[at]!, 0) / people
}

/** The first place up to which half of the mass lies. */
function placeOfMedian(mass: Float64Array): number {
  const half = mass.reduce((sum, part) => sum + part, 0) / 2
  let reached = 0
  for (let place = 0; place < mass.length; place++) {
    reached += mass[place]!
    if (reached >= half) return place
  }
  return mass.length - 1
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
