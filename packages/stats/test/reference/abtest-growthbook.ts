import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'

// Cases of GrowthBook.

type Raw = ReferenceCase['input']

const measure = (s: Raw): S.MeasureSums =>
  s.sum_squares === undefined
    ? { kind: 'proportion', sum: s.sum }
    : { kind: 'mean', sum: s.sum, sumOfSquares: s.sum_squares }

const arm = (s: Raw): S.ArmStatistic => {
  if (s.type === 'RatioStatistic')
    return {
      kind: 'ratio',
      n: s.n,
      numerator: measure(s.m_statistic),
      denominator: measure(s.d_statistic),
      products: s.m_d_sum_of_products,
    }
  if (s.type === 'RegressionAdjustedStatistic')
    return {
      kind: 'adjustedMean',
      n: s.n,
      post: measure(s.post_statistic),
      pre: measure(s.pre_statistic),
      products: s.post_pre_sum_of_products,
    }
  if (s.type === 'QuantileStatistic')
    return {
      kind: 'quantile',
      n: s.n,
      level: s.nu,
      estimate: s.quantile_hat,
      low: s.quantile_lower,
      high: s.quantile_upper,
      boundsN: s.n_star,
    }
  if (s.type !== 'RegressionAdjustedRatioStatistic') return { n: s.n, ...measure(s) }
  return {
    kind: 'adjustedRatio',
    n: s.n,
    numeratorPost: measure(s.m_statistic_post),
    denominatorPost: measure(s.d_statistic_post),
    numeratorPre: measure(s.m_statistic_pre),
    denominatorPre: measure(s.d_statistic_pre),
    products: {
      numeratorPostDenominatorPost: s.m_post_d_post_sum_of_products,
      numeratorPostNumeratorPre: s.m_post_m_pre_sum_of_products,
      numeratorPostDenominatorPre: s.m_post_d_pre_sum_of_products,
      denominatorPostNumeratorPre: s.m_pre_d_post_sum_of_products,
      denominatorPostDenominatorPre: s.d_post_d_pre_sum_of_products,
      numeratorPreDenominatorPre: s.m_pre_d_pre_sum_of_products,
    },
  }
}

const effect = (c: ReferenceCase): S.ArmEffect =>
  S.armEffect(arm(c.input.control), arm(c.input.treatment), { scale: c.params.difference_type })
const side = (c: ReferenceCase): S.Alternative =>
  c.params.one_sided === undefined
    ? 'twoSided'
    : c.params.one_sided.startsWith('greater')
      ? 'greater'
      : 'less'
const frequentist = (t: S.EffectTest) => ({
  expected: t.estimate,
  ci: [t.interval.low, t.interval.high],
  uplift: { dist: 'normal', mean: t.estimate, stddev: t.standardError },
  pValue: t.pValue,
})
const posterior = (b: S.BayesianEffect, riskType: string) => ({
  expected: b.mean,
  ci: [b.interval.low, b.interval.high],
  uplift: { dist: 'normal', mean: b.mean, stddev: b.sd },
  chanceToWin: b.chanceToWin,
  risk: b.risk,
  riskType,
})
const tTest = (c: ReferenceCase) => frequentist(S.testEffect(effect(c), { alternative: side(c) }))
const sequential = (c: ReferenceCase) =>
  frequentist(
    S.testEffectSequentially(effect(c), {
      alternative: side(c),
      tuning: c.params.sequential_tuning_parameter ?? 5000,
      pValueSearch: 'gbstatsBisection',
    }),
  )
const bayes = (c: ReferenceCase) => {
  const variance = c.params.prior_variance
  const prior =
    typeof variance === 'number' ? { prior: { mean: 0, variance }, priorScale: 'relative' as const } : {}
  return posterior(S.bayesianEffect(effect(c), prior), c.params.difference_type)
}
const sampleRatio = (c: ReferenceCase) => ({ p: S.checkSampleRatio(c.input.users, c.input.weights).pValue })
const end = (v: unknown): number => Number(v)

const rawArms = (file: string) => {
  const t = readColumns(file)
  const pick = (name: 'pre' | 'post', group: string) =>
    numbers(t[name]!.filter((_, i) => t['arm']![i] === group))
  const build = (group: string): S.ArmStatistic => S.adjustedMeanArm(pick('post', group), pick('pre', group))
  const plain = (group: string): S.ArmStatistic => S.meanArm(pick('post', group))
  return { adjusted: ['a', 'b'].map(build), plain: ['a', 'b'].map(plain) }
}

const ids = (names: string, run: (c: ReferenceCase) => unknown) =>
  Object.fromEntries(names.split(' ').map((name) => [`abtest.${name}`, run]))

export const growthbookCases: AreaAdapter['cases'] = {
  ...ids(
    'gb.ttest.rel gb.ratio.cuped gb.onesided.greater.rel gb.onesided.lesser.rel gb.onesided.lesser.abs',
    tTest,
  ),
  ...ids(
    'gb.ratio.plain.relative gb.ratio.plain.absolute gb.quantile.freq.relative gb.quantile.freq.absolute',
    tTest,
  ),
  ...ids('gb.seq.prop gb.seq.cuped gb.ratio.cuped.seq gb.seq.tuning.5000', sequential),
  ...ids('gb.seq.onesided.greater.abs gb.seq.onesided.lesser.rel gb.seq.onesided.lesser.abs', sequential),
  ...ids('gb.bayes.prop gb.bayes.quantile.improper gb.bayes.quantile.flat gb.bayes.quantile.flat.rel', bayes),
  ...ids('gb.srm.ok gb.srm.3way gb.srm.uneven gb.srm.zero_weight', sampleRatio),
  'abtest.gb.bayes.risk': (c) => ({
    risk: c.input.cases.map(([m, s]: number[]) => S.expectedLoss(m!, s!)),
  }),
  'abtest.gb.truncnorm': (c) => ({
    mean: c.input.cases.map((k: Raw) => S.truncatedNormalMean(k.mu, k.sigma, end(k.a), end(k.b))),
  }),
  'abtest.gb.midpower.seq': (c) => ({
    scaling_factor: S.additionalSampleFactor(effect(c), {
      effect: c.params.target_mde,
      power: c.params.target_power,
      sequentialTuning: c.params.sequential_tuning_parameter,
    }),
  }),
  'abtest.gb.frequentist_diff': (c) => ({
    diff: c.input.pairs.map(
      ([a, b]: number[]) =>
        S.relativeDifference({ n: 2, mean: a!, variance: 1 }, { n: 2, mean: b!, variance: 1 }).estimate,
    ),
  }),
  'abtest.gb.ratio.variance': (c) => {
    const [m, d] = [S.summarizeSample(c.input.m), S.summarizeSample(c.input.d)]
    const covariance = S.sampleCovariance(c.input.m, c.input.d)
    return { ...S.ratioPerRow(m, d, covariance), covariance, mean_m: m.mean, var_m: m.variance }
  },
  'abtest.gb.cuped.raw.absolute': (c) => {
    const arms = rawArms(c.input.file)
    const [cuped, plain] = [arms.adjusted, arms.plain].map((pair) => S.armEffect(pair[0]!, pair[1]!))
    return {
      theta: cuped!.theta,
      cuped_t: frequentist(S.testEffect(cuped!)),
      plain_t: frequentist(S.testEffect(plain!)),
      cuped_sequential_N5000: frequentist(S.testEffectSequentially(cuped!)),
      cuped_bayes_flat: posterior(S.bayesianEffect(cuped!), 'absolute'),
    }
  },
}
