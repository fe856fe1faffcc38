import { StatsError } from '../stats-error.ts'
import { addArms } from './add-arms.ts'
import { type ArmStatistic, armMoments } from './arm-statistics.ts'
import { type ArmEffect, armEffect, type EffectScale } from './effect.ts'
import type { MeasureSums } from './measure-sums.ts'
import { type Stratum, stratumMoments } from './strata-moments.ts'

export type { Stratum } from './strata-moments.ts'

/**
 * Effect of treatment against control after post-stratification: the strata's effects weighted by their shares of all rows,
 * which takes off what the strata explain. Means, proportions, ratios, with or without covariates (CUPED, whose slope is
 * then each stratum's own). The shares count as estimated. A stratum in which an arm has fewer than two rows or does not
 * vary joins the largest one; where one is left, the result is `armEffect`'s. Degrees of freedom are those of all strata
 * together.
 * Cost O(strata).
 * Source: Miratrix, Sekhon & Yu (2013), "Adjusting treatment effect estimates by post-stratification in randomized experiments",
 * https://doi.org/10.1111/j.1467-9868.2012.01048.x
 * Parity: GrowthBook gbstats `EffectMomentsPostStratification`.
 * @throws StatsError `emptyData` without a stratum, `outOfDomain` for a relative effect on a control of 0, and those of
 * `armEffect`; `invalidOption` for quantiles; `singular` where a stratum's covariates repeat each other
 * @example
 * const stratum = (shift) => ({ control: meanArm([1, 2, 3, 4].map((v) => v + shift)), treatment: meanArm([3, 4, 5, 6].map((v) => v + shift)) })
 * const effect = postStratifiedEffect([stratum(0), stratum(100)])
 * effect.standardError < 1 // → true
 */
export function postStratifiedEffect(
  strata: readonly Stratum[],
  options: { readonly scale?: EffectScale } = {},
): ArmEffect {
  const { scale = 'absolute' } = options
  if (strata.length === 0)
    throw new StatsError('emptyData', 'There are no strata; at least one was expected.')
  const usable = withoutCovariatesIfFlat(strata)
  const together = armEffect(...sumOfStrata(usable), { scale })
  const cells = joinSmallStrata(usable)
  if (cells.length === 1) return together
  const { n, mean, covariance } = weighted(cells)
  const { estimate, gradient } = contrast(mean, scale)
  let variance = 0
  for (let i = 0; i < mean.length; i++)
    for (let j = 0; j < mean.length; j++)
      variance += gradient[i]! * covariance[i * mean.length + j]! * gradient[j]!
  if (!(variance > 0))
    throw new StatsError('zeroVariance', 'No stratum varies, so the effect has no standard error.')
  return { ...together, estimate, standardError: Math.sqrt(variance), n }
}

/** A covariate that does not vary in one arm of all strata together is left out everywhere. */
function withoutCovariatesIfFlat(strata: readonly Stratum[]): readonly Stratum[] {
  const flat = sumOfStrata(strata).some((arm) => {
    if (arm.kind === 'adjustedMean') return !(armMoments({ n: arm.n, ...arm.pre }).varPost > 0)
    if (arm.kind !== 'adjustedRatio') return false
    return [arm.numeratorPre, arm.denominatorPre].some(
      (pre) => !(armMoments({ n: arm.n, ...pre }).varPost > 0),
    )
  })
  if (!flat) return strata
  return strata.map(({ control, treatment }) => ({
    control: unadjusted(control),
    treatment: unadjusted(treatment),
  }))
}

function unadjusted(arm: ArmStatistic): ArmStatistic {
  if (arm.kind === 'adjustedMean') return { n: arm.n, ...arm.post }
  if (arm.kind !== 'adjustedRatio') return arm
  return {
    kind: 'ratio',
    n: arm.n,
    numerator: arm.numeratorPost,
    denominator: arm.denominatorPost,
    products: arm.products.numeratorPostDenominatorPost,
  }
}

