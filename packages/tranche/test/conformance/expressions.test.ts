import type { Row, Type } from '@tranche/language'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressionArbitrary, rowArbitrary, typedFrom } from '../../../language/test/arbitrary.ts'
import { byRow, compareAll, type Evaluator } from './expression-harness.ts'

const seed = 20_240_229
const types: readonly Type[] = ['bool', 'bool', 'bool', 'number', 'number', 'string', 'date', 'instant']

describe('An expression has one meaning', () => {
  it('in the row evaluator, the column evaluator and the engine, on 2,400 generated pairs', async () => {
    const rows = fc.sample(rowArbitrary, { numRuns: 24, seed })
    const exprs = types.flatMap((type, index) =>
      fc.sample(expressionArbitrary(type), { numRuns: Math.ceil(100 / types.length), seed: seed + index }),
    )
    const { pairs, disagreements, known } = await compareAll(exprs, rows, byRow)
    expect(disagreements).toEqual([])
    expect(pairs).toBeGreaterThanOrEqual(2_400)
    expect(known / pairs).toBeGreaterThan(0.4)
  })

  it.each<[string, Evaluator]>([
    [
      'takes unknown for false',
      (expr, rows) =>
        byRow(expr, rows).map((text) => (expr.type === 'bool' && text === 'unknown' ? 'false' : text)),
    ],
    ['takes missing numbers for zero', (expr, rows) => byRow(expr, rows.map(missingAsZero))],
    [
      'keeps infinities',
      (expr, rows) =>
        byRow(expr, rows).map((text) => (expr.type === 'number' && text === 'unknown' ? 'Infinity' : text)),
    ],
  ])('and a planted evaluator that %s is caught by the same comparison', async (_, wrong) => {
    const rows = fc.sample(rowArbitrary, { numRuns: 24, seed })
    const exprs = (['bool', 'number'] as const).flatMap((type) =>
      fc.sample(expressionArbitrary(type), { numRuns: 15, seed }),
    )
    expect((await compareAll(exprs, rows, wrong)).disagreements.length).toBeGreaterThan(0)
  })

  it('where one value is written twice at every level', async () => {
    const rows = fc.sample(rowArbitrary, { numRuns: 20, seed })
    const divided = (depth: number): string => (depth === 0 ? 'x' : `(y / ${divided(depth - 1)})`)
    const asked = (depth: number): string =>
      depth === 0 ? 'active' : `(${asked(depth - 1)} ? flag : x > ${depth})`
    const exprs = [divided(25), asked(25), `${divided(12)} > 1 ? ${divided(12)} : 0`].map((text) =>
      typedFrom(text),
    )
    expect((await compareAll(exprs, rows, byRow)).disagreements).toEqual([])
  })
})

function missingAsZero(row: Row): Row {
  return { ...row, x: row['x'] ?? 0, y: row['y'] ?? 0 }
}
