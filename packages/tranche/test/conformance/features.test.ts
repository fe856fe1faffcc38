import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { cases, expectAgreement } from '../features/agreement.ts'
import { createStandardTables } from '../features/standard-tables.ts'
import { engineName, openEngine } from './engine.ts'

let warehouse: Warehouse
let close: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, close } = await openEngine({ tablePrefix: 'run_1_' }))
  await createStandardTables(warehouse)
})
afterAll(() => close())

describe('Features', () => {
  it('are what the second evaluator finds, on random tables, zones, as-ofs and definitions', async () => {
    await fc.assert(
      fc.asyncProperty(cases, (given) => expectAgreement(warehouse, given)),
      { numRuns: engineName === 'trino' ? 4 : 6, seed: 23, endOnFailure: true },
    )
  }, 1_200_000)
})
