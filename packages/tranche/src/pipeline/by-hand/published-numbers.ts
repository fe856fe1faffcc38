import { type StandardTable, standardTables } from '@tranche/contract'
import { ident, join, type Sql, sql, tableNamed, unsafeRaw } from '../../sql/sql.ts'
import { Zone } from '../../sql/time-zone.ts'
import { rowExpressionSql } from '../../workspace/row-expression.ts'
import { daysLater, type HandWritten, rowsOf, type Scope } from './hand-written.ts'

/** Everyone of whom the institution knew before the as-of; whom no file of customers names, by what they had done by then. */
export function customers(scope: Scope): readonly HandWritten[] {
  const { at } = scope
  const recomputed = sql`
    select count(*) as v from (
      select customer_id, bool_and(coalesce(source = '_derived', false)) as is_derived
      from ${rowsOf('customer_versions')} group by customer_id
      having count(*) filter (where (valid_from is null or valid_from < ${at}) and (known_at is null or known_at < ${at})) > 0
        and (min(onboarded_at) is null or min(onboarded_at) < ${at})
    ) as people
    where not is_derived or customer_id in (${join(doneBy(scope), ' union all ')})`
  return ['customer_value', 'features'].map((table) => ({
    key: `${table}.customers`,
    published: sql`select count(distinct customer_id) as v from ${ident(table)}`,
    recomputed,
  }))
}

/** Customers of the rows of each other table that had come about, and were known, before the as-of. */
function doneBy({ at, known, manifest }: Scope): readonly Sql[] {
  const zone = new Zone(manifest.timeZone)
  const ms = Date.parse(manifest.asOf)
  const isMidnight = zone.startOfDay(zone.dateOf(ms)) === ms
  const today = sql`cast(${zone.dateOf(ms)} as date)`
  const firstDayNotOver = isMidnight ? today : daysLater(today, 1)
  const tables: readonly StandardTable[] = standardTables
  return tables
    .filter(({ name, perCustomer }) => perCustomer && name !== 'customer_versions')
    .map(({ name, time, columns }) => {
      const isDay = columns.some((column) => column.name === time && column.type === 'date')
      const before = isDay ? firstDayNotOver : at
      const came =
        time === undefined ? sql`true` : sql`(${ident(time)} is null or ${ident(time)} < ${before})`
      return sql`select customer_id from ${rowsOf(name)} where ${known} and ${came} and customer_id is not null`
    })
}

/** Rows of what counts as a purchase, of customers that are published: a FROM with its WHERE. */
export function purchaseRows({ catalogue, manifest, at, known }: Scope): Sql {
  const { value } = catalogue.workspace
  const rule =
    value.where === undefined
      ? sql`(kind is null or kind = 'purchase')`
      : rowExpressionSql(catalogue, 'transactions', value.where, {
          place: { file: 'tranche.yaml' },
          offsets: offsetsOf(manifest),
        })
  return sql`${rowsOf('transactions')} where ${rule} and customer_id is not null
    and occurred_at < ${at} and ${known} and customer_id in (select customer_id from ${tableNamed('customer_value')})`
}

function offsetsOf({ asOf, timeZone }: Scope['manifest']) {
  return new Zone(timeZone).offsetsBetween(Date.UTC(1900, 0, 1), Date.parse(asOf))
}

export function purchases(scope: Scope): readonly HandWritten[] {
  const { catalogue, manifest, day } = scope
  if (!catalogue.mapped.has('transactions')) return []
  const { value } = catalogue.workspace
  const from = purchaseRows(scope)
  const amount =
    value.amount === 'amount'
      ? sql`amount`
      : rowExpressionSql(catalogue, 'transactions', value.amount, {
          place: { file: 'tranche.yaml' },
          offsets: offsetsOf(manifest),
          numeric: 'decimal',
        })
  return [
    {
      key: 'customer_value.purchasers',
      published: sql`select count(*) as v from customer_value where f is not null`,
      recomputed: sql`select count(distinct customer_id) as v from ${from}`,
    },
    {
      key: 'customer_value.purchase_days',
      published: sql`select coalesce(sum(f), 0) as v from customer_value`,
      recomputed: sql`select count(*) as v from (select distinct customer_id, ${day(sql`occurred_at`)} from ${from}) as days`,
    },
    {
      key: 'customer_value.amount',
      published: sql`select cast(coalesce(sum(m), 0) as decimal(38,2)) as v from customer_value`,
      recomputed: sql`select cast(coalesce(sum(rounded), 0) as decimal(38,2)) as v from
        (select cast(sum(${amount}) as decimal(24,2)) as rounded from ${from} group by customer_id) as people`,
    },
  ]
}

/** What the summary of tiers and activity says, counted again from the customers themselves. */
export function tiers(): readonly HandWritten[] {
  const groups = [
    ['tier', 'high'],
    ['tier', 'medium'],
    ['tier', 'low'],
    ['activity', 'active'],
    ['activity', 'silent'],
    ['activity', 'lost'],
  ] as const
  return groups.flatMap(([kind, name]) => {
    const segment = `${kind}_${name}`
    const members = sql`customer_value where ${ident(kind)} = ${name}`
    const count = sql`select count(*) as v from ${members}`
    return [
      {
        key: `segment_summary.${segment}.customers`,
        published: sql`select coalesce(sum(customers), 0) as v from segment_summary where segment = ${segment}`,
        recomputed: count,
      },
      {
        key: `segment_summary.${segment}.value_12m`,
        published: sql`select cast(coalesce(sum(value_12m), 0) as decimal(38,2)) as v from segment_summary where segment = ${segment}`,
        recomputed: sql`select cast(coalesce(sum(value_12m), 0) as decimal(38,2)) as v from ${members}`,
      },
      {
        key: `figures.${kind === 'tier' ? 'tiers' : kind}.shares.${name}.n`,
        published: sql`select max(n) as v from figure_points where figure = ${kind === 'tier' ? 'tiers.shares' : 'activity.shares'} and label = ${name}`,
        recomputed: sql`select case when exists (select 1 from figure_points where figure = ${kind === 'tier' ? 'tiers.shares' : 'activity.shares'} and label = ${name} and n is not null) then (${count}) end as v`,
      },
    ]
  })
}

/** Rows kept of each source, counted in the standard tables. */
export function rows({ manifest }: Scope): readonly HandWritten[] {
  return manifest.rows.flatMap(({ source, table }) => {
    const counted = sql`row_counts where source = ${source} and table_name = ${table}`
    return [
      {
        key: `row_counts.${source}.${table}.kept`,
        published: sql`select cast(sum(kept) as bigint) as v from ${counted}`,
        recomputed: sql`select count(*) as v from ${rowsOf(table)} where source = ${source}`,
      },
      {
        key: `row_counts.${source}.${table}.read`,
        published: sql`select cast(sum("read") as bigint) as v from ${counted}`,
        recomputed: sql`select cast(sum(kept + quarantined + filtered + duplicates) as bigint) as v from ${counted}`,
      },
    ]
  })
}

/** Each finding's own statement on the published tables gives its estimate again. */
export async function findings({ warehouse }: Scope): Promise<readonly HandWritten[]> {
  const found = await warehouse.rows<{ key: string; query: string }>(
    sql`select key, query from findings where estimate is not null order by key`,
  )
  return found.map(({ key, query }) => ({
    key: `findings.${key}`,
    published: sql`select estimate as v from findings where key = ${key}`,
    // The statement is the program's own, written with the finding; the published file is opened read-only.
    recomputed: sql`select estimate as v from (${unsafeRaw(query)})`,
    tolerance: 1e-9,
  }))
}
