import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { matrix, once } from './woe-data.ts'

// Cases of optbinning.

type Table = Record<string, string[]>
const binned = (t: Table) => {
  const names = Object.keys(t).filter((name) => name !== 'target' && name !== '')
  const y = numbers(t['target']!)
  const models = names.map((name) =>
    S.fitOptimalBinning({ values: numbers(t[name]!) }, y, { precision: 'float32' }),
  )
  return { names, y, models, woe: models.map((m, k) => S.predictBinning(m, numbers(t[names[k]!]!))) }
}
const cancer = once(() => binned(readColumns('data/breast_cancer.csv')))
/** Logistic regression with C = 1, stopped as the release of scikit-learn stops that the case was computed with. */
const ridge = ({ woe, y, names }: ReturnType<typeof binned>, objective: 'mean' | 'sum') =>
  S.fitLogisticRidge({ x: matrix(woe), y, columns: names }, { objective, maxIterations: 10_000 })
const cancerLogit = once(() => ridge(cancer(), 'mean'))
const convergedLogit = once(() => ridge(cancer(), 'sum'))
const variables = (
  { models, names }: ReturnType<typeof binned>,
  fit: S.ElasticNetModel,
): S.ScorecardVariable[] =>
  models.map((m, k) => ({
    name: names[k]!,
    coefficient: fit.coefficients[k]!,
    bins: m.table.rows.map((r, b) => ({ label: `${b}`, woe: r.woe })),
  }))
const pdo = (c: ReferenceCase, round: boolean): S.ScorecardScaling => ({
  kind: 'sharedPoints',
  points: c.params.scorecard_points ?? c.params.points,
  odds: c.params.odds,
  pointsToDouble: c.params.pdo,
  round,
})
const card = (scaling: S.ScorecardScaling, fit = cancerLogit()) =>
  S.buildScorecard(variables(cancer(), fit), fit.intercept, scaling)
const range = (m: S.ScorecardModel) => [m.minimum, m.maximum]

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const psi = (c: ReferenceCase, objective: 'mean' | 'sum') => {
  const [train, test] = [readColumns(c.input.train.file), readColumns(c.input.test.file)]
  const fitted = binned(train)
  const logit = ridge(fitted, objective)
  // Scores are not scaled there: the sum of coefficient times weight of evidence.
  const built = S.buildScorecard(variables(fitted, logit), 0, {
    kind: 'basePoints',
    scale: { a: 0, b: -1 },
    round: false,
  })
  const bins = (t: Table) => fitted.models.map((m, k) => S.binNumbers(m, numbers(t[fitted.names[k]!]!)))
  const counts = (codes: ArrayLike<number>, size: number) =>
    Array.from({ length: size }, (_, b) => Array.from(codes).filter((code) => code === b).length)
  const at = fitted.names.findIndex((name) => /^mean.radius$/.test(name))
  const size = fitted.models[at]!.splits.length + 1
  const drift = S.populationStabilityIndex(counts(bins(train)[at]!, size), counts(bins(test)[at]!, size))
  const [scored, later] = [train, test].map((t) => S.predictScorecard(built, bins(t)))
  // The scores are cut as optbinning's monitoring does: by a tree of at most 20 leaves of 5%.
  const edges = S.prebinSplits(scored!, fitted.y, {
    method: 'cart',
    maximum: 20,
    minimumShare: 0.05,
    precision: 'float32',
    task: 'classes',
  })
  const shares = (values: Float64Array) => counts(S.digitize(values, edges), edges.length + 1)
  const score = S.populationStabilityIndex(shares(scored!), shares(later!))
  return {
    psi_mean_radius: drift.index,
    // The peer's table ends with its total, and its test adds up the whole column.
    psi_score_here: sum([score.index, ...score.contributions]),
  }
}

