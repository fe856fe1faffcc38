import {
  aucInterval,
  brierScore,
  compareAuc,
  createRandom,
  fitBetaCalibration,
  fitElasticNet,
  fitElasticNetPath,
  fitIsotonic,
  fitLogistic,
  fitPlatt,
  gainsTable,
  groupedFolds,
  kFolds,
  largestLambda,
  logLoss,
  marginalEffects,
  predictBetaCalibration,
  predictGlm,
  predictIsotonic,
  rankingMetrics,
  rocCurve,
  sampleNormal,
  stratifiedFolds,
  timeOrderedFolds,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 5 })), {
    minLength: 4,
    maxLength: 40,
  })
  .filter((rows) => rows.some(([y]) => y === 1) && rows.some(([y]) => y === 0))

describe('ranking metrics', () => {
  it('count pairs, ties by half', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        let wins = 0
        let pairs = 0
        for (const [y, s] of rows)
          for (const [z, t] of rows)
            if (y === 1 && z === 0) {
              pairs++
              wins += s > t ? 1 : s === t ? 0.5 : 0
            }
        expect(
          rankingMetrics(
            rows.map(([y]) => y),
            rows.map(([, s]) => s),
          ).auc,
        ).toBeCloseTo(wins / pairs, 12)
      }),
    )
  })

  it('take a weight of 2 as the row twice, and begin and end a ROC curve in its corners', () => {
    const y = [1, 0, 1, 0]
    const s = [3, 2, 1, 1]
    expect(rankingMetrics(y, s, [2, 1, 1, 1]).auc).toBeCloseTo(rankingMetrics([1, ...y], [3, ...s]).auc, 12)
    const roc = rocCurve(y, s)
    expect([roc.falsePositiveRate[0], roc.truePositiveRate.at(-1)]).toEqual([0, 1])
    expect(gainsTable(y, s, 2).at(-1)).toEqual({ share: 1, gain: 1, lift: 1, rate: expect.closeTo(0.5, 12) })
  })

  it('have DeLong intervals that cover, and see no difference between a score and itself shifted', () => {
    const random = createRandom(2)
    let covered = 0
    for (let r = 0; r < 300; r++) {
      const y = Array.from({ length: 120 }, (_, i) => Number(i < 50))
      const { interval } = aucInterval(
        y,
        y.map((v) => v + sampleNormal(random)),
      )
      if (interval.low <= 0.7602 && 0.7602 <= interval.high) covered++
    }
    expect(covered / 300).toBeGreaterThan(0.91)
    const y = Array.from({ length: 60 }, (_, i) => i % 2)
    const s = y.map((v) => v + sampleNormal(random))
    expect(() =>
      compareAuc(
        y,
        s,
        s.map((v) => v + 1),
      ),
    ).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
    expect(
      compareAuc(
        y,
        s,
        s.map((v) => -v),
      ).pValue,
    ).toBeLessThan(0.05)
  })

  it('refuse one class', () => {
    expect(() => rankingMetrics([1, 1], [1, 2])).toThrow(expect.objectContaining({ code: 'oneClass' }))
  })
})

describe('probability metrics', () => {
  it('decompose the Brier score without a rest', () => {
    const random = createRandom(1)
    const p = Array.from({ length: 500 }, () => random.uniform())
    const y = p.map((v) => Number(random.uniform() < v))
    const b = brierScore(y, p)
    expect(b.reliability - b.resolution + b.uncertainty + b.withinBins).toBeCloseTo(b.score, 12)
    expect(logLoss([1], [0])).toBe(Infinity)
    expect(logLoss([1], [0], { clip: 1e-15 })).toBeCloseTo(34.54, 2)
  })
})

