import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// Values of R 4.2.2 (stats, pwr 1.3) and statsmodels 0.14.1, SciPy 1.11.4, each printed to at least 10 digits.
const near = (got: ArrayLike<number> | number, want: readonly number[] | number, digits = 10): void => {
  const [a, b] = [typeof got === 'number' ? [got] : Array.from(got), typeof want === 'number' ? [want] : want]
  expect(a.length).toBe(b.length)
  b.forEach((value, i) => {
    expect(a[i]! / value).toBeCloseTo(1, digits)
  })
}
const ends = ({ low, high }: S.Interval): readonly number[] => [low, high]

describe('corrections for many tests', () => {
  const p = [0.01, 0.02, 0.03, 0.04, 0.05, 0.001, 0.2, 0.6]
  it('agree with R and statsmodels', () => {
    near(S.adjustPValues(p, 'hommel'), [0.07, 0.0833333333333333, 0.1, 0.12, 0.15, 0.008, 0.4, 0.6])
    near(
      S.adjustPValues(p, 'holmSidak'),
      [
        0.06793465209301, 0.114157619136, 0.1412659743, 0.15065344, 0.15065344, 0.007972055930055972, 0.36,
        0.6,
      ],
    )
    near(
      S.adjustPValues(p, 'twoStageBenjaminiHochberg'),
      [0.03, 0.04, 0.045, 0.048, 0.05, 0.006, 0.17142857142857143, 0.45],
    )
    near(
      S.adjustPValues(p, 'benjaminiKriegerYekutieli'),
      [0.0315, 0.042, 0.04725, 0.0504, 0.0525, 0.0063, 0.18, 0.4725],
    )
  })
})

describe('intervals and tests of proportions', () => {
  const [a, b] = [
    { successes: 7, n: 25 },
    { successes: 13, n: 28 },
  ]
  const both = (scale: S.ProportionScale, method: S.ComparedInterval) =>
    ends(S.comparedProportionsInterval(a, b, { scale, method }))
  it('agree with statsmodels for one', () => {
    const one = { successes: 7, n: 20 }
    near(ends(S.waldProportionInterval(one)), [0.1409626969046058, 0.5590373030953941])
    near(ends(S.jeffreysInterval(one)), [0.17227621363191203, 0.5677660938414961])
  })
  it('agree with statsmodels for two, on each scale', () => {
    near(both('difference', 'wald'), [-0.4394352191487137, 0.07086379057728515])
    near(both('difference', 'adjusted'), [-0.41843318971168325, 0.07769244897094246])
    near(both('difference', 'newcombe'), [-0.40867499389149975, 0.07431670810004953])
    // Solved with SciPy's brentq: in statsmodels' cubic for the difference a count stands in place of a sample size.
    near(both('difference', 'score'), [-0.4225150044955237, 0.0800173901375441], 7)
    near(both('ratio', 'wald'), [0.2866094430091964, 1.2689804331961907])
    near(both('ratio', 'adjusted'), [0.303727930263457, 1.2693448293453387])
    near(both('ratio', 'score'), [0.27998855872215717, 1.2308117542883237], 7)
    near(both('oddsRatio', 'wald'), [0.14262067291274044, 1.411771473163882])
    near(both('oddsRatio', 'adjusted'), [0.15201927210378197, 1.4252015322969855])
    near(both('oddsRatio', 'score'), [0.14435844368796083, 1.4007311806952651], 7)
    const test = S.comparedProportionsTest(a, b, { scale: 'difference' })
    near([test.statistic, test.pValue], [-1.3685806468794548, 0.17113039695261856])
  })
  it('agree with SciPy on unconditional exact tests', () => {
    const barnard = S.barnardExactTest([
      [43, 40],
      [10, 39],
    ])
    near([barnard.statistic, barnard.pValue], [3.555406779642616, 0.0003628323672237968], 6)
    const boschloo = S.boschlooExactTest(
      [
        [74, 31],
        [43, 32],
      ],
      'greater',
    )
    near([boschloo.statistic, boschloo.pValue], [0.048312210086912236, 0.03556406430154675], 6)
  })
  it('agree with R on Poisson rates and strata', () => {
    const one = S.poissonRateTest({ events: 137, exposure: 24.19893 })
    near([one.estimate, ...ends(one.interval)], [5.66140734321724, 4.75312480484875, 6.69270933417607])
    near(one.pValue, 2.84522726411445e-56)
    const two = S.poissonRateRatioTest({ events: 11, exposure: 800 }, { events: 21, exposure: 3011 })
    near([two.pValue, two.estimate], [0.0796686330333295, 1.9714880952381])
    near(ends(two.interval), [0.858426403391639, 4.277265943654071])
    const admissions = [
      [512, 89, 313, 19],
      [353, 17, 207, 8],
      [120, 202, 205, 391],
      [138, 131, 279, 244],
      [53, 94, 138, 299],
      [22, 24, 351, 317],
    ].map(
      ([w, x, y, z]) =>
        [
          [w!, x!],
          [y!, z!],
        ] as const,
    )
    const strata = S.mantelHaenszelTest(admissions)
    near(
      [strata.statistic, strata.pValue, strata.oddsRatio],
      [1.42694622858669, 0.232263462817048, 0.904696828258623],
    )
    near(ends(strata.interval), [0.77190736175935, 1.06032976443666])
  })
})

