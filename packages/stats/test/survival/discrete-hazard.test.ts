import { createRandom, fitDiscreteHazard, periodHazards, predictDiscreteHazard } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('hazards by period', () => {
  const hazards = periodHazards({ time: [1, 2, 2, 3], cause: [1, 2, 1, 0] }, [1, 2])
  it('counts who is still at risk', () => expect([...hazards.atRisk]).toEqual([4, 3, 1]))
  it('is events over those at risk, cause by cause', () => {
    expect([...hazards.hazard[0]!]).toEqual([1 / 4, 1 / 3, 0])
    expect([...hazards.hazard[1]!]).toEqual([0, 1 / 3, 0])
  })
  it('has bounds inside [0, 1] also where nothing happened', () => {
    expect(hazards.lower[0]![2]).toBe(0)
    expect(hazards.upper[0]![2]).toBeLessThan(1)
  })
})

describe('discrete-time hazard regression', () => {
  const random = createRandom(6)
  const n = 3000
  const x = Float64Array.from({ length: n }, () => (random.uniform() < 0.5 ? 1 : 0))
  const time = new Float64Array(n)
  const cause = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const chance = 1 / (1 + Math.exp(3 - 0.8 * x[i]!))
    let period = 1
    while (period < 12 && random.uniform() >= chance) period++
    time[i] = period
    cause[i] = period < 12 || random.uniform() < chance ? 1 : 0
  }
  it('recovers the planted odds within three standard errors', () => {
    const model = fitDiscreteHazard({ time, cause }, x, 1, { link: 'logit', baseline: 0 })
    expect(Math.abs(model.coefficients[1]! - 0.8)).toBeLessThan(3 * model.standardErrors[1]!)
  })
  it('without covariates gives the shares of the life table', () => {
    const model = fitDiscreteHazard({ time, cause }, new Float64Array(0), 0, {
      link: 'cloglog',
      baseline: 'perPeriod',
    })
    const table = periodHazards({ time, cause }, [1])
    predictDiscreteHazard(model, new Float64Array(0), 5).forEach((h, t) => {
      expect(h).toBeCloseTo(table.hazard[0]![t]!, 8)
    })
  })
  it('says which period has no event', () =>
    expect(() =>
      fitDiscreteHazard({ time: [1, 3], cause: [1, 1] }, new Float64Array(0), 0, {
        link: 'logit',
        baseline: 'perPeriod',
      }),
    ).toThrow('Period 2'))
})
