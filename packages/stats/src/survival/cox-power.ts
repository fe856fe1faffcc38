import { normalCdf, normalQuantile } from '../distributions/normal.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'

export interface CoxDesign {
  /** Chance of an event during the study in the treated and in the control group. */
  readonly eventRateTreated: number
  readonly eventRateControl: number
  readonly hazardRatio: number
  /** Two-sided. Default 0.05. */
  readonly alpha?: number
}

/**
 * Subjects needed in each group to see a hazard ratio with the given power, rounded up.
 * Cost O(1).
 * Source: Freedman (1982), https://doi.org/10.1002/sim.4780010204; Klein and Moeschberger (2003); as lifelines'
 * `sample_size_necessary_under_cph`.
 * @param ratio treated subjects per control subject
 * @throws StatsError `outOfDomain`; `infeasible` at a hazard ratio of 1
 * @example
 * coxSampleSize({ eventRateTreated: 0.25, eventRateControl: 0.35, hazardRatio: 0.7 }, 0.8) // → { treated: 421, control: 421 }
 */
export function coxSampleSize(
  design: CoxDesign,
  power: number,
  ratio = 1,
): { readonly treated: number; readonly control: number } {
  check(design)
  requireLevel('power', power)
  requirePositive('ratio', ratio)
  const { hazardRatio: h, eventRateTreated, eventRateControl } = design
  if (h === 1)
    throw new StatsError(
      'infeasible',
      'A hazard ratio of 1 is no difference; no sample is large enough to find it.',
    )
  const z = normalQuantile(1 - (design.alpha ?? 0.05) / 2) + normalQuantile(power)
  const events = (1 / ratio) * ((ratio * h + 1) / (h - 1)) ** 2 * z * z
  const rate = ratio * eventRateTreated + eventRateControl
  return { treated: Math.ceil((events * ratio) / rate), control: Math.ceil(events / rate) }
}

/**
 * The power of a study with given group sizes, in [0, 1].
 * Cost O(1).
 * Source: Freedman (1982), https://doi.org/10.1002/sim.4780010204
 * @throws StatsError `outOfDomain`
 * @example
 * coxPower({ eventRateTreated: 0.25, eventRateControl: 0.35, hazardRatio: 0.7 }, 421, 421) // → 0.8008756
 */
export function coxPower(design: CoxDesign, treated: number, control: number): number {
  check(design)
  requirePositive('treated', treated)
  requirePositive('control', control)
  const { hazardRatio: h, eventRateTreated, eventRateControl } = design
  const events = treated * eventRateTreated + control * eventRateControl
  const ratio = treated / control
  return normalCdf(
    (Math.sqrt(ratio * events) * Math.abs(h - 1)) / (ratio * h + 1) -
      normalQuantile(1 - (design.alpha ?? 0.05) / 2),
  )
}

function check(design: CoxDesign): void {
  requirePositive('hazardRatio', design.hazardRatio)
  for (const [name, rate] of [
    ['eventRateTreated', design.eventRateTreated],
    ['eventRateControl', design.eventRateControl],
  ] as const)
    if (!(rate > 0 && rate <= 1))
      throw new StatsError('outOfDomain', `${name} is ${rate}; a share in (0, 1] was expected.`)
  requireLevel('alpha', design.alpha ?? 0.05)
}
