import { describe, expect, it } from 'vitest'
import { shrinkMeans } from '../../src/insights/shrink.ts'
import { sql } from '../../src/sql/sql.ts'
import { asOf, findingsOf, makeInstitution } from './institution.ts'

describe('means of small groups', () => {
  it('are drawn towards the common mean, the more the smaller the group', () => {
    const groups = [
      { n: 1000, mean: 10 },
      { n: 1000, mean: 14 },
      { n: 10, mean: 20 },
      { n: 1000, mean: 12 },
    ]
    const shrunk = shrinkMeans(groups, 40)!
    const kept = groups.map(({ mean }, i) => (shrunk.means[i]! - shrunk.centre) / (mean - shrunk.centre))
    for (const share of kept) {
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThan(1)
    }
    expect(kept[2]).toBeLessThan(kept[0]!)
    expect(kept[1]).toBeCloseTo(kept[0]!, 12)
  })

  it('are not told apart where they differ by no more than chance', () => {
    const alike = [10, 10.1, 9.9, 10.05].map((mean) => ({ n: 100, mean }))
    expect(shrinkMeans(alike, 40)).toBeUndefined()
  })

  it('scale with the unit of the measure', () => {
    const groups = [3, 5, 9, 4].map((mean, i) => ({ n: 50 * (i + 1), mean }))
    const once = shrinkMeans(groups, 30)!
    const thousand = shrinkMeans(
      groups.map(({ n, mean }) => ({ n, mean: 1000 * mean })),
      30e6,
    )!
    once.means.forEach((mean, i) => {
      expect(thousand.means[i]! / 1000).toBeCloseTo(mean, 9)
    })
  })
})

describe('customers against a base population', () => {
  it('gather most where their share is largest in multiples of the base', async () => {
    const institution = await makeInstitution({ customers: 4000, effects: true })
    const { warehouse } = institution
    // Everywhere as many people as customers, but for one province that has ten times as many, under its short name.
    await warehouse.run(sql`insert into standard.indicators by name
      select 'population' as name, replace(replace(province, '省', ''), '市', '') as region, cast(${asOf} as timestamp) - to_days(100) as on_date,
        cast(count(*) * case when province = '四川省' then 10 else 1 end as double) as value
      from customer_value group by province`)
    const found = await findingsOf(institution)
    warehouse.close()
    const index = found.find(({ key }) => key === 'region.province.index')!
    expect(index.significant).toBe(true)
    expect(index.values['worst']).toBe('四川省')
    expect(Number(index.values['worst_value']) * 10).toBeCloseTo(index.estimate!, 6)
    expect(index.estimate).toBeCloseTo(Number(index.values['share']) / Number(index.values['base_share']), 12)
  })
})
