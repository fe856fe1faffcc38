import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { once } from './shape.ts'
import { ALL, codes, matrix, named, rossiData, truth, waltons } from './survival-data.ts'

const orNaN = (values: readonly (number | null)[]): number[] => values.map((v) => v ?? Number.NaN)
const curve = (interval: S.SurvivalInterval): S.KaplanMeierCurve =>
  S.fitKaplanMeier(waltons().data, { interval })

const rossi = once(() => S.fitCox(rossiData(ALL), { ties: 'efron' }))
const stratified = (c: ReferenceCase): unknown => {
  const covariates = ALL.filter((name) => !c.params.strata.includes(name))
  const model = S.fitCox(rossiData(covariates, c.params.strata), { ties: 'efron' })
  return { coef: named(covariates, model.coefficients) }
}
const zph = (transform: 'rankAll' | 'km') =>
  S.testProportionalHazards(rossi(), rossiData(ALL), { transform, method: 'score' })
const grouped = (file: string, time: string, event: string, group: string): S.LogRankTest => {
  const c = readColumns(file)
  return S.logRankTest({ time: numbers(c[time]!), event: truth(c[event]!) }, codes(c[group]!))
}

export const adapter: AreaAdapter = {
  cases: {
    'survival.km.waltons.logCI': () => ({
      lower: orNaN(curve('log').lower),
      upper: orNaN(curve('log').upper),
    }),
    'survival.rmst.waltons': (c) => {
      const { mean, standardError } = S.restrictedMeanSurvival(curve('log'), c.params.t)
      return { rmst: mean, se: standardError }
    },
    'survival.logrank.waltons': () => {
      const { data, group } = waltons()
      const test = S.logRankTest(data, group)
      const rho1 = S.logRankTest(data, group, { weights: { kind: 'flemingHarrington', rho: 1, gamma: 0 } })
      return {
        chisq: test.statistic,
        p: test.pValue,
        observed: test.observed,
        expected: test.expected,
        rho1_chisq: rho1.statistic,
      }
    },
    'survival.logrank.g3': () => ({ p: grouped('data/g3.csv', 'time', 'event', 'group').pValue }),
    'survival.logrank.cens': (c) => {
      const test = S.logRankTest({ time: c.input.T, event: c.input.E }, c.input.group)
      return { chisq: test.statistic, p: test.pValue }
    },
    'survival.logrank.dd': () => ({
      chisq: grouped('data/dd.csv', 'duration', 'observed', 'regime').statistic,
    }),
    'survival.power.cph': (c) => {
      type Row = [number, number, number, number, number]
      const design = (
        [, , eventRateTreated, eventRateControl, hazardRatio]: Row,
        alpha: number,
      ): S.CoxDesign => ({ eventRateTreated, eventRateControl, hazardRatio, alpha })
      const size = (row: Row, alpha: number): number[] => {
        const { treated, control } = S.coxSampleSize(design(row, alpha), row[0], row[1])
        return [treated, control]
      }
      const sizes: Row[] = c.input.cases_power_ratio_pexp_pcon_hr
      const powers: Row[] = c.input.power_cases_nexp_ncon_pexp_pcon_hr
      return {
        n: sizes.map((row) => size(row, c.params.alpha)),
        n_alpha01: size(sizes[2]!, 0.01),
        power: powers.map((row) => S.coxPower(design(row, c.params.alpha), row[0], row[1])),
      }
    },
    'survival.cox.rossi.breslow': (c) => {
      const model = S.fitCox(rossiData(ALL), { ties: c.params.ties })
      return {
        coef: named(ALL, model.coefficients),
        se: named(ALL, model.standardErrors),
        loglik_null_full: [model.nullLogLikelihood, model.logLikelihood],
      }
    },
    'survival.cox.rossi.strata.race': stratified,
    'survival.cox.rossi.strata4': stratified,
    'survival.cox.rossi.ridge': () => {
      const model = S.fitCox(rossiData(ALL), { ties: 'efron', ridge: { theta: 1, scale: 'standardised' } })
      return { coef: named(ALL, model.coefficients) }
    },
    'survival.cox.rossi.baseline': (c) => ({
      H0_uncentered_x0: S.coxCumulativeHazard(rossi(), c.params.times, 'atZero'),
      H0_at_means: S.coxCumulativeHazard(rossi(), c.params.times, 'atMeansOfMeasures'),
    }),
    'survival.cox.rossi.predict': (c) => {
      const flat = S.predictCoxSurvival(rossi(), rossiData(ALL).x.slice(0, 3 * ALL.length), c.params.times)
      return { surv_rows_by_time: [0, 1, 2].map((k) => flat.slice(3 * k, 3 * k + 3)) }
    },
    'survival.cox.rossi.residuals': () => {
      const martingale = S.coxMartingaleResiduals(rossi(), rossiData(ALL))
      return {
        martingale: martingale.slice(0, 5),
        deviance: S.coxDevianceResiduals(rossi(), rossiData(ALL)).slice(0, 5),
        sum_abs_martingale: martingale.reduce((total, v) => total + Math.abs(v), 0),
      }
    },
    'survival.cox.rossi.zph': () => {
      const [rank, km] = [zph('rankAll'), zph('km')]
      const tests = [...rank.each, rank.global]
      return {
        rank_chisq: named(
          [...ALL, 'GLOBAL'],
          tests.map((t) => t.statistic),
        ),
        rank_p: tests.map((t) => t.pValue),
        km_chisq: [...km.each, km.global].map((t) => t.statistic),
      }
    },
    'survival.param.waltons': () => {
      const [w, e, n, l] = (['weibull', 'exponential', 'logNormal', 'logLogistic'] as const).map((d) =>
        S.fitAft(waltons().data, d),
      )
      const at = (m: S.AftModel | undefined): number => m!.coefficients[0]!
      return {
        weibull: { lambda: Math.exp(at(w)), rho: 1 / w!.scale, ll: w!.logLikelihood },
        exponential: { lambda: Math.exp(at(e)), ll: e!.logLikelihood },
        lognormal: { mu: at(n), sigma: n!.scale, ll: n!.logLikelihood },
        loglogistic: { alpha: Math.exp(at(l)), beta: 1 / l!.scale, ll: l!.logLikelihood },
      }
    },
    'survival.aml': (c) => {
      type Row = { time: number; status: number; x: string }
      const rows: Row[] = c.input
      const of = (chosen: readonly Row[]): S.SurvivalData => ({
        time: chosen.map((r) => r.time),
        event: chosen.map((r) => r.status),
      })
      const parts = ['Maintained', 'Nonmaintained'].map((x) => ({
        x,
        km: S.fitKaplanMeier(of(rows.filter((r) => r.x === x)), { interval: 'log' }),
      }))
      const at = parts.flatMap(({ x, km }) =>
        Array.from(km.time.keys())
          .filter((k) => km.events[k]! > 0)
          .map((k) => ({ x, km, k })),
      )
      return {
        strata: at.map(({ x }) => `x=${x}`),
        time: at.map(({ km, k }) => km.time[k]),
        surv: at.map(({ km, k }) => km.survival[k]),
        greenwood_se: orNaN(at.map(({ km, k }) => km.standardError[k]!)),
        logrank: S.logRankTest(of(rows), codes(rows.map((r) => r.x))).statistic,
      }
    },
    'survival.concordance.edge': (c) => ({
      c: c.input.cases.map(
        ({ T, pred, E }: { T: number[]; pred: number[]; E?: number[] }) =>
          S.concordanceIndex({ time: T, event: E ?? T.map(() => 1) }, pred, 'time').index,
      ),
    }),
    'survival.zph.regression': () => {
      const f = readColumns('data/regression.csv')
      const data = {
        time: numbers(f['T']!),
        event: numbers(f['E']!),
        x: matrix(f, ['var1', 'var2', 'var3']),
        p: 3,
      }
      const { each } = S.testProportionalHazards(S.fitCox(data, { ties: 'efron' }), data, {
        transform: 'rankEvents',
        method: 'approximate',
      })
      return { chisq: each.map((t) => t.statistic), p_var3: each[2]!.pValue }
    },
  },
  rules: {
    'survival.cox.rossi.breslow': { coef: ['abs', 'coef_abs'], se: ['abs', 'coef_abs'], '': ['rel', 1e-6] },
  },
}
