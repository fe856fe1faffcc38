import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { localDate, Zone } from '../../sql/time-zone.ts'
import type { ResolutionNote } from '../intake-state.ts'
import { instantMs } from '../mapping/local-time.ts'
import { type RowSources, tableRows } from '../mapping/table-rows.ts'

/** How long a rate holds where the next days have none: weekends and holidays, not a feed that broke off. */
const holdsDays = 10

/**
 * Writes one rate per currency and day, each holding until the next one or for ten days. Tells how many amounts
 * in other currencies have none.
 */
export async function writeRates(
  warehouse: Warehouse,
  sources: RowSources,
  file: string,
): Promise<{ readonly written: boolean; readonly notes: readonly ResolutionNote[] }> {
  const { catalogue, files } = sources
  const base = catalogue.workspace.currency
  const mapsCurrency = files.some(({ tables }) =>
    tables.some(({ table, columns }) => table === 'transactions' && columns.includes('currency')),
  )
  if (!mapsCurrency) return { written: false, notes: [] }
  const hasRates = catalogue.mapped.has('fx_rates')
  if (hasRates)
    await warehouse.writeParquet(
      sql`select currency, cast(day as date) as day, rate from (
        select currency, rate, unnest(generate_series(on_date, least(coalesce(next, date '9999-12-31'), on_date + cast(${holdsDays} as integer)) - 1, interval 1 day)) as day
        from (
          select currency, on_date, cast(rate as decimal(18, 8)) as rate, lead(on_date) over (partition by currency order by on_date) as next
          from (select currency, on_date, arg_max(rate, _line) as rate from ${tableRows(sources, 'fx_rates', null)} group by currency, on_date)
        )
      ) order by currency, day`,
      file,
    )
  const foreign = sql`(select currency, ${rateDay(sources)} as day, count(*) as n from ${tableRows(sources, 'transactions', null)} t where currency is not null and currency <> ${base} group by all)`
  const rated = hasRates
    ? sql`left join read_parquet(${file}) r on r.currency = f.currency and r.day = f.day`
    : sql`left join (select cast(null as varchar) as currency where false) r on r.currency = f.currency`
  const rows = await warehouse.rows<{ currency: string; n: number; failed: number }>(
    sql`select f.currency, sum(f.n)::bigint as n, coalesce(sum(f.n) filter (where r.currency is null), 0)::bigint as failed from ${foreign} f ${rated} group by all order by all`,
  )
  return {
    written: hasRates,
    notes: rows
      .filter(({ failed }) => failed > 0)
      .map(({ currency, n, failed }) => ({
        kind: 'missing_rates',
        source: '',
        table: 'transactions',
        column: currency,
        n,
        failed,
      })),
  }
}

/** The business day of a transaction `t`, whose rate counts. */
export function rateDay({ files, catalogue }: Pick<RowSources, 'files' | 'catalogue'>): Sql {
  const ends = files.flatMap(({ tables }) =>
    tables.flatMap(({ table, oldest, newest }) =>
      table === 'transactions' ? [oldest, newest].flatMap((text) => instantMs(text) ?? []) : [],
    ),
  )
  const zone = new Zone(catalogue.workspace.timeZone)
  return localDate(
    sql`t.occurred_at`,
    zone.offsetsBetween(
      ends.reduce((a, b) => Math.min(a, b), ends[0] ?? 0),
      ends.reduce((a, b) => Math.max(a, b), ends[0] ?? 0),
    ),
  )
}
