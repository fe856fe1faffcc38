import * as S from '@tranche/stats'
import { growthbookCases } from './abtest-growthbook.ts'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'

type Raw = ReferenceCase['input']
const tuning = (i: Raw): S.MixtureTuning => ({
  optimalV: i.v_opt,
  ...(i.alpha_opt ? { optimalAlpha: i.alpha_opt } : {}),
})
const normalMixture = (i: Raw): S.Mixture => ({ kind: 'normal', sides: i.one_sided === false ? 2 : 1 })

/** Spotify's rule: its own default power of .85 stands in the case's parameters. */
const spotify = (c: ReferenceCase) => {
  const { mde_abs, p, variance, treatments, comparisons, allocation } = c.input
  const total = S.multiArmSampleSize(mde_abs, variance ?? S.proportionVariance(p), {
    arms: treatments ?? 2,
    comparisons: comparisons === 'all_vs_all' ? 'allVersusAll' : 'controlVersusAll',
    ...(allocation ? { allocation } : {}),
    alpha: c.params.alpha_default,
    power: c.params.power_default,
  }).total
  return { n_total_gpower: total, n_total_spotify: total }
}

/** Ozone by month, May to September 1973, from R's `airquality`, rows without a reading left out. */
const ozone = [
  [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37],
  [29, 71, 39, 23, 21, 37, 20, 12, 13],
  [135, 49, 32, 64, 40, 77, 97, 97, 85, 10, 27, 7, 48, 35, 61, 79, 63, 16, 80, 108, 20, 52, 82, 50, 64, 59],
  [39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85],
  [
    96, 78, 73, 91, 47, 32, 20, 23, 21, 24, 44, 21, 28, 9, 13, 46, 18, 13, 24, 16, 13, 23, 36, 7, 14, 30, 14,
    18, 20,
  ],
]

/** Cumulative rows of both arms over the largest planned or reached sample, from Spotify's test. */
const looks = [250 / 810, 450 / 810, 630 / 810, 1]

const fromFour = (c: ReferenceCase) => {
  const [x, n] = [c.input.x, c.input.n]
  const table = [0, 1].map((i) => [x[i], n[i] - x[i]])
  const groups = [0, 1].map((i) => ({ successes: x[i], n: n[i] }))
  const one = (continuity: boolean) => {
    const chi = S.chiSquareIndependence(table, { yates: continuity })
    const { interval } = S.twoProportionZTest(groups[0]!, groups[1]!, { interval: 'wald', continuity })
    return { chisq: chi.statistic, p: chi.pValue, ci: [interval.low, interval.high] }
  }
  const plain = one(false)
  return { ...one(true), chisq_nocorr: plain.chisq, p_nocorr: plain.p, ci_nocorr: plain.ci }
}

const ids = (names: string, run: (c: ReferenceCase) => unknown) =>
  Object.fromEntries(names.split(' ').map((name) => [`abtest.${name}`, run]))

