import { normalLogPdf, normalLogSurvival } from '../distributions/normal.ts'

/** Distributions of a lifetime, named by what ln T = location + scale·ε makes of it. */
export type AftDistribution = 'weibull' | 'exponential' | 'logNormal' | 'logLogistic'

/** ln f of the standard error ε. */
export function logDensity(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return normalLogPdf(w)
  if (distribution === 'logLogistic') return w - 2 * softplus(w)
  return w - Math.exp(w)
}

export function densitySlope(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return -w
  if (distribution === 'logLogistic') return 1 - 2 / (1 + Math.exp(-w))
  return 1 - Math.exp(w)
}

export function logSurvival(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return normalLogSurvival(w)
  if (distribution === 'logLogistic') return -softplus(w)
  return -Math.exp(w)
}

export function hazard(distribution: AftDistribution, w: number): number {
  return Math.exp(logDensity(distribution, w) - logSurvival(distribution, w))
}

function softplus(w: number): number {
  return w > 0 ? w + Math.log1p(Math.exp(-w)) : Math.log1p(Math.exp(w))
}
