import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNotebook } from '../../src/insights/draft.ts'
import { readFrame } from '../../src/insights/frame.ts'
import { sayBudget } from '../../src/insights/sections/budget.ts'
import { sql } from '../../src/sql/sql.ts'
import { asOf, type Institution, makeInstitution } from './institution.ts'

let institution: Institution
beforeAll(async () => {
  institution = await makeInstitution({ customers: 6000, effects: true })
  const { warehouse } = institution
  // Branch costs 300 a customer who came, referral 60, the others 100: booked in the month in which they came.
  await warehouse.run(sql`
    insert into standard.costs by name
    select last_day(cast(timestamp '2026-06-30' - to_days(cast(tenure_days as integer)) as date)) as on_date, channel,
      cast(count(*) * case channel when 'branch' then 300 when 'referral' then 60 else 100 end as decimal(18,4)) as amount
    from customer_value group by 1, 2`)
})
afterAll(() => institution.warehouse.close())

async function said() {
  const { warehouse } = institution
  const frame = await readFrame(warehouse, ['channel', 'activity', 'tenure_days', 'value_12m'])
  const book = openNotebook(frame, warehouse, 10)
  await sayBudget(book, warehouse, { asOf, timeZone: 'Asia/Shanghai' })
  return book.findings
}

it('tells the dearest channel from the cheapest by what a customer who stayed cost', async () => {
  const shift = (await said()).find(({ key }) => key === 'cohorts.budget.channel.shift')!
  expect(shift.values).toMatchObject({ worst: 'branch', best: 'referral' })
  expect(shift.low).toBeLessThan(5)
  expect(shift.high).toBeGreaterThan(5)
  expect(shift.p).toBeLessThan(1e-6)
  const { worst_cost: worst, best_cost: best } = shift.values as Record<string, number>
  expect(shift.estimate).toBeCloseTo(worst! / best!, 9)
})

it('finds the planted return of a further unit of money inside its interval', async () => {
  const findings = await said()
  const { value } = await institution.warehouse.row<{ value: number }>(
    sql`select avg(value_12m) as value from customer_value where channel = 'branch' and tenure_days >= 90`,
  )
  const marginal = findings.find(({ key }) => key === 'cohorts.budget.channel.marginal.branch')!
  expect(marginal.low).toBeLessThan(value / 300)
  expect(marginal.high).toBeGreaterThan(value / 300)
})

it('says nothing of an institution without costs', async () => {
  await institution.warehouse.run(sql`delete from standard.costs`)
  expect(await said()).toEqual([])
})
