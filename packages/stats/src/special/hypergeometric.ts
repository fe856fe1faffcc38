import { StatsError } from '../stats-error.ts'
import { logGamma } from './log-gamma.ts'

const MAX_TERMS = 2_000_000

/**
 * Gauss's hypergeometric function ₂F₁(a, b; c; z) for real parameters and z ≤ 1.
 * Pfaff's transformation for z < 0, Euler's where it makes the series shorter, and the connection to 1 − z near one.
 * Relative error near 1e-13 where terms share a sign; the series stops at 2,000,000 terms.
 * Cost a number of terms that grows with |z| / (1 − |z|), at most 2,000,000.
 * Source: Abramowitz and Stegun (1964), 15.1.1, 15.1.20, 15.3.3 to 15.3.6, https://personal.math.ubc.ca/~cbm/aands/page_556.htm
 * @throws StatsError `outOfDomain` for z > 1, a pole in c, or a divergent value at z = 1; `notConverged`
 * @example
 * hypergeometric2F1(1, 1, 2, 0.5) // → 1.386294
 */
export function hypergeometric2F1(a: number, b: number, c: number, z: number): number {
  if (!(z <= 1) || !Number.isFinite(a + b + c + z))
    throw new StatsError(
      'outOfDomain',
      `2F1 takes finite parameters and z ≤ 1; it was given a = ${a}, b = ${b}, c = ${c}, z = ${z}.`,
    )
  if (z === 0 || a === 0 || b === 0) return 1
  const terminates = isNonPositiveInteger(a) || isNonPositiveInteger(b)
  if (isNonPositiveInteger(c))
    throw new StatsError(
      'outOfDomain',
      `2F1 has a pole at c = ${c}; c must not be zero or a negative whole number.`,
    )
  if (terminates) return series(a, b, c, z)
  if (z === 1) return atOne(a, b, c)
  if (z < 0) return (1 - z) ** -a * hypergeometric2F1(a, c - b, c, z / (z - 1))
  const gap = c - a - b
  if (
    z > 0.9 &&
    Math.abs(gap - Math.round(gap)) > 1e-3 &&
    Math.max(Math.abs(a), Math.abs(b), Math.abs(c)) < 50
  )
    return aroundOne(a, b, c, z)
  const euler = Math.abs(c - a) * Math.abs(c - b) < Math.abs(a) * Math.abs(b)
  return euler ? (1 - z) ** gap * series(c - a, c - b, c, z) : series(a, b, c, z)
}

/**
 * ln ₂F₁(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1, where every term is positive; neither over- nor underflows.
 * Euler's transformation is used when it keeps the terms positive and shortens the series.
 * Range: [0, Infinity).
 * Cost a number of terms that grows with |z| / (1 − |z|), at most 2,000,000.
 * Source: Abramowitz and Stegun (1964), 15.1.1 and 15.3.3., https://personal.math.ubc.ca/~cbm/aands/page_559.htm
 * @throws StatsError `outOfDomain`, `notConverged`
 * @example
 * logHypergeometric2F1(100, 200, 300, 0.9) // → 114.0866
 */
export function logHypergeometric2F1(a: number, b: number, c: number, z: number): number {
  if (!(a >= 0 && b >= 0 && c > 0 && z >= 0 && z < 1))
    throw new StatsError(
      'outOfDomain',
      `ln 2F1 takes a, b ≥ 0, c > 0 and 0 ≤ z < 1; it was given a = ${a}, b = ${b}, c = ${c}, z = ${z}.`,
    )
  const euler = c - a >= 0 && c - b >= 0 && (c - a) * (c - b) < a * b
  return euler ? (c - a - b) * Math.log1p(-z) + logSeries(c - a, c - b, c, z) : logSeries(a, b, c, z)
}

function isNonPositiveInteger(x: number): boolean {
  return x <= 0 && x === Math.round(x)
}

function series(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  let lost = 0
  for (let n = 0; n < MAX_TERMS; n++) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    if (term === 0) return sum
    const adjusted = term - lost
    const next = sum + adjusted
    lost = next - sum - adjusted
    sum = next
    if (Math.abs(term) < 1e-17 * Math.abs(sum) && n > Math.max(-a, -b, -c)) return sum
  }
  throw notConverged(a, b, c, z)
}

function logSeries(a: number, b: number, c: number, z: number): number {
  let term = 1
  let sum = 1
  let scale = 0
  for (let n = 0; n < MAX_TERMS; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    term *= ratio
    sum += term
    if (sum > 1e280) {
      term *= 1e-280
      sum *= 1e-280
      scale += 280 * Math.LN10
    }
    // A geometric bound on the rest of the series, once the ratios have settled below one.
    if (ratio < 1 && term * ratio < 1e-17 * sum * (1 - Math.max(ratio, z))) return scale + Math.log(sum)
    if (term === 0) return scale + Math.log(sum)
  }
  throw notConverged(a, b, c, z)
}

function atOne(a: number, b: number, c: number): number {
  const gap = c - a - b
  if (gap <= 0)
    throw new StatsError(
      'outOfDomain',
      `2F1 diverges at z = 1 because c − a − b = ${gap} is not greater than zero.`,
    )
  return gammaRatio([c, gap], [c - a, c - b])
}

function aroundOne(a: number, b: number, c: number, z: number): number {
  const gap = c - a - b
  const rest = 1 - z
  const first = gammaRatio([c, gap], [c - a, c - b])
  const second = gammaRatio([c, -gap], [a, b])
  const left = first === 0 ? 0 : first * series(a, b, 1 - gap, rest)
  const right = second === 0 ? 0 : second * rest ** gap * series(c - a, c - b, 1 + gap, rest)
  return left + right
}

/** Π Γ(top) / Π Γ(bottom) for real arguments; a pole below makes it zero. */
function gammaRatio(top: readonly number[], bottom: readonly number[]): number {
  let log = 0
  let sign = 1
  for (const x of bottom) {
    if (isNonPositiveInteger(x)) return 0
    log -= logAbsGamma(x)
    sign *= gammaSign(x)
  }
  for (const x of top) {
    log += logAbsGamma(x)
    sign *= gammaSign(x)
  }
  return sign * Math.exp(log)
}

function logAbsGamma(x: number): number {
  return x > 0 ? logGamma(x) : Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
}

function gammaSign(x: number): number {
  return x > 0 || Math.floor(x) % 2 === 0 ? 1 : -1
}

function notConverged(a: number, b: number, c: number, z: number): StatsError {
  return new StatsError(
    'notConverged',
    `2F1 did not settle within ${MAX_TERMS} terms at a = ${a}, b = ${b}, c = ${c}, z = ${z}.`,
    {
      hint: 'z is too near one for these parameters; a shorter horizon or larger T moves it away.',
    },
  )
}
