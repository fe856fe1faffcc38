import type { Manifest } from '@tranche/contract'
import type { Row, Warehouse } from '../../engine/warehouse.ts'
import { packFolder, readPack } from '../../intake/propose/starter-catalogue.ts'
import { byDialect, ident, type Sql, sql, tableNamed } from '../../sql/sql.ts'
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
}

/** A published run, and the words in which hand-written queries over its mapped sources say when. */
export interface Scope {
  readonly catalogue: Catalogue
  /** The published tables, and the standard ones as far as they are on this machine. */
  readonly warehouse: Warehouse
  /** Asks wherever all rows are that a statement reads. */
  readonly ask: <T extends Row>(statement: Sql) => Promise<readonly T[]>
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
  ask: Scope['ask'],
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
    ...{ warehouse, manifest, ask },
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

/** Rows of a standard table, in whichever engine they are. */
export const rowsOf = (table: string): Sql => tableNamed('standard', table)

/** Everyone that is published. */
export const everyone: Sql = sql`(select customer_id from ${tableNamed('features')})`

export const daysLater = (day: Sql, days: number): Sql =>
  byDialect((dialect) => dialect.addTo(day, sql`cast(${days} as integer)`, 'day'))

export const monthBefore = (day: Sql): Sql =>
  byDialect((dialect) => dialect.addTo(day, sql`cast(-1 as integer)`, 'month'))

export const daysBetween = (from: Sql, to: Sql): Sql => byDialect((dialect) => dialect.daysBetween(from, to))

/** Of each published customer the latest value that was known of an expression over their versions: customer_id and the name. */
export function latestOf({ at, known }: Pick<Scope, 'at' | 'known'>, value: Sql, name: string): Sql {
  return sql`(
    select customer_id, ${ident(name)} from (
      select customer_id, ${value} as ${ident(name)},
        row_number() over (partition by customer_id order by valid_from desc nulls last, known_at desc nulls last, _file desc, _line desc) as place
      from ${rowsOf('customer_versions')}
      where ${value} is not null and ${known} and (valid_from is null or valid_from < ${at}) and customer_id in ${everyone}
    ) as versions where place = 1
  )`
}
