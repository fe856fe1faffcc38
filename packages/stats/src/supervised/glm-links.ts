import { normalCdf, normalPdf, normalQuantile } from '../distributions/normal.ts'

/** How the mean hangs on the linear predictor η. */
export type GlmLink = 'identity' | 'log' | 'logit' | 'probit' | 'cloglog' | 'inverse' | 'sqrt'

/** Mean at a linear predictor. */
export function inverseLink(link: GlmLink, eta: number): number {
  switch (link) {
    case 'identity':
      return eta
    case 'log':
      return Math.exp(eta)
    case 'logit':
      return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta))
    case 'probit':
      return normalCdf(eta)
    case 'cloglog':
      return -Math.expm1(-Math.exp(eta))
    case 'inverse':
      return 1 / eta
    case 'sqrt':
      return eta * eta
  }
}

/** Linear predictor at a mean. */
export function linkOf(link: GlmLink, mean: number): number {
  switch (link) {
    case 'identity':
      return mean
    case 'log':
      return Math.log(mean)
    case 'logit':
      return Math.log(mean) - Math.log1p(-mean)
    case 'probit':
      return normalQuantile(mean)
    case 'cloglog':
      return Math.log(-Math.log1p(-mean))
    case 'inverse':
      return 1 / mean
    case 'sqrt':
      return Math.sqrt(mean)
  }
}

/** dμ/dη at a linear predictor and its mean. */
export function linkSlope(link: GlmLink, eta: number, mean: number): number {
  switch (link) {
    case 'identity':
      return 1
    case 'log':
      return mean
    case 'logit': {
      // From |η|, not μ(1 − μ): the latter is 0 as soon as μ rounds to 1.
      const e = Math.exp(-Math.abs(eta))
      return e / ((1 + e) * (1 + e))
    }
    case 'probit':
      return normalPdf(eta)
    case 'cloglog':
      return Math.exp(eta - Math.exp(eta))
    case 'inverse':
      return -mean * mean
    case 'sqrt':
      return 2 * eta
  }
}
