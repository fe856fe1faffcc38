import { ident, type Sql, sql, tableNamed } from '../../sql/sql.ts'
import { type HandWritten, rowsOf, type Scope } from './hand-written.ts'
import { purchaseRows } from './published-numbers.ts'

/** How many of each month's first buyers bought again in each month after, counted in the purchases themselves. */
export async function cohortsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const { warehouse, ask, catalogue, day, today } = scope
  if (!catalogue.mapped.has('transactions')) return []
  const month = (date: Sql) => sql`(year(${date}) * 12 + month(${date}))`
  const byHand = Map.groupBy(
    await ask<{ first_month: number; month_offset: number; active: number }>(sql`
      with bought as ( -- one row per customer and month with a purchase
        select customer_id, purchase_month, min(purchase_month) over (partition by customer_id) as first_month
        from (select distinct customer_id, ${month(day(sql`occurred_at`))} as purchase_month from ${purchaseRows(scope)}) as months
      )
      select first_month, purchase_month - first_month as month_offset, count(*) as active from bought
      where purchase_month < ${month(today)} and purchase_month - first_month <= 12
      group by first_month, purchase_month - first_month order by 1, 2`),
    (row) => row.first_month,
  )
  const cohorts = await warehouse.rows<{ cohort: string }>(
    sql`select distinct cohort from cohort_retention order by cohort`,
  )
  return cohorts.flatMap(({ cohort }) => {
    const found = byHand.get(Number(cohort.slice(0, 4)) * 12 + Number(cohort.slice(5, 7))) ?? []
    const first = found.find(({ month_offset }) => month_offset === 0)
    const later = found.map(({ month_offset, active }) => `${month_offset}:${active}`).join(' ')
    const of = sql`cohort_retention where cohort = ${cohort}`
    return [
      {
        key: `cohort_retention.${cohort}.customers`,
        published: sql`select max(customers) as v from ${of}`,
        recomputed: sql`select ${first?.active ?? 0} as v`,
      },
      {
        key: `cohort_retention.${cohort}.active`,
        published: sql`select string_agg(month_offset || ':' || active, ' ' order by month_offset) as v from ${of} and active > 0`,
        recomputed: sql`select ${later} as v`,
      },
    ]
  })
}

/** How many customers began with each product and what they chose next, from the investments or accounts themselves. */
export async function productsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const { warehouse, ask } = scope
  const has = await warehouse.rows<{ name: string }>(
    sql`select column_name as name from duckdb_columns() where schema_name = 'main' and table_name = 'customer_facts' and column_name in ('first_product', 'next_product')`,
  )
  if (has.length === 0) return []
  const names = await warehouse.rows<{ name: string }>(
    sql`select distinct first_product as name from customer_facts where first_product is not null order by 1`,
  )
  const [found] = await ask<{ invested: number }>(
    sql`select count(distinct product) as invested from (${investments(scope)}) as rows_found`,
  )
  const inOrder = sql`(
    select customer_id, product, row_number() over (partition by customer_id order by bought_at, row_id, product) as place
    from (${found!.invested >= 2 ? investments(scope) : contracts(scope)}) as rows_found
    where customer_id in (select customer_id from ${tableNamed('customer_value')})) as in_order`
  return names.flatMap(({ name }) =>
    (['first_product', 'next_product'] as const).map((column, index) => ({
      key: `customer_facts.${column}.${name}`,
      published: sql`select count(*) as v from customer_facts where ${ident(column)} = ${name}`,
      recomputed: sql`select count(*) as v from ${inOrder} where place = ${index + 1} and product = ${name}`,
    })),
  )
}

function investments({ at }: Scope): Sql {
  return sql`select t.customer_id, coalesce(p.name, t.product_id) as product, t.occurred_at as bought_at, t.transaction_id as row_id
    from ${rowsOf('transactions')} as t left join ${rowsOf('products')} as p on p.product_id = t.product_id
    where t.kind = 'investment' and t.product_id is not null and t.customer_id is not null and t.occurred_at < ${at}
      and (t.known_at is null or t.known_at < ${at})`
}

function contracts({ at, known }: Scope): Sql {
  return sql`select customer_id, product_kind as product, opened_at as bought_at, account_id as row_id
    from ${rowsOf('accounts')} where product_kind is not null and customer_id is not null and opened_at < ${at} and ${known}`
}
