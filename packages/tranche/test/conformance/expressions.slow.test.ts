import type { Type } from '@tranche/language'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expressionArbitrary, rowArbitrary } from '../../../language/test/arbitrary.ts'
import { byRow, compareAll } from './expression-harness.ts'

const types: readonly Type[] = ['bool', 'number', 'string', 'date', 'instant']

it.each([1, 2, 3, 4])(
  'An expression has one meaning in both evaluators and the engine, on 40,000 deep pairs (seed %i)',
  async (seed) => {
    const rows = fc.sample(rowArbitrary, { numRuns: 100, seed })
    const exprs = types.flatMap((type) => fc.sample(expressionArbitrary(type, 6), { numRuns: 80, seed }))
    const { pairs, disagreements } = await compareAll(exprs, rows, byRow)
    expect(disagreements).toEqual([])
    expect(pairs).toBe(40_000)
  },
  900_000,
)
