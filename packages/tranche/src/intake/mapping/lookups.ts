import type { ColumnMapping } from '@tranche/contract'
import type { Place } from '../../errors.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { mappedExpression } from './expression-columns.ts'
import { layer } from './layers.ts'
import type { WallClock } from './local-time.ts'
import type { RawColumn, RawRows } from './raw-columns.ts'
import { namesOf } from './readings.ts'
import { rawColumn } from './source-column.ts'
import { keyText } from './typed-value.ts'

/** A column taken from another source, as if it were one of this row's own. */
export interface LookupColumn {
  readonly column: RawColumn
  readonly found: Sql
  readonly ambiguous: Sql
  /** The key that was looked up. */
  readonly match: Sql
}

export interface LookedUpSource {
  /** All rows of the other source, under the alias `s`. */
  readonly rows: RawRows
  readonly file: string
}

type Lookup = NonNullable<ColumnMapping['lookup']>

/** Joins the other sources' columns to the rows; one row stays one row whatever the other source holds. */
export function joinLookups(
  rows: RawRows,
  wanted: readonly {
    readonly name: string
    readonly lookup: Lookup
    readonly mapping: ColumnMapping
    readonly place: Place
  }[],
  sourceOf: (key: string) => LookedUpSource,
  context: { readonly file: string; readonly clock: WallClock },
): { readonly rows: RawRows; readonly lookups: ReadonlyMap<string, LookupColumn> } {
  let { from } = rows
  const lookups = new Map<string, LookupColumn>()
  wanted.forEach(({ name, lookup, mapping, place }, index) => {
    const other = sourceOf(lookup.source)
    const layered = layer(other.rows)
    const alias = `l${index}`
    const there = { columns: layered.columns, file: other.file, place }
    const take = rawColumn(lookup.take, there)
    const where =
      lookup.where === undefined
        ? sql`true`
        : mappedExpression(lookup.where, {
            names: namesOf(layered.columns, new Map(), { clock: context.clock, keep: layered.keep }),
            zone: context.clock.zone,
            place,
            expect: ['bool'],
          })
    const match = keyText(
      rawColumn(lookup.match, { columns: rows.columns, file: context.file, place }),
      mapping,
    )
    const key = keyText(rawColumn(lookup.key, there), mapping)
    // One row per key of the other source; several values for one key are told, not chosen from.
    const grouped = sql`(select k, min(v) as v, min(v) is distinct from max(v) as several from (select ${key} as k, ${take.sql} as v from ${layered.finish().from} where ${where}) where k is not null group by k)`
    from = sql`${from} left join ${grouped} ${ident(alias)} on ${ident(alias, 'k')} = ${match}`
    lookups.set(name, {
      column: { ...take, sql: ident(alias, 'v') },
      found: sql`(${ident(alias, 'k')} is not null)`,
      ambiguous: sql`coalesce(${ident(alias, 'several')}, false)`,
      match,
    })
  })
  return { rows: { ...rows, from }, lookups }
}
