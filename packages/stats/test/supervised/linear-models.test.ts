import {
  createRandom,
  fitGlm,
  fitLogistic,
  fitOls,
  robustCovariance,
  sampleNormal,
  samplePoisson,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const column = (...values: number[]) => ({ data: Float64Array.from(values), n: values.length, p: 1 })

describe('generalised linear models', () => {
  it('agree with R on the counts of Dobson (1990)', () => {
    // outcome 2, outcome 3, treatment 2, treatment 3
    const outcome = [1, 2, 3, 1, 2, 3, 1, 2, 3]
    const treatment = [1, 1, 1, 2, 2, 2, 3, 3, 3]
    const data = Float64Array.from(
      outcome.flatMap((o, i) => [
        Number(o === 2),
        Number(o === 3),
        Number(treatment[i] === 2),
        Number(treatment[i] === 3),
      ]),
    )
    const y = Float64Array.of(18, 17, 15, 20, 10, 20, 25, 13, 12)
    const model = fitGlm({ x: { data, n: 9, p: 4 }, y }, { family: 'poisson' })
    expect(model.intercept).toBeCloseTo(3.044522, 6)
    expect(model.coefficients[0]).toBeCloseTo(-0.4542553, 7)
    expect(model.coefficients[1]).toBeCloseTo(-0.2929871, 7)
    expect(model.standardErrors[1]).toBeCloseTo(0.2021708, 6)
    expect(model.deviance).toBeCloseTo(5.1291, 4)
    expect(model.aic).toBeCloseTo(56.76132, 4)
  })

  it('agree with R on the gamma clotting times of McCullagh and Nelder', () => {
    const u = [5, 10, 15, 20, 30, 40, 60, 80, 100].map(Math.log)
    const y = Float64Array.of(118, 58, 42, 35, 27, 25, 21, 19, 18)
    const model = fitGlm({ x: column(...u), y }, { family: 'gamma', link: 'inverse' })
    expect(model.intercept).toBeCloseTo(-0.01655438, 7)
    expect(model.coefficients[0]).toBeCloseTo(0.01534311, 7)
    expect(model.dispersion).toBeCloseTo(0.002446059, 6)
    expect(model.aic).toBeCloseTo(37.9899, 3)
  })

  it('recover a planted Poisson effect with an offset', () => {
    const random = createRandom(5)
    const x = Float64Array.from({ length: 4000 }, () => sampleNormal(random))
    const offset = Float64Array.from({ length: 4000 }, () => Math.log(0.5 + random.uniform()))
    const y = x.map((v, i) => samplePoisson(random, Math.exp(0.3 + 0.7 * v + offset[i]!)))
    const model = fitGlm({ x: { data: x, n: 4000, p: 1 }, y }, { family: 'poisson', offset })
    expect(Math.abs(model.coefficients[0]! - 0.7) / model.standardErrors[1]!).toBeLessThan(3)
    expect(model.nullDeviance).toBeGreaterThan(model.deviance)
  })

  it('do not mind the scale of a column', () => {
    const x = [1, 2, 3, 4, 5, 6, 7, 8]
    const y = Float64Array.of(0, 0, 1, 0, 1, 0, 1, 1)
    const plain = fitLogistic({ x: column(...x), y })
    for (const scale of [1e15, 1e-15]) {
      const scaled = fitLogistic({ x: column(...x.map((v) => v * scale)), y })
      expect(scaled.coefficients[0]! * scale).toBeCloseTo(plain.coefficients[0]!, 9)
      expect(scaled.deviance).toBeCloseTo(plain.deviance, 10)
    }
  })

  it('count a weight of k as k copies', () => {
    const weighted = fitLogistic({
      x: column(1, 2, 3, 4),
      y: Float64Array.of(0, 1, 0, 1),
      weights: Float64Array.of(1, 2, 3, 1),
    })
    const copied = fitLogistic({ x: column(1, 2, 2, 3, 3, 3, 4), y: Float64Array.of(0, 1, 1, 0, 0, 0, 1) })
    expect(weighted.coefficients[0]).toBeCloseTo(copied.coefficients[0]!, 10)
    expect(weighted.standardErrors[1]).toBeCloseTo(copied.standardErrors[1]!, 10)
  })

  it('refuse separation, one class, constant and repeated columns, each by its name', () => {
    const refusal = (x: number[], y: number[], p = 1) => {
      try {
        fitLogistic({ x: { data: Float64Array.from(x), n: y.length, p }, y: Float64Array.from(y) })
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'fitted'
    }
    expect(refusal([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1])).toBe('separation')
    expect(refusal([1, 2, 3, 3, 5, 6], [0, 0, 0, 1, 1, 1])).toBe('separation')
    expect(refusal([1, 2, 3, 4], [1, 1, 1, 1])).toBe('oneClass')
    expect(refusal([2, 2, 2, 2], [1, 0, 1, 1])).toBe('singular')
    expect(refusal([1, 2, 2, 4, 3, 6, 4, 8], [1, 0, 1, 0], 2)).toBe('singular')
    expect(refusal([1], [1])).toBe('insufficientData')
  })
})

describe('least squares', () => {
  it('has the robust errors that R sandwich gives for cars-like data', () => {
    // y = x + noise that grows: HC3 > HC0, and the plain error is the smallest.
    const x = [1, 2, 3, 4, 5, 6, 7, 8]
    const y = Float64Array.of(1.1, 1.9, 3.2, 3.7, 5.5, 5.2, 8.1, 6.4)
    const data = { x: column(...x), y }
    const model = fitOls(data)
    const se = (kind: 'HC0' | 'HC1' | 'HC2' | 'HC3') => robustCovariance(model, data, kind).standardErrors[1]!
    expect(se('HC3')).toBeGreaterThan(se('HC2'))
    expect(se('HC2')).toBeGreaterThan(se('HC0'))
    expect(se('HC1') / se('HC0')).toBeCloseTo(Math.sqrt(8 / 6), 12)
  })

  it('with clusters of one row is HC1 up to the factor n/(n−1)·(n−1)/(n−q)', () => {
    const data = { x: column(1, 2, 3, 4, 5), y: Float64Array.of(1, 3, 2, 5, 4) }
    const model = fitOls(data)
    const rows = robustCovariance(model, data, 'HC1').covariance[3]!
    expect(robustCovariance(model, data, 'cluster', [0, 1, 2, 3, 4]).covariance[3]).toBeCloseTo(rows, 12)
  })
})
