import type { ValueModel } from '../../src/models/value/customer-value.ts'
import { type Sql, sql } from '../../src/sql/sql.ts'
import { asOf, type Institution } from './institution.ts'

/** Value is what was bought in the last 365 days, then as now. */
export const lastYear = {
  method: 'last_year',
  purchases: { timeUnit: 'week', bgNbd: null, gammaGamma: null, refusals: [] },
} as unknown as ValueModel

/** End of the month in which a customer came, when what it cost is booked. */
export const wonInMonth: Sql = sql`last_day(cast(cast(${asOf} as timestamp) - to_days(cast(tenure_days as integer)) as date))`

/**
 * Adds what the institution has no effect in: products held whoever holds others, costs alike for each customer,
 * earnings and losses whoever earns them, and the population from which provinces were drawn.
 */
export async function addRecords({ warehouse }: Institution): Promise<void> {
  const at = sql`cast(${asOf} as timestamp)`
  const draw = (purpose: string) => sql`(hash(i::varchar || ${purpose} || salt) / 18446744073709551616.0)`
  for (const [kind, share] of [
    ['card', 0.7],
    ['loan', 0.3],
    ['insurance', 0.2],
  ] as const)
    await warehouse.run(sql`insert into standard.accounts by name
      select customer_id || ${kind} as account_id, customer_id, ${kind} as product_kind, ${at} - to_days(400) as opened_at
      from people where ${draw(kind)} < ${share}`)
  await warehouse.run(sql`insert into standard.costs by name
    select ${wonInMonth} as on_date, 'acquisition' as campaign, channel, creative, cast(80 * count(*) as decimal(18,4)) as amount
    from customer_value group by all`)
  await warehouse.run(sql`insert into standard.ledger by name
    select customer_id || '-f' || k as entry_id, customer_id, 'fee' as kind, cast(5 + 20 * ${draw('fee')} as decimal(18,4)) as amount,
      cast(${at} - to_days(cast(tenure_days - 30 * k as integer)) as date) as on_date
    from (select *, unnest(range(0, tenure_days // 30)) as k from people)
    union all
    select customer_id || '-x', customer_id, 'charge_off', -500, cast(${at} - to_days(30) as date), from people where ${draw('lost')} < 0.05`)
  await warehouse.run(sql`insert into standard.ledger by name
    select customer_id || '-a' as entry_id, customer_id || 'loan' as account_id, customer_id, 'charge_off' as kind, -500 as amount,
      cast(${at} - to_days(40) as date) as on_date
    from people where ${draw('loan')} < 0.3 and ${draw('default')} < 0.06`)
  await warehouse.run(sql`insert into standard.indicators by name
    select 'population' as name, ['广东省', '上海市', '江苏省', '浙江省', '四川省', '湖北省', '陕西省', '辽宁省'][k + 1] as region,
      ${at} - to_days(100) as on_date, 1e6 * (power((k + 1) / 8.0, 1 / 1.4) - power(k / 8.0, 1 / 1.4)) as value
    from range(0, 8) as numbers(k)`)
}
