import { knownBefore } from '../sql/known-before.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { timestampOf, Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** Days after becoming a customer up to which earnings are followed. */
export const earningDays = [30, 90, 180, 365] as const

/** What customers have earned the institution within so many days of becoming one, one row per customer: e30, e90, … */
export function earningsOf(catalogue: Catalogue, asOf: string): Sql {
  const today = new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(asOf))
  // A tenure is counted to the last whole day before the as-of.
  const age = sql`date_diff('day', cast(on_date as date), cast(${today} as date)) - 1`
  return sql`(
    select ledger.customer_id, ${join(
      earningDays.map(
        (days) => sql`sum(amount) filter (where tenure_days - (${age}) < ${days}) as ${ident(`e${days}`)}`,
      ),
    )}
    from standard.ledger join customer_value on customer_value.customer_id = ledger.customer_id
    where ${entriesBefore(asOf)} and tenure_days is not null
    group by 1
  )`
}

/** What each customer's defaults have cost in the last 365 days, less what was recovered; one row per customer who had any. */
export function lossesOf(catalogue: Catalogue, asOf: string): Sql {
  const today = new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(asOf))
  return sql`(
    select customer_id, -sum(amount) as loss from standard.ledger
    where kind in ('charge_off', 'recovery') and on_date >= cast(${today} as date) - 365 and ${entriesBefore(asOf)}
      and customer_id is not null
    group by 1
  )`
}

/** Entries dated before the instant and known by then. A day against a day, since blocks of rows tell their days. */
export function entriesBefore(asOf: string): Sql {
  const at = Date.parse(asOf)
  const day = new Date(Math.ceil(at / msPerDay) * msPerDay).toISOString().slice(0, 10)
  return sql`on_date < cast(${day} as date) and ${knownBefore(timestampOf(at), 'ledger')}`
}

const msPerDay = 86_400_000
