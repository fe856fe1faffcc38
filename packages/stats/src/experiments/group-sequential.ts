import { normalCdf, normalPdf, normalQuantile, normalSurvival } from '../distributions/normal.ts'
import { findRoot } from '../optimize/brent.ts'
import { requireLevel, StatsError } from '../stats-error.ts'

/**
 * How much of alpha may be spent by information fraction t.
 * - `obrienFleming`: 2(1 − Φ(z₁₋α∕₂ / √t)); little at first. - `pocock`: α·ln(1 + (e − 1)t); about equally.
 * - `{ power: φ }`: α·t^φ (Kim & DeMets).
 */
export type SpendingFunction = 'obrienFleming' | 'pocock' | { readonly power: number }

export type GroupSequentialBounds = {
  /** z-value to exceed at each look. */
  readonly z: readonly number[]
  /** The same as a p-value of the look alone; compare the usual p-value with it. */
  readonly nominalAlpha: readonly number[]
  /** Error spent up to each look. */
  readonly spent: readonly number[]
}

const LARGEST_Z = 8

/**
 * Boundaries of a group-sequential test with looks at given information fractions (share of the planned sample).
 * Cost O(looks × 800²).
 * Source: Lan & DeMets (1983), Biometrika 70, https://doi.org/10.1093/biomet/70.3.659; Armitage, McPherson & Rowe
 * (1969) for the recursive integration; Kim & DeMets (1987). Error of a bound below 1e-5.
 * Parity: ldbounds, Spotify confidence.
 * @param information increasing, in (0, 1]; a look without new information repeats the one before.
 * @param options.sides 2 (default): symmetric bounds, each side with half of alpha. 1: an upper bound.
 * @throws StatsError `emptyData`, `outOfDomain`. Bounds beyond z = 8 are cut there.
 * @example
 * groupSequentialBounds([0.5, 1]).z // → [2.962588, 1.968596]
 */
export function groupSequentialBounds(
  information: readonly number[],
  options: { readonly alpha?: number; readonly sides?: 1 | 2; readonly spending?: SpendingFunction } = {},
): GroupSequentialBounds {
  const { alpha = 0.05, sides = 2, spending = 'obrienFleming' } = options
  requireLevel('alpha', alpha)
  requireInformation(information)
  const perSide = alpha / sides
  const z: number[] = []
  const spent: number[] = []
  let density: Density | undefined
  information.forEach((t, look) => {
    if (look > 0 && t - information[look - 1]! <= 1e-9) {
      z.push(z[look - 1]!)
      spent.push(spent[look - 1]!)
      return
    }
    const before = spent[look - 1] ?? 0
    const toSpend = Math.max(0, spend(perSide, t, spending) - before)
    const from = density
    const step = Math.sqrt(t - (from?.t ?? 0))
    const exceed = (bound: number): number =>
      from ? exceedance(from, bound, step) : normalSurvival(bound / step)
    const root = Math.sqrt(t)
    const largest = LARGEST_Z * root
    const bound =
      exceed(largest) >= toSpend
        ? largest
        : findRoot((b) => Math.log(Math.max(exceed(b), 1e-300)) - Math.log(toSpend), -largest, largest)
    z.push(bound / root)
    spent.push(before + exceed(bound))
    density = nextDensity(from, t, step, sides === 2 ? -bound : -largest, bound)
  })
  const nominalAlpha = z.map((value) => Math.min(1, sides * normalSurvival(value)))
  return { z, nominalAlpha, spent: spent.map((s) => s * sides) }
}

/** Density of the score process on a grid, over paths that have not crossed yet. */
type Density = { readonly t: number; readonly x: Float64Array; readonly f: Float64Array; readonly h: number }

function spend(alpha: number, t: number, spending: SpendingFunction): number {
  const at = Math.min(1, t)
  if (spending === 'obrienFleming') return 2 * normalSurvival(normalQuantile(1 - alpha / 2) / Math.sqrt(at))
  if (spending === 'pocock') return alpha * Math.log1p((Math.E - 1) * at)
  if (!(spending.power > 0))
    throw new StatsError(
      'outOfDomain',
      `The power of the spending function is ${spending.power}; a number above 0 was expected.`,
    )
  return alpha * at ** spending.power
}

function exceedance({ x, f, h }: Density, bound: number, step: number): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += simpson(i, x.length) * f[i]! * normalCdf((x[i]! - bound) / step)
  return (sum * h) / 3
}

const GRID = 801

function nextDensity(from: Density | undefined, t: number, step: number, low: number, high: number): Density {
  const h = (high - low) / (GRID - 1)
  const x = Float64Array.from({ length: GRID }, (_, i) => low + i * h)
  const f = x.map((value) => {
    if (!from) return normalPdf(value, 0, step)
    let sum = 0
    for (let i = 0; i < from.x.length; i++)
      sum += simpson(i, from.x.length) * from.f[i]! * normalPdf(value, from.x[i]!, step)
    return (sum * from.h) / 3
  })
  return { t, x, f, h }
}

function simpson(i: number, n: number): number {
  return i === 0 || i === n - 1 ? 1 : i % 2 === 1 ? 4 : 2
}

function requireInformation(information: readonly number[]): void {
  if (information.length === 0)
    throw new StatsError('emptyData', 'There are no looks; at least one information fraction was expected.')
  information.forEach((t, i) => {
    if (t > 0 && t <= 1 && (i === 0 || t >= information[i - 1]!)) return
    throw new StatsError(
      'outOfDomain',
      `The information fraction of look ${i + 1} is ${t}; increasing numbers in (0, 1] were expected.`,
    )
  })
}
