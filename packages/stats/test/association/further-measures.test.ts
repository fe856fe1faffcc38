import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('further measures of a rule', () => {
  // 30 with both, 10 with A alone, 20 with B alone, 40 with neither.
  const own = S.furtherMeasures(30, 40, 50, 100)
  it('follow their definitions', () => {
    const entropy = -0.4 * Math.log(0.4) - 0.6 * Math.log(0.6)
    const information =
      0.3 * Math.log(0.3 / 0.2) +
      0.1 * Math.log(0.1 / 0.2) +
      0.2 * Math.log(0.2 / 0.3) +
      0.4 * Math.log(0.4 / 0.3)
    const expected = {
      allConfidence: 0.6,
      maxConfidence: 0.75,
      addedValue: 0.25,
      confirmedConfidence: 0.5,
      differenceOfConfidence: 0.75 - 1 / 3,
      relativeRisk: 2.25,
      gini: 0.4 * (0.5625 + 0.0625) + 0.6 * (1 / 9 + 4 / 9) - 0.5,
      jMeasure: 0.3 * Math.log(1.5) + 0.1 * Math.log(0.5),
      kappa: (0.7 - 0.5) / 0.5,
      laplace: 31 / 42,
      leastContradiction: 0.4,
      lerman: 10 / Math.sqrt(20),
      oneWaySupport: 0.75 * Math.log2(1.5),
      twoWaySupport: 0.3 * Math.log2(1.5),
      ralambondrainy: 0.1,
      rulePowerFactor: 0.225,
      sebag: 3,
      collectiveStrength: (0.7 / 0.5) * (0.5 / 0.3),
      exampleRate: 2 / 3,
      klosgen: Math.sqrt(0.3) * 0.25,
      lambda: (30 + 40 - 50) / 50,
      implicationIndex: (10 * (0.1 - 0.2)) / Math.sqrt(0.2),
      importance: Math.log10(31 / 42 / (21 / 62)),
      varyingLiaison: 0.5,
      yuleQ: 5 / 7,
      yuleY: (Math.sqrt(6) - 1) / (Math.sqrt(6) + 1),
      mutualInformation: information / entropy,
      causalConfidence: (0.75 + 2 / 3) / 2,
      causalSupport: 0.7,
      relativeLinkage: 10 / 20,
    }
    for (const [name, value] of Object.entries(expected))
      expect(own[name as keyof typeof own], name).toBeCloseTo(value, 12)
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(expected).toSorted())
  })
  it('have limits, or none, at the edge', () => {
    const certain = S.furtherMeasures(10, 10, 10, 10)
    expect(certain).toMatchObject({
      differenceOfConfidence: null,
      kappa: null,
      lambda: null,
      yuleQ: null,
      sebag: Infinity,
      gini: 0,
    })
    expect(S.furtherMeasures(10, 10, 10, 20)).toMatchObject({
      relativeRisk: Infinity,
      yuleQ: 1,
      yuleY: 1,
      kappa: 1,
    })
    expect(S.furtherMeasures(0, 5, 5, 20)).toMatchObject({ oneWaySupport: 0, sebag: 0, yuleQ: -1 })
  })
})
