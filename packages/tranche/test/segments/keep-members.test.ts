import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { checkRule, type SegmentRules } from '../../src/segments/check-segments.ts'
import { keepMembers } from '../../src/segments/keep-members.ts'
import type { RuleScope } from '../../src/segments/rule-scope.ts'
import { sql, typed } from '../../src/sql/sql.ts'

const customers = 60_000
let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  await warehouse.run(sql`create table features as select 'c' || i as customer_id,
    case when i % 11 > 0 then cast(i % 100 as double) end as a from range(${typed('bigint', customers)}) as t(i)`)
})
afterAll(() => warehouse.close())

it('More members than are handed over at once are those whom the engine counts', async () => {
  const scope: RuleScope = {
    columns: new Map([['a', { type: 'number', storage: 'double', from: 'features' }]]),
    segments: [],
    columnSegments: [],
  }
  const cuts = Array.from({ length: 8 }, (_, index) => index)
  const rules: SegmentRules = {
    scope,
    rules: cuts.map((cut) => ({
      key: `over_${cut}`,
      definition: undefined as never,
      rule: checkRule(`a > ${cut}`, scope),
    })),
    sets: [],
    outcomes: new Map(),
  }
  const counts = await keepMembers(warehouse, rules)
  let members = 0
  for (const cut of cuts) {
    const key = `over_${cut}`
    const count = counts.find((one) => one.key === key)!
    const { differing } = await warehouse.row<{ differing: number }>(sql`
      select count(*) as differing from (select customer_id from features where a > ${typed('double', cut)}) as wanted
      full join (select customer_id from rule_members where segment = ${key}) as kept using (customer_id)
      where wanted.customer_id is null or kept.customer_id is null`)
    const { wanted, unknown } = await warehouse.row<{ wanted: number; unknown: number }>(
      sql`select count(*) filter (where a > ${typed('double', cut)}) as wanted, count(*) filter (where a is null) as unknown from features`,
    )
    expect({ differing, ...count }).toEqual({ differing: 0, key, customers: wanted, unknown })
    members += wanted
  }
  expect(members).toBeGreaterThan(1 << 18)
})

it('A connection that still gives rows refuses to do anything else', async () => {
  const read = async () => {
    for await (const _ of warehouse.batches(sql`select customer_id from features`))
      await warehouse.row(sql`select 1 as one`)
  }
  await expect(read()).rejects.toThrow('still being read')
  expect(await warehouse.row(sql`select 1 as one`)).toEqual({ one: 1 })
})
