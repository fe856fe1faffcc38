import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTrino } from '../../src/engine/trino.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { dropSchema } from './both-engines.ts'

const schema = `load_${randomUUID().replaceAll('-', '')}`
const { shared: _shared, ...options } = clusterOptions(schema)
const warehouse = openTrino(options)

beforeAll(async () => {
  await warehouse.run(sql`create schema ${ident(options.catalog, schema)}`)
})

afterAll(async () => {
  warehouse.close()
  await dropSchema(schema)
})

const numbers = (count: number) => [
  { name: 'n', type: 'integer' as const, values: Int32Array.from({ length: count }, (_, n) => n) },
]

it('Where no folder is shared a small table goes in by inserts, and a larger one is refused with what to do', async () => {
  const before = warehouse.queries.length
  await warehouse.createFrom('few', numbers(1_200))
  expect(warehouse.queries.length - before).toBe(1 + 3)
  expect(await warehouse.row(sql`select count(*) as n, sum(n) as total from few`)).toEqual({
    ...{ n: 1_200, total: 719_400 },
  })
  await expect(warehouse.createFrom('many', numbers(5_001))).rejects.toMatchObject({
    code: 'unsupported',
    message: '5001 rows for many are too many to insert one by one.',
    hint: { en: expect.stringContaining('warehouse.shared') },
  })
})
