import { gammaQuantile, newcombeInterval, type Proportion, wilsonInterval } from '@tranche/stats'

/** What a run found of a planted number, with its 95% interval. */
export interface Found {
  readonly found: number
  readonly low: number
  readonly high: number
  /** Follows from what was planted without chance, so that its interval always covers. */
  readonly exact?: true
}

const z = 1.959963984540054
const tail = 0.025

export function ofShare(share: Proportion): Found {
  const { low, high } = wilsonInterval(share)
  return { found: share.successes / share.n, low, high }
}

/** First minus second. */
export function ofDifference(first: Proportion, second: Proportion): Found {
  const { low, high } = newcombeInterval(first, second)
  return { found: first.successes / first.n - second.successes / second.n, low, high }
}

export function ofMean(value: number, standardError: number): Found {
  return { found: value, low: value - z * standardError, high: value + z * standardError }
}

/** A positive number whose logarithm is about normal. */
export function ofPositive(value: number, standardErrorOfLog: number): Found {
  const ratio = Math.exp(z * standardErrorOfLog)
  return { found: value, low: value / ratio, high: value * ratio }
}

/** Events in so much exposure, at a constant rate: the exact limits of a Poisson mean (Garwood 1936). */
export function ofRate(events: number, exposure: number): Found {
  return {
    found: events / exposure,
    low: events === 0 ? 0 : gammaQuantile(tail, events) / exposure,
    high: gammaQuantile(1 - tail, events + 1) / exposure,
  }
}

/** A number that no chance moves, but for rounding. */
export function ofRounded(value: number, rounding: number): Found {
  return { found: value, low: value - rounding, high: value + rounding, exact: true }
}