describe('calibration', () => {
  const random = createRandom(9)
  const p = Array.from({ length: 4000 }, () => 0.02 + 0.96 * random.uniform())
  const y = p.map((v) => Number(random.uniform() < v ** 2 / (v ** 2 + (1 - v) ** 2)))
  it('brings a distorted probability back', () => {
    const before = logLoss(y, p)
    const beta = predictBetaCalibration(fitBetaCalibration(p, y), p)
    expect(logLoss(y, beta)).toBeLessThan(before)
    expect(fitBetaCalibration(p, y).a).toBeCloseTo(2, 0)
    const platt = predictGlm(
      fitPlatt(
        p.map((v) => Math.log(v / (1 - v))),
        y,
      ),
      { data: Float64Array.from(p, (v) => Math.log(v / (1 - v))), n: p.length, p: 1 },
    )
    expect(logLoss(y, platt)).toBeLessThan(before)
    const steps = predictIsotonic(fitIsotonic(p, y), p)
    expect(
      brierScore(
        y,
        steps.map((v) => Math.min(1, Math.max(0, v))),
      ).score,
    ).toBeLessThan(brierScore(y, p).score)
  })
  it('stays finite where scores separate the classes', () => {
    expect(fitPlatt([1, 2, 3, 4], [0, 0, 1, 1]).coefficients[0]).toBeLessThan(10)
  })
})

describe('penalised regression', () => {
  const random = createRandom(6)
  const [n, p] = [200, 6]
  const x = { data: Float64Array.from({ length: n * p }, () => 3 * sampleNormal(random)), n, p }
  const y = Float64Array.from({ length: n }, (_, i) =>
    Number(x.data[i * p]! - 0.5 * x.data[i * p + 1]! + 2 * sampleNormal(random) > 0),
  )

  it('meets its optimality conditions', () => {
    const options = { family: 'binomial', alpha: 0.7, lambda: 0.05, standardise: false } as const
    const model = fitElasticNet({ x, y }, options)
    const mu = predictGlm(model, x)
    for (let j = 0; j < p; j++) {
      let slope = 0
      for (let i = 0; i < n; i++) slope += (x.data[i * p + j]! * (y[i]! - mu[i]!)) / n
      const b = model.coefficients[j]!
      if (b === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(0.05 * 0.7 + 1e-7)
      else expect(slope).toBeCloseTo(0.05 * (0.7 * Math.sign(b) + 0.3 * b), 7)
    }
  })

  it('leaves every column out from its largest penalty on, and none without one', () => {
    const options = { family: 'binomial', alpha: 1 } as const
    const most = largestLambda({ x, y }, options)
    const [none, some] = fitElasticNetPath({ x, y }, [most * 1.0001, most / 2], options)
    expect(none!.nonZero).toBe(0)
    expect(some!.nonZero).toBeGreaterThan(0)
    const plain = fitElasticNet({ x, y }, { ...options, lambda: 0 })
    fitLogistic({ x, y }).coefficients.forEach((b, j) => {
      expect(plain.coefficients[j]).toBeCloseTo(b, 6)
    })
  })

  it('has a finite answer where plain logistic regression is separated', () => {
    const separated = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(0, 0, 1, 1) }
    expect(
      fitElasticNet(separated, { family: 'binomial', alpha: 0, lambda: 0.1 }).coefficients[0],
    ).toBeGreaterThan(0)
  })

  it('gives marginal effects with the errors of the delta method', () => {
    const m = fitLogistic({ x, y })
    const { effects, standardErrors } = marginalEffects(m, x)
    expect(effects[0]! / standardErrors[0]!).toBeGreaterThan(3)
  })
})

describe('folds', () => {
  it('part the rows', () => {
    for (const folds of [
      kFolds(10, 3),
      stratifiedFolds([0, 0, 0, 1, 1, 1, 0, 1, 0, 1], 2, createRandom(1)),
      groupedFolds(['a', 'a', 'b', 'c', 'c', 'c', 'd', 'd', 'e', 'e'], 3),
    ]) {
      const seen = folds.flatMap((f) => [...f.test]).sort((a, b) => a - b)
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      for (const f of folds) expect(f.train.length + f.test.length).toBe(10)
    }
  })
  it('keep groups together and time in order', () => {
    const groups = ['a', 'a', 'b', 'c', 'c', 'c', 'd']
    for (const f of groupedFolds(groups, 2))
      for (const row of f.test) for (const other of f.train) expect(groups[row]).not.toBe(groups[other])
    const time = [5, 1, 9, 3, 7, 2, 8, 4, 6]
    for (const f of timeOrderedFolds(time, 2, 1))
      expect(Math.max(...Array.from(f.train, (r) => time[r]!)) + 1).toBeLessThan(
        Math.min(...Array.from(f.test, (r) => time[r]!)) + 0.001,
      )
  })
})
