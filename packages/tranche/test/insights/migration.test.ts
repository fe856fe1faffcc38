import { expect, it } from 'vitest'
import { sql } from '../../src/sql/sql.ts'
import { asOf, findingsOf, makeInstitution } from './institution.ts'
import { lastYear } from './institution-records.ts'

it('counts who fell out of the high tier as a hand-written query over the purchases does', async () => {
  const institution = await makeInstitution({ customers: 4000, effects: true })
  const { warehouse } = institution
  const found = await findingsOf(institution, lastYear)
  const fallen = found.find(({ key }) => key === 'tiers.migration.fallen')!
  const since = String(fallen.values['since'])
  const { before, gone } = await warehouse.row<{ before: number; gone: number }>(sql`
    with bought as (
      select customer_id, cast(occurred_at + interval 8 hour as date) as day, amount from standard.transactions where kind = 'purchase'
    ), ranked as (
      select customer_id, row_number() over (order by coalesce(sum(amount) filter (where day >= cast(${since} as date) - 365), 0) desc, customer_id) as place,
        count(*) over () as customers
      from bought where day < cast(${since} as date) group by customer_id
    )
    select count(*) as before, count(*) filter (where tier <> 'high') as gone
    from ranked join customer_value using (customer_id) where place <= round(0.2 * customers)`)
  warehouse.close()
  expect(Date.parse(asOf) - Date.parse(since)).toBeGreaterThan(200 * 86_400_000)
  expect(fallen.values['before']).toBe(before)
  expect(fallen.values['people']).toBe(gone)
  expect(fallen.estimate).toBeCloseTo(gone / before, 12)
})

it('says nothing of moves where no model of value is at hand', async () => {
  const institution = await makeInstitution({ customers: 1000, effects: true })
  const found = await findingsOf(institution)
  institution.warehouse.close()
  expect(found.filter(({ key }) => key.includes('migration'))).toEqual([])
})
