import type { Finding } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/sql/sql.ts'
import { asOf, findingsOf, type Institution, makeInstitution } from './institution.ts'
import { wonInMonth } from './institution-records.ts'

let institution: Institution
let findings: ReadonlyMap<string, Finding>

beforeAll(async () => {
  institution = await makeInstitution({ customers: 4000, effects: true })
  const { warehouse } = institution
  // Each customer of the branch costs 200, of any other channel 50; a campaign's costs are not those of winning anybody.
  await warehouse.run(sql`insert into standard.costs by name
    select ${wonInMonth} as on_date, 'acquisition' as campaign, channel,
      cast(sum(case when channel = 'branch' then 200 else 50 end) as decimal(18,4)) as amount
    from customer_value group by all`)
  await warehouse.run(sql`insert into standard.costs by name
    select cast(${asOf} as timestamp) - to_days(10) as on_date, 'spring' as campaign, 'branch' as channel, 'coupon' as treatment, 99999 as amount`)
  // Everybody earns 10 on the day of joining and again every tenth day after it.
  await warehouse.run(sql`insert into standard.ledger by name
    select customer_id || '-' || k as entry_id, customer_id, 'fee' as kind, 9 + hash(customer_id) % 3 as amount,
      cast(cast(${asOf} as timestamp) + interval 8 hour as date) - 1 - cast(tenure_days - 10 * k as integer) as on_date
    from (select customer_id, tenure_days, unnest(range(0, tenure_days // 10 + 1)) as k from customer_value)`)
  findings = new Map((await findingsOf(institution)).map((finding) => [finding.key, finding]))
})
afterAll(() => institution.warehouse.close())

describe('promotions with costs', () => {
  it('divide what a channel cost by the customers of it who are active, of those who have been here for long', async () => {
    const { n, active } = await institution.warehouse.row<{ n: number; active: number }>(
      sql`select count(*) as n, count(*) filter (activity = 'active') as active from customer_value
        where channel = 'branch' and date_trunc('month', timestamp '2026-06-30' - to_days(cast(tenure_days as integer))) < timestamp '2026-04-01'`,
    )
    const kept = findings.get('channel.cost_per_kept.branch')!
    expect(kept.values['won']).toBe(200)
    expect(kept.estimate).toBeCloseTo((200 * n) / active, 9)
    expect(kept.low).toBeLessThan(kept.estimate!)
    expect(kept.high).toBeGreaterThan(kept.estimate!)
  })

  it('say that the branch is dear, and which channel is not', () => {
    const spread = findings.get('cohorts.channel.cost_per_kept')!
    expect(spread.significant).toBe(true)
    expect(spread.values['worst']).toBe('branch')
    expect(spread.p_adjusted).not.toBeNull()
  })

  it('count earnings from the day of joining against what a customer cost', () => {
    // 37 payments of 10 on average within 365 days; 87.5 is the mean cost where a quarter comes by the branch.
    const payback = findings.get('cohorts.payback')!
    expect(payback.values['earned']).toBeCloseTo(370, -1)
    expect(payback.estimate! * Number(payback.values['cost'])).toBeCloseTo(
      Number(payback.values['earned']),
      6,
    )
    expect(Number(payback.values['months'])).toBeGreaterThan(2)
    expect(Number(payback.values['months'])).toBeLessThan(4)
    expect(findings.get('cohorts.channel.payback')!.values['worst']).toBe('branch')
  })
})

it('says nothing of costs where there are none', async () => {
  const plain = await makeInstitution({ customers: 1000, effects: true })
  const said = await findingsOf(plain)
  plain.warehouse.close()
  expect(said.filter(({ section, key }) => section === 'cohorts' && /cost|payback/.test(key))).toEqual([])
})
