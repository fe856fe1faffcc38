import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { cases, expectAgreement, expectExplained } from './agreement.ts'
import { openStandard } from './standard-tables.ts'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openStandard()
})
afterAll(() => warehouse.close())

describe('the compiler and the second evaluator', () => {
  it('agree on random tables, zones, as-ofs and definitions', async () => {
    await fc.assert(
      fc.asyncProperty(cases, (given) => expectAgreement(warehouse, given)),
      { numRuns: 12, seed: 7, endOnFailure: true },
    )
  }, 120000)

  it('agree on the rows that an explanation prints', async () => {
    await fc.assert(
      fc.asyncProperty(cases, (given) => expectExplained(warehouse, given)),
      { numRuns: 8, seed: 11, endOnFailure: true },
    )
  }, 120000)
})
