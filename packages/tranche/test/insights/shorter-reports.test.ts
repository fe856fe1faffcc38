import { describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { sql, unsafeRaw } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import {
  createStandardTables,
  emptyWorkspace,
  findingsOf,
  type Institution,
  makeInstitution,
} from './institution.ts'

async function findingsAndClose(institution: Institution) {
  try {
    return await findingsOf(institution)
  } finally {
    institution.warehouse.close()
  }
}

/** A customer table without dates: attributes and an outcome, nothing bought. */
async function cardHolders(): Promise<Institution> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  await createStandardTables(warehouse)
  await warehouse.run(sql`alter table standard.customer_versions add column attrition varchar`)
  await warehouse.run(sql`alter table standard.customer_versions add column card_category varchar`)
  await warehouse.run(sql`insert into standard.customer_versions by name
    select 'C' || i as customer_id, case when i % 2 = 0 then 'male' else 'female' end as gender, 'bank' as source,
      case when hash(i) % 100 < case when i % 3 = 0 then 40 else 10 end then 'Attrited' else 'Existing' end as attrition,
      case when i % 3 = 0 then 'Blue' else 'Gold' end as card_category, (20 + i % 50)::double as age_years
    from range(3000) as t(i)`)
  await warehouse.run(
    sql`create table features as select customer_id, now()::timestamp as as_of from standard.customer_versions`,
  )
  await warehouse.run(sql`create table customer_value as
    select customer_id, null::double as p_alive, null::decimal(18,2) as value_12m, null::varchar as tier, null::varchar as activity,
      null::decimal(24,2) as m, gender, age_years from standard.customer_versions order by customer_id`)
  const catalogue = await emptyWorkspace()
  const withExtras = {
    ...catalogue,
    extras: {
      customer_versions: [
        { key: 'attrition', type: 'string', label: { en: 'Attrition flag', zh: '流失标记' } },
        { key: 'card_category', type: 'string', label: { en: 'Card category', zh: '卡片类别' } },
      ],
    },
    metrics: [
      {
        key: 'attrition_rate',
        value: {
          key: 'attrition_rate',
          outcome: { attribute: 'attrition', equals: 'Attrited' },
          label: { en: 'Attrition', zh: '流失率' },
        },
      },
    ],
  } as unknown as Catalogue
  return { warehouse, catalogue: withExtras }
}

/** The same with a premium, and nothing that says how it ended. */
async function insured(): Promise<Institution> {
  const { warehouse, catalogue } = await cardHolders()
  await warehouse.run(sql`alter table standard.customer_versions add column premium decimal(18,2)`)
  await warehouse.run(
    sql`update standard.customer_versions set premium = 1000 + 10 * age_years + case when card_category = 'Gold' then 500 else 0 end + hash(customer_id) % 100`,
  )
  const premium = { key: 'premium', type: 'money', unit: 'money', label: { en: 'Premium', zh: '保费' } }
  const attributes = catalogue.extras.customer_versions!.filter(({ key }) => key !== 'attrition')
  const extras = { customer_versions: [...attributes, premium] }
  return { warehouse, catalogue: { ...catalogue, metrics: [], extras } as unknown as Catalogue }
}

