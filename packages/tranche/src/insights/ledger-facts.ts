import { featureSchema } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { computeFeatures } from '../features/compute-features.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'

/** Days after becoming a customer up to which earnings are followed. */
export const earningDays = [30, 90, 180, 365] as const

/** Feature of what a customer has earned the institution within so many days of becoming one. */
export const earningFeature = (days: number): string => `earned_${days}d_from_onboarding`

/** Feature of what a customer's defaults have cost in the last 365 days, less what was recovered. */
export const lossFeature = 'loss_365d'

/** As the starter pack defines them, for workspaces that don't. */
export const ledgerDefinitions: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    earningDays.map((days) => [earningFeature(days), { measure: { sum: 'amount', within: { next: days } } }]),
  ),
  [lossFeature]: {
    where: 'kind in ["charge_off", "recovery"]',
    measure: { sum: '-amount' },
    window: { last: 365 },
    empty: 0,
  },
}

/**
 * Where these features lie, one row per customer: among the features of the workspace, or in a table of their own, which
 * is computed where it does not have all of them.
 */
export async function ledgerFeatures(
  catalogue: Catalogue,
  warehouse: Warehouse,
  { keys, known, asOf }: { keys: readonly string[]; known: ReadonlySet<string>; asOf: string },
): Promise<{ readonly home: 'features' | 'ledger_features'; readonly drop: () => Promise<void> }> {
  if (keys.every((key) => known.has(key))) return { home: 'features', drop: async () => undefined }
  const table = 'ledger_features'
  const features = keys.map((key) => definitionOf(key, ledgerDefinitions[key]!))
  await computeFeatures({ warehouse, catalogue: { ...catalogue, features }, asOfs: [asOf], table })
  return { home: table, drop: () => warehouse.run(sql`drop table ${ident(table)}`) }
}

function definitionOf(key: string, measured: object): Definition<ReturnType<typeof featureSchema.parse>> {
  const place = { file: '' }
  const value = featureSchema.parse({ key, label: { en: key, zh: key }, from: 'ledger', ...measured })
  return { kind: 'feature', key, value, place, placeOf: () => place, logicHash: '', textHash: '', needs: [] }
}

/** Entries dated before the instant and known by then. A day against a day, since blocks of rows tell their days. */
export function entriesBefore(asOf: string): Sql {
  const at = Date.parse(asOf)
  const day = new Date(Math.ceil(at / msPerDay) * msPerDay).toISOString().slice(0, 10)
  return sql`on_date < cast(${day} as date) and ${knownBefore(timestampOf(at), 'ledger')}`
}

const msPerDay = 86_400_000
