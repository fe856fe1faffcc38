import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exportTable } from '../../src/reports/tables/export-table.ts'
import { emptyWorkspace } from '../insights/institution.ts'
import { manyCustomers } from './many-rows.ts'

test('several spreadsheets hold what one does not, if asked for', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-export-'))
  const warehouse = await manyCustomers(200_001)
  const outcome = await exportTable(warehouse, await emptyWorkspace(), {
    table: 'customer_value',
    file: join(dir, 'value.xlsx'),
    format: 'xlsx',
    language: 'en',
    split: true,
  })
  warehouse.close()
  expect(outcome.rows).toBe(200_001)
  expect(outcome.files).toEqual([join(dir, 'value-1-of-2.xlsx'), join(dir, 'value-2-of-2.xlsx')])
  await rm(dir, { recursive: true, force: true })
})
