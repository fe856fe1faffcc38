import * as S from '@tranche/stats'
import { type AreaAdapter, numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { bar, barRules, bars } from './classification-bars.ts'
import { cart, rpart } from './classification-trees.ts'

type Table = Record<string, string[]>
const asNumbers = (column: string[]): Float64Array =>
  numbers(column.map((v) => ({ Yes: '1', No: '0' })[v] ?? v))
const rowsOf = (t: Table, names: readonly string[]): S.Rows => {
  const columns = names.map((name) => asNumbers(t[name]!))
  const [n, p] = [columns[0]!.length, names.length]
  return {
    data: Float64Array.from({ length: n * p }, (_, at) => columns[at % p]![Math.floor(at / p)]!),
    n,
    p,
  }
}
const supervised = (c: ReferenceCase, y: string, x: readonly string[]): S.SupervisedData => {
  const t = readColumns(c.input.file)
  return { x: rowsOf(t, x), y: asNumbers(t[y]!), columns: x }
}
const named = (names: readonly string[], values: ArrayLike<number>) =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]))

const logit = (c: ReferenceCase) => {
  const [y, x] = c.params.formula.split(' ~ ')
  const m = S.fitLogistic(supervised(c, y, [x]), { convergence: 'deviance' })
  const names = ['(Intercept)', x]
  const w = S.waldTests(m)
  return {
    coef: named(names, w.estimates),
    se: named(names, m.standardErrors),
    z: named(names, w.statistics),
    p: named(names, w.pValues),
    deviance: m.deviance,
    null: m.nullDeviance,
    aic: m.aic,
    ll: m.logLikelihood,
  }
}
const spector = (c: ReferenceCase) => {
  const data = supervised(c, 'GRADE', ['GPA', 'TUCE', 'PSI'])
  const m = S.fitLogistic(data)
  const names = ['const', ...data.columns!]
  const s = S.modelSummary(m)
  const q = names.length
  const overall = S.marginalEffects(m, data.x)
  return {
    params: named(names, [m.intercept, ...m.coefficients]),
    bse: named(names, m.standardErrors),
    llf: m.logLikelihood,
    llnull: s.nullLogLikelihood,
    pseudo_r2_mcfadden: s.mcFadden,
    llr: s.likelihoodRatio,
    llr_pvalue: s.pValue,
    aic: m.aic,
    bic: s.bic,
    cov_params: names.map((_, i) => m.covariance.slice(i * q, i * q + q)),
    margeff_overall: overall.effects,
    margeff_overall_se: overall.standardErrors,
    margeff_mean: S.marginalEffects(m, data.x, 'mean').effects,
  }
}
const glmnet = (c: ReferenceCase) => {
  const names = c.expected.rows.slice(1)
  const raw = supervised(c, 'default', names)
  const x = S.standardise(raw.x, S.fitStandardisation(raw.x, 1))
  const path = S.fitElasticNetPath({ ...raw, x }, c.params.lambda, {
    family: 'binomial',
    alpha: c.params.alpha,
  })
  return {
    rows: c.expected.rows,
    coef_columns_by_lambda: c.expected.rows.map((_: string, i: number) =>
      path.map((m) => (i === 0 ? m.intercept : m.coefficients[i - 1]!)),
    ),
  }
}

const id = (name: string) => `classification.${name}`

export const adapter: AreaAdapter = {
  cases: {
    [id('logit.default.balance')]: logit,
    [id('logit.default.student')]: logit,
    [id('logit.spector')]: spector,
    [id('logit.glmnet.ridge')]: glmnet,
    [id('tree.bc.gini')]: cart,
    [id('tree.rpart.kyphosis')]: rpart,
    ...Object.fromEntries(bars.map((name) => [id(`bar.${name}`), bar])),
    [id('isotonic.R')]: ({ input: { y } }) => ({
      yf: S.fitIsotonic(
        y.map((_: number, i: number) => i),
        y,
      ).y,
    }),
    [id('isotonic.weighted')]: ({ input: { y, w, x }, expected }) => {
      const row = y.map((_: number, i: number) => i)
      const byX = S.fitIsotonic(x, y, { weights: w })
      const at = expected.fit_at_x.map((_: number, i: number) => [1, 2, 3, 4, 5, 6][i])
      return {
        weighted_yhat: S.fitIsotonic(row, y, { weights: w }).y,
        decreasing: S.fitIsotonic(row, y, { weights: w, increasing: false }).y,
        fit_at_x: S.predictIsotonic(byX, at),
      }
    },
    [id('calibration.curve')]: ({ input: { y, p }, params }) => {
      const [u, q] = (['uniform', 'quantile'] as const).map((strategy) =>
        S.reliabilityCurve(y, p, { bins: params.n_bins, strategy }),
      )
      const ranked = S.rankingMetrics(y, p)
      return {
        uniform_true: u!.bins.map((b) => b.observed),
        uniform_pred: u!.bins.map((b) => b.meanPredicted),
        quantile_true: q!.bins.map((b) => b.observed),
        quantile_pred: q!.bins.map((b) => b.meanPredicted),
        ece_uniform5_weighted: u!.expectedCalibrationError,
        brier: S.brierScore(y, p).score,
        log_loss: S.logLoss(y, p),
        auc: ranked.auc,
        average_precision: ranked.averagePrecision,
      }
    },
    [id('auc.docs')]: ({ input: { y, score } }) => {
      const r = S.rankingMetrics(y, score)
      return { auc: r.auc, gini: r.gini, average_precision: r.averagePrecision, ks: r.ks }
    },
    [id('logloss.docs')]: ({ input: { y, p } }) => ({ log_loss: S.logLoss(y, p) }),
    [id('class.report')]: ({ input: { y, pred } }) => {
      const r = S.classReport(y, pred)
      return {
        confusion: r.confusion,
        accuracy: r.accuracy,
        f1_macro: r.f1Macro,
        f1_weighted: r.f1Weighted,
        kappa: r.kappa,
        mcc: r.matthews,
        balanced_accuracy: r.balancedAccuracy,
      }
    },
    [id('ols.longley')]: (c) => {
      const data = supervised(c, c.params.y, c.params.x)
      const m = S.fitOls(data)
      return {
        coef: named(['const', ...c.params.x], [m.intercept, ...m.coefficients]),
        se_const: m.standardErrors[0],
        r2: m.rSquared,
        vif_GNP: S.varianceInflation(data)[c.params.x.indexOf('GNP')],
      }
    },
  },
  rules: {
    [id('tree.bc.gini')]: { '': ['rel', 'rel'], tree: ['rel', 1e-6] },
    [id('ols.longley')]: { '': ['rel', 'rel'], vif_GNP: ['rel', 'vif_rel'] },
    ...Object.fromEntries(
      bars.map((name) => [id(`bar.${name}`), barRules(name.split('.').slice(1).join('.'))]),
    ),
  },
}
