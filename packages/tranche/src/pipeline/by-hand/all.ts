import { cohortsByHand, productsByHand } from './cohorts-and-products.ts'
import { groupsByHand } from './groups.ts'
import type { HandWritten, Scope } from './hand-written.ts'
import { holdingsByHand } from './holdings.ts'
import { metricsByHand } from './metrics.ts'
import { promotionsByHand } from './promotions.ts'
import { customers, findings, purchases, rows, tiers } from './published-numbers.ts'
import { segmentsByHand } from './segments.ts'
import { setsByHand } from './sets.ts'

/** Everything published that is a count or a sum, each with its second query. */
export async function allByHand(scope: Scope): Promise<readonly HandWritten[]> {
  return [
    ...customers(scope),
    ...purchases(scope),
    ...(await metricsByHand(scope)),
    ...tiers(),
    ...(await segmentsByHand(scope)),
    ...(await setsByHand(scope)),
    ...(await cohortsByHand(scope)),
    ...(await productsByHand(scope)),
    ...(await promotionsByHand(scope)),
    ...(await holdingsByHand(scope)),
    ...(await groupsByHand(scope)),
    ...rows(scope),
    ...(await findings(scope)),
  ]
}