describe('tests of spread, blocks and ranks', () => {
  const sprays = [
    [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13],
    [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
    [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4],
    [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
    [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4],
    [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
  ]
  const [x, y] = [
    [1.2, 2.3, 3.1, 4.8, 2.2, 3.9],
    [2.1, 3.3, 2.9, 5.5, 3.8, 4.1, 6.0],
  ]
  it('agree with R and SciPy', () => {
    const bartlett = S.bartlettTest(sprays.map(S.summarizeSample))
    near([bartlett.statistic, bartlett.pValue], [25.9598253203687, 9.08512233294531e-5])
    const fligner = S.flignerTest(sprays)
    near([fligner.statistic, fligner.pValue], [14.4827810384586, 0.0128167791897092])
    near(S.leveneTest([x!, y!]).statistic, 0.003679326387487562)
    near(S.leveneTest([x!, y!], 'mean').pValue, 0.9066548310943117)
    const ratio = S.varianceRatioTest(
      S.summarizeSample([1, 5, 2, 8, 3]),
      S.summarizeSample([2, 3, 4, 3, 2, 4]),
    )
    near(
      [ratio.statistic, ratio.pValue, ...ends(ratio.interval)],
      [9.625, 0.0287802408283662, 1.30280845211343, 90.13303160215473],
    )
    const answers = [
      [1, 1, 0],
      [1, 0, 0],
      [1, 1, 1],
      [0, 1, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 0],
      [0, 1, 1],
    ]
    const q = S.cochranQTest(answers)
    near([q.statistic, q.pValue], [4.571428571428571, 0.10170139230422684])
  })
  it("agree with R on Friedman's and Kendall's tests", () => {
    const times = [
      [5.4, 5.5, 5.55],
      [5.85, 5.7, 5.75],
      [5.2, 5.6, 5.5],
      [5.55, 5.5, 5.4],
      [5.9, 5.85, 5.7],
      [5.45, 5.55, 5.6],
      [5.4, 5.4, 5.35],
      [5.45, 5.5, 5.35],
      [5.25, 5.15, 5.0],
      [5.85, 5.8, 5.7],
      [5.25, 5.2, 5.1],
      [5.65, 5.55, 5.45],
      [5.6, 5.35, 5.45],
      [5.05, 5.0, 4.95],
      [5.5, 5.5, 5.4],
      [5.45, 5.55, 5.5],
      [5.55, 5.55, 5.35],
      [5.45, 5.5, 5.55],
      [5.5, 5.45, 5.25],
      [5.65, 5.6, 5.4],
      [5.7, 5.65, 5.55],
      [6.3, 6.3, 6.25],
    ]
    const friedman = S.friedmanTest(times)
    near([friedman.statistic, friedman.pValue], [11.1428571428571, 0.00380504077551136])
    const exact = S.kendallCorrelation(
      [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1],
      [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8],
    )
    near([exact.estimate, exact.statistic, exact.pValue], [0.444444444444445, 26, 0.1194389329806])
    const tied = S.kendallCorrelation([1, 2, 2, 3, 5, 5, 7], [2, 1, 3, 3, 6, 4, 7])
    near(
      [tied.estimate, tied.statistic, tied.pValue],
      [0.820782681668123, 2.48582186506346, 0.0129252646019557],
    )
  })
  it('agree with R on honest differences', () => {
    near(S.studentizedRangeCdf(3.5, 3, 20), 0.944108150917941)
    near(S.studentizedRangeQuantile(0.95, 3, 20), 3.57793458152557, 6)
    const plants = [
      [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
      [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
      [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
    ]
    const pairs = S.tukeyHonestDifferences(plants.map(S.summarizeSample))
    near(
      pairs.map((pair) => pair.pValue),
      [0.3908711442021247, 0.1979959912997082, 0.0120064239794527],
      6,
    )
    near(ends(pairs[2]!.interval), [0.173783948589542, 1.556216051410459], 6)
  })
  it('agree with statsmodels on equivalence and z', () => {
    const [a, b] = [S.summarizeSample(x!), S.summarizeSample(y!)]
    near(S.meanEquivalenceTest(a, b, { low: -2, high: 2 }).pValue, 0.11235934569847753)
    near(S.pairedEquivalenceTest(x!, y!.slice(0, 6), { low: -1.5, high: 1.5 }).pValue, 0.013451165235384312)
    const z = S.meanZTest(a, b, { variance: 'pooled' })
    near([z.statistic, z.pValue], [-1.3874719371984976, 0.16529790252297616])
    near(ends(S.meanZTest(a).interval), [1.8802716796362084, 3.953061653697124])
  })
  it('agree with SciPy on the G-test', () => {
    const table = S.chiSquareIndependence(
      [
        [10, 10, 20],
        [20, 20, 20],
      ],
      { statistic: 'likelihoodRatio' },
    )
    near([table.statistic, table.pValue], [2.768858761678132, 0.25046668010954165])
    const fit = S.chiSquareGoodnessOfFit([16, 18, 16, 14, 12, 12], [1, 1, 1, 1, 1, 1], {
      statistic: 'likelihoodRatio',
    })
    near([fit.statistic, fit.pValue], [2.006573162632538, 0.8482347677946377])
  })
})

describe('power by non-central distributions', () => {
  it('agrees with R', () => {
    const r = { groups: 4, effect: Math.sqrt((1 * 3) / 4 / 3) }
    // R's non-central F is good to 1e-9.
    near(S.powerOfAnova(5, r), 0.353559423815302, 9)
    near(S.sampleSizeOfAnova(0.8, r), 11.9261309577355, 5)
    near(S.powerOfAnova(20, { groups: 4, effect: 0.28 }), 0.514979292196859, 9)
    near(S.powerOfChiSquare(100, { effect: 0.289, degreesOfFreedom: 3 }), 0.675077657003721)
    near(S.sampleSizeOfChiSquare(0.8, { effect: 0.1, degreesOfFreedom: 20 }), 2096.07919408197, 6)
    near(S.powerOfCorrelation(50, 0.3), 0.571555841860208)
    near(S.sampleSizeOfCorrelation(0.8, 0.3), 84.0736397822877, 6)
    near(S.powerOfRegression(5, 89, 0.1 / 0.9), 0.673585770914399, 9)
  })
})
