import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

describe('sequence patterns agree with prefixspan', () => {
  const { cases } = readFixture<{
    readonly sequences: readonly (readonly number[])[]
    readonly minimum: number
    readonly longest: number
    readonly found: readonly (readonly [items: readonly number[], count: number])[]
  }>('prefixspan')
  for (const { case: name, sequences, minimum, longest, found } of cases)
    it(name, () => {
      const patterns = S.sequencePatterns(
        sequences.map((items) => items.map((item) => [item])),
        { minimumSupport: minimum / sequences.length, maximumItems: longest },
      )
      const own = patterns.map(({ elements, count }) => `${elements.flat().join(' ')}: ${count}`)
      expect(own.toSorted()).toEqual(found.map(([items, count]) => `${items.join(' ')}: ${count}`).toSorted())
      expect(found.length).toBeGreaterThan(5)
    })
})

describe('survey weights', () => {
  it('raking agrees with ipfn', () => {
    const { cases, tolerance } = readFixture<{
      readonly values: Readonly<Record<string, readonly string[]>>
      readonly totals: Readonly<Record<string, Readonly<Record<string, number>>>>
      readonly weights: readonly number[]
    }>('ipfn-raking')
    for (const { values, totals, weights } of cases) {
      const margins = Object.entries(values).map(([name, own]) => ({
        values: own,
        totals: new Map(Object.entries(totals[name]!)),
      }))
      expectNear(S.rakeWeights(weights.length, margins).weights, weights, tolerance)
    }
  })

  it('a stratified cluster mean agrees with samplics', () => {
    const { cases, tolerance } = readFixture<{
      readonly y: readonly number[]
      readonly weights: readonly number[]
      readonly strata: readonly string[]
      readonly clusters: readonly string[]
      readonly mean: number
      readonly standardError: number
      readonly low: number
      readonly high: number
    }>('samplics-mean')
    for (const { y, weights, strata, clusters, ...expected } of cases) {
      const own = S.surveyMean(y, weights, { strata, clusters })
      expectNear(own.mean, expected.mean, tolerance)
      expectNear(own.standardError, expected.standardError, tolerance)
      expectNear([own.interval.low, own.interval.high], [expected.low, expected.high], tolerance)
    }
  })
})

describe('drawn clusters and strata agree with R', () => {
  type Pair = readonly [estimate: number, standardError: number]
  const { cases, tolerance } = readFixture<{
    readonly unit: readonly string[]
    readonly population: readonly number[]
    readonly weights: readonly number[]
    readonly score: readonly number[]
    readonly pupils: readonly number[]
    readonly tested: readonly number[]
    readonly within: readonly number[]
    readonly mean: Pair
    readonly total: Pair
    readonly ratio: Pair
    readonly meanWithin: Pair
    readonly totalWithin: Pair
    readonly degreesOfFreedom: number
  }>('r-survey')
  for (const { case: kind, unit, population, weights, score, pupils, tested, within, ...expected } of cases)
    it(kind, () => {
      const design = { [kind]: unit, population }
      const part = { ...design, within }
      const mean = S.surveyMean(score, weights, design)
      expectNear([mean.mean, mean.standardError], expected.mean, tolerance, 'mean')
      expect(mean.degreesOfFreedom).toBe(expected.degreesOfFreedom)
      const total = S.surveyTotal(pupils, weights, design)
      expectNear([total.total, total.standardError], expected.total, tolerance, 'total')
      const ratio = S.surveyRatio(tested, pupils, weights, design)
      expectNear([ratio.ratio, ratio.standardError], expected.ratio, tolerance, 'ratio')
      const meanWithin = S.surveyMean(score, weights, part)
      expectNear([meanWithin.mean, meanWithin.standardError], expected.meanWithin, tolerance, 'meanWithin')
      const totalWithin = S.surveyTotal(pupils, weights, part)
      expectNear(
        [totalWithin.total, totalWithin.standardError],
        expected.totalWithin,
        tolerance,
        'totalWithin',
      )
    })
})

