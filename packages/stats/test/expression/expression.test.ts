import {
  binScoreExpression,
  type Columns,
  columnsOf,
  createRandom,
  type Expression,
  evaluateCondition,
  evaluateExpression,
  fitGlm,
  fitKMeans,
  kMeansExpression,
  linearModelExpression,
  predictGlm,
  predictKMeans,
  quantileBins,
  sampleNormal,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function asColumns(data: Float64Array, n: number, p: number, valid?: Uint8Array): Columns {
  const columns = Object.fromEntries(
    Array.from({ length: p }, (_, j) => {
      const values = Float64Array.from({ length: n }, (_v, i) => data[i * p + j]!)
      return [
        `x${j}`,
        {
          kind: 'number' as const,
          values,
          ...(valid ? { valid: Uint8Array.from({ length: n }, (_v, i) => valid[i * p + j]!) } : {}),
        },
      ]
    }),
  )
  return { n, columns }
}

const random = createRandom(1)
const n = 200
const p = 3
const data = Float64Array.from({ length: n * p }, () => sampleNormal(random))
const valid = Uint8Array.from({ length: n * p }, () => (random.uniform() < 0.1 ? 0 : 1))
const complete = Uint8Array.from({ length: n }, (_, i) =>
  valid[3 * i] && valid[3 * i + 1] && valid[3 * i + 2] ? 1 : 0,
)

describe('expressions', () => {
  it('of a linear model give what the model predicts, and missing where a column is missing', () => {
    const y = Float64Array.from({ length: n }, (_, i) => (data[3 * i]! + sampleNormal(random) > 0 ? 1 : 0))
    const model = fitGlm({ x: { data, n, p }, y }, { family: 'binomial' })
    const direct = predictGlm(model, { data, n, p })
    const tree = evaluateExpression(linearModelExpression(model), asColumns(data, n, p, valid))
    expect(tree.valid).toEqual(complete)
    for (let i = 0; i < n; i++) if (complete[i]) expect(tree.values[i]).toBeCloseTo(direct[i]!, 12)
  })

  it('of k-means give the cluster that the model gives', () => {
    const { model } = fitKMeans({ data, n, p }, { k: 4, random: createRandom(2) })
    const direct = predictKMeans(model, { data, n, p })
    const tree = evaluateExpression(kMeansExpression(model, ['x0', 'x1', 'x2']), asColumns(data, n, p, valid))
    expect(tree.valid).toEqual(complete)
    for (let i = 0; i < n; i++) if (complete[i]) expect(tree.values[i]).toBe(direct[i])
  })

  it('of bins give the bin of each value, reversed for recency', () => {
    const values = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    for (const [convention, closed] of [
      ['rightClosed', 'right'],
      ['leftClosed', 'left'],
      ['plusOne', 'left'],
    ] as const) {
      const bins = quantileBins(values, { bins: 5, convention })
      const tree = binScoreExpression('days', bins, closed, [5, 4, 3, 2, 1])
      const scored = evaluateExpression(tree, {
        n: 10,
        columns: { days: { kind: 'number', values: Float64Array.from(values) } },
      })
      expect([...scored.values]).toEqual([...bins.codes].map((code) => 5 - code))
    }
  })

  it('survive being written down as JSON', () => {
    const tree = linearModelExpression(
      fitGlm({ x: { data, n, p }, y: data.filter((_, i) => i % 3 === 0) }, { family: 'gaussian' }),
    )
    expect(evaluateExpression(JSON.parse(JSON.stringify(tree)) as Expression, asColumns(data, n, p))).toEqual(
      evaluateExpression(tree, asColumns(data, n, p)),
    )
    expect(columnsOf(tree)).toEqual(['x0', 'x1', 'x2'])
  })

  it('treat what cannot be computed as missing, never as a number', () => {
    const columns: Columns = {
      n: 3,
      columns: { a: { kind: 'number', values: Float64Array.of(0, -1, 1e308) } },
    }
    const a: Expression = { op: 'column', name: 'a' }
    const one: Expression = { op: 'constant', value: 1 }
    expect([...evaluateExpression({ op: 'divide', left: one, right: a }, columns).valid]).toEqual([0, 1, 1])
    expect([...evaluateExpression({ op: 'ln', arg: a }, columns).valid]).toEqual([0, 0, 1])
    expect([
      ...evaluateExpression({ op: 'multiply', args: [a, { op: 'constant', value: 10 }] }, columns).valid,
    ]).toEqual([1, 1, 0])
    expect([
      ...evaluateExpression({ op: 'coalesce', args: [{ op: 'ln', arg: a }, one] }, columns).values.slice(
        0,
        2,
      ),
    ]).toEqual([1, 1])
  })

  it('follow three-valued logic', () => {
    const truth = fc.constantFrom(0, 1, 2)
    const cell = (t: number) => (t === 2 ? Number.NaN : t)
    fc.assert(
      fc.property(truth, truth, (a, b) => {
        const columns: Columns = {
          n: 1,
          columns: {
            a: { kind: 'number', values: Float64Array.of(cell(a)) },
            b: { kind: 'number', values: Float64Array.of(cell(b)) },
          },
        }
        const is = (name: string) =>
          ({
            op: 'compare',
            comparison: '=',
            left: { op: 'column', name },
            right: { op: 'constant', value: 1 },
          }) as const
        const and = evaluateCondition({ op: 'and', args: [is('a'), is('b')] }, columns)[0]
        const or = evaluateCondition({ op: 'or', args: [is('a'), is('b')] }, columns)[0]
        expect(and).toBe(a === 0 || b === 0 ? 0 : a === 2 || b === 2 ? 2 : 1)
        expect(or).toBe(a === 1 || b === 1 ? 1 : a === 2 || b === 2 ? 2 : 0)
        expect(evaluateCondition({ op: 'not', arg: is('a') }, columns)[0]).toBe(a === 2 ? 2 : 1 - a)
      }),
    )
  })

  it('look words up and split by them', () => {
    const columns: Columns = { n: 3, columns: { city: { kind: 'text', values: ['上海', null, 'Ghent'] } } }
    const lookup: Expression = {
      op: 'lookup',
      column: 'city',
      table: [['上海', 1]],
      otherwise: { op: 'constant', value: 0 },
      missing: { op: 'constant', value: -1 },
    }
    expect([...evaluateExpression(lookup, columns).values]).toEqual([1, -1, 0])
    const tree: Expression = {
      op: 'sumOfTrees',
      base: 10,
      trees: [
        { column: 'city', categories: ['上海'], missing: 'left', left: { value: 1 }, right: { value: 2 } },
      ],
    }
    expect([...evaluateExpression(tree, columns).values]).toEqual([11, 11, 12])
    expect(() => evaluateExpression({ op: 'column', name: 'age' }, columns)).toThrow(
      expect.objectContaining({ code: 'invalidOption' }),
    )
  })
})
