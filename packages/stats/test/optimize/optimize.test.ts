import {
  checkGradient,
  findRoot,
  minimizeBrent,
  minimizeLbfgs,
  minimizeNelderMead,
  minimizeNewton,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const banana = (x: Float64Array, gradient: Float64Array): number => {
  const [a, b] = [x[0]!, x[1]!]
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a)
  gradient[1] = 200 * (b - a * a)
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2
}

describe("Rosenbrock's valley ends at (1, 1)", () => {
  it('by L-BFGS', () => {
    const found = minimizeLbfgs(banana, [-1.2, 1])
    expect(found.status).toBe('converged')
    expect(found.x[0]).toBeCloseTo(1, 9)
  })
  it('by Nelder–Mead', () =>
    expect(minimizeNelderMead((x) => banana(x, new Float64Array(2)), [-1.2, 1]).x[1]).toBeCloseTo(1, 6))
  it('by Newton', () => {
    const found = minimizeNewton(
      (x, gradient, hessian) => {
        hessian.set([2 - 400 * (x[1]! - 3 * x[0]! ** 2), -400 * x[0]!, -400 * x[0]!, 200])
        return banana(x, gradient)
      },
      [-1.2, 1],
    )
    expect(found.x[1]).toBeCloseTo(1, 6)
  })
})

describe('one dimension', () => {
  it('finds a minimum', () => expect(minimizeBrent((x) => (x - 1.3) ** 2, -5, 9).x).toBeCloseTo(1.3, 7))
  it('finds a root', () => expect(findRoot((x) => x ** 3 - 2, 0, 2)).toBeCloseTo(Math.cbrt(2), 14))
  it('refuses ends of one sign', () =>
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow('opposite signs'))
})

describe('gradient check', () => {
  it('passes a right gradient', () =>
    expect(checkGradient(banana, new Float64Array([-1.2, 1]))).toBeLessThan(1e-9))
  it('catches a wrong one', () =>
    expect(
      checkGradient(
        (x, g) => {
          const value = banana(x, g)
          g[0]! *= 1.01
          return value
        },
        new Float64Array([-1.2, 1]),
      ),
    ).toBeGreaterThan(1e-3))
})
