import { findRoot } from '../optimize/brent.ts'
import { StatsError } from '../stats-error.ts'

/**
 * Finds x in [low, high] with f(x) = target for an increasing f. `high` may be Infinity: the bracket is doubled until
 * it holds the target.
 * @throws StatsError `infeasible` if f does not reach the target inside the bracket.
 */
export function solveIncreasing(f: (x: number) => number, target: number, low: number, high: number): number {
  let a = low
  let b = Number.isFinite(high) ? high : Math.max(2 * low, 1)
  while (f(b) < target && !Number.isFinite(high) && b < 1e300) {
    a = b
    b *= 2
  }
  if (f(a) > target || !(f(b) >= target)) {
    throw new StatsError('infeasible', `No value in the range asked for reaches ${target}.`, {
      hint: 'Ask for less power, or for a larger effect or sample.',
    })
  }
  return findRoot((x) => f(x) - target, a, b)
}
