/**
 * The smallest whole k ≥ 0 with cdf(k) ≥ p, by doubling steps from a guess and then halving.
 * The small slack keeps quantile(cdf(k)) = k in spite of rounding.
 */
export function discreteQuantile(
  p: number,
  guess: number,
  highest: number,
  cdf: (k: number) => number,
): number {
  const goal = p * (1 - 64 * Number.EPSILON)
  const reached = (k: number): boolean => cdf(k) >= goal
  let hi = Math.min(highest, Math.max(0, Math.floor(guess)))
  let lo = -1
  let step = 1
  if (reached(hi)) {
    while (hi - step >= 0 && reached(hi - step)) {
      hi -= step
      step *= 2
    }
    lo = Math.max(-1, hi - step)
  } else {
    lo = hi
    hi = Math.min(highest, lo + step)
    while (hi < highest && !reached(hi)) {
      lo = hi
      step *= 2
      hi = Math.min(highest, lo + step)
    }
  }
  while (hi - lo > 1) {
    const middle = Math.floor((lo + hi) / 2)
    if (reached(middle)) hi = middle
    else lo = middle
  }
  return hi
}
