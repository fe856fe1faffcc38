import { digamma } from '../special/digamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { StatsError } from '../stats-error.ts'
import type { GroupedHistory } from './purchase-history.ts'

const MAX_TERMS = 200_000

/** Value and gradient in (r, α, s, β) of a logarithm; filled in place because it is taken twice per row. */
export interface LogPart {
  value: number
  readonly gradient: Float64Array
}

export function newPart(): LogPart {
  return { value: 0, gradient: new Float64Array(4) }
}

/**
 * ln of the integral's lower part at time τ: ₂F₁ of the paper with Euler's transformation applied, so that its terms are
 * all positive and one upper parameter is 1:
 *   α ≥ β: ₂F₁(1, r+x; r+s+x+1; (α−β)/(α+τ)) / [(α+τ)^(r+x) (β+τ)^s]
 *   α < β: ₂F₁(1, s+1; r+s+x+1; (β−α)/(β+τ)) / [(α+τ)^(r+x−1) (β+τ)^(s+1)]
 * The derivative of every term is carried along. Source: Fader and Hardie (2005), "A note on deriving the Pareto/NBD
 * model", eq. 14 and 15, http://www.brucehardie.com/notes/009/; Abramowitz and Stegun (1964), 15.3.3.
 */
export function fillPart(
  part: LogPart,
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  time: number,
): void {
  const first = alpha >= beta
  const upper = first ? r + x : s + 1
  const lower = r + s + x + 1
  const larger = (first ? alpha : beta) + time
  const z = Math.abs(alpha - beta) / larger
  let term = 1
  let sum = 1
  let logUpper = 0
  let logLower = 0
  let [sumUpper, sumLower, sumZ] = [0, 0, 0]
  let n = 0
  for (; n < MAX_TERMS; n++) {
    logUpper += 1 / (upper + n)
    logLower -= 1 / (lower + n)
    term *= ((upper + n) / (lower + n)) * z
    sum += term
    sumUpper += term * logUpper
    sumLower += term * logLower
    sumZ += term * (n + 1)
    if (term * (n + 2) < 1e-17 * sum * (1 - z)) break
    if (term === 0) break
  }
  if (n === MAX_TERMS)
    throw new StatsError(
      'notConverged',
      `The Pareto/NBD likelihood did not settle at alpha = ${alpha}, beta = ${beta}, time = ${time}.`,
      {
        hint: 'alpha and beta are many orders of magnitude apart; choose a unit of time nearer to the purchase cycle.',
      },
    )
  const powerAlpha = first ? r + x : r + x - 1
  const powerBeta = first ? s : s + 1
  const logAlpha = Math.log(alpha + time)
  const logBeta = Math.log(beta + time)
  const perUpper = sumUpper / sum
  const perLower = sumLower / sum
  // d ln F / d ln z times d ln z / d(α, β).
  const perZ = z === 0 ? 0 : sumZ / sum
  const g = part.gradient
  part.value = Math.log(sum) - powerAlpha * logAlpha - powerBeta * logBeta
  g[0] = (first ? perUpper : 0) + perLower - logAlpha
  g[2] = (first ? 0 : perUpper) + perLower - logBeta
  g[1] = -powerAlpha / (alpha + time)
  g[3] = -powerBeta / (beta + time)
  if (z > 0) {
    const gap = first ? alpha - beta : beta - alpha
    g[first ? 1 : 3]! += perZ * (1 / gap - 1 / larger)
    g[first ? 3 : 1]! -= perZ / gap
  } else {
    // At α = β the first term of the series still has a slope: F ≈ 1 + (upper/lower) z.
    const slope = upper / lower / larger
    g[1]! += slope
    g[3]! -= slope
  }
}

/** Scratch for one evaluation of a customer's likelihood. */
export interface CustomerParts {
  readonly atLast: LogPart
  readonly atEnd: LogPart
}

export function newParts(): CustomerParts {
  return { atLast: newPart(), atEnd: newPart() }
}

/**
 * ln [s/(r+s+x) · A₀ · (α+T)^(r+x) (β+T)^s], the log odds of having died, from parts already filled; −Infinity when
 * the last purchase is the end of observation.
 */
export function logOddsDead(
  parts: CustomerParts,
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  age: number,
): number {
  const difference = parts.atEnd.value - parts.atLast.value
  if (!(difference < 0)) return -Infinity
  const logIntegral = parts.atLast.value + Math.log(-Math.expm1(difference))
  return Math.log(s / (r + s + x)) + logIntegral + (r + x) * Math.log(alpha + age) + s * Math.log(beta + age)
}

/** Log-likelihood of one customer. Source: Fader and Hardie (2005), eq. 17 and 18. */
export function paretoNbdRowLogLikelihood(
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  recency: number,
  age: number,
  parts: CustomerParts,
): number {
  fillPart(parts.atLast, r, alpha, s, beta, x, recency)
  fillPart(parts.atEnd, r, alpha, s, beta, x, age)
  const odds = logOddsDead(parts, r, alpha, s, beta, x, age)
  const constant = logGamma(r + x) - logGamma(r) + r * Math.log(alpha) + s * Math.log(beta)
  const alive = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age)
  return constant + alive + (odds > 0 ? odds + Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)))
}

/** The negative log-likelihood over grouped rows with its analytic gradient in (r, α, s, β). */
export function paretoNbdObjective(
  data: GroupedHistory,
): (p: Float64Array, gradient: Float64Array) => number {
  const parts = newParts()
  return (p, gradient) => {
    const [r, alpha, s, beta] = [p[0]!, p[1]!, p[2]!, p[3]!]
    const [psiR, logAlpha, logBeta, logGammaR] = [digamma(r), Math.log(alpha), Math.log(beta), logGamma(r)]
    let value = 0
    gradient.fill(0)
    for (let i = 0; i < data.weights.length; i++) {
      const x = data.frequency[i]!
      const age = data.T[i]!
      const weight = data.weights[i]!
      fillPart(parts.atLast, r, alpha, s, beta, x, data.recency[i]!)
      fillPart(parts.atEnd, r, alpha, s, beta, x, age)
      const odds = logOddsDead(parts, r, alpha, s, beta, x, age)
      const dead = odds > 0 ? 1 / (1 + Math.exp(-odds)) : Math.exp(odds) / (1 + Math.exp(odds))
      const logAge = Math.log(alpha + age)
      const logAgeBeta = Math.log(beta + age)
      const alive = -(r + x) * logAge - s * logAgeBeta
      value +=
        weight *
        (logGamma(r + x) -
          logGammaR +
          r * logAlpha +
          s * logBeta +
          alive +
          Math.max(odds, 0) +
          Math.log1p(Math.exp(-Math.abs(odds))))
      // A₀ = e^{last} − e^{end}; its log-slope is a weighted difference of the two parts' slopes.
      const ratio = Math.exp(parts.atEnd.value - parts.atLast.value)
      const scale = dead > 0 ? dead / (1 - ratio) : 0
      const keep = 1 - dead
      const slope = (k: number): number =>
        scale * (parts.atLast.gradient[k]! - ratio * parts.atEnd.gradient[k]!)
      gradient[0]! -=
        weight * (digamma(r + x) - psiR + logAlpha - keep * logAge - dead / (r + s + x) + slope(0))
      gradient[1]! -= weight * (r / alpha - (keep * (r + x)) / (alpha + age) + slope(1))
      gradient[2]! -= weight * (logBeta - keep * logAgeBeta + dead * (1 / s - 1 / (r + s + x)) + slope(2))
      gradient[3]! -= weight * (s / beta - (keep * s) / (beta + age) + slope(3))
    }
    return -value
  }
}
