import { fitLeastSquares, invertSymmetric, solveLinear, svd, symmetricEigen } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const line = new Float64Array([1, 1, 1, 2, 1, 3, 1, 4])

describe('least squares', () => {
  it('fits a line through four points', () => {
    const fit = fitLeastSquares(line, new Float64Array([2, 4.1, 5.9, 8]), 4, 2)
    expect(fit.coefficients[0]).toBeCloseTo(0.05, 12)
    expect(fit.coefficients[1]).toBeCloseTo(1.98, 12)
    expect(fit.inverseGram[3]).toBeCloseTo(0.2, 12)
  })
  it('counts a weight of two as two rows', () => {
    const weighted = fitLeastSquares(
      line,
      new Float64Array([2, 4, 5, 9]),
      4,
      2,
      new Float64Array([1, 1, 1, 2]),
    )
    const doubled = fitLeastSquares(
      new Float64Array([...line, 1, 4]),
      new Float64Array([2, 4, 5, 9, 9]),
      5,
      2,
    )
    expect(weighted.coefficients[1]).toBeCloseTo(doubled.coefficients[1]!, 12)
  })
  it('says which column repeats another', () =>
    expect(() =>
      fitLeastSquares(new Float64Array([1, 2, 1, 2, 1, 2]), new Float64Array([1, 2, 3]), 3, 2),
    ).toThrow('Column 1'))
  it('does not mind columns of very different size', () => {
    const fit = fitLeastSquares(
      new Float64Array([1e-15, 1e15, 2e-15, 5e15, 3e-15, 2e15]),
      new Float64Array([1, 2, 3]),
      3,
      2,
    )
    expect(Number.isFinite(fit.coefficients[0])).toBe(true)
  })
})

describe('factorisations', () => {
  it('solves with pivoting', () =>
    expect([...solveLinear(new Float64Array([0, 1, 2, 3]), 2, [1, 8])]).toEqual([2.5, 1]))
  it('inverts', () => expect(invertSymmetric(new Float64Array([4, 10, 10, 30]), 2)[0]).toBeCloseTo(1.5, 12))
  it('refuses a singular covariance', () =>
    expect(() => invertSymmetric(new Float64Array([1, 1, 1, 1]), 2)).toThrow('not positive definite'))
  it('has singular values whose squares are the eigenvalues of the Gram matrix', () => {
    const eigen = symmetricEigen(new Float64Array([4, 10, 10, 30]), 2)
    expect(svd(line, 4, 2).values[0]! ** 2).toBeCloseTo(eigen.values[0]!, 10)
  })
})
