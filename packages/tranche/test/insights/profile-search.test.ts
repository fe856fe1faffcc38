import { createRandom } from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { naiveProfile } from '../../src/insights/profile/naive.ts'
import { type SearchAttribute, searchProfile } from '../../src/insights/profile/search.ts'

const options = { kind: 'rate', least: 100, leastOfEach: 20, mostConditions: 4 } as const
const size = 8000

/** Attributes drawn evenly and independently, and who says yes with a chance that depends on the codes. */
function drawn(
  sizes: readonly (readonly [size: number, ordered: boolean])[],
  chance: (codes: readonly number[]) => number,
  seed = 1,
): { readonly attributes: readonly SearchAttribute[]; readonly values: Float64Array } {
  const random = createRandom(seed, 1)
  const attributes = sizes.map(([levels, ordered]) => ({
    codes: Int16Array.from({ length: size }, () => Math.floor(random.uniform() * levels)),
    size: levels,
    ordered,
  }))
  const values = Float64Array.from({ length: size }, (_, row) =>
    random.uniform() < chance(attributes.map(({ codes }) => codes[row]!)) ? 1 : 0,
  )
  return { attributes, values }
}

describe('the search for a profile', () => {
  it('finds two attributes that say nothing each by itself, which one at a time misses', () => {
    const { attributes, values } = drawn(
      [
        [2, false],
        [2, false],
        [3, false],
      ],
      ([a, b]) => (a === b ? 0.6 : 0.2),
    )
    const found = searchProfile(attributes, values, options)!
    const [first, second] = found.conditions
    expect(found.conditions.map(({ attribute }) => attribute)).toEqual([0, 1])
    expect(first!.from).toBe(second!.from)
    expect(found.score.mean).toBeGreaterThan(0.55)
    expect(naiveProfile(attributes, values, { ...options, mostConditions: 1 })!.score.mean).toBeLessThan(0.45)
  })

  it('takes a stretch of an ordered attribute as one condition', () => {
    const { attributes, values } = drawn(
      [
        [10, true],
        [4, false],
      ],
      ([age]) => (age! >= 3 && age! <= 6 ? 0.5 : 0.2),
    )
    expect(searchProfile(attributes, values, options)!.conditions).toEqual([{ attribute: 0, from: 3, to: 6 }])
  })

  it('finds three together, building on pairs', () => {
    const { attributes, values } = drawn(
      [
        [2, false],
        [2, false],
        [2, false],
        [5, false],
      ],
      ([a, b, c]) => 0.1 + (a === 1 && b === 1 ? 0.2 : 0) + (a === 1 && b === 1 && c === 0 ? 0.5 : 0),
    )
    expect(searchProfile(attributes, values, options)!.conditions).toEqual([
      { attribute: 0, from: 1, to: 1 },
      { attribute: 1, from: 1, to: 1 },
      { attribute: 2, from: 0, to: 0 },
    ])
  })

  it('gives the same whatever the order of the customers', () => {
    const { attributes, values } = drawn(
      [
        [5, true],
        [3, false],
      ],
      ([a, b]) => 0.2 + (a! > 2 && b === 1 ? 0.4 : 0),
    )
    const turned = attributes.map(({ codes, ...rest }) => ({ ...rest, codes: codes.slice().reverse() }))
    expect(searchProfile(turned, values.slice().reverse(), options)).toEqual(
      searchProfile(attributes, values, options),
    )
  })

  it('names nobody where all fare alike, and nobody where too few fit', () => {
    const { attributes } = drawn([[3, false]], () => 0.3)
    expect(
      searchProfile(attributes, new Float64Array(size).fill(1), { ...options, kind: 'mean' }),
    ).toBeUndefined()
    const few = drawn([[3, false]], ([a]) => (a === 0 ? 0.5 : 0.1))
    expect(searchProfile(few.attributes, few.values, { ...options, least: size })).toBeUndefined()
  })
})
