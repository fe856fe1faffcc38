import { StatsError } from '../stats-error.ts'

/**
 * The zero of a function by the variant of Brent's method behind R's `uniroot`: it judges a step by the last one alone
 * and stops once half the bracket is within tolerance / 2. Only for answers that must agree with R's to the digit in
 * spite of a loose tolerance; `findRoot` is the better solver.
 * Source: Brent (1973), chapter 4, as `zeroin` of netlib, https://netlib.org/c/brent.shar.
 * @throws StatsError `invalidOption` when the ends have the same sign, `notConverged` after 1,000 steps
 */
export function findRootZeroin(
  f: (x: number) => number,
  lower: number,
  upper: number,
  tolerance: number,
): number {
  let [a, b, c] = [lower, upper, lower]
  let [fa, fb] = [f(a), f(b)]
  let fc = fa
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa * fb < 0))
    throw new StatsError(
      'invalidOption',
      `The function has the values ${fa} and ${fb} at ${lower} and ${upper}; opposite signs were expected.`,
    )
  for (let i = 0; i < 1000; i++) {
    const last = b - a
    if (Math.abs(fc) < Math.abs(fb)) [a, b, c, fa, fb, fc] = [b, c, b, fb, fc, fb]
    const least = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2
    const width = c - b
    let step = width / 2
    if (Math.abs(step) <= least || fb === 0) return b
    if (Math.abs(last) >= least && Math.abs(fa) > Math.abs(fb)) {
      const [p, q] = interpolate(width, b - a, fa, fb, fc, a === c)
      if (p < 0.75 * width * q - Math.abs(least * q) / 2 && p < Math.abs((last * q) / 2)) step = p / q
    }
    if (Math.abs(step) < least) step = step > 0 ? least : -least
    ;[a, fa] = [b, fb]
    b += step
    fb = f(b)
    if ((fb > 0 && fc > 0) || (fb < 0 && fc < 0)) [c, fc] = [a, fa]
  }
  throw new StatsError('notConverged', `No zero was found between ${lower} and ${upper} in 1,000 steps.`)
}

/** Numerator, not negative, and denominator of the secant step or, with three points, the inverse quadratic one. */
function interpolate(
  width: number,
  back: number,
  fa: number,
  fb: number,
  fc: number,
  secant: boolean,
): readonly [number, number] {
  const s = fb / fa
  const [t, u] = [fb / fc, fa / fc]
  const p = secant ? width * s : s * (width * u * (u - t) - back * (t - 1))
  const q = secant ? 1 - s : (u - 1) * (t - 1) * (s - 1)
  return p > 0 ? [p, -q] : [-p, q]
}
