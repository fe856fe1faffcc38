import type { RandomGenerator } from '../random/generator.ts'
import {
  requireFinite,
  requireFiniteColumn,
  requirePositive,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'
import type { BanditPolicy, BanditState } from './bandits.ts'

/**
 * Chance of each arm under Boltzmann exploration: ∝ exp(mean reward / temperature); an arm that was not tried has mean 0.
 * One share in [0, 1] per arm, adding up to 1; a low temperature takes the best arm nearly always.
 * Cost O(arms).
 * Source: Luce (1959); Sutton & Barto (2018), section 2.8, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `notFinite`.
 * @example
 * softmaxShares({ pulls: [10, 10], rewards: [2, 7] }, 0.5) // → [0.2689414, 0.7310586]
 */
export function softmaxShares(state: BanditState, temperature: number): readonly number[] {
  requirePositive('temperature', temperature)
  requireSameLength({ pulls: state.pulls, rewards: state.rewards })
  const means = state.pulls.map((n, i) => (n > 0 ? state.rewards[i]! / n : 0))
  requireFiniteColumn('mean rewards', means)
  const top = Math.max(...means)
  const weights = means.map((m) => Math.exp((m - top) / temperature))
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((w) => w / total)
}

/**
 * The policy that draws an arm with those chances.
 * Cost O(arms).
 * Source: Sutton & Barto (2018), section 2.8, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `outOfDomain`.
 * @example
 * softmaxPolicy(0.01)({ pulls: [10, 10], rewards: [2, 7] }, createRandom(1)) // → 1
 */
export function softmaxPolicy(temperature: number): BanditPolicy {
  requirePositive('temperature', temperature)
  return (state, random) => drawArm(softmaxShares(state, temperature), random)
}

/** Weights of EXP3's arms. Plain JSON; every update gives a new one. */
export type Exp3State = { readonly weights: readonly number[] }

/**
 * EXP3 with nothing learned: equal weights.
 * Cost O(arms).
 * Source: Auer, Cesa-Bianchi, Freund & Schapire (2002), figure 1, https://doi.org/10.1137/S0097539701398375
 * @throws StatsError `invalidOption` for fewer than 2 arms.
 * @example
 * startExp3(3) // → { weights: [1, 1, 1] }
 */
export function startExp3(arms: number): Exp3State {
  if (!(Number.isInteger(arms) && arms >= 2))
    throw new StatsError(
      'invalidOption',
      `There are ${arms} arms; a whole number of at least 2 was expected.`,
    )
  return { weights: Array<number>(arms).fill(1) }
}

/**
 * Chance of each arm: (1 − γ)·weight/Σ + γ/arms. Holds against rewards that an opponent sets.
 * One share in [0, 1] per arm, adding up to 1; gamma in (0, 1].
 * Cost O(arms).
 * Source: Auer, Cesa-Bianchi, Freund & Schapire (2002), figure 1, https://doi.org/10.1137/S0097539701398375
 * @throws StatsError `outOfDomain`.
 * @example
 * exp3Shares({ weights: [1, 3] }, 0.2) // → [0.3, 0.7]
 */
export function exp3Shares({ weights }: Exp3State, gamma: number): readonly number[] {
  if (!(gamma > 0 && gamma <= 1))
    throw new StatsError('outOfDomain', `gamma is ${gamma}; a number above 0 and at most 1 was expected.`)
  for (const [arm, weight] of weights.entries()) requirePositive(`weights[${arm}]`, weight)
  const total = weights.reduce((a, b) => a + b, 0)
  requireFinite('Σ weights', total)
  return weights.map((w) => ((1 - gamma) * w) / total + gamma / weights.length)
}

/**
 * EXP3 after a reward in [0, 1]: the arm's weight times exp(γ·reward / (chance·arms)). Weights are divided by their
 * largest when that passes 1e100, which changes no chance.
 * Cost O(arms).
 * Source: Auer, Cesa-Bianchi, Freund & Schapire (2002), figure 1, https://doi.org/10.1137/S0097539701398375
 * @throws StatsError `outOfDomain` for an arm that is not there or a reward out of range.
 * @example
 * updateExp3(startExp3(2), 1, 1, 0.2).weights // → [1, 1.221403]
 */
export function updateExp3(state: Exp3State, arm: number, reward: number, gamma: number): Exp3State {
  if (!(arm in state.weights))
    throw new StatsError('outOfDomain', `Arm ${arm} does not exist; there are ${state.weights.length}.`)
  if (!(reward >= 0 && reward <= 1))
    throw new StatsError('outOfDomain', `The reward is ${reward}; a number from 0 to 1 was expected.`, {
      hint: 'Scale rewards to [0, 1] first.',
    })
  const chance = exp3Shares(state, gamma)[arm]!
  const growth = Math.exp((gamma * reward) / (chance * state.weights.length))
  const weights = state.weights.map((w, i) => (i === arm ? w * growth : w))
  const largest = Math.max(...weights)
  return { weights: largest > 1e100 ? weights.map((w) => Math.max(w / largest, 1e-300)) : weights }
}

/**
 * An arm drawn with the given chances.
 * Cost O(arms).
 * Source: inversion, Devroye (1986), III.2, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain` unless the chances are ≥ 0 and add up to 1.
 * @example
 * drawArm([0, 1], createRandom(1)) // → 1
 */
export function drawArm(shares: readonly number[], random: RandomGenerator): number {
  const total = shares.reduce((a, b) => a + b, 0)
  if (!(Math.abs(total - 1) < 1e-9 && shares.every((share) => share >= 0)))
    throw new StatsError('outOfDomain', `The chances add up to ${total}; 1 was expected, of numbers ≥ 0.`)
  let left = random.uniform()
  for (let arm = 0; arm < shares.length; arm++) {
    left -= shares[arm]!
    if (left < 0 && shares[arm]! > 0) return arm
  }
  return shares.findLastIndex((share) => share > 0)
}