export const optbinningCases: AreaAdapter['cases'] = {
  'woe_scorecard.optb.splits': () => ({
    splits: cancer().models[cancer().names.indexOf('mean_radius')]!.splits,
  }),
  'woe_scorecard.optb.table': (c) => {
    const t = readColumns(c.input.file)
    const y = numbers(t['target']!)
    const table = S.splitWoeTable(numbers(t['mean_radius']!), y, c.params.splits, S.OPTBINNING_WOE)
    const rows = table.rows.map((r) => ({
      count: r.count,
      nonevent: r.nonEvent,
      event: r.event,
      event_rate: r.eventRate,
      woe: r.woe,
      iv: r.iv,
      js: r.js,
    }))
    return { rows }
  },
  'woe_scorecard.optb.user': (c) => {
    const t = readColumns(c.input.file)
    const m = S.fitOptimalBinning({ values: numbers(t['mean_radius']!) }, numbers(t['target']!), {
      splits: c.params.user_splits,
      maximumPValue: c.params.max_pvalue,
    })
    return { splits: m.splits, iv: m.table.iv }
  },
  'woe_scorecard.optb.cat': (c) => {
    const events = Object.entries(c.input.events_per_category_of_100000 as Record<string, number>)
    const counts = new Map(events.map(([level, event]) => [level, { event, nonEvent: 100_000 - event }]))
    return {
      iv: S.groupedWoeTable(
        counts,
        c.input.groups.map((g: number[]) => g.map(String)),
        S.OPTBINNING_WOE,
      ).iv,
    }
  },
  'woe_scorecard.optb.scorecard.pdo': (c) => {
    const [minimum, maximum] = range(card(pdo(c, false)))
    return { min: minimum, max: maximum, rounded: range(card(pdo(c, true))) }
  },
  'woe_scorecard.optb.scorecard.minmax': (c) => {
    const { min, max } = c.params
    const exact = card({ kind: 'minMax', minimum: min, maximum: max, round: false })
    // The peer's test of rounding runs from 200 to 851.
    const rounded = card({ kind: 'minMax', minimum: 200, maximum: 851, round: true })
    return {
      min: exact.minimum,
      max: exact.maximum,
      round_min: rounded.minimum,
      round_max: rounded.maximum,
    }
  },
  'woe_scorecard.optb.scorecard.pdo.relation': (c) => {
    const { pdo: pointsToDouble, odds, points } = c.params
    const fit = cancerLogit()
    const scaled = card({ kind: 'sharedPoints', points, odds, pointsToDouble, round: false }, fit)
    return { scaled_range: scaled.maximum - scaled.minimum, implied_intercept: fit.intercept }
  },
  'woe_scorecard.optb.scorecard.converged': (c) => {
    const fit = convergedLogit()
    const unscaled = S.buildScorecard(variables(cancer(), fit), 0, {
      kind: 'basePoints',
      scale: { a: 0, b: -1 },
      round: false,
    })
    const scores = card({ kind: 'minMax', minimum: 300.12, maximum: 850.66, round: false }, fit)
    const t = readColumns(c.input.file)
    const bins = cancer().models.map((m, k) => S.binNumbers(m, numbers(t[cancer().names[k]!]!)))
    return {
      unscaled_min_max: range(unscaled),
      intercept: fit.intercept,
      coef: Object.fromEntries(cancer().names.map((name, k) => [name, fit.coefficients[k]])),
      pdo_min_max: range(card(pdo(c, false), fit)),
      'minmax_300.12_850.66_scores_head': S.predictScorecard(scores, bins).slice(0, 5),
      proba_head: S.predictGlm(fit, matrix(cancer().woe)).slice(0, 5),
    }
  },
  'woe_scorecard.optb.psi': (c) => {
    const input = { train: { file: 'data/bc_split42_train.csv' }, test: { file: 'data/bc_split42_test.csv' } }
    const run = psi({ ...c, input }, 'mean')
    return { psi_total: run.psi_score_here, psi_mean_radius: run.psi_mean_radius }
  },
  'woe_scorecard.optb.psi.run': (c) => psi(c, 'sum'),
  'woe_scorecard.optb.all30.woe': (c) => {
    const { woe, names, y } = cancer()
    const golden = readColumns(c.params.expected_file)
    const off = names.flatMap((name, k) =>
      numbers(golden[name.replaceAll('_', ' ')]!).filter((v, i) => !(Math.abs(v - woe[k]![i]!) <= 1e-6)),
    )
    return {
      row0_first5: woe.slice(0, 5).map((column) => column[0]),
      variables: off.length === 0 ? names.length : off.length,
      rows: y.length,
    }
  },
  'woe_scorecard.optb.all30.splits': () => {
    const { names, models } = cancer()
    return {
      variables: Object.fromEntries(models.map((m, k) => [names[k], { splits: m.splits, iv: m.table.iv }])),
    }
  },
}