export const adapter: AreaAdapter = {
  cases: {
    ...growthbookCases,
    ...ids('spotify.n.binom spotify.n.binom.large spotify.n.treat3.all spotify.n.cont3', spotify),
    'abtest.confseq.normal.log.2s': ({ input: i }) => ({
      value: S.logMixture(normalMixture(i), i.s, i.v, tuning(i)),
    }),
    'abtest.confseq.normal.log.1s': ({ input: i }) => ({
      value: S.logMixture(normalMixture(i), i.s, i.v, tuning(i)),
    }),
    'abtest.confseq.normal.bound.2s': ({ input: i }) => ({
      value: S.mixtureBoundary(normalMixture(i), i.v, i.alpha, tuning(i)),
    }),
    'abtest.confseq.betabin.bound.1s': ({ input: i }) => ({
      value: S.mixtureBoundary({ kind: 'betaBinomial', sides: 1, g: i.g, h: i.h }, i.v, i.alpha, tuning(i)),
    }),
    'abtest.confseq.polystitch': ({ input: i }) => ({
      value: S.stitchedBoundary(i.v, i.alpha, { minimumV: i.v_min, c: i.c }),
    }),
    'abtest.confseq.best_rho': ({ input: i }) => ({ rho: S.bestMixtureRho(i.v_opt, i.alpha_opt, 2) }),
    'abtest.confseq.quantileAB': (c) => {
      const from = (offset: number) => Array.from({ length: c.input.n }, (_, i) => i + 1 + offset)
      const one = ([q, offset]: number[]) =>
        S.compareQuantilesAnytime(from(0), from(offset!), q!, {
          optimalN: c.params.t_opt,
          optimalAlpha: c.params.alpha_opt,
        })
      return { p: c.input.cases_quantile_offset.map((k: number[]) => one(k).pValue) }
    },
    'abtest.msprt.bernoulli': (c) => {
      const t = readColumns(c.input.file)
      const test = S.mixtureSprt(numbers(t['x']!), numbers(t['y']!), {
        tau: c.params.tau,
        model: { kind: 'bernoulli' },
      })
      const lambda = c.params.at_n.map((n: number) => test.likelihoodRatio[n - 1])
      return {
        lambda,
        n_rejection: test.rejectedAt,
        decision: test.rejectedAt === undefined ? 'Accept H0' : 'Accept H1',
      }
    },
    'abtest.msprt.calctau': (c) => ({
      tau: c.input.cases_alpha_sigma_trunc.map(([a, s, n]: number[]) => S.optimalMixingVariance(a!, s!, n!)),
    }),
    'abtest.n.power.t.test': (c) => ({
      n: c.input.cases_delta_sd_power_alpha.map(([delta, sd, power, alpha]: number[]) =>
        S.sampleSizeOfMeans(power!, { delta: delta!, sd: sd!, alpha: alpha! }),
      ),
      power: S.powerOfMeans(c.input.power_case.n, c.input.power_case),
    }),
    'abtest.spotify.seq.alpha': () => ({
      adjusted_alpha: S.groupSequentialBounds(looks, { alpha: 0.01, spending: { power: 2 } }).nominalAlpha,
    }),
    'abtest.prop.test.1': fromFour,
    'abtest.welch.sleep': ({ input: { g1, g2 } }) => {
      const shape = (t: S.MeanTest) => ({
        t: t.statistic,
        df: t.degreesOfFreedom,
        p: t.pValue,
        ci: [t.interval.low, t.interval.high],
      })
      const ranks = S.mannWhitneyTest(g1, g2, { method: 'normal' })
      return {
        welch: shape(S.welchTTest(S.summarizeSample(g1), S.summarizeSample(g2))),
        paired: shape(S.pairedTTest(g1, g2)),
        mannwhitney_normal_approx_with_ties_cc: { W: ranks.statistic, p: ranks.pValue },
      }
    },
    'abtest.mannwhitney.exact': ({ input: { x, y } }) => {
      const one = S.mannWhitneyTest(x, y, { alternative: 'greater', method: 'exact' })
      const ks = S.kolmogorovSmirnovTest(x, y, 'exact')
      const p = (method: 'exact' | 'normal') => S.mannWhitneyTest(x, y, { method }).pValue
      return {
        W: one.statistic,
        p: one.pValue,
        scipy_two_sided_exact_p: p('exact'),
        scipy_two_sided_asymptotic_cc_p: p('normal'),
        ks_D: ks.statistic,
        ks_p_exact: ks.pValue,
      }
    },
    'abtest.fisher.tea': (c) => {
      const test = S.fisherExactTest(c.input.table, { alternative: 'greater', solver: 'uniroot' })
      return {
        p: test.pValue,
        conditional_odds_ratio: test.conditionalOddsRatio,
        sample_odds_ratio_scipy: test.sampleOddsRatio,
      }
    },
    'abtest.chisq.party': (c) => {
      const t = S.chiSquareIndependence(c.input.table)
      return {
        statistic: t.statistic,
        df: t.degreesOfFreedom,
        p: t.pValue,
        expected: t.expected.flat(),
        cramers_v: t.cramersV,
      }
    },
    'abtest.anova.kw': (c) => {
      const anova = S.oneWayAnova(
        Object.values(c.input.PlantGrowth as Record<string, number[]>).map(S.summarizeSample),
      )
      const ranks = S.kruskalWallisTest(ozone)
      return {
        F: anova.statistic,
        p: anova.pValue,
        kw_airquality_ozone_month: { stat: ranks.statistic, p: ranks.pValue },
      }
    },
    'abtest.binom.mendel': ({ input: { x, n, p0 } }) => {
      const t = S.binomialTest(x, n, p0)
      return { p: t.pValue, ci: [t.interval.low, t.interval.high] }
    },
  },
  rules: Object.fromEntries(
    ['binom', 'binom.large', 'treat3.all', 'cont3'].map((name) => [
      `abtest.spotify.n.${name}`,
      { n_total_gpower: ['rel', 'gpower_rel'], n_total_spotify: ['abs', 'spotify_abs'] } as const,
    ]),
  ),
}
