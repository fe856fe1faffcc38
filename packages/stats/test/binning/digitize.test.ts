import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digitize } from '../../src/index.ts'

const numbers = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(
    0,
    -0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
  ),
)

test('many values fall into the bins into which few fall one by one', () => {
  fc.assert(
    fc.property(
      fc.array(numbers, { maxLength: 25 }),
      fc.array(fc.oneof(numbers, fc.constant(Number.NaN)), { minLength: 1, maxLength: 60 }),
      (edges, some) => {
        const splits = edges.toSorted((a, b) => a - b)
        const values = Float64Array.from({ length: 6_000 }, (_, i) =>
          i % 3 === 0 && splits.length > 0 ? splits[i % splits.length]! : some[i % some.length]!,
        )
        const bins = digitize(values, splits)
        const alone = new Map([...new Set(values)].map((value) => [value, digitize([value], splits)[0]]))
        expect(bins.every((bin, i) => bin === alone.get(values[i]!))).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})
