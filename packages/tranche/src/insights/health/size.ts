import { sampleSizeOfProportions } from '@tranche/stats'

/** A change that a treatment might bring about. */
const change = 0.05
const power = 0.8

/** Customers in each of two arms that would show a change of five points of a share, in four studies of five. */
export function neededToMeasure(share: number): number {
  const baseline = Math.min(1, Math.max(0, share))
  const treated = baseline + change <= 1 ? baseline + change : baseline - change
  return Math.ceil(sampleSizeOfProportions(power, { baseline, treated }))
}
