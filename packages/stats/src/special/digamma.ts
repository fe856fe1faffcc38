import { StatsError } from '../stats-error.ts'

/**
 * Digamma function ψ(x) = d ln Γ(x)/dx for x > 0; absolute error below 1e-14 · max(1, 1/x).
 * Range: all reals; −Infinity is never returned.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 6.3.5 and 6.3.18, https://personal.math.ubc.ca/~cbm/aands/page_258.htm
 * @throws StatsError `outOfDomain`
 * @example
 * digamma(1) // → -0.5772157
 * digamma(10) // → 2.251753
 */
export function digamma(x: number): number {
  if (!(x > 0))
    throw new StatsError('outOfDomain', `digamma takes a number greater than zero; it was given ${x}.`)
  let shift = 0
  while (x < 10) {
    shift -= 1 / x
    x++
  }
  const square = 1 / (x * x)
  const tail =
    square *
    (1 / 12 -
      square *
        (1 / 120 -
          square *
            (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760 - square / 12))))))
  return shift + Math.log(x) - 0.5 / x - tail
}

/**
 * Trigamma function ψ′(x) for x > 0; relative error below 1e-14.
 * Range: positive.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 6.4.6 and 6.4.12., https://personal.math.ubc.ca/~cbm/aands/page_260.htm
 * @throws StatsError `outOfDomain`
 * @example
 * trigamma(1) // → 1.644934
 */
export function trigamma(x: number): number {
  if (!(x > 0))
    throw new StatsError('outOfDomain', `trigamma takes a number greater than zero; it was given ${x}.`)
  let shift = 0
  while (x < 10) {
    shift += 1 / (x * x)
    x++
  }
  const inverse = 1 / x
  const square = inverse * inverse
  const tail =
    inverse *
    square *
    (1 / 6 -
      square *
        (1 / 30 -
          square *
            (1 / 42 - square * (1 / 30 - square * (5 / 66 - square * (691 / 2730 - square * (7 / 6)))))))
  return shift + inverse + 0.5 * square + tail
}
