import type { RandomGenerator } from '../random/generator.ts'
import type { Rows } from './rows.ts'

/**
 * Greedy k-means++ starts: each next centre is drawn with probability proportional to the squared distance from
 * the nearest centre so far, the best of 2 + ⌊ln k⌋ candidates being kept.
 *
 * @returns centres, row-major k×p. Cost O(n·p·k·ln k).
 * Source: Arthur & Vassilvitskii (2007), "k-means++: the advantages of careful seeding", section 6 for the candidates.
 */
export function kMeansPlusPlus(
  rows: Rows,
  k: number,
  random: RandomGenerator,
  weights?: Float64Array,
): Float64Array {
  const { data, n, p } = rows
  const centers = new Float64Array(k * p)
  const nearest = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const first = drawIndex(n, (i) => (weights ? weights[i]! : 1), random)
  copyRow(data, first, p, centers, 0)
  let potential = updateNearest(rows, first, nearest, nearest, weights)
  const candidates = 2 + Math.floor(Math.log(k))
  let best = new Float64Array(n)
  let trial = new Float64Array(n)
  for (let c = 1; c < k; c++) {
    let bestPotential = Number.POSITIVE_INFINITY
    let bestRow = 0
    for (let t = 0; t < candidates; t++) {
      const row = drawWeighted(nearest, weights, potential, random)
      const trialPotential = updateNearest(rows, row, nearest, trial, weights)
      if (trialPotential >= bestPotential) continue
      bestPotential = trialPotential
      bestRow = row
      ;[best, trial] = [trial, best]
    }
    copyRow(data, bestRow, p, centers, c)
    nearest.set(best)
    potential = bestPotential
  }
  return centers
}

function copyRow(data: Float64Array, row: number, p: number, centers: Float64Array, c: number): void {
  for (let j = 0; j < p; j++) centers[c * p + j] = data[row * p + j]!
}

function updateNearest(
  rows: Rows,
  row: number,
  from: Float64Array,
  into: Float64Array,
  weights?: Float64Array,
): number {
  const { data, n, p } = rows
  const center = data.slice(row * p, row * p + p)
  let potential = 0
  for (let i = 0, at = 0; i < n; i++, at += p) {
    let distance = 0
    for (let j = 0; j < p; j++) {
      const d = data[at + j]! - center[j]!
      distance += d * d
    }
    const nearer = distance < from[i]! ? distance : from[i]!
    into[i] = nearer
    potential += weights ? nearer * weights[i]! : nearer
  }
  return potential
}

function drawIndex(n: number, weight: (i: number) => number, random: RandomGenerator): number {
  let total = 0
  for (let i = 0; i < n; i++) total += weight(i)
  let target = random.uniform() * total
  let last = 0
  for (let i = 0; i < n; i++) {
    const w = weight(i)
    if (w <= 0) continue
    last = i
    target -= w
    if (target < 0) return i
  }
  return last
}

function drawWeighted(
  nearest: Float64Array,
  weights: Float64Array | undefined,
  potential: number,
  random: RandomGenerator,
): number {
  let target = random.uniform() * potential
  let last = 0
  for (let i = 0; i < nearest.length; i++) {
    const w = weights ? nearest[i]! * weights[i]! : nearest[i]!
    if (w <= 0) continue
    last = i
    target -= w
    if (target < 0) return i
  }
  return last
}
