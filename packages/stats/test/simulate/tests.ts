import * as S from '@tranche/stats'
import type { Design } from './design.ts'

const normals = (random: S.RandomGenerator, n: number, mean = 0, sd = 1): Float64Array =>
  Float64Array.from({ length: n }, () => S.sampleNormal(random, mean, sd))
const coins = (random: S.RandomGenerator, n: number, p: number): Float64Array =>
  Float64Array.from({ length: n }, () => (random.uniform() < p ? 1 : 0))

/** Tests where what they test holds. */
export const testDesigns: readonly Design[] = [
  {
    name: 'Tests of two means without a difference',
    setting: '40 and 60 rows, deviations 1 and 2 for Welch',
    kind: 'rejection',
    parts: ['Welch', 'pooled', 'Mann–Whitney', 'Kolmogorov–Smirnov'],
    run: (random) => {
      const [a, b, wide] = [normals(random, 40), normals(random, 60), normals(random, 60, 0, 2)]
      const of = S.summarizeSample
      return [
        S.welchTTest(of(a), of(wide)).pValue < 0.05,
        S.pooledTTest(of(a), of(b)).pValue < 0.05,
        S.mannWhitneyTest(a, b).pValue < 0.05,
        S.kolmogorovSmirnovTest(a, b).pValue < 0.05,
      ]
    },
  },
  {
    name: 'Tests of several groups without a difference',
    setting: 'four groups of 30',
    kind: 'rejection',
    parts: ['ANOVA', 'Welch’s ANOVA', 'Kruskal–Wallis', 'Bartlett', 'Levene', 'Fligner–Killeen', 'Friedman'],
    run: (random) => {
      const groups = Array.from({ length: 4 }, () => normals(random, 30))
      const sums = groups.map(S.summarizeSample)
      const blocks = Array.from({ length: 30 }, (_, i) => groups.map((g) => g[i]!))
      return [
        S.oneWayAnova(sums),
        S.welchAnova(sums),
        S.kruskalWallisTest(groups),
        S.bartlettTest(sums),
        S.leveneTest(groups),
        S.flignerTest(groups),
        S.friedmanTest(blocks),
      ].map((test) => test.pValue < 0.05)
    },
  },
  {
    name: 'Tests of counts without a difference',
    setting: 'two arms of 400 at 30%, three strata',
    kind: 'rejection',
    parts: ['two proportions', 'χ² of independence', 'Mantel–Haenszel', 'equal odds', 'sample ratio'],
    run: (random) => {
      const draw = (n: number, p: number) => S.sampleBinomial(random, n, p)
      const [a, b] = [draw(400, 0.3), draw(400, 0.3)]
      const table = (n: number, p: number): [[number, number], [number, number]] => {
        const [x, y] = [draw(n, p), draw(n, p)]
        return [
          [x, n - x],
          [y, n - y],
        ]
      }
      const strata = [0.2, 0.35, 0.5].map((p) => table(200, p))
      const left = draw(2000, 0.5)
      return [
        S.twoProportionZTest({ successes: a, n: 400 }, { successes: b, n: 400 }).pValue < 0.05,
        S.chiSquareIndependence(
          [
            [a, 400 - a],
            [b, 400 - b],
          ],
          { yates: false },
        ).pValue < 0.05,
        S.mantelHaenszelTest(strata, { continuity: false }).pValue < 0.05,
        S.equalOddsTest(strata).pValue < 0.05,
        S.checkSampleRatio([left, 2000 - left], [0.5, 0.5]).pValue < 0.05,
      ]
    },
  },
  {
    name: 'Tests of fit where it holds',
    setting: '50 normal rows; 400 rows of true probabilities',
    kind: 'rejection',
    parts: ['Shapiro–Wilk', 'Anderson–Darling', 'Kolmogorov–Smirnov', 'Hosmer–Lemeshow'],
    run: (random) => {
      const x = normals(random, 50)
      const p = Float64Array.from({ length: 400 }, () => 0.05 + 0.9 * random.uniform())
      const y = p.map((q) => (random.uniform() < q ? 1 : 0))
      return [
        S.shapiroWilkTest(x).pValue < 0.05,
        S.andersonDarlingTest(x).pValue < 0.05,
        S.goodnessOfFitTest(x).pValue < 0.05,
        S.hosmerLemeshowTest(y, p, { heldOut: true }).pValue < 0.05,
      ]
    },
  },
  {
    name: 'Tests of association without one',
    setting: '60 rows',
    kind: 'rejection',
    parts: ['Pearson', 'Spearman', 'Kendall', 'two equal AUCs'],
    run: (random) => {
      const [x, y] = [normals(random, 60), normals(random, 60)]
      const outcome = coins(random, 200, 0.4)
      const scores = [0, 1].map(() => outcome.map((o) => 0.8 * o + S.sampleNormal(random)))
      return [
        S.pearsonCorrelation(x, y).pValue < 0.05,
        S.spearmanCorrelation(x, y).pValue < 0.05,
        S.kendallCorrelation(x, y).pValue < 0.05,
        S.compareAuc(outcome, scores[0]!, scores[1]!).pValue < 0.05,
      ]
    },
  },
]

