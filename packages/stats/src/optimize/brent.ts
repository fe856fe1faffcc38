import { StatsError } from '../stats-error.ts'

const GOLDEN = 0.3819660112501051

/**
 * The minimum of a function on [lower, upper] by golden section and parabolic steps; finds a local one if there are several.
 * Cost one evaluation a step, typically 10 to 40.
 * Source: Brent (1973), Algorithms for Minimization without Derivatives, chapter 5, https://maths-people.anu.edu.au/~brent/pub/pub011.html
 * @throws StatsError `invalidOption`
 * @example
 * minimizeBrent((x) => (x - 2) ** 2 + 1, 0, 5).value // → 1
 */
export function minimizeBrent(
  f: (x: number) => number,
  lower: number,
  upper: number,
  tolerance = 1e-10,
): { readonly x: number; readonly value: number } {
  if (!(lower < upper))
    throw new StatsError(
      'invalidOption',
      `The interval [${lower}, ${upper}] is empty; lower must be below upper.`,
    )
  let a = lower
  let b = upper
  let x = a + GOLDEN * (b - a)
  let fx = f(x)
  let [w, fw, v, fv] = [x, fx, x, fx]
  let step = 0
  let before = 0
  for (let i = 0; i < 500; i++) {
    const middle = 0.5 * (a + b)
    const tol = tolerance * Math.abs(x) + 1e-15 * (upper - lower) + 1e-300
    if (Math.abs(x - middle) <= 2 * tol - 0.5 * (b - a)) break
    let parabolic = false
    if (Math.abs(before) > tol) {
      const r = (x - w) * (fx - fv)
      let q = (x - v) * (fx - fw)
      let p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if (q > 0) p = -p
      else q = -q
      if (Math.abs(p) < Math.abs(0.5 * q * before) && p > q * (a - x) && p < q * (b - x)) {
        before = step
        step = p / q
        const u = x + step
        if (u - a < 2 * tol || b - u < 2 * tol) step = x < middle ? tol : -tol
        parabolic = true
      }
    }
    if (!parabolic) {
      before = (x < middle ? b : a) - x
      step = GOLDEN * before
    }
    const u = x + (Math.abs(step) >= tol ? step : step > 0 ? tol : -tol)
    const fu = f(u)
    if (fu <= fx) {
      if (u < x) b = x
      else a = x
      ;[v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu]
    } else {
      if (u < x) a = u
      else b = u
      if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu]
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu]
    }
  }
  return { x, value: fx }
}

/**
 * The zero of a function whose values at the two ends differ in sign, by bisection, secant and inverse quadratic steps.
 * Cost one evaluation a step, typically 8 to 12.
 * Source: Brent (1973), chapter 4, https://maths-people.anu.edu.au/~brent/pub/pub011.html
 * @throws StatsError `invalidOption` when the ends have the same sign
 * @example
 * findRoot((x) => x * x - 2, 0, 2) // → 1.414214
 */
export function findRoot(f: (x: number) => number, lower: number, upper: number, tolerance = 1e-14): number {
  let [a, b] = [lower, upper]
  let [fa, fb] = [f(a), f(b)]
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa * fb < 0))
    throw new StatsError(
      'invalidOption',
      `The function has the values ${fa} and ${fb} at ${lower} and ${upper}; opposite signs were expected.`,
    )
  let [c, fc] = [a, fa]
  let step = b - a
  let before = step
  for (let i = 0; i < 500; i++) {
    if (fb > 0 === fc > 0) {
      ;[c, fc] = [a, fa]
      step = b - a
      before = step
    }
    if (Math.abs(fc) < Math.abs(fb)) [a, fa, b, fb, c, fc] = [b, fb, c, fc, b, fb]
    const tol =
      2 * Number.EPSILON * Math.abs(b) +
      0.5 * tolerance * Math.min(1, Math.max(Math.abs(upper), Math.abs(lower)))
    const half = 0.5 * (c - b)
    if (Math.abs(half) <= tol || fb === 0) return b
    if (Math.abs(before) >= tol && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa
      let p: number
      let q: number
      if (a === c) {
        p = 2 * half * s
        q = 1 - s
      } else {
        const t = fa / fc
        const r = fb / fc
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1))
        q = (t - 1) * (r - 1) * (s - 1)
      }
      if (p > 0) q = -q
      else p = -p
      if (2 * p < Math.min(3 * half * q - Math.abs(tol * q), Math.abs(before * q))) {
        before = step
        step = p / q
      } else {
        step = half
        before = half
      }
    } else {
      step = half
      before = half
    }
    ;[a, fa] = [b, fb]
    b += Math.abs(step) > tol ? step : half > 0 ? tol : -tol
    fb = f(b)
  }
  return b
}
