import { cohenD, summarizeSample, welchTTest } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { sideBySide } from '../../src/insights/side-by-side.ts'
import type { RuleColumn, RuleScope } from '../../src/segments/rule-scope.ts'
import { sql } from '../../src/sql/sql.ts'

const column = (type: RuleColumn['type']): RuleColumn => ({ type, storage: 'double', from: 'features' })
const scope: RuleScope = {
  columns: new Map([
    ['spend', column('number')],
    ['age', column('number')],
    ['same', column('number')],
    ['owns', column('bool')],
    ['city', column('string')],
  ]),
  segments: [],
  columnSegments: [],
}
const names = [...scope.columns.keys()]
let warehouse: DuckDbWarehouse

beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  await warehouse.run(sql`create table features as
    select 'c' || i as customer_id, i, case when i < 100 then 50 else 20 end + (i * 37) % 11 as spend,
      case when i % 7 = 0 then null else 20 + (i * 13) % 40 end as age, 5 as same, (i * 7) % 10 < case when i < 100 then 8 else 2 end as owns,
      case when i % 97 = 0 then 'tiny' when i % 2 = 0 then 'even' else 'odd' end as city
    from range(300) as t(i)`)
  await warehouse.run(sql`create table customer_value as select customer_id from features`)
})
afterAll(() => warehouse.close())

const first = sql`select customer_id from features where i < 100`
const compare = (second: ReturnType<typeof sql> | null) =>
  sideBySide({ warehouse, scope, first, second, names, minimum: 10 })

describe('Two groups side by side', () => {
  it('are compared in everything that varies, the largest difference first', async () => {
    const compared = await compare(null)
    expect(compared).toMatchObject({ first: 100, second: 200, both: 0, leftOut: ['same'] })
    expect(compared.columns.map(({ name, shown }) => [name, shown])).toEqual([
      ['spend', true],
      ['owns', true],
      ['age', false],
      ['city', false],
    ])
    for (const { p, pAdjusted } of compared.columns) expect(pAdjusted).toBeGreaterThanOrEqual(p)
  })

  it('agree with the test on the values themselves', async () => {
    const rows = await warehouse.rows<{ i: number; spend: number }>(sql`select i, spend from features`)
    const [a, b] = [rows.filter(({ i }) => i < 100), rows.filter(({ i }) => i >= 100)].map((side) =>
      summarizeSample(side.map(({ spend }) => spend)),
    )
    const spend = (await compare(null)).columns.find(({ name }) => name === 'spend')
    const test = welchTTest(a!, b!)
    if (spend?.kind !== 'mean') throw new TypeError('spend is no mean')
    expect(spend.difference).toBeCloseTo(test.estimate, 9)
    expect(spend.low).toBeCloseTo(test.interval.low, 9)
    expect(spend.effectSize).toBeCloseTo(cohenD(a!, b!), 9)
  })

  it('leave out who is in both, and hide levels of few people', async () => {
    const compared = await compare(sql`select customer_id from features where i >= 50`)
    expect(compared).toMatchObject({ first: 50, second: 200, both: 50 })
    const city = compared.columns.find(({ name }) => name === 'city')
    if (city?.kind !== 'levels') throw new TypeError('city has no levels')
    expect(city.levels.find(({ level }) => level === 'tiny')).toMatchObject({ first: null, second: null })
  })

  it('say nothing of a group with too few people', async () => {
    const few = await sideBySide({
      warehouse,
      scope,
      first: sql`select customer_id from features where i < 5`,
      second: null,
      names,
      minimum: 10,
    })
    expect(few.columns).toEqual([])
    expect(few.leftOut).toEqual(names)
  })
})
