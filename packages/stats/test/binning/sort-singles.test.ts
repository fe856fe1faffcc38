import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortSingles } from '../../src/binning/sort-singles.ts'

test.each([10, 1_999, 2_000, 5_000])(
  '%i numbers of single precision lie as sorting by comparing lays them',
  (n) => {
    const number = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(0, -0, 1.5, -1.5, 2 ** -149, -(2 ** -149), 3e38, -3e38),
    )
    fc.assert(
      fc.property(fc.array(number, { minLength: 5, maxLength: 400 }), (some) => {
        const values = Float32Array.from(
          { length: n },
          (_, i) => some[(i * 7) % some.length]! * ((i % 3) + 1),
        )
        const sorted = values.filter(Number.isFinite)
        const expected = sorted.slice().sort()
        sortSingles(sorted)
        expect(sorted.every((value, i) => Object.is(value, expected[i]))).toBe(true)
      }),
      { numRuns: 40 },
    )
  },
)

test('a part of a larger array is sorted where it lies', () => {
  const whole = Float32Array.from({ length: 6_000 }, (_, i) => (i * 2_654_435_761) % 1_000)
  const before = whole.slice()
  sortSingles(whole.subarray(1_000, 5_000))
  expect(whole.slice(1_000, 5_000)).toEqual(before.slice(1_000, 5_000).sort())
  expect([whole.slice(0, 1_000), whole.slice(5_000)]).toEqual([before.slice(0, 1_000), before.slice(5_000)])
})
