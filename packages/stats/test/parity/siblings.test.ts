import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture, rowsOf } from './fixture.ts'

describe('tests and measures agree with their peers', () => {
  const combined = readFixture<{
    readonly p: readonly number[]
    readonly weights: readonly number[] | null
    readonly statistic: number
    readonly pValue: number
  }>('scipy-combined')
  for (const { case: name, p, weights, statistic, pValue } of combined.cases)
    it(`p-values combined by ${name}${weights ? ' with weights' : ''}`, () => {
      const own = S.combinePValues(p, name as S.PValueCombination, weights ? { weights } : {})
      expectNear([own.statistic, own.pValue], [statistic, pValue], combined.tolerance)
    })

  const proportions = readFixture<{
    readonly successes: number
    readonly n: number
    readonly hypothesis: number
    readonly alternative: S.Alternative
    readonly sample: readonly number[]
    readonly null: readonly number[]
    readonly rows: number
  }>('statsmodels-one-proportion')
  for (const { case: name, successes, n, hypothesis, alternative, ...expected } of proportions.cases)
    it(name, () => {
      const test = (variance: 'sample' | 'hypothesis') => {
        const own = S.proportionZTest({ successes, n }, hypothesis, { variance, alternative })
        return [own.statistic, own.pValue]
      }
      expectNear(test('sample'), expected.sample, proportions.tolerance)
      expectNear(test('hypothesis'), expected.null, proportions.tolerance)
      expectNear(
        S.sampleSizeOfProportionInterval(hypothesis, 0.03, 0.9),
        expected.rows,
        proportions.tolerance,
      )
    })

  const trend = readFixture<{
    readonly successes: readonly number[]
    readonly n: readonly number[]
    readonly scores: readonly number[]
    readonly statistic: number
    readonly pValue: number
  }>('r-proportion-trend')
  for (const { case: name, successes, n, scores, statistic, pValue } of trend.cases)
    it(`trend of proportions, ${name}`, () => {
      const groups = successes.map((hits, i) => ({ successes: hits, n: n[i]! }))
      const own = S.proportionTrendTest(groups, scores)
      expectNear([own.statistic, own.pValue], [statistic, pValue], trend.tolerance)
    })

  const power = readFixture<{
    readonly method: 't' | 'normal'
    readonly allocation: number
    readonly power: number
  }>('statsmodels-allocation')
  for (const { case: name, method, allocation, power: expected } of power.cases)
    it(`power of means, ${name}`, () => {
      const design = { delta: 0.5, sd: 1, method, allocation, strict: true }
      expectNear(S.powerOfMeans(30, design), expected, power.tolerance)
      expectNear(S.powerOfMeans(S.sampleSizeOfMeans(0.8, design), design), 0.8, 1e-9)
    })

  const forecasts = readFixture<{
    readonly first: readonly number[]
    readonly second: readonly number[]
    readonly horizon: number
    readonly power: number
    readonly alternative: 'twoSided' | 'less' | 'greater'
    readonly statistic: number
    readonly pValue: number
  }>('r-compared-forecasts')
  for (const { case: name, first, second, statistic, pValue, ...options } of forecasts.cases)
    it(`two methods' forecasts, ${name}`, () => {
      const own = S.compareForecasts(first, second, options)
      expectNear([own.statistic, own.pValue], [statistic, pValue], forecasts.tolerance)
    })
})

describe('labels, bins and scales agree with their peers', () => {
  const labels = readFixture<{
    readonly a: readonly number[]
    readonly b: readonly number[]
    readonly adjusted: number
  }>('sklearn-mutual-information')
  for (const { case: name, a, b, adjusted } of labels.cases)
    it(`adjusted mutual information, ${name}`, () => {
      expectNear(S.adjustedMutualInformation(a, b), adjusted, labels.tolerance)
      expect(S.adjustedMutualInformation(a, a)).toBeCloseTo(1, 12)
      expect(
        S.adjustedMutualInformation(
          a,
          a.map(() => 0),
        ),
      ).toBeCloseTo(0, 12)
    })

  const cuts = readFixture<{
    readonly values: readonly number[]
    readonly bins: number
    readonly closed: 'right' | 'left'
    readonly codes: readonly number[]
    readonly edges: readonly number[]
  }>('pandas-cut')
  for (const { case: name, values, bins, closed, codes, edges } of cuts.cases)
    it(`bins of equal width, ${name}`, () => {
      const own = S.equalWidthBins(values, { bins, closed })
      expectNear(own.codes, codes, 0)
      expectNear(own.edges, edges, cuts.tolerance)
    })

  const scales = readFixture<{
    readonly x: readonly (readonly number[])[]
    readonly scaled: readonly (readonly number[])[]
  }>('sklearn-scales')
  for (const { case: name, x, scaled } of scales.cases)
    it(`columns scaled by ${name}`, () => {
      const rows = rowsOf(x)
      const scaling = S.fitColumnScaling(rows, name as S.ColumnScaling['method'])
      expectNear(S.scaleColumns(rows, scaling).data, scaled.flat(), scales.tolerance)
    })
})

describe('metrics by group agree with MetricFrame', () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly predicted: readonly number[]
    readonly group: readonly string[]
    readonly byGroup: Readonly<Record<string, number>>
    readonly overall: number
    readonly difference: number
    readonly ratio: number
    readonly differenceToOverall: number
    readonly ratioToOverall: number
    readonly smallest: number
    readonly largest: number
  }>('fairlearn-metric-frame')
  const metrics: Record<string, (y: number[], guess: number[]) => number> = {
    f1: (y, guess) => S.classReport(y, guess).f1[1]!,
    'absolute error': (y, guess) => S.regressionMetrics(y, guess).meanAbsoluteError,
  }
  for (const { case: name, y, predicted, group, ...expected } of cases)
    it(name, () => {
      const own = S.metricByGroup(group, (rows) =>
        metrics[name]!(
          rows.map((i) => y[i]!),
          rows.map((i) => predicted[i]!),
        ),
      )
      expect(Object.keys(own.byGroup).toSorted()).toEqual(Object.keys(expected.byGroup).toSorted())
      for (const [key, value] of Object.entries(expected.byGroup))
        expectNear(own.byGroup[key], value, tolerance, key)
      for (const key of ['overall', 'difference', 'ratio', 'differenceToOverall', 'ratioToOverall'] as const)
        expectNear(own[key], expected[key], tolerance, key)
      expectNear([own.smallest, own.largest], [expected.smallest, expected.largest], tolerance)
    })
})