function sumOfStrata(strata: readonly Stratum[]): [ArmStatistic, ArmStatistic] {
  return [
    strata.map(({ control }) => control).reduce(addArms),
    strata.map(({ treatment }) => treatment).reduce(addArms),
  ]
}

function joinSmallStrata(strata: readonly Stratum[]): Stratum[] {
  const size = ({ control, treatment }: Stratum): number => control.n + treatment.n
  const [largest, ...others] = [...strata].sort((a, b) => size(b) - size(a))
  const cells = [largest!]
  for (const stratum of others)
    if (stands(stratum)) cells.push(stratum)
    else
      cells[0] = {
        control: addArms(cells[0]!.control, stratum.control),
        treatment: addArms(cells[0]!.treatment, stratum.treatment),
      }
  return cells
}

function stands({ control, treatment }: Stratum): boolean {
  if (control.kind === 'adjustedRatio' && control.n + treatment.n <= 6) return false
  return [control, treatment].every((arm) => {
    if (arm.n < 2 || denominatorsOf(arm).some((sums) => sums.sum === 0)) return false
    return armMoments(arm).varPost > 0
  })
}

function denominatorsOf(arm: ArmStatistic): readonly MeasureSums[] {
  if (arm.kind === 'ratio') return [arm.denominator]
  return arm.kind === 'adjustedRatio' ? [arm.denominatorPost, arm.denominatorPre] : []
}

/** Means of the strata weighted by their shares, and the covariance with the shares' multinomial variation. */
function weighted(cells: readonly Stratum[]): { n: number; mean: Float64Array; covariance: Float64Array } {
  const strata = cells.map(stratumMoments)
  const n = strata.reduce((sum, stratum) => sum + stratum.n, 0)
  const size = strata[0]!.mean.length
  const mean = new Float64Array(size)
  const covariance = new Float64Array(size * size)
  for (const stratum of strata) {
    const share = stratum.n / n
    for (let i = 0; i < size; i++) {
      mean[i]! += share * stratum.mean[i]!
      for (let j = 0; j < size; j++)
        covariance[i * size + j]! +=
          (share * (stratum.covariance[i * size + j]! + stratum.mean[i]! * stratum.mean[j]!)) / n
    }
  }
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) covariance[i * size + j]! -= (mean[i]! * mean[j]!) / n
  return { n, mean, covariance }
}

/** The effect and its gradient in (control, effect) of one outcome or of numerator and denominator. */
function contrast(mean: Float64Array, scale: EffectScale): { estimate: number; gradient: readonly number[] } {
  const [control, effect, below, belowEffect] = mean as unknown as readonly [number, number, number?, number?]
  if (below === undefined || belowEffect === undefined) {
    if (scale === 'absolute') return { estimate: effect, gradient: [0, 1] }
    requireBase(control)
    const base = Math.abs(control)
    return { estimate: effect / base, gradient: [-effect / (control * base), 1 / base] }
  }
  const ofControl = control / below
  const ofTreatment = (control + effect) / (below + belowEffect)
  const treatment = [1 / (below + belowEffect), -ofTreatment / (below + belowEffect)] as const
  const difference = [treatment[0] - 1 / below, treatment[0], treatment[1] + ofControl / below, treatment[1]]
  if (scale === 'absolute') return { estimate: ofTreatment - ofControl, gradient: difference }
  requireBase(ofControl)
  const base = Math.abs(ofControl)
  const lift = (ofTreatment - ofControl) / base
  const perBase = [1 / below, 0, -ofControl / below, 0].map((v) => (v * lift) / ofControl)
  return { estimate: lift, gradient: difference.map((v, i) => v / base - perBase[i]!) }
}

function requireBase(control: number): void {
  if (control === 0)
    throw new StatsError('outOfDomain', 'The control mean is 0, so a relative effect does not exist.', {
      hint: "Use scale: 'absolute'.",
    })
}
