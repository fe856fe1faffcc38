import { mcNemarTest, signedRankTest } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('tests of pairs', () => {
  // The example of R's ?wilcox.test: depression scores before and after, from Hollander & Wolfe (1973), p. 29.
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]

  it('rank signed differences as R does', () => {
    const found = signedRankTest(before, after, { alternative: 'greater' })
    expect(found).toMatchObject({ statistic: 40, method: 'exact' })
    expect(found.pValue).toBeCloseTo(0.01953, 5)
    // R's sleep data: a tie and a pair without a difference.
    const one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
    const two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    expect(signedRankTest(one, two)).toMatchObject({ statistic: 0, method: 'normal', pairs: 9 })
    expect(signedRankTest(one, two).pValue).toBeCloseTo(0.009091, 6)
  })

  it('add up: exact tails of one pattern in 2ⁿ', () => {
    const up = signedRankTest([1, 2, 3, 4], [0, 0, 0, 0])
    expect(up.pValue).toBe(2 / 16)
    const less = signedRankTest(after, before, { alternative: 'less' }).pValue
    expect(less).toBeCloseTo(signedRankTest(before, after, { alternative: 'greater' }).pValue, 14)
  })

  it('compare changes of mind', () => {
    // Approval ratings of 1,600 people in two surveys (Agresti 1990, p. 350), by hand.
    expect(mcNemarTest(150, 86).statistic).toBeCloseTo(63 ** 2 / 236, 12)
    expect(mcNemarTest(150, 86, { continuity: false }).statistic).toBeCloseTo(64 ** 2 / 236, 12)
    expect(mcNemarTest(3, 9, { method: 'exact' }).pValue).toBeCloseTo((2 * (1 + 12 + 66 + 220)) / 4096, 12)
  })

  it('refuse pairs that say nothing', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => signedRankTest([1, 2], [1, 2])).toThrow(code('zeroVariance'))
    expect(() => signedRankTest([1, 2, 3], [0, 1, 3], { method: 'exact' })).toThrow(code('assumptionFailed'))
    expect(() => mcNemarTest(0, 0)).toThrow(code('insufficientData'))
    expect(() => mcNemarTest(-1, 2)).toThrow(code('outOfDomain'))
  })
})
