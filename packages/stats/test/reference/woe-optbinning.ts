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
/** C = 1 of scikit-learn on n rows. */
const ridge = ({ woe, y, names }: ReturnType<typeof binned>) =>
  S.fitElasticNet(
    { x: matrix(woe), y, columns: names },
    { family: 'binomial', alpha: 0, lambda: 1 / y.length, standardise: false },
  )
const cancerLogit = once(() => ridge(cancer()))
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
const card = (scaling: S.ScorecardScaling) =>
  S.buildScorecard(variables(cancer(), cancerLogit()), cancerLogit().intercept, scaling)
const range = (m: S.ScorecardModel) => [m.minimum, m.maximum]

const psi = (c: ReferenceCase) => {
  const [train, test] = [readColumns(c.input.train.file), readColumns(c.input.test.file)]
  const fitted = binned(train)
  const logit = ridge(fitted)
  const built = S.buildScorecard(variables(fitted, logit), logit.intercept, {
    kind: 'minMax',
    minimum: 300,
    maximum: 850,
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
  return {
    psi_mean_radius: drift.index,
    psi_score_here: S.populationStabilityIndex(shares(scored!), shares(later!)).index,
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
  'woe_scorecard.optb.scorecard.converged': (c) => {
    const fit = cancerLogit()
    const unscaled = S.buildScorecard(variables(cancer(), fit), 0, {
      kind: 'basePoints',
      scale: { a: 0, b: -1 },
      round: false,
    })
    const scores = card({ kind: 'minMax', minimum: 300.12, maximum: 850.66, round: false })
    const t = readColumns(c.input.file)
    const bins = cancer().models.map((m, k) => S.binNumbers(m, numbers(t[cancer().names[k]!]!)))
    return {
      unscaled_min_max: range(unscaled),
      intercept: fit.intercept,
      coef: Object.fromEntries(cancer().names.map((name, k) => [name, fit.coefficients[k]])),
      pdo_min_max: range(card(pdo(c, false))),
      'minmax_300.12_850.66_scores_head': S.predictScorecard(scores, bins).slice(0, 5),
      proba_head: S.predictGlm(fit, matrix(cancer().woe)).slice(0, 5),
    }
  },
  'woe_scorecard.optb.psi': (c) => {
    const run = psi({
      ...c,
      input: { train: { file: 'data/bc_split42_train.csv' }, test: { file: 'data/bc_split42_test.csv' } },
    })
    return { psi_total: run.psi_score_here, psi_mean_radius: run.psi_mean_radius }
  },
  'woe_scorecard.optb.psi.run': psi,
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
