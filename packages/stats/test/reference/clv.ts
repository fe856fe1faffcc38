import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { calibrationEnd, cdnow, daily, donations, example, sample, sampleWeeks, weekly } from './clv-data.ts'
import { dayOf, history, holdoutRows, once, sum, summaryRows, transactionLog } from './shape.ts'

const E = (value: unknown): unknown => ({ E: value })
const alive = (value: unknown): unknown => ({ p_alive: value })
const bgMle = once(() => S.fitBgNbd(cdnow()))
const paretoMle = once(() => S.fitParetoNbd(sampleWeeks()))
const bgBbMle = once(() => S.fitBgBb(donations()))
const bg = (c: ReferenceCase): S.BgNbdModel =>
  S.bgNbdFromParameters(c.params.params ?? c.params.bgnbd ?? c.params)
const pareto = (c: ReferenceCase): S.ParetoNbdModel => S.paretoNbdFromParameters(c.params.params ?? c.params)
const mbg = (c: ReferenceCase): S.MbgNbdModel => S.mbgNbdFromParameters(c.params)
const spend = (
  parameters: S.GammaGammaModel['parameters'],
  frequency: ArrayLike<number>,
  monetaryValue: ArrayLike<number>,
) => S.gammaGammaConditionalMean(S.gammaGammaFromParameters(parameters), { frequency, monetaryValue })

const walkthrough = (c: ReferenceCase, model: S.PurchaseModel): object => ({
  E52: S.expectedByTime(model, [c.params.t])[0],
  cet1516: S.expectedTransactions(model, c.params.t, history(c.params.customer1516))[0],
  palive1516: S.probabilityAlive(model, history(c.params.customer1516))[0],
  cet_grid: S.expectedTransactions(model, c.params.t, history(c.params.grid)),
})
const options = (c: ReferenceCase): S.SummaryOptions => ({
  observationEnd: c.params.observation_period_end
    ? dayOf(c.params.observation_period_end)
    : Math.max(...Array.from(transactionLog(c.input).day)),
  period: c.params.freq === 'W' ? 'week' : 'day',
})
const summary = (c: ReferenceCase): S.CustomerSummary =>
  S.summarizeTransactions(transactionLog(c.input), options(c))
const split = (c: ReferenceCase, log = transactionLog(c.input)): S.CalibrationHoldout =>
  S.splitCalibrationHoldout(log, dayOf(c.params.calibration_period_end), options(c))
const discounted = (c: ReferenceCase): unknown => {
  const means = spend(c.params.gg, c.input.x, c.input.m)
  const { months: periods, monthly_discount: discountRate, periods_per_month: periodLength } = c.params
  return {
    clv: S.discountedCustomerValue(bg(c), history(c.input), means, { periods, discountRate, periodLength }),
  }
}

