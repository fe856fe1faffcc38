import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Row, Warehouse } from '../../src/engine/warehouse.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { computeMetrics } from '../../src/features/compute-metrics.ts'
import { FeaturePass } from '../../src/features/feature-pass.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { addRows, catalogueOf, openStandard } from './standard-tables.ts'

const asOf = '2024-06-30T16:00:00.000Z'
const month = { last: 1, unit: 'month' }
const catalogue = catalogueOf({
  features: [
    { key: 'days', from: 'transactions', measure: { distinct: 'business_day(occurred_at)' }, empty: 0 },
    { key: 'top', from: 'transactions', measure: { top_category: 'category' }, window: month },
    { key: 'gender', from: 'customer_versions', measure: { attribute: 'gender' } },
    { key: 'busy', expression: 'days > 1' },
  ],
  metrics: [
    { key: 'spend', from: 'transactions', measure: { sum: 'amount' }, window: month },
    { key: 'busy_share', share: 'busy', window: month },
  ],
})

let warehouse: Warehouse
beforeEach(async () => {
  warehouse = await openStandard()
  await fill(warehouse)
})
afterEach(() => warehouse.close())

async function fill(warehouse: Warehouse): Promise<void> {
  await addRows(warehouse, 'customer_versions', [
    { customer_id: 'ann', gender: 'female' },
    { customer_id: 'bob', gender: 'male' },
    { customer_id: 'cat' },
  ])
  const row = (customer_id: string, occurred_at: string, category: string, amount: number) => ({
    customer_id,
    occurred_at,
    category,
    amount,
  })
  await addRows(warehouse, 'transactions', [
    row('ann', '2023-06-15 04:00:00', 'food', 10.5),
    row('ann', '2024-05-02 04:00:00', 'food', 40),
    row('ann', '2024-06-02 04:00:00', 'travel', 7),
    row('bob', '2024-06-03 04:00:00', 'food', 100),
  ])
}

const tables = ['features', 'metrics', 'customer_metrics'] as const

async function contentOf(
  names: readonly string[] = tables,
  from = warehouse,
): Promise<readonly (readonly Row[])[]> {
  const found: (readonly Row[])[] = []
  for (const name of names) found.push(await from.rows(sql`select * from ${ident(name)} order by 1`))
  return found
}

async function computedApart(): Promise<readonly (readonly Row[])[]> {
  await computeFeatures({ warehouse, catalogue, asOfs: [asOf] })
  await computeMetrics({ warehouse, catalogue, asOf })
  return await contentOf()
}

describe('features and metrics of one pass', () => {
  it('are those that each computes by itself', async () => {
    const apart = await computedApart()
    const pass = new FeaturePass({ warehouse, catalogue, asOf })
    expect(await pass.features()).toMatchObject({ rows: 3, read: { transactions: 4, customer_versions: 3 } })
    expect(await pass.metrics()).toEqual({ metrics: 2 })
    expect(await contentOf()).toEqual(apart)
  })

  it('read each table once for both', async () => {
    const apart = await computedApart()
    const pass = new FeaturePass({ warehouse, catalogue, asOf })
    await pass.features()
    for (const table of ['transactions', 'customer_versions'])
      await warehouse.run(sql`delete from ${ident('standard', table)}`)
    await pass.metrics()
    expect(await contentOf()).toEqual(apart)
  })

  it('let go of the rows they kept', async () => {
    const pass = new FeaturePass({ warehouse, catalogue, asOf })
    await pass.features()
    await pass.metrics()
    const left = await warehouse.rows(sql`select table_name from duckdb_tables() where temporary`)
    expect(left).toEqual([])
  })

  it('give metrics alone where a former attempt wrote the features', async () => {
    const [, ...metrics] = await computedApart()
    await new FeaturePass({ warehouse, catalogue, asOf }).metrics()
    expect(await contentOf(['metrics', 'customer_metrics'])).toEqual(metrics)
  })

  it('keep their rows in the scratch database, where there is one, whatever a dead run left there', async () => {
    const apart = await computedApart()
    const dir = await mkdtemp(join(tmpdir(), 'tranche-scratch-'))
    const scratch = join(dir, 'spill', 'scratch.duckdb')
    const open = async (rowsAtOnce: number) => {
      const opened = await openStandard({ scratch: { file: scratch, rowsAtOnce } })
      await fill(opened)
      return { opened, pass: new FeaturePass({ warehouse: opened, catalogue, asOf }) }
    }
    const kept = (opened: Warehouse) =>
      opened.rows(
        sql`select table_name as name, estimated_size as n from duckdb_tables() where database_name = 'scratch' order by 1`,
      )
    const { opened: dead, pass: begun } = await open(20)
    await begun.features()
    expect(await kept(dead)).toEqual([
      { name: 'feature_rows_customer_versions', n: 3 },
      { name: 'feature_rows_transactions', n: 4 },
    ])
    dead.close()
    // Fewer than there are rows, so that they are sorted in runs.
    const { opened, pass } = await open(2)
    try {
      expect(await kept(opened)).toEqual([])
      await pass.features()
      await pass.metrics()
      expect(await contentOf(tables, opened)).toEqual(apart)
      expect(await kept(opened)).toEqual([])
    } finally {
      opened.close()
      await rm(dir, { recursive: true, force: true })
    }
  })
})
