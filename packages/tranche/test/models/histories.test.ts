import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Row, Warehouse } from '../../src/engine/warehouse.ts'
import { FeaturePass } from '../../src/features/feature-pass.ts'
import { createHistories, historiesOf, summariseHistories } from '../../src/models/value/histories.ts'
import { purchaseTerms, scannedPurchases } from '../../src/models/value/purchase-rows.ts'
import { sql } from '../../src/sql/sql.ts'
import { addRows, catalogueOf, openStandard } from '../features/standard-tables.ts'

const asOf = '2024-06-30T16:00:00.000Z' // midnight in Shanghai
const catalogue = catalogueOf({
  features: [{ key: 'spend', from: 'transactions', measure: { sum: 'amount' }, empty: 0 }],
  metrics: [],
})

let warehouse: Warehouse
beforeEach(async () => {
  warehouse = await openStandard()
  await addRows(
    warehouse,
    'customer_versions',
    ['ann', 'bob', 'cat'].map((customer_id) => ({ customer_id })),
  )
  const row = (customer_id: string | null, occurred_at: string, amount: number, more: Row = {}) => ({
    customer_id,
    occurred_at,
    amount,
    ...more,
  })
  await addRows(warehouse, 'transactions', [
    row('ann', '2023-09-10 15:00:00', 10.5), // the 10th
    row('ann', '2023-09-10 17:00:00', 40), // the 11th
    row('ann', '2023-09-10 18:00:00', 2, { kind: 'purchase' }), // the 11th too
    row('ann', '2024-06-20 04:00:00', 7),
    row('ann', '2024-06-21 04:00:00', -7, { kind: 'refund' }),
    row('ann', '2024-06-22 04:00:00', 99, { known_at: '2024-07-02 00:00:00' }),
    row('ann', '2024-06-30 16:00:00', 99), // at the as-of
    row('bob', '2024-06-03 04:00:00', 100),
    row('dan', '2023-01-03 04:00:00', 100), // nobody that is known
    row(null, '2023-01-03 04:00:00', 100),
  ])
})
afterEach(() => warehouse.close())

const histories = () => warehouse.rows(sql`select * from ${historiesOf(asOf)} order by customer_id`)

describe('histories of purchases', () => {
  it('count days in the business zone, as of the end and as of the cut', async () => {
    await warehouse.run(sql`create table known as select customer_id from standard.customer_versions`)
    await createHistories(catalogue, warehouse, asOf, scannedPurchases(catalogue, asOf, sql`known`))
    expect(await summariseHistories(catalogue, warehouse, asOf)).toEqual({
      asOfDay: '2024-07-01',
      cutDay: '2024-03-25', // 295 days of history, the last 98 held out
      holdoutDays: 98,
      customers: 2,
      repeaters: 1,
      firstDay: '2023-09-10',
      lastDay: '2024-06-20',
    })
    const [ann, bob] = await histories()
    expect(ann).toMatchObject({
      purchase_days: 3,
      frequency: 2,
      recency_days: 284,
      age_days: 294,
      days_since_last: 10,
      amount: '59.5000',
      repeat_amount: '49.0000',
      cut_days: 2,
      cut_recency_days: 1,
      cut_age_days: 196,
      cut_amount: '52.5000',
      cut_repeat_amount: '42.0000',
      holdout_amount: '7.0000',
    })
    expect(bob).toMatchObject({ frequency: 0, recency_days: 0, cut_days: 0, holdout_amount: '100.0000' })
  })

  it('are the same from the rows that features have read', async () => {
    const pass = new FeaturePass({
      warehouse,
      catalogue,
      asOf,
      alsoRead: {
        table: 'transactions',
        ...purchaseTerms(catalogue, asOf),
        use: async (read) => {
          await createHistories(catalogue, warehouse, asOf, read)
          const atOnce = await histories()
          const runs = [sql`customer < 1`, sql`customer >= 1`]
          await createHistories(catalogue, warehouse, asOf, { ...read, runs })
          expect(await histories()).toEqual(atOnce)
        },
      },
    })
    await pass.features()
    await pass.metrics()
    const kept = await histories()
    await createHistories(catalogue, warehouse, asOf, scannedPurchases(catalogue, asOf, sql`features`))
    expect(await histories()).toEqual(kept)
    expect(kept).toHaveLength(2)
  })

  it('stay exact where sums need more than 64 bits', async () => {
    await addRows(
      warehouse,
      'transactions',
      ['2024-05-01', '2024-05-02'].map((day) => ({
        customer_id: 'cat',
        occurred_at: `${day} 04:00:00`,
        amount: 80_000_000_000_000,
      })),
    )
    await createHistories(catalogue, warehouse, asOf, scannedPurchases(catalogue, asOf))
    expect((await histories()).find(({ customer_id }) => customer_id === 'cat')).toMatchObject({
      amount: '160000000000000.0000',
      repeat_amount: '80000000000000.0000',
    })
  })
})
