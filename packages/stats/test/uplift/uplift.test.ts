import {
  type BaseLearner,
  boostingLearner,
  createRandom,
  eValue,
  fitDrLearner,
  fitRLearner,
  fitSLearner,
  fitTLearner,
  fitTransformedOutcome,
  fitUpliftTree,
  fitXLearner,
  linearLearner,
  type MetaModel,
  policyValue,
  predictUplift,
  predictUpliftTree,
  qiniAuc,
  sampleNormal,
  type TreatedData,
  type TreeColumn,
  upliftAuc,
  upliftByPercentile,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const random = createRandom(17)
const n = 4000
const column = (name: string): Extract<TreeColumn, { kind: 'number' }> => ({
  name,
  kind: 'number',
  values: Float64Array.from({ length: n }, () => sampleNormal(random)),
})
const columns = [column('a'), column('b')]
const treatment = Float64Array.from({ length: n }, () => Number(random.uniform() < 0.4))
/** The true effect is 1 + a. */
const truth = columns[0]!.values.map((a) => 1 + a)
const y = truth.map(
  (effect, i) => columns[1]!.values[i]! + treatment[i]! * effect + 0.5 * sampleNormal(random),
)
const data: TreatedData = { columns, y, treatment }
const correlation = (u: Float64Array) => {
  const [mu, mt] = [u, truth].map((v) => v.reduce((s, x) => s + x, 0) / n) as [number, number]
  let [xy, xx, yy] = [0, 0, 0]
  u.forEach((v, i) => {
    xy += (v - mu) * (truth[i]! - mt)
    xx += (v - mu) ** 2
    yy += (truth[i]! - mt) ** 2
  })
  return { r: xy / Math.sqrt(xx * yy), mean: mu }
}

describe('meta-learners', () => {
  const linear = linearLearner({ family: 'gaussian' })
  const trees = boostingLearner({ objective: { kind: 'regression' }, trees: 60, learningRate: 0.1 })
  const cases: [string, () => Float64Array][] = [
    [
      'S with interactions',
      () => predictUplift(fitSLearner(data, linear, { interactions: true }), columns, linear),
    ],
    ['S with trees', () => predictUplift(fitSLearner(data, trees), columns, trees)],
    ['T', () => predictUplift(fitTLearner(data, linear), columns, linear)],
    ['X', () => predictUplift(fitXLearner(data, trees, linear), columns, linear)],
    ['R', () => predictUplift(fitRLearner(data, trees, linear, { propensity: 0.4 }), columns, linear)],
    ['DR', () => predictUplift(fitDrLearner(data, trees, linear, { propensity: 0.4 }), columns, linear)],
    ['transformed outcome', () => predictUplift(fitTransformedOutcome(data, linear, 0.4), columns, linear)],
  ]
  for (const [name, run] of cases) {
    it(`${name} recover a planted effect`, () => {
      const { r, mean } = correlation(run())
      expect(r).toBeGreaterThan(name === 'transformed outcome' ? 0.8 : 0.9)
      expect(Math.abs(mean - 1)).toBeLessThan(0.15)
    })
  }

  it('are plain JSON that predicts the same after being written down', () => {
    const model = fitTLearner(data, linear)
    const copy = JSON.parse(JSON.stringify(model)) as MetaModel<
      typeof linear extends BaseLearner<infer M> ? M : never
    >
    expect(predictUplift(copy, columns, linear)).toEqual(predictUplift(model, columns, linear))
  })

  it('refuse one arm and propensities of 0 and 1', () => {
    expect(() => fitTLearner({ ...data, treatment: new Float64Array(n) }, linear)).toThrow(
      expect.objectContaining({ code: 'oneClass' }),
    )
    expect(() => fitDrLearner(data, linear, linear, { propensity: 1 })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
  })
})

describe('uplift by rank', () => {
  const binary = y.map((v) => Number(v > 0.5))
  it('is higher for a ranking that knows the effect than for a random one', () => {
    const blind = Float64Array.from({ length: n }, () => random.uniform())
    expect(qiniAuc({ y: binary, uplift: truth, treatment })).toBeGreaterThan(
      qiniAuc({ y: binary, uplift: blind, treatment }) + 0.05,
    )
    expect(Math.abs(upliftAuc({ y: binary, uplift: new Float64Array(n), treatment }))).toBeLessThan(1e-12)
    const bins = upliftByPercentile({ y: binary, uplift: truth, treatment }, { bins: 5 })
    expect(bins[0]!.interval.low).toBeGreaterThan(bins[4]!.interval.high)
  })

  it('is found by an uplift tree, for each distance', () => {
    const moved = columns[0]!.values.map((a, i) =>
      Number(random.uniform() < 0.3 + 0.3 * treatment[i]! * Number(a > 0)),
    )
    for (const criterion of ['kl', 'euclidean', 'chiSquare'] as const) {
      const model = fitUpliftTree({ columns, y: moved, treatment }, { criterion, maximumDepth: 3 })
      expect(model.root.split!.column).toBe('a')
      expect(correlation(predictUpliftTree(model, columns)).r).toBeGreaterThan(0.6)
    }
  })
})

describe('the value of a policy from a log', () => {
  const propensity = treatment.map((t) => (t === 1 ? 0.4 : 0.6))
  const target = treatment.map((t, i) => Number(columns[0]!.values[i]! > 0 === (t === 1)))
  const best =
    columns[0]!.values
      .map((a, i) => columns[1]!.values[i]! + (a > 0 ? 1 + a : 0))
      .reduce((s, v) => s + v, 0) / n
  it('covers the truth by each estimator, the doubly robust one most narrowly', () => {
    const logged = truth.map((effect, i) => columns[1]!.values[i]! + treatment[i]! * effect)
    const policy = truth.map(
      (effect, i) => columns[1]!.values[i]! + (columns[0]!.values[i]! > 0 ? effect : 0),
    )
    const values = (['ips', 'snips', 'dr'] as const).map((method) =>
      policyValue({ reward: y, propensity, target }, method, { model: { logged, policy }, level: 0.999 }),
    )
    for (const v of values) {
      expect(v.interval.low).toBeLessThan(best)
      expect(v.interval.high).toBeGreaterThan(best)
    }
    expect(values[2]!.standardError).toBeLessThan(values[0]!.standardError)
    expect(values[0]!.effectiveRows).toBeLessThan(n)
  })
  it('is refused without overlap', () => {
    expect(() => policyValue({ reward: [1, 2], propensity: [0, 0.5], target: [1, 1] }, 'ips')).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
    expect(() => policyValue({ reward: [1, 2], propensity: [0.5, 0.5], target: [0, 0] }, 'snips')).toThrow(
      expect.objectContaining({ code: 'insufficientData' }),
    )
  })
  it('says how strong a hidden cause would have to be', () => {
    expect(eValue(3.9, { low: 1.8, high: 8.7, level: 0.95 })).toEqual({
      estimate: expect.closeTo(7.26, 2),
      bound: expect.closeTo(3, 2),
    })
    expect(eValue(0.5).estimate).toBeCloseTo(eValue(2).estimate, 12)
  })
})
