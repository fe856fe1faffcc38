import { type ClusterModel, segmentSetSchema } from '@tranche/contract'
import { createRandom } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { explainCluster } from '../../src/segments/explain-cluster.ts'
import { fitSets } from '../../src/segments/fit-sets.ts'
import { numberColumns } from '../../src/segments/number-columns.ts'
import { placeCustomers } from '../../src/segments/place-customers.ts'
import type { RuleScope } from '../../src/segments/rule-scope.ts'
import { sql } from '../../src/sql/sql.ts'
import type { SegmentSetDefinition } from '../../src/workspace/catalogue.ts'

const n = 400
const random = createRandom(11)
const normal = () => Math.sqrt(-2 * Math.log(random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
const group = Array.from({ length: n }, (_, row) => row % 3)
/** Skewed, so that its logarithm is taken; whole, but kept as doubles; and neither. */
const spend = group.map((which) => Math.round(100 * Math.exp(3 + 1.2 * which + normal())) / 100)
const visits = group.map((which, row) =>
  row % 40 === 7 ? null : Math.max(0, Math.round(6 - 2 * which + 2 * normal())),
)
const share = group.map((which) => 0.3 * which + 0.3 * normal())
const colour = group.map((which, row) => (row % 5 === 0 ? null : which === 1 ? 'red' : 'blue'))

let warehouse: DuckDbWarehouse
const double = { storage: 'double', from: 'features', type: 'number' } as const
const scope = {
  columns: new Map<string, object>([
    ['spend', double],
    ['visits', double],
    ['share', double],
    ['colour', { ...double, type: 'string' }],
    ['kinds', { ...double, type: 'string', from: 'customer_sets' }],
  ]),
  segments: [],
  columnSegments: [],
} as unknown as RuleScope

beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  await warehouse.createFrom('everyone', [
    { name: 'customer_id', type: 'varchar', values: group.map((_, row) => `c${row}`) },
    { name: 'spend', type: 'double', values: spend },
    { name: 'visits', type: 'bigint', values: visits },
    { name: 'share', type: 'double', values: share },
    { name: 'colour', type: 'varchar', values: colour },
  ])
  await warehouse.run(sql`alter table everyone alter column visits type double`)
  await warehouse.run(sql`create table features as select * from everyone`)
  await warehouse.run(sql`create table customer_value as select customer_id from everyone`)
})
afterAll(() => warehouse.close())

const methods = ['k_means', 'mixture', 'k_prototypes'] as const

async function fitted(method: (typeof methods)[number]) {
  const features = ['spend', 'visits', 'share', ...(method === 'k_prototypes' ? ['colour'] : [])]
  const value = segmentSetSchema.parse({
    key: 'kinds',
    label: { en: 'Kind', zh: '类型' },
    cluster: { method, features, k: 3 },
  })
  const set = { key: 'kinds', value, frozen: null } as unknown as SegmentSetDefinition
  await warehouse.run(sql`create or replace table features as select * from everyone`)
  const models = await fitSets(warehouse, [set], scope, new Map())
  await placeCustomers(warehouse, [set], models, scope)
  return { set, models, model: models.get('kinds') as ClusterModel }
}

const cellsNow = async () =>
  new Map(
    (
      await warehouse.rows<{ id: string; cell: string }>(
        sql`select customer_id as id, kinds as cell from customer_sets`,
      )
    ).map(({ id, cell }) => [id, cell] as const),
  )