const inside = ({ low, high }: S.Interval, truth: number): boolean => low <= truth && truth <= high

export const intervalDesigns: readonly Design[] = [
  {
    name: 'Intervals of means, shares and ratios',
    setting: '80 and 100 rows; shares .3 and .4 of 120; ratio 3 / 1.5',
    kind: 'coverage',
    parts: ['Welch', 'Wilson', 'Newcombe', 'ratio of means', 'relative difference'],
    run: (random) => {
      const of = S.summarizeSample
      const [a, b] = [normals(random, 80, 10, 2), normals(random, 100, 9, 4)]
      const [x, y] = [S.sampleBinomial(random, 120, 0.3), S.sampleBinomial(random, 120, 0.4)]
      const visits = normals(random, 200, 1.5, 0.4)
      const spend = visits.map((v) => 2 * v + S.sampleNormal(random))
      return [
        inside(S.welchTTest(of(a), of(b)).interval, 1),
        inside(S.wilsonInterval({ successes: x, n: 120 }), 0.3),
        inside(S.newcombeInterval({ successes: y, n: 120 }, { successes: x, n: 120 }), 0.1),
        inside(S.ratioOfMeans(of(spend), of(visits), S.sampleCovariance(spend, visits)).interval, 2),
        inside(S.relativeDifference(of(b), of(a)).interval, 1 / 9),
      ]
    },
  },
  {
    name: 'Regression coefficients',
    setting: '300 rows, true effects .7 and −.4',
    kind: 'coverage',
    parts: ['least squares', 'logistic', 'Poisson', 'robust, uneven errors'],
    run: (random) => {
      const n = 300
      const x = { data: normals(random, 2 * n), n, p: 2 }
      const eta = Float64Array.from(
        { length: n },
        (_, i) => 0.2 + 0.7 * x.data[2 * i]! - 0.4 * x.data[2 * i + 1]!,
      )
      const hit = (b: number, error: number): boolean => Math.abs(b - 0.7) <= 1.959964 * error
      const ols = S.fitOls({ x, y: eta.map((v) => v + S.sampleNormal(random)) })
      const uneven = eta.map((v, i) => v + S.sampleNormal(random, 0, 0.5 + Math.abs(x.data[2 * i]!)))
      const binary = eta.map((v) => (random.uniform() < 1 / (1 + Math.exp(-v)) ? 1 : 0))
      const counts = eta.map((v) => S.samplePoisson(random, Math.exp(v)))
      const logistic = S.fitLogistic({ x, y: binary })
      const poisson = S.fitGlm({ x, y: counts }, { family: 'poisson' })
      const plain = S.fitOls({ x, y: uneven })
      const robust = S.robustCovariance(plain, { x, y: uneven }, 'HC3')
      return [
        hit(ols.coefficients[0]!, ols.standardErrors[1]!),
        hit(logistic.coefficients[0]!, logistic.standardErrors[1]!),
        hit(poisson.coefficients[0]!, poisson.standardErrors[1]!),
        hit(plain.coefficients[0]!, robust.standardErrors[1]!),
      ]
    },
  },
  {
    name: 'Quantile regression',
    setting: '400 rows, slope .7 at every level, normal errors',
    kind: 'coverage',
    parts: ['median, robust', 'median, iid', 'upper quartile, iid'],
    run: (random) => {
      const n = 400
      const x = { data: normals(random, n), n, p: 1 }
      const y = x.data.map((v) => 0.7 * v + S.sampleNormal(random))
      return (
        [
          [0.5, 'robust'],
          [0.5, 'iid'],
          [0.75, 'iid'],
        ] as const
      ).map(([level, covariance]) => {
        const model = S.fitQuantileRegression({ x, y }, level, { covariance })
        return Math.abs(model.coefficients[0]! - 0.7) <= 1.959964 * model.standardErrors[1]!
      })
    },
  },
  {
    name: 'Post-stratified effects',
    setting: 'three strata of 90 to 180 rows that differ by 2, effect .3, with a covariate or not',
    kind: 'coverage',
    parts: ['means', 'adjusted means'],
    run: (random) => {
      const assigned = Array.from({ length: 420 }, () => {
        const u = random.uniform()
        return { stratum: u < 0.4 ? 0 : u < 0.75 ? 1 : 2, treated: random.uniform() < 0.5 }
      })
      const strata = [0, 1, 2].map((stratum) => {
        const arm = (treated: boolean) => {
          const rows = assigned.filter((row) => row.stratum === stratum && row.treated === treated).length
          const pre = normals(random, rows, 5, 1)
          return { pre, post: pre.map((v) => v + 2 * stratum + (treated ? 0.3 : 0) + S.sampleNormal(random)) }
        }
        return [arm(false), arm(true)] as const
      })
      const interval = (of: (arm: { pre: Float64Array; post: Float64Array }) => S.ArmStatistic): S.Interval =>
        S.testEffect(S.postStratifiedEffect(strata.map(([c, t]) => ({ control: of(c), treatment: of(t) }))))
          .interval
      return [
        inside(
          interval(({ post }) => S.meanArm(post)),
          0.3,
        ),
        inside(
          interval(({ post, pre }) => S.adjustedMeanArm(post, pre)),
          0.3,
        ),
      ]
    },
  },
  {
    name: 'Experiments and rankings',
    setting: 'arms of 300 with a covariate, effect .3; AUC of 200 rows',
    kind: 'coverage',
    parts: ['plain', 'adjusted by a covariate', 'AUC by DeLong'],
    run: (random) => {
      const arm = (effect: number) => {
        const pre = normals(random, 300, 5, 1)
        return { pre, post: pre.map((v) => v + effect + S.sampleNormal(random)) }
      }
      const [control, treated] = [arm(0), arm(0.3)]
      const test = (a: S.ArmStatistic, b: S.ArmStatistic) =>
        S.testEffect(S.armEffect(a, b, { scale: 'absolute' })).interval
      const outcome = coins(random, 200, 0.4)
      const score = outcome.map((o) => o + S.sampleNormal(random))
      return [
        inside(test(S.meanArm(control.post), S.meanArm(treated.post)), 0.3),
        inside(
          test(S.adjustedMeanArm(control.post, control.pre), S.adjustedMeanArm(treated.post, treated.pre)),
          0.3,
        ),
        inside(S.aucInterval(outcome, score).interval, S.normalCdf(Math.SQRT1_2)),
      ]
    },
  },
]

