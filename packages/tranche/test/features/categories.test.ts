import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { sql } from '../../src/sql/sql.ts'
import { addRows, catalogueOf, openStandard } from './standard-tables.ts'

const july = '2024-07-01T00:00:00.000Z'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openStandard()
  await addRows(warehouse, 'customer_versions', [{ customer_id: 'ann' }, { customer_id: 'bob' }])
})
afterAll(() => warehouse.close())

/** One customer has each of so many categories once, and the last of them twice; another has the last alone. */
async function categoriesOf(many: number): Promise<readonly unknown[]> {
  await warehouse.run(sql`delete from standard.transactions`)
  const name = (index: number) => `c${String(index).padStart(4, '0')}`
  const row = (customer_id: string, id: string, category: string | null) => ({
    transaction_id: id,
    customer_id,
    occurred_at: '2024-06-12 04:00:00',
    kind: 'purchase',
    amount: 1,
    category,
  })
  await addRows(warehouse, 'transactions', [
    ...Array.from({ length: many }, (_, index) => row('ann', `a${index}`, name(index))),
    row('ann', 'again', name(many - 1)),
    row('ann', 'nothing', null),
    row('bob', 'only', name(many - 1)),
  ])
  const by = (measure: object) => ({ from: 'transactions', measure })
  const features = [
    by({ distinct: 'category' }),
    by({ top_category: 'category' }),
    by({ top_share: 'category' }),
    by({ entropy: 'category' }),
    by({ last: 'category', by: ['occurred_at'] }),
    by({ first: 'category', by: ['occurred_at'] }),
  ].map((feature, index) => ({ key: `f${index + 1}`, unit: 'none', ...feature }))
  const catalogue = catalogueOf({ features })
  await computeFeatures({ warehouse, catalogue, asOfs: [july] })
  return await warehouse.rows(
    sql`select customer_id, f1, f2, f3, round(f4, 9) as f4, f5, f6 from features order by customer_id`,
  )
}

describe('categories', () => {
  // Sums with digits for each, counts grouped by codes, counts grouped by texts.
  it.each([2, 3, 40, 200, 300])('are counted the same when there are %i', async (many) => {
    const last = `c${String(many - 1).padStart(4, '0')}`
    const rows = many + 1
    const entropy = Math.log(rows) - (2 * Math.log(2)) / rows
    expect(await categoriesOf(many)).toEqual([
      {
        customer_id: 'ann',
        f1: many,
        f2: last,
        f3: 2 / rows,
        f4: Math.round(entropy * 1e9) / 1e9,
        f5: last,
        f6: 'c0000',
      },
      { customer_id: 'bob', f1: 1, f2: last, f3: 1, f4: 0, f5: last, f6: last },
    ])
  })
})
