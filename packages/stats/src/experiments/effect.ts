import { StatsError } from '../stats-error.ts'
import { type ArmMoments, type ArmStatistic, armMoments, pooledMoments } from './arm-statistics.ts'

/** `relative`: divided by the size of the control's (unadjusted) mean, by the delta method. */
export type EffectScale = 'absolute' | 'relative'

export type ArmEffect = {
  readonly scale: EffectScale
  readonly estimate: number
  readonly standardError: number
  /** After Welch and Satterthwaite, from the arms' own variances. */
  readonly degreesOfFreedom: number
  /** Rows of both arms. */
  readonly n: number
  readonly controlMean: number
  /** Slope of the pre-period covariate that was taken off; 0 without one. */
  readonly theta: number
}

/**
 * Effect of treatment against control and its standard error, for means, proportions, ratios and quantiles, with
 * or without a pre-period covariate (CUPED).
 * Cost O(1).
 * Source: Deng, Xu, Kohavi & Walker (2013), WSDM (CUPED), https://doi.org/10.1145/2433396.2433413; Deng, Knoblich & Lu
 * (2018), KDD.
 * Parity: GrowthBook gbstats.
 * @param theta slope of the covariate: `pooled` over both arms (default) or a number fixed beforehand.
 * @throws StatsError `notFinite`, `zeroVariance` if an arm does not vary, `outOfDomain` for a relative effect on a
 * control of 0, `invalidOption` if the arms are of different kinds, `insufficientData`.
 * @example
 * const effect = armEffect(meanArm([10, 12, 11, 13]), meanArm([12, 14, 13, 15]))
 * [effect.estimate, effect.standardError] // → [2, 0.9128709]
 */
export function armEffect(
  control: ArmStatistic,
  treatment: ArmStatistic,
  options: { readonly scale?: EffectScale; readonly theta?: 'pooled' | number } = {},
): ArmEffect {
  const { scale = 'absolute' } = options
  if (adjusts(control) !== adjusts(treatment)) {
    throw new StatsError(
      'invalidOption',
      `The arms are measured differently: ${control.kind} and ${treatment.kind}.`,
    )
  }
  const c = armMoments(control)
  const t = armMoments(treatment)
  const theta =
    options.theta === undefined || options.theta === 'pooled'
      ? pooledTheta(control, treatment, c, t)
      : options.theta
  const varC = adjustedVariance(c, theta)
  const varT = adjustedVariance(t, theta)
  if (!(varC > 0 && varT > 0))
    throw new StatsError('zeroVariance', 'An arm does not vary, so the effect has no standard error.')
  const difference = t.post - theta * t.pre - (c.post - theta * c.pre)
  const perRow =
    scale === 'absolute' ? varT / t.n + varC / c.n : relativeVariance(control, c, t, theta, varT, difference)
  return {
    scale,
    estimate: scale === 'absolute' ? difference : difference / Math.abs(c.post),
    standardError: Math.sqrt(perRow),
    degreesOfFreedom: satterthwaite(varC / c.n, c.n, varT / t.n, t.n),
    n: c.n + t.n,
    controlMean: c.post,
    theta,
  }
}

function adjusts(arm: ArmStatistic): boolean {
  return arm.kind === 'adjustedMean' || arm.kind === 'adjustedRatio'
}

function pooledTheta(control: ArmStatistic, treatment: ArmStatistic, c: ArmMoments, t: ArmMoments): number {
  if (control.kind === 'adjustedMean' && treatment.kind === 'adjustedMean') {
    const pooled = pooledMoments(control, treatment)
    return pooled.varPre > 0 && pooled.varPost > 0 ? pooled.covariance / pooled.varPre : 0
  }
  const varPre = c.varPre + t.varPre
  return varPre > 0 ? (c.covariance + t.covariance) / varPre : 0
}

function adjustedVariance(m: ArmMoments, theta: number): number {
  return m.varPost + theta * theta * m.varPre - 2 * theta * m.covariance
}

/** Delta method; in the control's slope GrowthBook takes the unadjusted lift for means and the adjusted one for ratios. */
function relativeVariance(
  control: ArmStatistic,
  c: ArmMoments,
  t: ArmMoments,
  theta: number,
  varT: number,
  difference: number,
): number {
  if (c.post === 0) {
    throw new StatsError('outOfDomain', 'The control mean is 0, so a relative effect does not exist.', {
      hint: "Use scale: 'absolute'.",
    })
  }
  const base = Math.abs(c.post)
  const lift = control.kind === 'adjustedMean' ? t.post - c.post : difference
  const slopePost = -(c.post + lift) / (c.post * base)
  const slopePre = theta / base
  const varC = slopePost ** 2 * c.varPost + slopePre ** 2 * c.varPre + 2 * slopePost * slopePre * c.covariance
  return varT / (base * base) / t.n + varC / c.n
}

function satterthwaite(a: number, n: number, b: number, m: number): number {
  const scale = Math.max(a, b)
  return (a / scale + b / scale) ** 2 / ((a / scale) ** 2 / (n - 1) + (b / scale) ** 2 / (m - 1))
}