/** What must hold at every look at once, looked at after every 10 rows of 1,000. */
export const sequenceDesigns: readonly Design[] = [
  {
    name: 'Always-valid at every look',
    setting: '1,000 pairs looked at every 10 from 100 on, no difference',
    kind: 'anytime',
    parts: ['mixture SPRT', 'confidence sequence of an effect', 'proportion sequence'],
    run: (random) => {
      const n = 1000
      const [x, y] = [normals(random, n), normals(random, n)]
      const sprt = S.mixtureSprt(x, y, { tau: 0.5, model: { kind: 'normal', sd: 1 } })
      let [sequence, proportion] = [true, true]
      let yes = 0
      for (let t = 1; t <= n; t++) {
        if (random.uniform() < 0.3) yes++
        if (t < 100 || t % 10 > 0) continue
        const effect = S.armEffect(S.meanArm(x.subarray(0, t)), S.meanArm(y.subarray(0, t)), {
          scale: 'absolute',
        })
        sequence &&= inside(S.testEffectSequentially(effect, { tuning: 500 }).interval, 0)
        proportion &&= inside(S.proportionSequenceInterval(yes, t, { optimalN: 500 }), 0.3)
      }
      return [Array.from(sprt.pValues).every((p) => p > 0.05), sequence, proportion]
    },
  },
]
