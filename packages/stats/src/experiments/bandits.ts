import type { RandomGenerator } from '../random/generator.ts'
import { sampleBeta, sampleInteger } from '../random/samplers.ts'
import {
  requireFiniteColumn,
  requirePositive,
  requireProbability,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'

/** What a bandit knows of its arms: pulls and rewards. Plain JSON; every update gives a new one. */
export type BanditState = { readonly pulls: readonly number[]; readonly rewards: readonly number[] }

/**
 * A state with nothing learned.
 * Cost O(arms).
 * Source: Sutton & Barto (2018), section 2.4, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `invalidOption` for fewer than 2 arms.
 * @example
 * startBandit(2) // → { pulls: [0, 0], rewards: [0, 0] }
 */
export function startBandit(arms: number): BanditState {
  if (!Number.isInteger(arms) || arms < 2)
    throw new StatsError(
      'invalidOption',
      `There are ${arms} arms; a whole number of at least 2 was expected.`,
    )
  return { pulls: Array<number>(arms).fill(0), rewards: Array<number>(arms).fill(0) }
}

/**
 * The state after a reward of an arm.
 * Cost O(arms).
 * Source: Sutton & Barto (2018), section 2.4, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `outOfDomain` for an arm that is not there, `notFinite`.
 * @example
 * updateBandit(startBandit(2), 1, 1) // → { pulls: [0, 1], rewards: [0, 1] }
 */
export function updateBandit(state: BanditState, arm: number, reward: number): BanditState {
  if (!(arm in state.pulls))
    throw new StatsError('outOfDomain', `Arm ${arm} does not exist; there are ${state.pulls.length}.`)
  requireFiniteColumn('pulls', state.pulls)
  requireFiniteColumn('rewards', state.rewards)
  if (!Number.isFinite(reward))
    throw new StatsError('notFinite', `The reward is ${reward}; a finite number was expected.`)
  return {
    pulls: state.pulls.map((n, i) => (i === arm ? n + 1 : n)),
    rewards: state.rewards.map((r, i) => (i === arm ? r + reward : r)),
  }
}

/** Chooses the next arm. */
export type BanditPolicy = (state: BanditState, random: RandomGenerator) => number

/**
 * ε-greedy: any arm with probability ε, otherwise the best so far; ties and untried arms at random.
 * Cost O(arms).
 * Source: Sutton & Barto (2018), section 2.4, http://incompleteideas.net/book/the-book-2nd.html
 * @throws StatsError `outOfDomain`.
 * @example
 * const state = { pulls: [10, 10], rewards: [2, 7] }
 * epsilonGreedy(0)(state, createRandom(1)) // → 1
 */
export function epsilonGreedy(epsilon: number): BanditPolicy {
  requireProbability('epsilon', epsilon)
  return (state, random) => {
    if (random.uniform() < epsilon) return sampleInteger(random, state.pulls.length)
    return bestOf(
      state.pulls.map((n, i) => (n > 0 ? state.rewards[i]! / n : 0)),
      random,
    )
  }
}

/**
 * UCB1: the arm with the largest mean + width·√(2 ln t / n), after each has been tried once; rewards in [0, 1]. Auer's
 * width is 1.
 * Cost O(arms).
 * Source: Auer, Cesa-Bianchi & Fischer (2002), Machine Learning 47, figure 1, https://doi.org/10.1023/A:1013689704352
 * @throws StatsError `outOfDomain`
 * @example
 * const state = { pulls: [10, 10], rewards: [2, 7] }
 * ucb1()(state, createRandom(1)) // → 1
 */
export function ucb1(width = 1): BanditPolicy {
  requirePositive('width', width)
  return (state, random) => {
    const untried = state.pulls.indexOf(0)
    return untried >= 0 ? untried : bestOf(ucb1Bounds(state, width), random)
  }
}

/**
 * The bounds that UCB1 compares, Infinity for an arm that was not tried.
 * One per arm.
 * Cost O(arms).
 * Source: Auer, Cesa-Bianchi & Fischer (2002), figure 1, https://doi.org/10.1023/A:1013689704352
 * Parity: MABWiser's `predict_expectations`.
 * @throws StatsError `outOfDomain`, `notFinite`, `lengthMismatch`
 * @example
 * ucb1Bounds({ pulls: [10, 10], rewards: [2, 7] }) // → [0.9740455, 1.474046]
 */
export function ucb1Bounds(state: BanditState, width = 1): readonly number[] {
  requirePositive('width', width)
  requireSameLength({ pulls: state.pulls, rewards: state.rewards })
  requireFiniteColumn('pulls', state.pulls)
  requireFiniteColumn('rewards', state.rewards)
  for (const [arm, n] of state.pulls.entries())
    if (!(n === 0 || n >= 1))
      throw new StatsError('outOfDomain', `Arm ${arm} was pulled ${n} times; 0 or at least 1 was expected.`)
  const total = state.pulls.reduce((a, b) => a + b, 0)
  return state.pulls.map((n, i) =>
    n > 0 ? state.rewards[i]! / n + width * Math.sqrt((2 * Math.log(total)) / n) : Number.POSITIVE_INFINITY,
  )
}

/**
 * Thompson sampling for rewards in [0, 1] with Beta(a, b) priors: plays the arm that is best in a draw from the posterior.
 * Cost O(arms).
 * Source: Thompson (1933), Biometrika 25; Agrawal & Goyal (2012), COLT, https://arxiv.org/abs/1111.1797
 * @throws StatsError `outOfDomain`
 * @example
 * const state = { pulls: [1000, 1000], rewards: [200, 700] }
 * thompsonSampling()(state, createRandom(1)) // → 1
 */
export function thompsonSampling(
  prior: { readonly a: number; readonly b: number } = { a: 1, b: 1 },
): BanditPolicy {
  return (state, random) => {
    const draws = state.pulls.map((n, i) =>
      sampleBeta(random, prior.a + state.rewards[i]!, prior.b + n - state.rewards[i]!),
    )
    return bestOf(draws, random)
  }
}

/**
 * Chance of each arm to be chosen next by Thompson sampling, from `draws` draws of the posterior; for allocating a day's
 * traffic and for off-policy estimates, which need the probability of every decision.
 * One share in [0, 1] per arm, adding up to 1.
 * Cost O(draws × arms).
 * Source: Agrawal & Goyal (2012), https://arxiv.org/abs/1111.1797
 * @throws StatsError `outOfDomain`, `invalidOption`
 * @example
 * thompsonShares({ pulls: [10, 10], rewards: [2, 7] }, createRandom(1), { draws: 200 }) // → [0.01, 0.99]
 */
export function thompsonShares(
  state: BanditState,
  random: RandomGenerator,
  options: { readonly draws?: number; readonly prior?: { readonly a: number; readonly b: number } } = {},
): readonly number[] {
  const { draws = 10_000 } = options
  if (!(Number.isInteger(draws) && draws >= 1))
    throw new StatsError('invalidOption', `draws is ${draws}; a whole number of at least 1 was expected.`)
  const choose = thompsonSampling(options.prior)
  const wins = state.pulls.map(() => 0)
  for (let i = 0; i < draws; i++) wins[choose(state, random)]!++
  return wins.map((w) => w / draws)
}

/**
 * Constant of the Lai–Robbins bound: no consistent policy on Bernoulli arms has a regret below constant · ln T for large T.
 * A number ≥ 0; one probability per arm.
 * Cost O(arms).
 * Source: Lai & Robbins (1985), Adv, https://doi.org/10.1016/0196-8858(85)90002-8. Appl. Math. 6, theorem 2.
 * @throws StatsError `outOfDomain`.
 * @example
 * laiRobbinsConstant([0.5, 0.7]) // → 2.294191
 */
export function laiRobbinsConstant(probabilities: readonly number[]): number {
  const best = Math.max(...probabilities)
  return probabilities.reduce((sum, p) => {
    requireProbability('probability', p)
    if (p === best) return sum
    const divergence = xLogRatio(p, best) + xLogRatio(1 - p, 1 - best)
    return sum + (best - p) / divergence
  }, 0)
}

function xLogRatio(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(x / y)
}

function bestOf(values: readonly number[], random: RandomGenerator): number {
  const best = Math.max(...values)
  const winners = values.flatMap((v, i) => (v === best ? [i] : []))
  return winners.length === 1 ? winners[0]! : winners[sampleInteger(random, winners.length)]!
}
