import type { Warehouse } from '../../engine/warehouse.ts'
import type { SegmentRules } from '../../segments/check-segments.ts'
import { customersSql } from '../../segments/customer-blocks.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { inputsOf } from '../../workspace/segment-cells.ts'
import type { Ailment } from './health.ts'

/** Days for which somebody is new. */
const newDays = 90
/** Share of the new customers in one cell, and how often that of the others, from which a set says that they are new and no more. */
const crowded = 0.5
const times = 2
const fewest = 30

interface Placed {
  readonly cell: string | null
  readonly fresh: number
  readonly others: number
}

/**
 * Sets that put new customers into one cell, or into none, because they are new: half of them and more, and twice the share of
 * the others. With it goes the input that most of them lack. New is who was onboarded within 90 days of the as-of.
 */
export async function coldStarts(
  warehouse: Warehouse,
  { sets, scope }: SegmentRules,
  known: ReadonlySet<string>,
): Promise<readonly Ailment[]> {
  await warehouse.run(sql`create or replace temp table new_customers as
    select customer_id from standard.customer_versions group by customer_id
    having min(onboarded_at) >= (select max(as_of) from customer_value) - to_days(${newDays})`)
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from new_customers`)
  if (n < fewest) return []
  const asked = [
    { set: 'tier', names: ['value_12m'] },
    { set: 'activity', names: ['p_alive'] },
    ...sets.map(({ key, value }) => ({ set: key, names: inputsOf(value).map(({ name }) => name) })),
  ].filter(({ set, names }) => [set, ...names].every((name) => known.has(name)))
  const found: Ailment[] = []
  for (const { set, names } of asked) {
    const cells = await warehouse.rows<Placed & { readonly [name: string]: string | number | null }>(sql`
      select ${ident(set)} as cell, count(new_customers.customer_id) as fresh,
        count(*) - count(new_customers.customer_id) as others
      from (${customersSql([set], scope)}) as customers
        left join new_customers on new_customers.customer_id = customers.customer_id
      group by 1 order by 1`)
    const fresh = cells.reduce((sum, cell) => sum + cell.fresh, 0)
    const others = cells.reduce((sum, cell) => sum + cell.others, 0)
    if (fresh < fewest || others === 0) continue
    const worst = cells.reduce((most, cell) => (cell.fresh > most.fresh ? cell : most))
    const [share, usual] = [worst.fresh / fresh, worst.others / others]
    if (share < crowded || share < times * usual) continue
    const lacking = names.length === 0 ? null : await mostLacking(warehouse, names, scope)
    found.push({ kind: 'cold_start', set, cell: worst.cell, customers: fresh, share, others: usual, lacking })
  }
  return found
}

/** The input that most of the new customers lack, with their share; null where they lack none. */
async function mostLacking(
  warehouse: Warehouse,
  names: readonly string[],
  scope: SegmentRules['scope'],
): Promise<{ readonly name: string; readonly share: number } | null> {
  const shares = names.map((name) => sql`1 - count(${ident(name)}) / cast(count(*) as double)`)
  const { lacking } = await warehouse.row<{ lacking: readonly number[] }>(sql`
    select [${join(shares)}] as lacking from (${customersSql([...new Set(names)].sort(), scope)}) as customers
      join new_customers on new_customers.customer_id = customers.customer_id`)
  const most = names
    .map((name, index) => ({ name, share: Number(lacking[index]) }))
    .sort((a, b) => b.share - a.share)[0]!
  return most.share > 0 ? most : null
}
