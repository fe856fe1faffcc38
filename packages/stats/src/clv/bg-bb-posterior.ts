import { logBeta, logChoose } from '../special/log-gamma.ts'
import { StatsError } from '../stats-error.ts'
import type { BgBbModel } from './bg-bb.ts'
import { bgBbRowLogLikelihood } from './bg-bb-likelihood.ts'
import { type BuyingOpportunities, checkOpportunities } from './buying-opportunities.ts'

/**
 * Posterior mean of P^l·Θ^m of each row, P being the customer's chance of buying and Θ of dropping out at an
 * opportunity: l = 1, m = 0 is the mean transaction rate, l = 0, m = 1 the mean dropout rate.
 * Cost O(opportunities) a row.
 * Source: Fader, Hardie and Shang (2010), eq. 16, https://doi.org/10.1287/mksc.1100.0580; as BTYD's `bgbb.PosteriorMeanLmProductMoment`
 * @throws StatsError `outOfDomain`, `lengthMismatch`, `emptyData`
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbPosteriorMoment(model, 1, 0, { frequency: [0, 6], recency: [0, 6], opportunities: [6, 6] }) // → [0.4878299, 0.9057078]
 */
export function bgBbPosteriorMoment(
  model: BgBbModel,
  l: number,
  m: number,
  data: BuyingOpportunities,
): Float64Array {
  requireWhole('l', l)
  requireWhole('m', m)
  const { alpha, beta, gamma, delta } = model.parameters
  const shift =
    logBeta(alpha + l, beta) - logBeta(alpha, beta) + logBeta(gamma + m, delta) - logBeta(gamma, delta)
  return Float64Array.from({ length: checkOpportunities(data) }, (_, i) => {
    const row = [data.frequency[i]!, data.recency[i]!, data.opportunities[i]!] as const
    const moved = bgBbRowLogLikelihood(alpha + l, beta, gamma + m, delta, ...row)
    return Math.exp(shift + moved - bgBbRowLogLikelihood(alpha, beta, gamma, delta, ...row))
  })
}

/**
 * P(a new customer makes x purchases at the opportunities after the first `after`, up to `after + span`).
 * Cost O(span).
 * Source: Fader and Hardie (2010), "Some further results for the BG/BB model", https://www.brucehardie.com/notes/010/; as BTYD's `bgbb.pmf.General`
 * @throws StatsError `outOfDomain` unless all are whole numbers ≥ 0
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbPmfBetween(model, 0, 6, 5) // → 0.6273689
 */
export function bgBbPmfBetween(model: BgBbModel, x: number, after: number, span: number): number {
  requireWhole('x', x)
  requireWhole('after', after)
  requireWhole('span', span)
  if (x > span) return 0
  const { alpha, beta, gamma, delta } = model.parameters
  const base = logBeta(alpha, beta) + logBeta(gamma, delta)
  const term = (tries: number, death: number): number =>
    Math.exp(
      logChoose(tries, x) +
        logBeta(alpha + x, beta + tries - x) +
        logBeta(gamma + death, delta + after + tries) -
        base,
    )
  const goneBefore = 1 - Math.exp(logBeta(gamma, delta + after) - logBeta(gamma, delta))
  let sum = (x === 0 ? goneBefore : 0) + term(span, 0)
  for (let tries = x; tries < span; tries++) sum += term(tries, 1)
  return sum
}

function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0)
    throw new StatsError('outOfDomain', `${name} is ${value}; a whole number ≥ 0 was expected.`)
}
