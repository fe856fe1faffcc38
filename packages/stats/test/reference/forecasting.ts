import * as S from '@tranche/stats'
import type { AreaAdapter } from './adapter.ts'
import {
  air,
  airDays,
  airline,
  backTest,
  coefficients,
  conditional,
  etsAsR,
  growthStart,
  heldOut,
  lastRows,
  nile,
  peyton,
  smooth,
  stock,
} from './forecasting-data.ts'
import { rules } from './forecasting-rules.ts'

export const adapter: AreaAdapter = {
  cases: {
    'forecasting.ses.oil': (c) => {
      const fixed = (alpha: number) => smooth(c.input.y, { initial: 'firstObservations', fixed: { alpha } })
      const { model, forecast } = smooth(c.input.y, { initial: 'estimated' })
      return {
        forecast_a02: fixed(0.2).forecast[0],
        forecast_a06: fixed(0.6).forecast[0],
        ...{ forecast_est: forecast[0], alpha_est: model.alpha, l0_est: model.initialLevel },
        level_a02: fixed(0.2).model.levels,
      }
    },
    'forecasting.holt.air': (c) => {
      const fixed = { alpha: c.params.alpha, betaStar: c.params.beta_star }
      const holt = (trend: S.Component) =>
        smooth(c.input.y, { trend, initial: 'firstObservations', fixed }, 5)
      const linear = holt('additive')
      return {
        linear: linear.forecast,
        exponential: holt('multiplicative').forecast,
        damped_estimated_phi_init: smooth(
          c.input.y,
          { trend: 'additive', damped: true, initial: 'estimated', fixed },
          5,
        ).forecast,
        linear_trend: linear.model.trends,
        linear_fitted: linear.model.fitted,
      }
    },
    'forecasting.hw.austourists.add.boxcox': (c) => ({
      forecast8: smooth(
        c.input.y,
        { trend: 'additive', season: 'additive', period: 4, initial: 'estimated', boxCox: 'mle' },
        8,
      ).forecast,
    }),
    'forecasting.holt.livestock': (c) => {
      const { model: ses } = smooth(c.input.y, { initial: 'estimated' })
      const { model: damped } = smooth(c.input.y, {
        trend: 'additive',
        damped: true,
        initial: 'estimated',
        phiRange: [0.8, 0.98],
      })
      return {
        ...{
          ses_sse: ses.sse,
          ses_alpha: ses.alpha,
          ses_l0: ses.initialLevel,
          damped_additive_sse: damped.sse,
        },
        ...{ damped_phi: damped.phi, damped_l0: damped.initialLevel, damped_b0: damped.initialTrend },
      }
    },
    'forecasting.hw.airpassengers.R.mult': () => {
      const { model, forecast } = smooth(
        air(),
        { ...conditional, trend: 'additive', season: 'multiplicative' },
        12,
      )
      return {
        alpha: model.alpha,
        beta: model.betaStar,
        gamma: model.gamma,
        SSE: model.sse,
        coef_a_b_s: coefficients(model),
        forecast12: forecast,
      }
    },
    'forecasting.hw.airpassengers.fixed.a': (c) => {
      const fixed = { alpha: 0.3, betaStar: 0.05, gamma: 0.6 }
      const { model, forecast } = smooth(
        air(),
        { ...conditional, trend: 'additive', season: 'additive', fixed },
        c.expected.fc.length,
      )
      return { SSE: model.sse, fc: forecast, coef: coefficients(model) }
    },
    'forecasting.ses.nile': () => {
      const { model } = smooth(nile(), { initial: 'conditional' })
      const { model: fixed } = smooth(nile(), { initial: 'conditional', fixed: { alpha: 0.3 } })
      const ets = S.fitEts(nile(), {
        error: 'additive',
        trend: 'none',
        damped: false,
        season: 'none',
        period: 1,
      })
      return {
        est: { alpha: model.alpha, SSE: model.sse, a: model.level },
        fixed: { SSE: fixed.sse, a: fixed.level },
        ets_ANN: {
          alpha: ets.alpha,
          l: ets.initialLevel,
          ll: ets.logLikelihood,
          aic: ets.aic,
          f: S.forecastEts(ets, 3).mean,
        },
      }
    },
    'forecasting.ets.ets_AAA': (c) => etsAsR(c.params.model, c.params.h),
    'forecasting.arima.auto': () => {
      const { best } = S.selectArima(air(), { period: 12 })
      const { p, d, q, seasonal: s } = best.order
      const { mean, lower, upper: high } = S.forecastArima(best, 12)
      return {
        ...{ order: [p, d, q, s.P, s.D, s.Q, s.period], coef: best.coefficients, sigma2: best.sigma2 },
        ...{ aic: best.aic, aicc: best.aicc, ll: best.logLikelihood, mean, lo: lower, hi: high },
      }
    },
    'forecasting.arima.airline': () => {
      const m = airline(air())
      const { mean } = S.forecastArima(m, 12)
      return {
        coef: m.coefficients,
        se: m.standardErrors,
        sigma2: m.sigma2,
        ll: m.logLikelihood,
        aic: m.aic,
        fc: mean,
      }
    },
    'forecasting.bar.airpassengers.snaive': heldOut(
      (train) => S.forecastNaive(train, 24, 'seasonal', { period: 12 }).mean,
    ),
    'forecasting.bar.airpassengers.hw': heldOut(
      (train) => smooth(train, { ...conditional, trend: 'additive', season: 'multiplicative' }, 24).forecast,
    ),
    'forecasting.bar.airpassengers.arima_log': heldOut((train) => S.forecastArima(airline(train), 24).mean),
    'forecasting.acf': (c) => {
      const test = S.ljungBoxTest(S.arimaDiffuseResiduals(airline(air())), 24, 2)
      const lags = c.params.lag_max
      return {
        ...{ acf: S.autocorrelation(air(), lags), pacf: S.partialAutocorrelation(air(), lags) },
        ljung_box_airline_resid_lag24_fitdf2: { stat: test.statistic, p: test.pValue },
      }
    },
    'forecasting.misc': () => ({
      theta12: S.forecastTheta(air(), 12, { period: 12 }).mean,
      lambda: S.guerreroLambda(air(), 12),
      ndiffs_nsdiffs: [S.differencesNeeded(air()), S.seasonalDifferencesNeeded(air(), 12)],
    }),
    'forecasting.prophet.peyton.holdout': () => {
      const { rmse, mae, mape } = lastRows(peyton(), 365).accuracy
      return { rmse, mae, mape: mape! / 100 }
    },
    'forecasting.prophet.peyton.cv': (c) => {
      const rows = S.accuracyByHorizon(backTest(c), c.params.rolling_window).slice(0, 5)
      const at = (key: 'mse' | 'rmse' | 'mae' | 'mape' | 'coverage'): unknown => rows.map((row) => row[key])
      return {
        horizon: rows.map((row) => `${row.ahead} days`),
        ...{ mse: at('mse'), rmse: at('rmse'), mae: at('mae'), mape: at('mape'), coverage: at('coverage') },
      }
    },
    'forecasting.prophet.airpassengers.multiplicative': (c) => {
      const yearly = [{ name: 'yearly', periodDays: 365.25, order: 10 }]
      const options = { seasonalities: yearly, seasonalityMode: 'multiplicative' } as const
      const { mean, accuracy } = lastRows({ day: airDays(), y: air() }, c.params.test_rows, options)
      return { rmse: accuracy.rmse, mape: accuracy.mape! / 100, yhat: mean }
    },
    'forecasting.prophet.growth_init': (c) =>
      Object.fromEntries(
        (['linear', 'logistic', 'flat'] as const).flatMap((growth) => [
          [growth, growthStart(c, growth, 'absMax')],
          [`minmax_${growth}`, growthStart(c, growth, 'minMax')],
        ]),
      ),
    'forecasting.prophet.fit.rmse': (c) => {
      const { rmse } = lastRows(stock(), c.params.test_days).accuracy
      return { rmse_lbfgs: rmse, rmse_newton: rmse }
    },
  },
  rules,
}
