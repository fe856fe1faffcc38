import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LookalikeModel, segmentSetSchema } from '@tranche/contract'
import { createRandom } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { intakePaths } from '../../src/intake/intake-state.ts'
import { openKeyring } from '../../src/privacy/pseudonym.ts'
import { fitLookalike } from '../../src/segments/fit-lookalike.ts'
import { type ListSurroundings, matchList } from '../../src/segments/match-list.ts'
import type { RuleScope } from '../../src/segments/rule-scope.ts'
import { sql } from '../../src/sql/sql.ts'

let warehouse: DuckDbWarehouse
let dir: string
const random = createRandom(9)
const n = 6_000
const x = Float64Array.from({ length: n }, () => random.uniform())
const noise = Float64Array.from({ length: n }, () => random.uniform())
const seeds = Array.from(x, (value) => random.uniform() < 0.3 * value ** 4)
const customers = Array.from(x, (_, row) => `C${String(row + 1).padStart(5, '0')}`)

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tranche-lists-'))
  warehouse = await openDuckDb({ path: ':memory:' })
  await warehouse.createFrom('features', [
    { name: 'customer_id', type: 'varchar', values: customers },
    { name: 'x', type: 'double', values: x },
    { name: 'noise', type: 'double', values: noise },
  ])
  await warehouse.createFrom('members', [
    { name: 'customer_id', type: 'varchar', values: customers.filter((_, row) => seeds[row]) },
  ])
  await warehouse.run(sql`create table customer_value as select customer_id from features`)
  await warehouse.run(sql`create table list_members ("set" varchar, customer_id varchar)`)
})
afterAll(async () => {
  warehouse.close()
  await rm(dir, { recursive: true, force: true })
})

const keyring = () => openKeyring({ file: join(dir, 'key'), secret: 'sixteen characters at least' })
const surroundings = (links: readonly string[] = []) =>
  ({
    dir,
    folder: dir,
    keyring,
    sources: [],
    state: {
      files: links.map((hash) => ({ hash, hasLinks: true, copyOf: null, source: 'core' })),
      resolution: { keyCase: 'upper', hasKeys: false, hash: '' },
    },
  }) as unknown as ListSurroundings
const listOf = (set: string) =>
  warehouse
    .rows<{ id: string }>(sql`select customer_id as id from list_members where "set" = ${set} order by 1`)
    .then((rows) => rows.map(({ id }) => id))

describe('A list', () => {
  it('names customers by their numbers, in whatever case, and reports who is unknown or named twice', async () => {
    await writeFile(join(dir, 'vips.csv'), 'name,customer_id\na,C00001\nb,c00002\nc,C99999\nd,C00001\n')
    const model = await matchList(warehouse, 'vips', { file: 'vips.csv' }, surroundings())
    expect(model).toEqual({ kind: 'list', read: 4, customers: 2, repeated: 1, unmatched: 1, lines: [4] })
    expect(await listOf('vips')).toEqual(['C00001', 'C00002'])
    await expect(
      matchList(warehouse, 'vips', { file: 'vips.csv', column: 'customerid' }, surroundings()),
    ).rejects.toThrow('customer_id')
  })

  it('names customers by a phone through its pseudonym, but nobody by one that two share', async () => {
    const phones = ['13800000001', '13800000002', '13800000003', '13800000003']
    const sealed = await keyring()
    await warehouse.createFrom('links', [
      { name: 'key', type: 'varchar', values: customers.slice(0, 4) },
      { name: 'kind', type: 'varchar', values: phones.map(() => 'phone') },
      { name: 'pseudonym', type: 'varchar', values: phones.map((phone) => sealed.seal('phone', phone)) },
    ])
    await mkdir(join(dir, 'identity'), { recursive: true })
    await warehouse.writeParquet(sql`select * from links`, join(dir, intakePaths.links('core')))
    await writeFile(
      join(dir, 'phones.csv'),
      '手机号\n+86 138-0000-0001\n13800000002\n13800000003\n13900000000\n',
    )
    const model = await matchList(
      warehouse,
      'reps',
      { file: 'phones.csv', identifier: 'phone' },
      surroundings(['core']),
    )
    expect(model).toMatchObject({ read: 4, customers: 2, repeated: 0, unmatched: 2, lines: [4, 5] })
    expect(await listOf('reps')).toEqual(['C00001', 'C00002'])
  })
})

describe('Customers like a segment', () => {
  const column = { storage: 'double', from: 'features', type: 'number' } as const
  const scope = {
    columns: new Map([
      ['x', column],
      ['noise', column],
    ]),
  } as unknown as RuleScope
  const members = sql`select customer_id from members`
  const fit = (features: string[]) => {
    const { lookalike } = segmentSetSchema.parse({
      key: 'like',
      label: { en: 'Like', zh: '相似' },
      lookalike: { of: 'members', features },
    })
    return fitLookalike(warehouse, lookalike!, members, scope)
  }

  it('are found by what sets it apart, the fewer the more alike', async () => {
    const model = (await fit(['x', 'noise'])) as LookalikeModel
    expect(model.seeds).toBe(seeds.filter(Boolean).length)
    expect(model.coefficients[0]!).toBeGreaterThan(5 * Math.abs(model.coefficients[1]!))
    expect(model.auc.low).toBeGreaterThan(0.75)
    const similarity = model.curve.map((point) => point.similarity)
    expect(similarity.at(0)!).toBeGreaterThan(similarity.at(-1)!)
    expect(model.curve.find(({ share }) => share === 0.2)!.found).toBeGreaterThan(0.5)
    expect(model.cuts).toEqual([...model.cuts].sort((a, b) => b - a))
  })

  it('are not called so where nothing sets it apart', async () => {
    expect(await fit(['noise'])).toBeNull()
  })
})