export const adapter: AreaAdapter = {
  cases: {
    'clv.bgnbd.se': () => ({ coef: bgMle().parameters, se: bgMle().standardErrors }),
    'clv.bgnbd.cond_expect.paper': (c) =>
      E(S.bgNbdExpectedTransactions(bgMle(), c.params.t, history(c.input))[0]),
    'clv.bgnbd.expect.paper': (c) => E(S.bgNbdExpectedByTime(bgMle(), c.input.t)),
    'clv.bgnbd.cet.fixed': (c) => E(S.bgNbdExpectedTransactions(bg(c), c.params.t, history(c.input))),
    'clv.bgnbd.loglik.fixed': (c) => ({ LL: S.bgNbdLogLikelihood(bg(c), history(c.input)) }),
    'clv.bgnbd.pmf.BTYD': (c) => ({
      p: c.input.cases.map(([t, n]: [number, number]) => S.bgNbdPmf(bg(c), n, t)),
    }),
    'clv.bgnbd.walkthrough': (c) => ({
      ...walkthrough(c, bg(c)),
      LL: sum(S.bgNbdLogLikelihood(bg(c), sampleWeeks())),
    }),
    'clv.bgnbd.top5': (c) => {
      const predicted = S.bgNbdExpectedTransactions(bgMle(), c.params.t, cdnow())
      const order = Array.from(predicted.keys()).sort((i, j) => predicted[i]! - predicted[j]!)
      const top = order.slice(-5)
      return { ids: top.map((i) => cdnow().id[i]), predicted: top.map((i) => predicted[i]) }
    },
    'clv.bgnbd.palive.edge': (c) => alive(S.bgNbdProbabilityAlive(bgMle(), history(c.input))[0]),
    'clv.bgnbd.penalizer': (c) => {
      const fits = c.params.penalizers.map((penalty: number) => S.fitBgNbd(cdnow(), { penalty }).parameters)
      const shrinks = bgMle().names.every((k) => fits[2][k] < fits[1][k] && fits[1][k] < fits[0][k])
      return {
        property: shrinks ? c.expected.property : '',
        values: { 0: fits[0], 0.1: fits[1], 10: fits[2] },
      }
    },
    'clv.mbgnbd.params': () => S.fitMbgNbd(cdnow()).parameters,
    'clv.mbgnbd.palive.fixed': (c) => alive(S.mbgNbdProbabilityAlive(mbg(c), history(c.input))),
    'clv.mbgnbd.cet.fixed': (c) => E(S.mbgNbdExpectedTransactions(mbg(c), c.params.t, history(c.input))),
    'clv.paretonbd.params.paper': () => paretoMle().parameters,
    'clv.paretonbd.se': () => ({ se: paretoMle().standardErrors }),
    'clv.paretonbd.walkthrough': (c) => walkthrough(c, pareto(c)),
    'clv.paretonbd.palive.fixed': (c) => alive(S.paretoNbdProbabilityAlive(pareto(c), history(c.input))),
    'clv.paretonbd.cet.fixed': (c) =>
      E(S.paretoNbdExpectedTransactions(pareto(c), c.params.t, history(c.input))),
    'clv.paretonbd.loglik.fixed': (c) => ({ LL: S.paretoNbdLogLikelihood(pareto(c), history(c.input)) }),
    'clv.paretonbd.dert.fixed': (c) => ({ DERT: S.paretoNbdDert(pareto(c), c.params.d, history(c.input)) }),
    'clv.paretonbd.pmf.fixed': (c) => ({
      p: c.input.n.map((n: number) => S.paretoNbdPmf(pareto(c), n, c.input.t)),
    }),
    'clv.paretonbd.expect': (c) => E(S.paretoNbdExpectedByTime(paretoMle(), c.input.t)),
    'clv.paretonbd.expect.fixed': (c) => E(S.paretoNbdExpectedByTime(pareto(c), c.input.t)),
    'clv.paretonbd.underflow': (c) =>
      E(S.paretoNbdExpectedTransactions(pareto(c), c.params.t, history(c.input))),
    'clv.cumtracking': (c) => {
      const { firstTimes, repeatTimes } = S.repeatPurchaseTimes(sample(), weekly)
      const table = S.trackRepeatPurchases(
        paretoMle(),
        firstTimes,
        repeatTimes,
        [...Array(26).keys()].slice(1),
      )
      const at = (column: Float64Array): unknown => c.params.weeks.map((week: number) => column[week - 1])
      return {
        ...{ actual_cum: at(table.actualCumulative), expected_cum: at(table.expectedCumulative) },
        ...{ actual_inc: at(table.actualIncremental), expected_inc: at(table.expectedIncremental) },
      }
    },
    'clv.condexp.bins': (c) => {
      const held = S.splitCalibrationHoldout(sample(), calibrationEnd, {
        ...weekly,
        observationEnd: dayOf('1998-06-30'),
      })
      const expected = S.paretoNbdExpectedTransactions(paretoMle(), c.params.T_star, held.calibration)
      const rows = S.compareByFrequency(held.calibration.frequency, held.holdoutFrequency, expected, 7)
      const at = (key: 'customers' | 'actual' | 'expected'): unknown => rows.map((row) => row[key])
      return { n: at('customers'), actual: at('actual'), expected: at('expected') }
    },
    'clv.bgbb.params': () => bgBbMle().parameters,
    'clv.bgbb.totals': (c) => {
      const { weights } = donations()
      const each = S.bgBbExpectedTransactions(bgBbMle(), c.params.cond_expect_horizon, donations())
      return {
        total_conditional_expected: sum(each.map((v, i) => v * weights[i]!)),
        expected_customers_x0: sum(weights) * S.bgBbPmf(bgBbMle(), 0, 6),
        expected_customers_x6: sum(weights) * S.bgBbPmf(bgBbMle(), 6, 6),
      }
    },
    'clv.gg.cond_mean': (c) => {
      const f = readColumns('data/cdnow_customers_summary_with_transactions.csv')
      return E(spend(c.params, numbers(f['x']!.slice(0, 10)), numbers(f['zbar']!.slice(0, 10))))
    },
    'clv.gg.cond_mean.fixed': (c) => E(spend(c.params, c.input.x, c.input.zbar)),
    'clv.clv.D.d0.01.t12': discounted,
    'clv.clv.D.d0.0.t6': discounted,
    'clv.clv.W.d0.01.t12': discounted,
    'clv.clv.M.d0.01.t12': discounted,
    'clv.clv.M.d0.0.t6': discounted,
    'clv.summary.basic': (c) => ({ rows: summaryRows(summary(c)) }),
    'clv.summary.weekly': (c) => ({ rows: summaryRows(summary(c)) }),
    'clv.summary.monetary': (c) => ({ rows: summaryRows(summary(c)) }),
    'clv.summary.order': (c) => ({ monetary_value: summary(c).monetaryValue[0] }),
    'clv.summary.squash': (c) => ({ frequency: summary(c).frequency[0] }),
    'clv.summary.cdnow': () => {
      const s = sampleWeeks()
      const z = s.monetaryValue.filter((_, i) => s.frequency[i]! > 0).sort()
      const mean = sum(z) / z.length
      const std = Math.sqrt(sum(z.map((v) => (v - mean) ** 2)) / (z.length - 1))
      return { mean, std, min: z[0], median: (z[472]! + z[473]!) / 2, max: z.at(-1), count: z.length }
    },
    'clv.summary.cdnow.full': () => {
      const s = S.summarizeTransactions(sample(), daily)
      const rows = summaryRows(s)
      return {
        ...{
          n_customers: rows.length,
          sum_frequency: sum(s.frequency),
          sum_recency: sum(s.recency),
          sum_T: sum(s.T),
        },
        ...{ sum_monetary: sum(s.monetaryValue), n_zero: s.frequency.filter((v) => v === 0).length },
        ...{ max_frequency: Math.max(...s.frequency), row1: rows[0], row1516: rows[1515] },
      }
    },
    'clv.calhold.weekly': (c) => ({ rows: holdoutRows(split(c)) }),
    'clv.calhold.bounds': (c) => {
      const { calibration, holdoutFrequency } = split(c)
      return {
        frequency_holdout: Object.fromEntries(
          Array.from(holdoutFrequency, (v, i) => [calibration.customer[i], v]),
        ),
      }
    },
    'clv.calhold.example': (c) => ({ rows: holdoutRows(split(c, example())).slice(0, 5) }),
    'clv.bgnbd.example': (c) => {
      const observationEnd = dayOf(c.params.observation_period_end)
      const s = S.summarizeTransactions(example(), { observationEnd, period: 'day' })
      const model = S.fitBgNbd(s)
      return {
        params_2dp: model.parameters,
        summary_head: [0, 1, 2, 3, 4].map((i) => [s.frequency[i], s.recency[i], s.T[i]]),
        predict30_head: S.bgNbdExpectedTransactions(model, 30, s).slice(0, 5),
        predict10_row20: S.bgNbdExpectedTransactions(model, 10, s)[20],
      }
    },
  },
  rules: {
    'clv.bgnbd.example': { params_2dp: ['abs', 'params'], summary_head: ['abs', 0], '': ['abs', 'predict'] },
    'clv.cumtracking': {
      actual_cum: ['abs', 'actual'],
      actual_inc: ['abs', 'actual'],
      '': ['rel', 'expected_rel'],
    },
  },
}
