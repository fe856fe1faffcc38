import type { Workspace } from '@tranche/contract'
import { createRandom } from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { rfmScores } from '../../src/models/value/rfm.ts'
import { findTiers } from '../../src/models/value/tiers.ts'
import { join, sql, tableNamed } from '../../src/sql/sql.ts'
import { withEngine } from './engine.ts'

const customers = tableNamed('ranked_customers')

/** So many customers with values of which many are alike and some are missing, in no order. */
async function draw(warehouse: Warehouse, count: number): Promise<void> {
  const random = createRandom(7)
  const numbers = Array.from({ length: count }, (_, index) => index).sort(() => random.uniform() - 0.5)
  const some = (of: number, missing: number) =>
    numbers.map(() => (random.uniform() < missing ? null : Math.floor(random.uniform() * of)))
  await warehouse.createFrom('ranked_customers', [
    { name: 'customer_id', type: 'varchar', values: numbers.map((number) => `C${number}`) },
    { name: 'r', type: 'bigint', values: some(9, 0) },
    { name: 'f', type: 'bigint', values: some(3, 0) },
    { name: 'cents', type: 'bigint', values: some(400, 0.1) },
    { name: 'value', type: 'bigint', values: some(50, 0.2) },
  ])
}

const source = sql`(select customer_id, r, f, cast(cents as decimal(18, 2)) / 100 as m, cast(value as decimal(18, 2)) as value_12m from ${customers})`

/** Customers whose value by an expression is not what a window says. */
async function differing(
  warehouse: Warehouse,
  found: string,
  wanted: string,
  columns: ReturnType<typeof join>,
) {
  const rows = await warehouse.rows(sql`select ${columns} from ${source} as t order by customer_id`)
  return rows.filter((row) => row[found] !== row[wanted])
}

describe('Customers told apart by the rows at the cuts stand as ranks put them', () => {
  it.each([1, 3, 5, 7, 500])('in bins of equal size, %i of them', (count) =>
    withEngine(async (warehouse) => {
      await draw(warehouse, count)
      const scores = await rfmScores(warehouse, { convention: 'rank_first', bins: 5 }, source)
      const windows = sql`ntile(5) over (order by r desc, customer_id) as r_bin, ntile(5) over (order by f, customer_id) as f_bin,
        ntile(5) over (order by m nulls last, customer_id) as m_bin`
      const columns = sql`${join(scores)}, ${windows}`
      for (const letter of ['r', 'f', 'm'])
        expect(await differing(warehouse, `${letter}_score`, `${letter}_bin`, columns)).toEqual([])
    }),
  )

  it.each([
    ['by rank', { by: 'rank', shares: [0.2, 0.6, 0.2] }],
    ['by rank, nobody high', { by: 'rank', shares: [0, 0.5, 0.5] }],
    ['by rank, nobody low', { by: 'rank', shares: [0.5, 0.5, 0] }],
    ['by share of value', { by: 'value_share', high: 0.5, medium: 0.9 }],
  ] satisfies [string, Workspace['tiers']][])('in tiers %s', (_, tiers) =>
    withEngine(async (warehouse) => {
      await draw(warehouse, 300)
      const tier = await findTiers(warehouse, source, tiers)
      const order = sql`over (order by value_12m desc nulls last, customer_id`
      const upTo =
        tiers.by === 'rank'
          ? (share: number) => sql`row_number() ${order}) <= round(${share} * count(value_12m) over ())`
          : (share: number) =>
              sql`coalesce(sum(value_12m) ${order} rows between unbounded preceding and 1 preceding), 0) < ${share} * sum(value_12m) over ()`
      const [high, medium] =
        tiers.by === 'rank'
          ? [tiers.shares[0], tiers.shares[0] + tiers.shares[1]]
          : [tiers.high, tiers.medium]
      const wanted = sql`case when value_12m is null then null when ${upTo(high)} then 'high' when ${upTo(medium)} then 'medium' else 'low' end`
      expect(
        await differing(warehouse, 'found', 'wanted', sql`${tier} as found, ${wanted} as wanted`),
      ).toEqual([])
    }),
  )
})
