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
            names: namesOf(layered.columns, new Map(), {
              clock: context.clock,
              keep: layered.keep,
              read: layered.read,
            }),
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

/** What was looked up, as values to carry along beside the row's own. */
export function lookupValues(lookups: ReadonlyMap<string, LookupColumn>, empty: Sql | null) {
  const values = [...lookups].flatMap(([name, { column, found, ambiguous, match }]) => [
    { name: `~lv:${name}`, value: column.sql },
    { name: `~lf:${name}`, value: found },
    { name: `~la:${name}`, value: ambiguous },
    { name: `~lm:${name}`, value: match },
  ])
  return empty === null ? values : [...values, { name: '~empty', value: empty }]
}

/** The same, as they are read where they were carried to. */
export function layeredLookups(
  lookups: ReadonlyMap<string, LookupColumn>,
): ReadonlyMap<string, LookupColumn> {
  return new Map(
    [...lookups].map(([name, { column }]) => {
      const { clean: _clean, ...own } = column
      return [
        name,
        {
          column: { ...own, sql: ident('s', `~lv:${name}`) },
          found: ident('s', `~lf:${name}`),
          ambiguous: ident('s', `~la:${name}`),
          match: ident('s', `~lm:${name}`),
        },
      ]
    }),
  )
}
