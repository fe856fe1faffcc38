import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('scores of several classes agree with scikit-learn', () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly guess: readonly number[]
    readonly p: readonly (readonly number[])[]
    readonly weights: readonly number[]
    readonly averages: readonly {
      readonly average: 'macro' | 'micro' | 'weighted'
      readonly beta: number
      readonly weighted: boolean
      readonly values: readonly number[]
    }[]
    readonly auc: readonly {
      readonly compare: 'ovr' | 'ovo'
      readonly average: 'macro' | 'weighted'
      readonly value: number
    }[]
    readonly kappa: readonly { readonly kind: 'none' | 'linear' | 'quadratic'; readonly value: number }[]
    readonly logLoss: number
    readonly top2: number
  }>('sklearn-classes')
  const { y, guess, p, weights, ...expected } = cases[0]!
  it('averages of precision, recall, F-beta and Jaccard', () => {
    for (const { average, beta, weighted, values } of expected.averages) {
      const own = S.classAverages(y, guess, { average, beta, ...(weighted ? { weights } : {}) })
      expectNear([own.precision, own.recall, own.fBeta, own.jaccard], values, tolerance, `${average} ${beta}`)
    }
  })
  it('AUC of each against the rest and of pairs', () => {
    for (const { compare, average, value } of expected.auc)
      expectNear(
        S.multiclassAuc(y, p.flat(), 3, { compare, average }),
        value,
        tolerance,
        `${compare} ${average}`,
      )
  })
  it('weighted kappas', () => {
    for (const { kind, value } of expected.kappa)
      expectNear(S.weightedKappa(y, guess, kind), value, tolerance, kind)
  })
  it('log loss and top accuracy', () => {
    expectNear(S.multiclassLogLoss(y, p.flat(), 3), expected.logLoss, tolerance)
    expectNear(S.topAccuracy(y, p.flat(), 3, 2), expected.top2, tolerance)
  })
})

describe('folds agree with scikit-learn', () => {
  const { cases } = readFixture<{
    readonly classes: readonly number[]
    readonly tests: readonly (readonly number[])[]
    readonly trains?: readonly (readonly number[])[]
  }>('sklearn-folds')
  const of = (name: string) => cases.find((c) => c.case === name)!
  const rows = (folds: readonly S.Fold[], part: 'train' | 'test') =>
    folds.map((fold) => Array.from(fold[part]))
  it('stretches', () => {
    const { classes, tests } = of('k-fold')
    expect(rows(S.kFolds(classes.length, 4, { deal: 'contiguous' }), 'test')).toEqual(tests)
  })
  it('stretches of each class', () => {
    const { classes, tests } = of('stratified')
    expect(rows(S.stratifiedFolds(classes, 3, 'inOrder'), 'test')).toEqual(tests)
  })
  it('expanding windows', () => {
    const { classes, tests, trains } = of('expanding')
    const own = S.expandingFolds(classes.length, 3, { gap: 1, longest: 5 })
    expect(rows(own, 'test')).toEqual(tests)
    expect(rows(own, 'train')).toEqual(trains)
  })
  it('a given permutation is dealt as it stands', () => {
    expect(rows(S.kFolds(4, 2, { order: [3, 1, 0, 2], deal: 'contiguous' }), 'test')).toEqual([
      [1, 3],
      [0, 2],
    ])
    expect(() => S.kFolds(4, 2, { order: [3, 1, 1, 2] })).toThrow(/no permutation/)
  })
})

describe('tests agree with SciPy and statsmodels', () => {
  const normality = readFixture<{
    readonly values: readonly number[]
    readonly shapiro: readonly number[]
    readonly anderson: readonly number[]
    readonly jarqueBera: readonly number[]
    readonly ks: number
  }>('scipy-normality')
  for (const { case: name, values, ...expected } of normality.cases)
    it(`normality: ${name}`, () => {
      const [w, a, j] = [S.shapiroWilkTest(values), S.andersonDarlingTest(values), S.jarqueBeraTest(values)]
      // SciPy's quantiles are Fortran singles in Royston's algorithm.
      expectNear([w.statistic, w.pValue], expected.shapiro, 1e-6)
      expectNear([a.statistic, a.pValue], expected.anderson, normality.tolerance)
      expectNear([j.statistic, j.pValue, j.skewness, j.kurtosis], expected.jarqueBera, normality.tolerance)
      expectNear(
        S.goodnessOfFitTest(values, (x) => S.normalCdf((x - 5) / 4)).statistic,
        expected.ks,
        normality.tolerance,
      )
    })
  const odds = readFixture<{
    readonly strata: readonly (readonly [readonly [number, number], readonly [number, number]])[]
    readonly plain: readonly number[]
    readonly tarone: readonly number[]
  }>('statsmodels-equal-odds')
  for (const { case: name, strata, ...expected } of odds.cases)
    it(`equal odds: ${name}`, () => {
      for (const kind of ['plain', 'tarone'] as const) {
        const own = S.equalOddsTest(strata, { tarone: kind === 'tarone' })
        expectNear([own.statistic, own.pValue], expected[kind], odds.tolerance, kind)
      }
    })
})