describe('an institution that lacks something', () => {
  it('with nothing bought and no outcome is compared by what its customers pay', async () => {
    const findings = await findingsAndClose(await insured())
    const found = new Map(findings.map((finding) => [finding.key, finding]))
    expect(found.get('outcomes.premium.card_category.spread')).toMatchObject({
      unit: 'money',
      significant: true,
      values: { best: 'Gold', worst: 'Blue' },
    })
    expect(found.get('age.premium.curve')?.significant).toBe(true)
    expect(found.get('outcomes.premium.mean')?.n).toBe(3000)
    expect(found.get('profile.premium.best')?.message).toBe('profile.outcome.mean')
    expect(found.has('outcomes.premium.premium.spread')).toBe(false)
  })

  it('with nothing but attributes tells who its customers are, and which attributes go together', async () => {
    const { warehouse, catalogue } = await cardHolders()
    const findings = await findingsOf({ warehouse, catalogue: { ...catalogue, metrics: [] } })
    for (const { query, estimate, key } of findings.filter(({ section }) => section === 'makeup')) {
      const again = await warehouse.row<{ estimate: number }>(unsafeRaw(query))
      expect(Number(again.estimate), key).toBeCloseTo(estimate!, 12)
    }
    warehouse.close()
    const found = new Map(findings.map((finding) => [finding.key, finding]))
    expect(found.get('makeup.card_category')).toMatchObject({
      estimate: 2 / 3,
      n: 3000,
      values: { a: 'Gold', b: 'Blue', people: 2000, b_share: 1 / 3 },
      members_n: 2000,
      significant: null,
    })
    const together = (a: string, b: string) => found.get(`makeup.${a}.${b}`) ?? found.get(`makeup.${b}.${a}`)
    expect(together('card_category', 'attrition')).toMatchObject({ significant: true })
    expect(together('card_category', 'attrition')?.estimate).toBeCloseTo(0.35, 1)
    expect(together('gender', 'card_category')).toMatchObject({ significant: false })
    expect(findings.filter(({ section }) => section === 'makeup').length).toBe(4 + 6)
  })

  it('takes an outcome that happened to a handful for none', async () => {
    const { warehouse, catalogue } = await cardHolders()
    await warehouse.run(
      sql`update standard.customer_versions set attrition = 'Existing' where customer_id not in ('C3', 'C6', 'C9')`,
    )
    const findings = await findingsAndClose({ warehouse, catalogue })
    expect(findings.filter(({ key }) => key.includes('outcome_attrition_rate'))).toEqual([])
    expect(findings.map(({ key }) => key)).toContain('makeup.card_category')
  })

  it('is also compared by what an outcome brought, but not by what others have as well', async () => {
    const { warehouse, catalogue } = await cardHolders()
    await warehouse.run(sql`alter table standard.customer_versions add column settled decimal(18,2)`)
    await warehouse.run(sql`alter table standard.customer_versions add column balance decimal(18,2)`)
    await warehouse.run(sql`update standard.customer_versions set balance = 100 + hash(customer_id) % 100,
      settled = case when attrition = 'Attrited' then 50 + hash(customer_id) % 10 else 0 end`)
    const money = (key: string) => ({ key, type: 'money', unit: 'money', label: { en: key, zh: '金额' } })
    const extras = {
      customer_versions: [...catalogue.extras.customer_versions!, money('balance'), money('settled')],
    }
    const findings = await findingsAndClose({
      warehouse,
      catalogue: { ...catalogue, extras } as unknown as Catalogue,
    })
    const keys = findings.map(({ key }) => key)
    expect(findings.find(({ key }) => key === 'outcomes.settled.card_category.spread')).toMatchObject({
      significant: true,
      values: { best: 'Blue', worst: 'Gold' },
    })
    expect(keys).not.toContain('outcomes.balance.mean')
    expect(keys).not.toContain('outcomes.outcome_attrition_rate.settled.spread')
    expect(findings.filter(({ section }) => section === 'makeup')).toEqual([])
  })

  it('gets a limit instead of a section on gender', async () => {
    const findings = await findingsAndClose(
      await makeInstitution({ customers: 3000, effects: true, without: ['gender'] }),
    )
    expect(findings.filter(({ section }) => section === 'gender')).toEqual([])
    expect(findings.map(({ key }) => key)).toContain('limits.gender')
  })

  it('gets findings from a bare purchase log', async () => {
    const names = [
      'gender',
      'age_years',
      'province',
      'city_tier',
      'channel',
      'creative',
      'credit_limit',
      'first_investment_amount',
      'first_investment_days',
      'invested_ever',
      'first_term_months',
      'revenue_365d',
      'default_ever',
      'tenure_days',
    ]
    const institution = await makeInstitution({ customers: 3000, effects: true, without: names })
    await institution.warehouse.run(sql`delete from standard.transactions where kind = 'investment'`)
    const findings = await findingsAndClose(institution)
    const sections = new Set(findings.map(({ section }) => section))
    expect([...sections].sort()).toEqual([
      'activity',
      'cohorts',
      'limits',
      'quality',
      'recommendations',
      'tiers',
    ])
  })

  it('is told where its customers bought last, when it knows no home of theirs', async () => {
    const institution = await makeInstitution({
      customers: 2000,
      effects: true,
      without: ['province', 'city_tier'],
    })
    await institution.warehouse.run(
      sql`update standard.transactions set country = case when hash(customer_id) % 4 = 0 then 'France' else 'Spain' end`,
    )
    const findings = await findingsAndClose(institution)
    const concentration = findings.find(({ key }) => key === 'region.country.concentration')
    expect(concentration?.values['first']).toBe('Spain')
    expect(findings.map(({ key }) => key)).not.toContain('limits.region')
  })

  it('gets an outcome by its attributes from a customer table without dates', async () => {
    const findings = await findingsAndClose(await cardHolders())
    const spread = findings.find(({ key }) => key === 'outcomes.outcome_attrition_rate.card_category.spread')
    expect(spread?.significant).toBe(true)
    expect(spread?.values['best']).toBe('Blue')
    expect(
      findings.find(({ key }) => key === 'outcomes.outcome_attrition_rate.gender.spread')?.significant,
    ).toBe(false)
    expect(findings.map(({ key }) => key)).not.toContain('outcomes.outcome_attrition_rate.attrition.spread')
  })

  it.each([0, 1, 9, 60])('gets a report without an error from %i customers', async (customers) => {
    const findings = await findingsAndClose(await makeInstitution({ customers, effects: true }))
    expect(findings.some(({ section }) => section === 'limits')).toBe(true)
    for (const { n, section, key } of findings)
      if (section !== 'limits' && section !== 'quality') expect(n, key).toBeGreaterThanOrEqual(10)
  })

  it('shows no group of fewer than ten people, nor one that a total would give away', async () => {
    const institution = await makeInstitution({ customers: 3000, effects: true })
    await institution.warehouse.run(
      sql`update customer_value set province = '青海省' where customer_id in (select customer_id from customer_value order by customer_id limit 4)`,
    )
    await findingsOf(institution)
    const points = await institution.warehouse.rows<{
      label: string
      y: number | null
      n: number | null
      suppressed: boolean
    }>(sql`select label, y, n, suppressed from figure_points where figure = 'region.province.value_12m'`)
    institution.warehouse.close()
    const hidden = points.filter(({ suppressed }) => suppressed)
    expect(hidden.map(({ label }) => label)).toContain('青海省')
    expect(hidden.length).toBeGreaterThanOrEqual(2)
    for (const { y, n } of hidden) expect([y, n]).toEqual([null, null])
  })

  it('says almost nothing where nothing depends on anything', async () => {
    let reports = 0
    for (let seed = 1; seed <= 10; seed++) {
      const findings = await findingsAndClose(
        await makeInstitution({ customers: 3000, effects: false, seed }),
      )
      if (findings.some(({ significant }) => significant)) reports++
    }
    // Of ten reports, half a one is expected to have a finding by chance; four has a chance of one in a thousand.
    expect(reports).toBeLessThanOrEqual(3)
  })
})
