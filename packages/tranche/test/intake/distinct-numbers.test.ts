import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { areDistinctNumbers } from '../../src/intake/quality/distinct-numbers.ts'
import { type Sql, sql } from '../../src/sql/sql.ts'

describe('keys that are numbers', () => {
  const many = 200_000
  let warehouse: DuckDbWarehouse

  beforeAll(async () => {
    warehouse = await openDuckDb({ path: ':memory:' })
  })
  afterAll(() => warehouse.close())

  const keys = (key: Sql) => sql`(select ${key} as key from range(${many}) as t(n))`
  const areDistinct = async (key: Sql, count = many) =>
    await areDistinctNumbers(warehouse, keys(key), sql`key`, count)

  test('are distinct where they are counted through, from whatever number on', async () => {
    expect(await areDistinct(sql`cast(n as varchar)`)).toBe(true)
    expect(await areDistinct(sql`cast(8000000000 - 3 * n as varchar)`)).toBe(true)
  })

  test('are not where a single one repeats, wherever it lies', async () => {
    expect(await areDistinct(sql`cast(case when n = 199999 then 17 else n end as varchar)`)).toBe(false)
    expect(await areDistinct(sql`cast(case when n = 0 then 199999 else n end as varchar)`)).toBe(false)
  })

  test('are not known to be where two texts say one number, one is no number, or one is missing', async () => {
    expect(await areDistinct(sql`case when n = 1999 then '007' else cast(n as varchar) end`)).toBe(false)
    expect(await areDistinct(sql`case when n = 1999 then 'T1' else cast(n as varchar) end`)).toBe(false)
    expect(await areDistinct(sql`case when n = 1999 then null else cast(n as varchar) end`)).toBe(false)
    expect(await areDistinct(sql`'T' || cast(n as varchar)`)).toBe(false)
  })

  test('are not looked for where they lie far apart, beyond what is counted exactly, or are few', async () => {
    expect(await areDistinct(sql`cast(n * 1000 as varchar)`)).toBe(false)
    expect(await areDistinct(sql`cast(9223372036854775807 - n as varchar)`)).toBe(false)
    expect(await areDistinct(sql`cast(n as varchar)`, many - 1)).toBe(false)
  })
})