describe('splits by description length agree with optbinning', () => {
  const { cases, tolerance } = readFixture<{
    readonly values: readonly number[]
    readonly y: readonly number[]
    readonly minimumRows: number
    readonly splits: readonly number[]
  }>('optbinning-mdlp')
  for (const { case: name, values, y, minimumRows, splits } of cases)
    it(name, () => expectNear(S.mdlpSplits(values, y, { minimumRows, lastCut: 'keep' }), splits, tolerance))
  it('cuts that do not pay are dropped, as published', () => {
    const { values, y, splits } = cases[0]!
    const own = S.mdlpSplits(values, y)
    expect(own.length).toBeGreaterThan(0)
    expect(own.length).toBeLessThan(splits.length)
  })
})

describe('groups agree with Fairlearn', () => {
  it('differences to all rows, extremes, ratios and mean odds', () => {
    const { cases, tolerance } = readFixture<
      { readonly outcome: number[]; readonly decision: number[]; readonly group: string[] } & Readonly<
        Record<
          'differenceToOverall' | 'smallest' | 'largest' | 'equalOpportunityRatio' | 'equalizedOddsMean',
          number
        >
      >
    >('fairlearn-groups')
    for (const { outcome, decision, group, ...expected } of cases) {
      const metrics = S.groupMetrics({ outcome, decision, group })
      const extremes = S.rateExtremes(metrics, 'falseNegativeRate')
      const own = {
        differenceToOverall: S.rateDifference(metrics, 'truePositiveRate', 'toOverall'),
        smallest: extremes.smallest,
        largest: extremes.largest,
        equalOpportunityRatio: S.equalOpportunity(metrics).ratio,
        equalizedOddsMean: S.equalizedOdds(metrics, 'betweenGroups', 'mean').difference,
      }
      for (const [name, value] of Object.entries(own))
        expectNear(value, expected[name as keyof typeof own], tolerance, name)
    }
  })
})

describe("Fine and Gray's regression agrees with R", () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly cause: readonly number[]
    readonly x: readonly number[]
    readonly coefficients: readonly number[]
    readonly standardErrors: readonly number[]
    readonly at: readonly number[]
    readonly incidence: readonly number[]
    readonly coxCoefficients: readonly number[]
    readonly robustErrors: readonly number[]
  }>('cmprsk-fine-gray')
  for (const { case: name, time, cause, x, ...expected } of cases)
    it(name, () => {
      const data = { time, cause, x: Float64Array.from(x), p: 2 }
      const together = S.fitFineGray(data, 1, { censoring: 'together' })
      expectNear(together.coefficients, expected.coefficients, tolerance, 'crr')
      const crr = S.fitFineGray(data, 1, { censoring: 'together', censoringCurve: 'estimated' })
      expectNear(crr.standardErrors, expected.standardErrors, tolerance, 'crr errors')
      expectNear(
        S.predictIncidence(crr, data.x.slice(0, 4), expected.at),
        expected.incidence,
        tolerance,
        'incidence',
      )
      const model = S.fitFineGray(data, 1)
      expectNear(model.coefficients, expected.coxCoefficients, tolerance, 'coxph')
      expectNear(model.standardErrors, expected.robustErrors, tolerance, 'errors')
    })
})

describe("Gray's test agrees with R", () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly cause: readonly number[]
    readonly group: readonly number[]
    readonly strata: readonly number[] | null
    readonly rho: number
    readonly statistic: readonly number[]
    readonly pValue: readonly number[]
  }>('cmprsk-gray')
  for (const { case: name, time, cause, group, strata, rho, ...expected } of cases)
    it(name, () => {
      const data = { time, cause, group, ...(strata ? { strata } : {}) }
      const tests = [1, 2].map((of) => S.grayTest(data, of, { rho }))
      expectNear(
        tests.map((test) => test.statistic),
        expected.statistic,
        tolerance,
        'statistic',
      )
      expectNear(
        tests.map((test) => test.pValue),
        expected.pValue,
        tolerance,
        'pValue',
      )
    })
})

describe('intermittent demand agrees with R', () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly alpha: number
    readonly rate: number
    readonly fitted: readonly number[]
  }>('r-croston')
  for (const { case: name, y, alpha, rate, fitted } of cases)
    it(name, () => {
      const own = S.forecastIntermittent(y, 'croston', { alpha })
      expectNear(own.rate, rate, tolerance)
      expectNear(own.fitted.slice(2), fitted, tolerance)
    })
})
