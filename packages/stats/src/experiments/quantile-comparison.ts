import { requireFiniteColumn, requireLevel, StatsError } from '../stats-error.ts'
import { logMixture, type MixtureTuning } from './mixture-martingale.ts'

/**
 * Always-valid p-value that two arms have the same p-quantile, from the values themselves: the smallest evidence over
 * all common quantiles against "both arms have it".
 * Range: [0, 1]; the arms may differ in length.
 * Cost O(n log n).
 * Source: Howard & Ramdas (2022), "Sequential estimation of quantiles", Bernoulli 28, section 5, https://arxiv.org/abs/1906.09712
 * Parity: confseq.
 * @param options.optimalN sample size per arm at which the test is most sensitive. @param options.optimalAlpha default .05.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`.
 * @example
 * const [a, b] = [0, 0.5].map((shift) => Array.from({ length: 200 }, (_, i) => i / 200 + shift))
 * compareQuantilesAnytime(a, b, 0.5, { optimalN: 200 }).pValue < 0.05 // → true
 */
export function compareQuantilesAnytime(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  quantile: number,
  options: { readonly optimalN: number; readonly optimalAlpha?: number },
): { readonly pValue: number } {
  requireLevel('quantile', quantile)
  const a = evidence(sorted(first, 'first'), quantile, options)
  const b = evidence(sorted(second, 'second'), quantile, options)
  let smallest = Number.POSITIVE_INFINITY
  for (const x of [...a.steps, ...b.steps]) smallest = Math.min(smallest, a.at(x) + b.at(x))
  return { pValue: Math.min(1, Math.exp(-smallest)) }
}

type Evidence = { readonly steps: Float64Array; readonly at: (x: number) => number }

/** Log supermartingale against "x is the quantile": the smallest over all shares below that ties allow. */
function evidence(
  values: Float64Array,
  quantile: number,
  { optimalN, optimalAlpha = 0.05 }: { optimalN: number; optimalAlpha?: number },
): Evidence {
  const n = values.length
  const tuning: MixtureTuning = { optimalV: optimalN * quantile * (1 - quantile), optimalAlpha }
  const mixture = { kind: 'betaBinomial', sides: 2, g: quantile, h: 1 - quantile } as const
  const log = (share: number): number =>
    logMixture(mixture, (share - quantile) * n, quantile * (1 - quantile) * n, tuning)
  const neutral = leastEvidentShare(log)
  return {
    steps: values,
    at: (x) => {
      const below = countBelow(values, x, false) / n
      const upTo = countBelow(values, x, true) / n
      if (below > neutral) return log(below)
      return log(upTo < neutral ? upTo : neutral)
    },
  }
}

/** Minimises the convex log supermartingale over shares by golden section. */
function leastEvidentShare(log: (share: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let low = 0
  let high = 1
  let x1 = high - golden
  let x2 = golden
  let f1 = log(x1)
  let f2 = log(x2)
  for (let i = 0; i < 60; i++) {
    if (f1 < f2) {
      high = x2
      x2 = x1
      f2 = f1
      x1 = high - golden * (high - low)
      f1 = log(x1)
    } else {
      low = x1
      x1 = x2
      f1 = f2
      x2 = low + golden * (high - low)
      f2 = log(x2)
    }
  }
  return (low + high) / 2
}

function countBelow(values: Float64Array, x: number, orEqual: boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < x || (orEqual && values[middle] === x)) low = middle + 1
    else high = middle
  }
  return low
}

function sorted(values: ArrayLike<number>, name: string): Float64Array {
  if (values.length === 0) throw new StatsError('emptyData', `The ${name} arm has no values.`)
  requireFiniteColumn(name, values)
  return Float64Array.from(values).sort()
}
