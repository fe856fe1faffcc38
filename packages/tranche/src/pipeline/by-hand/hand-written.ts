import type { Manifest } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { packFolder, readPack } from '../../intake/propose/starter-catalogue.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { localDate, timestampOf, Zone } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { canonicalJson, splitLogic } from '../../workspace/hash.ts'

/** A published number and the second way to it; each statement gives one row with the column v. */
export interface HandWritten {
  readonly key: string
  readonly published: Sql
  readonly recomputed: Sql
  /** Relative; absent for what must agree exactly. */
  readonly tolerance?: number
  /** What it was worked out from beforehand, where the second statement only says the outcome. */
  readonly from?: Sql
}

/** A published run, and the words in which hand-written queries over its mapped sources say when. */
export interface Scope {
  readonly catalogue: Catalogue
  readonly warehouse: Warehouse
  readonly manifest: Manifest
  /** The instant as of which everything was computed. */
  readonly at: Sql
  /** Its business day. */
  readonly today: Sql
  /** Business day of an instant. */
  readonly day: (instant: Sql) => Sql
  /** Rows that the institution knew then; of a table whose columns are not hidden by another's. */
  readonly known: Sql
  /** Whether a feature or metric is still what the starter catalogue says: one that was changed says something else. */
  readonly isStarter: (kind: 'feature' | 'metric', key: string) => boolean
}

export async function scopeOf(
  catalogue: Catalogue,
  warehouse: Warehouse,
  manifest: Manifest,
): Promise<Scope> {
  const asOf = Date.parse(manifest.asOf)
  const zone = new Zone(manifest.timeZone)
  const offsets = zone.offsetsBetween(Date.UTC(1900, 0, 1), asOf)
  const at = sql`${timestampOf(asOf)}`
  const starter = new Map(
    (await readPack(packFolder('starter'))).map(({ kind, key, value }) => [`${kind}:${key}`, value]),
  )
  const own = new Map<string, Readonly<Record<string, unknown>>>([
    ...catalogue.features.map(({ key, value }) => [`feature:${key}`, value] as const),
    ...catalogue.metrics.map(({ key, value }) => [`metric:${key}`, value] as const),
  ])
  const logicOf = (value: Readonly<Record<string, unknown>>) => canonicalJson(splitLogic(value).logic)
  return {
    catalogue,
    warehouse,
    manifest,
    at,
    today: sql`cast(${zone.dateOf(asOf)} as date)`,
    day: (instant) => localDate(instant, offsets),
    known: sql`(known_at is null or known_at < ${at})`,
    isStarter: (kind, key) => {
      const [mine, theirs] = [own.get(`${kind}:${key}`), starter.get(`${kind}:${key}`)]
      return mine !== undefined && theirs !== undefined && logicOf(mine) === logicOf(theirs)
    },
  }
}

/** Days that are added to a date; a bound number alone would be no integer of the width that dates take. */
export function wholeDays(days: number): Sql {
  return sql`cast(${days} as integer)`
}
