import * as S from '@tranche/stats'
import type { AreaAdapter, ReferenceCase } from './adapter.ts'

const policies = { ucb1: S.ucb1(), ts: S.thompsonSampling(), eg: S.epsilonGreedy(0.1) } as const

const regret = (c: ReferenceCase) => {
  const { p, T, simulations } = c.input
  const policy = policies[c.params.policy as keyof typeof policies]
  const played = S.simulateBandit(p, policy, { horizon: T, simulations, random: S.createRandom(1) })
  return { mean_regret: played.meanRegret, se: played.standardError, frac_best: played.shareBest }
}

/** The regret may lie below the peer's, and above it by no more than a tenth (four standard errors are wider). */
const bar = {
  '': ['notAbove', 0.1],
  se: ['abs', Number.MAX_VALUE],
  frac_best: ['abs', Number.MAX_VALUE],
} as const

export const adapter: AreaAdapter = {
  cases: {
    'bandits.linucb.alpha1': ({ input, params, expected }) => {
      const [arms, d] = [expected.b.length, input.contexts[0].length]
      let state = S.startLinUcb(arms, d, params.ridge)
      let total = 0
      const choices: number[] = []
      for (const [t, context] of input.contexts.entries()) {
        const arm = S.chooseLinUcb(state, context, params.alpha)
        const reward = input.reward_matrix_t_by_arm[t][arm]
        choices.push(arm + 1)
        total += reward
        state = S.updateLinUcb(state, arm, context, reward)
      }
      const first = state.arms[0]!.a
      const matrix = Array.from({ length: d }, (_, i) => first.slice(i * d, i * d + d))
      return {
        choices_1based: choices,
        total_reward: total,
        A_arm1: matrix,
        b: state.arms.map((a) => a.b),
        theta: S.linUcbCoefficients(state),
      }
    },
    'bandits.regret.a.ucb1': (c) => regret(c),
    'bandits.regret.b.ts': (c) => regret(c),
    'bandits.regret.b.eg': (c) => regret(c),
    'bandits.lai.robbins': (c) => ({ constant: c.input.p.map(S.laiRobbinsConstant) }),
  },
  rules: { 'bandits.regret.a.ucb1': bar, 'bandits.regret.b.ts': bar, 'bandits.regret.b.eg': bar },
}
