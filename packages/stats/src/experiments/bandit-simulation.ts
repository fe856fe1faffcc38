import type { RandomGenerator } from '../random/generator.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { type BanditPolicy, startBandit, updateBandit } from './bandits.ts'

export type BanditSimulation = {
  /** Mean over simulations of Σ (best probability − probability of the arm chosen). */
  readonly meanRegret: number
  readonly standardError: number
  /** Share of pulls of the best arm. */
  readonly shareBest: number
}

/**
 * Plays a policy on Bernoulli arms of known probabilities, to learn its regret before it meets customers.
 * Each simulation has a stream of its own, so their order does not matter.
 * Regret in rewards, ≥ 0; the share in [0, 1].
 * Cost O(simulations × horizon × arms).
 * Source: Sutton & Barto (2018), chapter 2, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `outOfDomain`, `invalidOption`.
 * @example
 * const options = { horizon: 50, simulations: 20, random: createRandom(1) }
 * simulateBandit([0.2, 0.6], ucb1(), options).shareBest > 0.5 // → true
 */
export function simulateBandit(
  probabilities: readonly number[],
  policy: BanditPolicy,
  options: { readonly horizon: number; readonly simulations: number; readonly random: RandomGenerator },
): BanditSimulation {
  const { horizon, simulations, random } = options
  for (const p of probabilities) requireProbability('probability', p)
  if (!(simulations >= 2))
    throw new StatsError('invalidOption', `There are ${simulations} simulations; at least 2 were expected.`)
  if (!(Number.isInteger(horizon) && horizon >= 1))
    throw new StatsError(
      'invalidOption',
      `The horizon is ${horizon}; a whole number of at least 1 was expected.`,
    )
  const best = Math.max(...probabilities)
  const regrets = new Float64Array(simulations)
  let bestPulls = 0
  for (let s = 0; s < simulations; s++) {
    const stream = random.stream(s)
    let state = startBandit(probabilities.length)
    for (let t = 0; t < horizon; t++) {
      const arm = policy(state, stream)
      const p = probabilities[arm]!
      regrets[s]! += best - p
      if (p === best) bestPulls++
      state = updateBandit(state, arm, stream.uniform() < p ? 1 : 0)
    }
  }
  const meanRegret = regrets.reduce((a, b) => a + b, 0) / simulations
  const variance = regrets.reduce((a, r) => a + (r - meanRegret) ** 2, 0) / (simulations - 1)
  return {
    meanRegret,
    standardError: Math.sqrt(variance / simulations),
    shareBest: bestPulls / (simulations * horizon),
  }
}
