import type { Warehouse } from '../engine/warehouse.ts'
import { byDialect, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Calendar } from './calendar.ts'
import { customersTable } from './row-store.ts'
import type { TableRows } from './table-rows.ts'

export interface NumberedCustomers {
  readonly n: number
  /** First day on which anybody is known to have become one. */
  readonly first: string | null
  /** Whether some are known only from rows of other tables. */
  readonly derived: boolean
}

const scratch = byDialect((dialect) => dialect.scratchTable)

/** What intake calls the source of customers whom no source of customers names. */
const derivedSource = '_derived'

/**
 * Numbers the customers of a computation, in the order of customer_id, and says from which point on each is one:
 * once a version is known and the onboarding, where it has a date, lies before the point.
 */
export async function createCustomers(
  warehouse: Warehouse,
  versions: TableRows,
  calendar: Calendar,
  customer?: string,
): Promise<NumberedCustomers> {
  const { points } = calendar
  const since = points.map((point) => {
    const onboarded = sql`(onboarded_at is null or onboarded_at < ${timestampOf(point.ms)})`
    return sql`when seen <= ${point.index} and ${onboarded} then ${point.index}`
  })
  const seen = points.map((point) => sql`when ${versions.visibleAt(point)} then ${point.index}`)
  await warehouse.run(sql`create or replace ${scratch} ${tableNamed(customersTable)} as
    select cast(row_number() over (order by customer_id) - 1 as integer) as c, customer_id, since, onboarded, derived
    from (
      select customer_id, cast(case ${join(since, ' ')} end as ${byDialect((dialect) => dialect.wholeType('byte'))}) as since, derived,
        ${calendar.businessDay(sql`onboarded_at`)} as onboarded
      from (
        select customer_id, min(case ${join(seen, ' ')} end) as seen, min(onboarded_at) as onboarded_at,
          bool_and(coalesce(source = ${derivedSource}, false)) as derived
        from ${tableNamed('standard', 'customer_versions')} ${customer === undefined ? sql`` : sql`where customer_id = ${customer}`} group by customer_id
      ) as versions
    ) as customers
    where since is not null`)
  return await warehouse.row<{ n: number; first: string | null; derived: boolean }>(
    sql`select count(*) as n, min(onboarded) as first, coalesce(bool_or(derived), false) as derived from ${tableNamed(customersTable)}`,
  )
}

/**
 * Makes those who are known only from rows of other tables customers from the first of these rows on. `rows` gives
 * c and the first point (seen) at which a row is visible.
 */
export async function dateDerivedCustomers(warehouse: Warehouse, rows: readonly Sql[]): Promise<void> {
  const name = tableNamed(customersTable)
  await warehouse.run(sql`create or replace ${scratch} ${name} as
    select customers.c, customer_id, case when derived then first.seen else since end as since, onboarded, derived
    from ${name} as customers left join (
      select c, min(seen) as seen from (${join(rows, ' union all ')}) as rows group by c
    ) as first on first.c = customers.c`)
}
