import type { Interval } from '../inference/sample.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import { logMixture } from './mixture-martingale.ts'

/**
 * Confidence sequence for a proportion: intervals that hold at every look together, by inverting the beta-binomial
 * mixture martingale.
 * Within [0, 1].
 * Cost about 100 evaluations of `logMixture`.
 * Source: Howard, Ramdas, McAuliffe & Sekhon (2021), Annals of Statistics 49, proposition 7, https://arxiv.org/abs/1810.08240
 * Parity: confseq
 * `bernoulli_confidence_interval`.
 * @param options.optimalN number of trials at which the sequence is tightest. @param options.level default .95.
 * @throws StatsError `outOfDomain`, `insufficientData` (no trial).
 * @example
 * proportionSequenceInterval(30, 100, { optimalN: 100 }) // → { low: 0.1736349, high: 0.4476767, level: 0.95 }
 */
export function proportionSequenceInterval(
  successes: number,
  trials: number,
  options: { readonly optimalN: number; readonly level?: number; readonly optimalAlpha?: number },
): Interval {
  const { optimalN, level = 0.95, optimalAlpha = 0.05 } = options
  requirePositive('optimalN', optimalN)
  requireLevel('level', level)
  requireLevel('optimalAlpha', optimalAlpha)
  if (!(trials >= 1))
    throw new StatsError('insufficientData', `There are ${trials} trials; at least 1 was expected.`)
  if (!(successes >= 0 && successes <= trials))
    throw new StatsError(
      'outOfDomain',
      `There are ${successes} successes in ${trials} trials; 0 to all were expected.`,
    )
  const share = successes / trials
  const refuted = (p: number): boolean => {
    if (p <= 0) return share > 0
    if (p >= 1) return share < 1
    const variance = p * (1 - p)
    const evidence = logMixture(
      { kind: 'betaBinomial', sides: 2, g: p, h: 1 - p },
      (share - p) * trials,
      variance * trials,
      { optimalV: variance * optimalN, optimalAlpha },
    )
    return evidence > -Math.log1p(-level)
  }
  return {
    low: share > 0 ? edge(refuted, 0, share) : 0,
    high: share < 1 ? edge(refuted, 1, share) : 1,
    level,
  }
}

/** Between a refuted proportion and one that is not, by bisection to full precision. */
function edge(refuted: (p: number) => boolean, outside: number, inside: number): number {
  let [out, within] = [outside, inside]
  for (let i = 0; i < 60; i++) {
    const middle = (out + within) / 2
    if (refuted(middle)) out = middle
    else within = middle
  }
  return (out + within) / 2
}
