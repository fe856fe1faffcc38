import { workspaceSchema } from '@tranche/contract'
import { expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { publishSegments } from '../../src/segments/publish-segments.ts'
import { sql } from '../../src/sql/sql.ts'

it('A segment that nobody is in is published as empty, with those of whom it is not known', async () => {
  const warehouse = await openDuckDb({ path: ':memory:' })
  try {
    await warehouse.run(sql`create table customer_value as
      select customer_id, '2026-01-01' as as_of, tier, activity, 1.5 as value_12m, 2.5 as m, 0.5 as p_alive,
        1.0 as expected_transactions_12m
      from (values ('a', 'high', 'active'), ('b', 'high', null), ('c', null, null)) as t (customer_id, tier, activity)`)
    const workspace = workspaceSchema.parse({ name: { en: 'x', zh: 'x' } })
    expect(
      await publishSegments(
        warehouse,
        { features: [], metrics: [], extras: {}, segments: [], segmentSets: [], workspace },
        { run: 'one' },
      ),
    ).toMatchObject({ customers: 3, sets: [] })
    const rows = await warehouse.rows(
      sql`select segment, customers, unknown, amount from segment_summary order by 1`,
    )
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['activity_active', 1, 2, '2.50'],
      ['activity_lost', 0, 2, null],
      ['activity_silent', 0, 2, null],
      ['tier_high', 2, 1, '5.00'],
      ['tier_low', 0, 1, null],
      ['tier_medium', 0, 1, null],
    ])
  } finally {
    warehouse.close()
  }
})
