import { normalLogPdf, normalLogSurvival } from '../distributions/normal.ts'
import { StatsError } from '../stats-error.ts'

/**
 * Distributions of a lifetime, named by what T = location + scale·ε (`normal`, `logistic`) or ln T = location + scale·ε
 * (the others) makes of it.
 */
export type AftDistribution = 'weibull' | 'exponential' | 'logNormal' | 'logLogistic' | 'normal' | 'logistic'

const DISTRIBUTIONS: readonly string[] = [
  'weibull',
  'exponential',
  'logNormal',
  'logLogistic',
  'normal',
  'logistic',
]

/** @throws StatsError `invalidOption` for a distribution that there is not. */
export function requireDistribution(distribution: AftDistribution): void {
  if (!DISTRIBUTIONS.includes(distribution))
    throw new StatsError('invalidOption', `There is no distribution "${distribution}".`, {
      hint: `There are ${DISTRIBUTIONS.join(', ')}.`,
    })
}

/** Whether it is the logarithm of the time that is linear. */
export function isOfLogTime(distribution: AftDistribution): boolean {
  return distribution !== 'normal' && distribution !== 'logistic'
}

/** The time as it enters the line. */
export function lineTime(distribution: AftDistribution, time: number): number {
  return isOfLogTime(distribution) ? Math.log(time) : time
}

/** The error ε: extreme-value, normal or logistic. */
type ErrorShape = 'extreme' | 'normal' | 'logistic'

export function errorOf(distribution: AftDistribution): ErrorShape {
  if (distribution === 'normal' || distribution === 'logNormal') return 'normal'
  return distribution === 'logistic' || distribution === 'logLogistic' ? 'logistic' : 'extreme'
}

/** ln f of the standard error ε. */
export function logDensity(distribution: AftDistribution, w: number): number {
  const shape = errorOf(distribution)
  if (shape === 'normal') return normalLogPdf(w)
  if (shape === 'logistic') return w - 2 * softplus(w)
  return w - Math.exp(w)
}

export function densitySlope(distribution: AftDistribution, w: number): number {
  const shape = errorOf(distribution)
  if (shape === 'normal') return -w
  if (shape === 'logistic') return 1 - 2 / (1 + Math.exp(-w))
  return 1 - Math.exp(w)
}

export function logSurvival(distribution: AftDistribution, w: number): number {
  const shape = errorOf(distribution)
  if (shape === 'normal') return normalLogSurvival(w)
  if (shape === 'logistic') return -softplus(w)
  return -Math.exp(w)
}

export function hazard(distribution: AftDistribution, w: number): number {
  return Math.exp(logDensity(distribution, w) - logSurvival(distribution, w))
}

function softplus(w: number): number {
  return w > 0 ? w + Math.log1p(Math.exp(-w)) : Math.log1p(Math.exp(w))
}
