import { type ClusterModel, segmentSetSchema } from '@tranche/contract'
import { adjustedRand, createRandom } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { fitSets } from '../../src/segments/fit-sets.ts'
import { placeCustomers } from '../../src/segments/place-customers.ts'
import type { RuleScope } from '../../src/segments/rule-scope.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import type { SegmentSetDefinition } from '../../src/workspace/catalogue.ts'

const n = 1_500
const random = createRandom(5)
/** A third each: a tight round cloud, a long thin one that runs through it at an angle, and one told by its text alone. */
const group = Array.from({ length: n }, (_, row) => row % 3)
const normal = () => Math.sqrt(-2 * Math.log(random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
const points = group.map((which) => {
  const along = normal()
  if (which === 0) return [0.3 * normal() - 4, 0.3 * normal() + 4]
  if (which === 1) return [6 * along, 6 * along + 0.4 * normal()]
  return [0.3 * normal() + 4, 0.3 * normal() - 4]
})
const colours = group.map((which) => (which === 1 ? 'red' : which === 0 ? 'blue' : null))

let warehouse: DuckDbWarehouse
const column = { storage: 'double', from: 'features' } as const
const scope = {
  columns: new Map([
    ['x', { ...column, type: 'number' }],
    ['y', { ...column, type: 'number' }],
    ['colour', { ...column, type: 'string' }],
    ['stands_for', { ...column, type: 'number' }],
  ]),
  segments: [],
  columnSegments: [],
} as unknown as RuleScope

beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  await warehouse.createFrom('features', [
    {
      name: 'customer_id',
      type: 'varchar',
      values: points.map((_, row) => `c${String(row).padStart(5, '0')}`),
    },
    { name: 'x', type: 'double', values: points.map(([x]) => x!) },
    { name: 'y', type: 'double', values: points.map(([, y]) => y!) },
    { name: 'colour', type: 'varchar', values: colours },
    { name: 'stands_for', type: 'double', values: group.map((which) => (which === 2 ? 9 : 1)) },
  ])
  await warehouse.run(sql`create table customer_value as select customer_id from features`)
})
afterAll(() => warehouse.close())

async function placed(cluster: Readonly<Record<string, unknown>>) {
  const value = segmentSetSchema.parse({ key: 'kinds', label: { en: 'Kind', zh: '类型' }, cluster })
  const set = { key: 'kinds', value, frozen: null } as unknown as SegmentSetDefinition
  const models = await fitSets(warehouse, [set], scope, new Map())
  await placeCustomers(warehouse, [set], models, scope)
  const rows = await warehouse.rows<{ cell: string }>(
    sql`select ${ident('kinds')} as cell from customer_sets order by customer_id`,
  )
  return { model: models.get('kinds') as ClusterModel, cells: rows.map(({ cell }) => Number(cell)) }
}

it('Bands of a number that is the same for everyone are one band', async () => {
  await warehouse.run(sql`create or replace table same as select customer_id, 7 as seven from features`)
  await warehouse.run(
    sql`create or replace table features as select features.*, seven from features join same using (customer_id)`,
  )
  const value = segmentSetSchema.parse({
    key: 'bands',
    label: { en: 'Band', zh: '分档' },
    bands: { of: 'seven', quantiles: 4 },
  })
  const set = { key: 'bands', value, frozen: null } as unknown as SegmentSetDefinition
  const seven = { ...scope, columns: new Map([['seven', { ...column, type: 'number' as const }]]) }
  const models = await fitSets(warehouse, [set], seven as unknown as RuleScope, new Map())
  await placeCustomers(warehouse, [set], models, seven as unknown as RuleScope)
  const rows = await warehouse.rows(sql`select bands, count(*) as n from customer_sets group by 1`)
  expect(rows).toEqual([{ bands: '1', n }])
})

describe('Methods of clustering', () => {
  it('a mixture finds a long thin group that k-means cuts, and places customers by its shape', async () => {
    const mixture = await placed({ method: 'mixture', features: ['x', 'y'], k: 3 })
    const means = await placed({ features: ['x', 'y'], k: 3 })
    expect(adjustedRand(group, mixture.cells)).toBeGreaterThan(0.95)
    expect(adjustedRand(group, means.cells)).toBeLessThan(0.9)
    expect(mixture.model.shapes).toHaveLength(3)
    expect(means.model.shapes).toBeUndefined()
  })

  it('k-prototypes tells by a text what numbers alone do not, a missing one being a level of its own', async () => {
    const { model, cells } = await placed({ method: 'k_prototypes', features: ['x', 'y', 'colour'], k: 3 })
    const numbers = await placed({ features: ['x', 'y'], k: 3 })
    expect(adjustedRand(group, cells)).toBeGreaterThan(adjustedRand(group, numbers.cells))
    expect(model.categories!.columns[0]!.name).toBe('colour')
    expect(new Set(model.categories!.columns[0]!.modes)).toEqual(new Set(['red', 'blue', null]))
  })

  it('a survey weighs: who stands for nine is nine in the size and the centre of his cluster', async () => {
    const weighted = await placed({ features: ['x', 'y'], weight: 'stands_for', k: 2 })
    const plain = await placed({ features: ['x', 'y'], k: 2 })
    const first = (model: ClusterModel) => model.features[0]!.mean
    expect(first(weighted.model)).toBeGreaterThan(first(plain.model) + 1)
    expect(() =>
      segmentSetSchema.parse({
        key: 'kinds',
        label: { en: 'Kind', zh: '类型' },
        cluster: { method: 'mixture', features: ['x'], weight: 'stands_for', k: 2 },
      }),
    ).toThrow('k_means')
  })
})
