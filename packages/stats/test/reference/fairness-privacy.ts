import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'

const frame = (c: ReferenceCase) => {
  const { y_true, y_pred, sf, g_1, weights } = c.input
  return S.groupMetrics({
    outcome: y_true,
    decision: y_pred,
    group: sf ?? g_1,
    ...(c.params.sample_weight ? { weights } : {}),
  })
}
const rates = (m: S.GroupMetrics) => ({
  sr: m.selectionRate.value,
  tpr: m.truePositiveRate?.value,
  fpr: m.falsePositiveRate?.value,
  tnr: m.trueNegativeRate?.value,
  fnr: m.falseNegativeRate?.value,
  count: m.count,
})
const gaps = (m: S.GroupedMetrics, method: S.DisparityMethod) => {
  const [parity, odds, opportunity] = [
    S.demographicParity(m, method),
    S.equalizedOdds(m, method),
    S.equalOpportunity(m, method),
  ]
  return {
    dpd: parity.difference,
    dpr: parity.ratio,
    eod: odds.difference,
    eor: odds.ratio,
    eod_mean: S.equalizedOdds(m, method, 'mean').difference,
    eopp_d: opportunity.difference,
    eopp_r: opportunity.ratio,
  }
}
const byGroup = <T>(m: S.GroupedMetrics, of: (g: S.GroupMetrics) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(m.byGroup).map(([name, g]) => [name, of(g)]))
const fairlearn = (c: ReferenceCase) => {
  const m = frame(c)
  return {
    between_groups: gaps(m, 'betweenGroups'),
    to_overall: gaps(m, 'toOverall'),
    by_group: byGroup(m, rates),
    overall: rates(m.overall),
  }
}

/** A sensitive column of numbers is compared as numbers, any other as words. */
const sensitive = (
  column: string[],
): { values: ArrayLike<string | number>; distance: 'ordered' | 'equal' } => {
  const values = numbers(column)
  return values.some(Number.isNaN) ? { values: column, distance: 'equal' } : { values, distance: 'ordered' }
}
const refused = <T>(run: () => T): T | undefined => {
  try {
    return run()
  } catch (error) {
    if (error instanceof S.StatsError && error.code === 'assumptionFailed') return undefined
    throw error
  }
}
const anonymity = (c: ReferenceCase) => {
  const t = readColumns(c.input.file)
  const classes = S.equivalenceClasses(c.params.quasi_identifiers.map((name: string) => t[name]!))
  const { values, distance } = sensitive(t[c.params.sensitive[0]]!)
  const table = S.sensitiveTable(classes, values)
  const l = S.lDiversity(table)
  return {
    k: S.kAnonymity(classes),
    l,
    entropy_l: S.entropyLDiversity(table),
    recursive_c_l: [refused(() => S.recursiveDiversity(table, 'pycanon').c) ?? Number.NaN, l],
    alpha_k: [S.alphaAnonymity(table), S.kAnonymity(classes)],
    basic_beta: S.betaLikeness(table, 'basic'),
    enhanced_beta: S.betaLikeness(table, 'enhanced'),
    delta_disclosure: S.deltaDisclosure(table),
    t_closeness: S.tCloseness(table, distance),
  }
}
const ids = (names: string, run: (c: ReferenceCase) => unknown) =>
  Object.fromEntries(names.split(' ').map((name) => [`fairness_privacy.${name}`, run]))

export const adapter: AreaAdapter = {
  cases: {
    ...ids('fl.full.guide fl.full.test fl.full.test.weighted', fairlearn),
    ...ids(
      'anon.students.raw anon.StudentsMath_Score_k5 anon.StudentsMath_Score_k7 anon.drugs_k5',
      anonymity,
    ),
    'fairness_privacy.fl.recall': (c) => {
      const m = frame(c)
      return {
        confusion: byGroup(m, (g) => g.confusion),
        recall: byGroup(m, (g) => g.truePositiveRate?.value),
        difference: S.rateDifference(m, 'truePositiveRate'),
      }
    },
    'fairness_privacy.anon.t.emd': ({ input: { overall, P1, P2 } }) => {
      // One class holds the rows of interest; the shares of all rows are those of the case.
      const emd = (rows: number[]) => {
        const table = S.sensitiveTable(
          S.equivalenceClasses([overall.map((v: number) => Number(rows.includes(v)))]),
          overall,
        )
        const own = table.counts.findIndex((counts) => counts[overall.indexOf(rows[0])]! > 0)
        return S.tCloseness(
          { ...table, counts: [table.counts[own]!], sizes: Int32Array.of(rows.length) },
          'ordered',
        )
      }
      const both = [emd(P1), emd(P2)]
      return { emd_P1: both[0], emd_P2: both[1], t_table3_two_groupings: both }
    },
    'fairness_privacy.dp.gauss.analytic': (c) => ({
      sigma: c.input.eps_delta.map(([e, d]: number[]) =>
        S.analyticGaussianSigma(e!, d!, c.params.sensitivity),
      ),
    }),
    'fairness_privacy.dp.laplace.scale': (c) => {
      const noise = c.input.cases_eps_sens.map(([e, s]: number[]) => S.laplaceScale(e!, s!))
      return {
        b: noise.map((x: { scale: number }) => x.scale),
        variance: noise.map((x: { variance: number }) => x.variance),
      }
    },
    'fairness_privacy.dp.rdp.exponential': (c) => ({
      rdp: S.renyiDivergence({ kind: 'exponential', epsilon: 1 }, c.input.orders),
    }),
    'fairness_privacy.dp.randomized_response': (c) => {
      const r = S.randomizedResponse(c.input.p_truth, c.input.observed_yes)
      return { pi_hat: r.estimate, epsilon: r.epsilon }
    },
    'fairness_privacy.dp.pld.gauss': (c) => {
      const one = S.gaussianPrivacyLoss(c.input.sigma)
      const ten = S.composePrivacyLoss(one, c.params.compose)
      const delta = c.input.eps.map((e: number) => S.privacyDelta(one, e))
      return {
        delta,
        'x10_eps_at_1e-5': S.privacyEpsilon(ten, c.params.delta),
        x10_delta_at_eps5: S.privacyDelta(ten, c.params.eps_for_delta),
      }
    },
    'fairness_privacy.dp.pld.laplace': (c) => ({
      eps: S.privacyEpsilon(
        S.composePrivacyLoss(S.laplacePrivacyLoss(c.input.b), c.input.compose),
        c.params.delta,
      ),
    }),
  },
}