describe('bootstrap intervals agree with SciPy on the same resamples', () => {
  const { cases, tolerance } = readFixture<{
    readonly values: readonly number[]
    readonly statistic: 'mean' | 'deviation'
    readonly method: 'bca' | 'percentile'
    readonly randomSeed: number
    readonly resamples: number
    readonly low: number
    readonly high: number
  }>('scipy-bootstrap')
  for (const { case: name, values, statistic, method, randomSeed, resamples, low, high } of cases)
    it(name, () => {
      const of = (rows: Uint32Array) => {
        const { mean, variance } = S.summarizeSample(Array.from(rows, (row) => values[row]!))
        return statistic === 'mean' ? mean : Math.sqrt(variance)
      }
      const options = { random: S.createRandom(randomSeed), resamples, method }
      const { interval } = S.bootstrap(values.length, of, options)
      expectNear([interval.low, interval.high], [low, high], tolerance)
    })
})

describe('k-prototypes agrees with kmodes', () => {
  const { cases, tolerance } = readFixture<{
    readonly numbers: readonly (readonly number[])[]
    readonly categories: readonly (readonly number[])[]
    readonly gamma: number
    readonly cost: number
    readonly labels: readonly number[]
  }>('kmodes')
  for (const { case: name, numbers, categories, gamma, cost, labels } of cases)
    it(name, () => {
      const rows = { numbers: rowsOf(numbers), categories: Int32Array.from(categories.flat()), q: 2 }
      const fit = S.fitKPrototypes(rows, { k: 3, random: S.createRandom(1), gamma, restarts: 30 })
      expectNear(fit.model.cost, cost, tolerance)
      expect(S.adjustedRand(fit.labels, labels)).toBe(1)
    })
})

describe('privacy accounting agrees with dp_accounting', () => {
  const curves = readFixture<{
    readonly of?: 'sampled' | 'response'
    readonly epsilon: number
    readonly delta: number
  }>('dp-accounting-pld')
  const loss = S.combinePrivacyLosses([
    S.composePrivacyLoss(S.gaussianPrivacyLoss(5), 10),
    S.composePrivacyLoss(S.laplacePrivacyLoss(4), 5),
  ])
  const ways = {
    sampled: (['add', 'remove'] as const).map((way) =>
      S.composePrivacyLoss(S.sampledGaussianLoss(0.8, 0.02, way), 500),
    ),
    response: [S.composePrivacyLoss(S.randomizedResponseLoss(0.6, 5, { rounding: 'up' }), 6)],
  }
  for (const { case: name, of, epsilon, delta } of curves.cases)
    it(name, () => {
      const losses = of ? ways[of] : [loss]
      const worst = (value: (own: S.PrivacyLoss) => number): number => Math.max(...losses.map(value))
      if (name.endsWith(` ${epsilon}`))
        expectNear(
          worst((own) => S.privacyDelta(own, epsilon)),
          delta,
          curves.tolerance,
        )
      else
        expectNear(
          worst((own) => S.privacyEpsilon(own, delta)),
          epsilon,
          curves.tolerance,
        )
    })

  const renyi = readFixture<{
    readonly orders: readonly number[]
    readonly times: number
    readonly divergences: readonly number[]
    readonly epsilon: number
  }>('dp-accounting-rdp')
  const mechanisms: Record<string, S.RenyiMechanism> = {
    gaussian: { kind: 'gaussian', sigma: 3 },
    laplace: { kind: 'laplace', scale: 2 },
    sampledGaussian: { kind: 'sampledGaussian', sigma: 1.5, q: 0.02 },
    zeroConcentrated: { kind: 'zeroConcentrated', rho: 0.02, xi: 0.01 },
    changed: { kind: 'randomizedResponse', noise: 0.7, buckets: 4, neighbours: 'changed' },
    blanked: { kind: 'randomizedResponse', noise: 0.7, buckets: 4, neighbours: 'blanked' },
  }
  for (const { case: name, orders, times, divergences, epsilon } of renyi.cases)
    it(`Rényi, ${name}`, () => {
      const own = S.renyiDivergence(mechanisms[name]!, orders).map((value) => value * times)
      expectNear(own, divergences, renyi.tolerance, 'divergences')
      expectNear(S.renyiEpsilon(own, 1e-5, orders).epsilon, epsilon, renyi.tolerance, 'epsilon')
    })

  it('Rényi of whole and fractional orders is the integral that defines it', () => {
    const { cases, tolerance } = readFixture<{
      readonly sigma: number
      readonly q: number
      readonly orders: readonly number[]
      readonly divergences: readonly number[]
    }>('scipy-renyi')
    for (const { sigma, q, orders, divergences } of cases)
      expectNear(S.renyiDivergence({ kind: 'sampledGaussian', sigma, q }, orders), divergences, tolerance)
  })
})
