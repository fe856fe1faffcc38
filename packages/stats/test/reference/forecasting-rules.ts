import type { Rule } from './adapter.ts'

/** Which of a case's tolerances goes with which value; bars are one-sided. */
export const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  'forecasting.ses.oil': {
    forecast_est: ['abs', 'estimated_abs'],
    alpha_est: ['abs', 'estimated_abs'],
    l0_est: ['abs', 'estimated_abs'],
    '': ['abs', 'fixed_abs'],
  },
  'forecasting.holt.air': { damped_estimated_phi_init: ['abs', 'damped_abs'], '': ['abs', 'linear_abs'] },
  'forecasting.holt.livestock': {
    ses_sse: ['notAbove', 'sse_rel'],
    damped_additive_sse: ['notAbove', 'sse_rel'],
    '': ['rel', 'sse_rel'],
  },
  'forecasting.hw.airpassengers.R.mult': { SSE: ['rel', 'SSE_rel'], '': ['rel', 'forecast_rel'] },
  'forecasting.ets.ets_AAA': {
    mean: ['rel', 'mean_rel'],
    lo95: ['rel', 'interval_rel'],
    hi95: ['rel', 'interval_rel'],
    ll: ['abs', 'll_abs'],
    aic: ['abs', 'll_abs'],
    aicc: ['abs', 'll_abs'],
    bic: ['abs', 'll_abs'],
    '': ['rel', 'mean_rel'],
  },
  'forecasting.arima.auto': {
    order: ['abs', 0],
    ll: ['abs', 'aicc_abs'],
    aic: ['abs', 'aicc_abs'],
    aicc: ['abs', 'aicc_abs'],
    '': ['rel', 'mean_rel'],
  },
  'forecasting.arima.airline': {
    coef: ['abs', 'coef_abs'],
    se: ['abs', 'coef_abs'],
    ll: ['abs', 'll_abs'],
    aic: ['abs', 'll_abs'],
    '': ['rel', 'fc_rel'],
  },
  'forecasting.bar.airpassengers.hw': { '': ['notAbove', 'rel'] },
  'forecasting.bar.airpassengers.arima_log': { '': ['notAbove', 'rel'] },
  'forecasting.acf': { ljung_box_airline_resid_lag24_fitdf2: ['rel', 'lb_rel'], '': ['rel', 'rel'] },
  'forecasting.prophet.peyton.holdout': { '': ['notAbove', 'rel'] },
  'forecasting.prophet.airpassengers.multiplicative': {
    yhat: ['rel', 'rmse_rel'],
    '': ['notAbove', 'rmse_rel'],
  },
  'forecasting.prophet.fit.rmse': { '': ['notAbove', 'rel'] },
}
