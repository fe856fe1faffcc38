import { normalCdf, normalQuantile } from '../distributions/normal.ts'
import { requireLevel, requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { cohenH } from './effect-sizes.ts'
import { requireTarget } from './power-means.ts'
import { solveIncreasing } from './solve-increasing.ts'

/**
 * Which variance the formula gives the test when the proportions are equal; the same question gets other answers:
 * - `pooled`: of the mean of both proportions (R's `power.prop.test`; Fleiss).
 * - `baseline`: of the first proportion (Evan Miller's calculator).
 * - `unpooled`: of each proportion, as under the alternative.
 * - `arcsine`: constant on the arcsine scale (Cohen's h, R's pwr).
 */
export type ProportionPowerMethod = 'pooled' | 'baseline' | 'unpooled' | 'arcsine'

export type ProportionDesign = {
  readonly baseline: number
  readonly treated: number
  readonly alpha?: number
  readonly alternative?: 'twoSided' | 'oneSided'
  readonly method?: ProportionPowerMethod
  /** Rows in the treated group per row of the baseline group. Default 1. */
  readonly allocation?: number
}

/**
 * Power to tell two proportions apart with n rows in the baseline group.
 * Range: [0, 1].
 * Cost O(1).
 * Source: Fleiss, Levin & Paik (2003), section 4.2, https://doi.org/10.1002/0471445428; Cohen (1988), section 6.4.
 * @throws StatsError `outOfDomain`.
 * @example
 * powerOfProportions(500, { baseline: 0.1, treated: 0.15 }) // → 0.6670306
 */
export function powerOfProportions(n: number, design: ProportionDesign): number {
  requirePositive('n', n)
  const { nullSd, trueSd, effect } = spread(design)
  const z = -normalQuantile(tail(design))
  if (!(trueSd > 0)) throw certain(design)
  return normalCdf((Math.sqrt(n) * effect - z * nullSd) / trueSd)
}

/**
 * Rows in the baseline group (not rounded; round up) at which the test reaches the power asked for.
 * `targetPower` lies between alpha and 1.
 * Cost O(1).
 * Source: Fleiss, Levin & Paik (2003), section 4.2, https://doi.org/10.1002/0471445428
 * @throws StatsError `outOfDomain` if the proportions are equal or the power is out of range.
 * @example
 * sampleSizeOfProportions(0.8, { baseline: 0.1, treated: 0.15 }) // → 685.5969
 */
export function sampleSizeOfProportions(targetPower: number, design: ProportionDesign): number {
  requireTarget(targetPower, design.alpha ?? 0.05)
  const { nullSd, trueSd, effect } = spread(design)
  if (effect === 0)
    throw new StatsError(
      'outOfDomain',
      'Both proportions are equal; no sample is large enough to tell them apart.',
    )
  const z = -normalQuantile(tail(design))
  return ((z * nullSd + normalQuantile(targetPower) * trueSd) / effect) ** 2
}

/**
 * Smallest treated proportion above the baseline that n rows in the baseline group find with the power asked for.
 * `targetPower` lies between alpha and 1.
 * Cost about 50 evaluations of the power.
 * Source: Fleiss, Levin & Paik (2003), section 4.2, https://doi.org/10.1002/0471445428
 * @throws StatsError `outOfDomain`, `infeasible` if even a proportion of 1 would not be found.
 * @example
 * detectableProportion(500, 0.8, { baseline: 0.1 }) // → 0.1594667
 */
export function detectableProportion(
  n: number,
  targetPower: number,
  design: Omit<ProportionDesign, 'treated'>,
): number {
  requireTarget(targetPower, design.alpha ?? 0.05)
  requireProbability('baseline', design.baseline)
  const at = (treated: number): number => {
    const { nullSd, trueSd, effect } = spread({ ...design, treated })
    const margin = Math.sqrt(n) * effect - -normalQuantile(tail(design)) * nullSd
    return trueSd > 0 ? normalCdf(margin / trueSd) : margin >= 0 ? 1 : 0
  }
  return solveIncreasing(at, targetPower, design.baseline, 1)
}

function tail({
  alpha = 0.05,
  alternative = 'twoSided',
}: ProportionDesign | Omit<ProportionDesign, 'treated'>): number {
  requireLevel('alpha', alpha)
  return alternative === 'twoSided' ? alpha / 2 : alpha
}

/** Standard deviations per √n under equality and under the design, and the effect on the same scale. */
function spread(design: ProportionDesign): { nullSd: number; trueSd: number; effect: number } {
  const { baseline: p, treated: q, allocation = 1, method = 'pooled' } = design
  requireProbability('baseline', p)
  requireProbability('treated', q)
  requirePositive('allocation', allocation)
  const perRow = 1 + 1 / allocation
  if (method === 'arcsine') {
    return { nullSd: Math.sqrt(perRow), trueSd: Math.sqrt(perRow), effect: Math.abs(cohenH(p, q)) }
  }
  const trueSd = Math.sqrt(p * (1 - p) + (q * (1 - q)) / allocation)
  const pooled = (p + allocation * q) / (1 + allocation)
  const nullSd =
    method === 'pooled'
      ? Math.sqrt(pooled * (1 - pooled) * perRow)
      : method === 'baseline'
        ? Math.sqrt(p * (1 - p) * perRow)
        : trueSd
  return { nullSd, trueSd, effect: Math.abs(p - q) }
}

function certain(design: ProportionDesign): StatsError {
  return new StatsError(
    'zeroVariance',
    `Proportions of ${design.baseline} and ${design.treated} leave nothing to chance, so power is not defined.`,
  )
}