describe.each(methods)('A customer of a cluster by %s', (method) => {
  it('is nearest to its centre, by distances whose difference is the sum of what features tell', async () => {
    const { set, model } = await fitted(method)
    const cells = await cellsNow()
    for (let row = 0; row < 60; row++) {
      const cell = cells.get(`c${row}`)!
      const place = (await explainCluster(warehouse, { set, model, customer: `c${row}`, cell, scope }))!
      expect(place.centres.map(({ segment }) => segment).sort()).toEqual(['kinds_1', 'kinds_2', 'kinds_3'])
      expect([place.centres[0]!.segment, place.against]).toEqual([`kinds_${cell}`, place.centres[1]!.segment])
      if (method === 'mixture') {
        const all = place.centres.map(({ probability }) => probability!)
        expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12)
        expect(all).toEqual([...all].sort((a, b) => b - a))
        expect(place.contributions).toEqual([])
      } else {
        const told = place.contributions.reduce((sum, { squared }) => sum + squared, 0)
        expect(told).toBeCloseTo(place.centres[1]!.distance! ** 2 - place.centres[0]!.distance! ** 2, 9)
        expect(told).toBeGreaterThanOrEqual(0)
      }
    }
  })

  it('would be placed otherwise by each least change that is told, and by none that is less', async () => {
    const { set, model, models } = await fitted(method)
    const cells = await cellsNow()
    const tried: {
      id: string
      row: number
      name: string
      to: number | string
      cell: string
      expected: boolean
    }[] = []
    let texts = 0
    for (let row = 0; row < 60; row++)
      for (const cell of ['1', '2', '3']) {
        const place = (await explainCluster(warehouse, { set, model, customer: `c${row}`, cell, scope }))!
        const isIn = cells.get(`c${row}`) === cell
        for (const { name, from, to, verdict } of place.changes) {
          expect(verdict).toBe(isIn ? 'out' : 'in')
          if (name === 'share') {
            expect(to).toBeGreaterThanOrEqual(Math.min(...share))
            expect(to).toBeLessThanOrEqual(Math.max(...share))
          }
          const add = (value: number | string, expected: boolean) =>
            tried.push({ id: `t${tried.length}`, row, name, to: value, cell, expected })
          add(to as number | string, !isIn)
          if (name === 'colour') texts++
          if (name === 'colour' || typeof to !== 'number') continue
          if (name === 'visits') {
            expect(to, `${name} of ${row}`).toBe(Math.round(to))
            for (let value = Number(from); value !== to; value += Math.sign(to - Number(from)))
              add(value, isIn)
          } else if (Math.abs(to - Number(from)) > 0.1 * Math.abs(Number(from)))
            for (const part of [0.2, 0.5, 0.8, 0.95]) add(Number(from) + part * (to - Number(from)), isIn)
        }
      }
    expect(tried.length).toBeGreaterThan(300)
    expect(texts > 0).toBe(method === 'k_prototypes')
    const column = (name: string, of: readonly (number | null)[]) => ({
      name,
      type: 'varchar' as const,
      values: tried.map((one) => (one.name === name ? String(one.to) : (of[one.row]?.toString() ?? null))),
    })
    await warehouse.createFrom('changed', [
      { name: 'customer_id', type: 'varchar', values: tried.map(({ id }) => id) },
      ...[column('spend', spend), column('visits', visits), column('share', share)],
      {
        name: 'colour',
        type: 'varchar',
        values: tried.map((one) => (one.name === 'colour' ? String(one.to) : (colour[one.row] ?? null))),
      },
    ])
    await warehouse.run(sql`create or replace table features as select customer_id, cast(spend as double) as spend,
      cast(visits as double) as visits, cast(share as double) as share, colour from changed`)
    await placeCustomers(warehouse, [set], models, scope)
    const after = await cellsNow()
    const wrong = tried.filter(({ id, cell, expected }) => (after.get(id) === cell) !== expected)
    expect(wrong).toEqual([])
  })
})

it('Numbers all of which are whole are known, however they are kept', async () => {
  await fitted('k_means')
  const found = await numberColumns(warehouse, ['spend', 'visits', 'share', 'colour'], scope)
  expect([...found].map(([name, { isWhole }]) => [name, isWhole])).toEqual([
    ['spend', false],
    ['visits', true],
    ['share', false],
  ])
  expect(found.get('spend')).toMatchObject({ least: Math.min(...spend), greatest: Math.max(...spend) })
})
