import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DuckDbWarehouse } from '../../src/engine/duckdb.ts'
import { type ExportOptions, exportTable } from '../../src/reports/tables/export-table.ts'
import { emptyWorkspace } from '../insights/institution.ts'
import { manyCustomers } from './many-rows.ts'

const rows = 200_001
let dir: string
let warehouse: DuckDbWarehouse
const write = async (options: Partial<ExportOptions>) =>
  await exportTable(warehouse, await emptyWorkspace(), {
    table: 'customer_value',
    file: join(dir, 'value.xlsx'),
    format: 'xlsx',
    language: 'en',
    ...options,
  })

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tranche-export-'))
  warehouse = await manyCustomers(rows)
})
afterAll(async () => {
  warehouse.close()
  await rm(dir, { recursive: true, force: true })
})

test('more rows than a spreadsheet takes are refused with the commands that do it, and nothing is written', async () => {
  const refused = (await write({}).catch((error) => error)) as { code: string; hint: Record<string, string> }
  expect(refused.code).toBe('refused')
  for (const hint of [refused.hint['en'], refused.hint['zh']]) {
    expect(hint).toContain(`tranche export customer_value --format csv --out ${join(dir, 'value')}.csv`)
    expect(hint).toContain(
      `tranche export customer_value --format parquet --out ${join(dir, 'value')}.parquet`,
    )
    expect(hint).toContain('--split')
  }
  expect(await readdir(dir)).toEqual([])
})

test('the command named for it writes every row', async () => {
  await write({ format: 'csv', file: join(dir, 'value.csv') })
  const lines = (await readFile(join(dir, 'value.csv'), 'utf8')).trimEnd().split('\r\n')
  expect(lines).toHaveLength(rows + 1)
})
