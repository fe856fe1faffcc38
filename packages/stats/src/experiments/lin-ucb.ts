import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { sampleNormal } from '../random/samplers.ts'
import { requireFinite, requireFiniteColumn, requirePositive, StatsError } from '../stats-error.ts'

/** One linear model of reward per arm: A = ridge·I + Σ x·xᵀ (row-major d×d) and b = Σ reward·x. Plain JSON. */
export type LinUcbState = {
  readonly dimension: number
  readonly arms: readonly { readonly a: readonly number[]; readonly b: readonly number[] }[]
}

/**
 * A state with nothing learned.
 * Cost O(arms·d²).
 * Source: Li, Chu, Langford & Schapire (2010), algorithm 1, https://arxiv.org/abs/1003.0146
 * @throws StatsError `invalidOption`, `outOfDomain`.
 * @example
 * startLinUcb(2, 2).arms[0].a // → [1, 0, 0, 1]
 */
export function startLinUcb(arms: number, dimension: number, ridge = 1): LinUcbState {
  requirePositive('ridge', ridge)
  if (!(Number.isInteger(arms) && arms >= 2 && Number.isInteger(dimension) && dimension >= 1)) {
    throw new StatsError(
      'invalidOption',
      `${arms} arms and ${dimension} dimensions were given; at least 2 and 1 were expected.`,
    )
  }
  const a = Array.from({ length: dimension * dimension }, (_, i) => (i % (dimension + 1) === 0 ? ridge : 0))
  return { dimension, arms: Array.from({ length: arms }, () => ({ a, b: Array<number>(dimension).fill(0) })) }
}

/**
 * Coefficients A⁻¹b of each arm.
 * Length d each.
 * Cost O(arms·d³).
 * Source: Li, Chu, Langford & Schapire (2010), algorithm 1, https://arxiv.org/abs/1003.0146
 * @throws StatsError `lengthMismatch`, `notFinite`, `invalidOption`, `notPositiveDefinite`
 * @example
 * linUcbCoefficients(updateLinUcb(startLinUcb(2, 2), 0, [1, 0], 1)) // → [[0.5, 0], [0, 0]]
 */
export function linUcbCoefficients(state: LinUcbState): readonly Float64Array[] {
  return state.arms.map(({ a, b }) => solve(state.dimension, a, b))
}

/** What is known when an arm is to be chosen: one context for all arms, or one of each. */
export type LinUcbContext = ArrayLike<number> | readonly ArrayLike<number>[]

/**
 * Upper bounds xᵀθ + alpha·√(xᵀA⁻¹x) of the arms' rewards; with alpha 0 their expected rewards.
 * One per arm; a context has length d.
 * Cost O(arms·d³).
 * Source: Li, Chu, Langford & Schapire (2010), WWW, algorithm 1, https://arxiv.org/abs/1003.0146
 * Parity: MABWiser's `predict_expectations`.
 * @throws StatsError `notFinite`, `notPositiveDefinite`, `lengthMismatch`.
 * @example
 * linUcbBounds(updateLinUcb(startLinUcb(2, 2), 0, [1, 0], 1), [1, 0], 0.1) // → [0.5707107, 0.1]
 */
export function linUcbBounds(state: LinUcbState, context: LinUcbContext, alpha: number): readonly number[] {
  requireFinite('alpha', alpha)
  return contextsOf(state, context).map((x, arm) => {
    const { mean, variance } = rewardOf(state, arm, x)
    return mean + alpha * Math.sqrt(variance)
  })
}

/**
 * Disjoint LinUCB: the arm with the largest xᵀθ + alpha·√(xᵀA⁻¹x); a tie goes to the first.
 * The number of an arm; a context has length d.
 * Cost O(arms·d³).
 * Source: Li, Chu, Langford & Schapire (2010), WWW, algorithm 1, https://arxiv.org/abs/1003.0146
 * @throws StatsError `notFinite`, `notPositiveDefinite`, `lengthMismatch`.
 * @example
 * chooseLinUcb(updateLinUcb(startLinUcb(2, 2), 0, [1, 0], 1), [1, 0], 0.1) // → 0
 */
export function chooseLinUcb(state: LinUcbState, context: LinUcbContext, alpha: number): number {
  return largest(linUcbBounds(state, context, alpha))
}

/**
 * Linear Thompson sampling: the arm with the largest reward in a draw of xᵀθ ~ N(xᵀA⁻¹b, spread²·xᵀA⁻¹x), arm by arm.
 * The number of an arm; a context has length d.
 * Cost O(arms·d³).
 * Source: Agrawal & Goyal (2013), "Thompson sampling for contextual bandits with linear payoffs", ICML, algorithm 1, https://arxiv.org/abs/1209.3352
 * @throws StatsError `notFinite`, `outOfDomain`, `notPositiveDefinite`, `lengthMismatch`.
 * @example
 * chooseLinThompson(updateLinUcb(startLinUcb(2, 2), 0, [1, 0], 1), [1, 0], 0.01, createRandom(1)) // → 0
 */
export function chooseLinThompson(
  state: LinUcbState,
  context: LinUcbContext,
  spread: number,
  random: RandomGenerator,
): number {
  if (!(spread >= 0 && Number.isFinite(spread)))
    throw new StatsError('outOfDomain', `spread is ${spread}; a number of at least 0 was expected.`)
  return largest(
    contextsOf(state, context).map((x, arm) => {
      const { mean, variance } = rewardOf(state, arm, x)
      return sampleNormal(random, mean, spread * Math.sqrt(variance))
    }),
  )
}

/**
 * The state after a reward.
 * Cost O(arms·d²).
 * Source: Li, Chu, Langford & Schapire (2010), algorithm 1, https://arxiv.org/abs/1003.0146
 * @throws StatsError `outOfDomain`, `lengthMismatch`, `notFinite`.
 * @example
 * updateLinUcb(startLinUcb(2, 2), 0, [1, 0], 1).arms[0].b // → [1, 0]
 */
export function updateLinUcb(
  state: LinUcbState,
  arm: number,
  context: ArrayLike<number>,
  reward: number,
): LinUcbState {
  requireContext(state, context)
  requireFiniteColumn('context', context)
  if (!state.arms[arm])
    throw new StatsError('outOfDomain', `Arm ${arm} does not exist; there are ${state.arms.length}.`)
  if (!Number.isFinite(reward))
    throw new StatsError('notFinite', `The reward is ${reward}; a finite number was expected.`)
  for (const model of state.arms) {
    requireFiniteColumn('A', model.a)
    requireFiniteColumn('b', model.b)
  }
  const d = state.dimension
  return {
    dimension: d,
    arms: state.arms.map((model, i) => {
      if (i !== arm) return model
      return {
        a: model.a.map((v, at) => v + context[Math.floor(at / d)]! * context[at % d]!),
        b: model.b.map((v, j) => v + reward * context[j]!),
      }
    }),
  }
}

function solve(d: number, a: readonly number[], b: ArrayLike<number>): Float64Array {
  const factor = cholesky(Float64Array.from(a), d)
  if (!factor)
    throw new StatsError(
      'notPositiveDefinite',
      'The contexts of an arm have lost their rank to rounding; scale them or raise the ridge.',
    )
  return choleskySolve(factor, d, b)
}

function rewardOf(
  { dimension, arms }: LinUcbState,
  arm: number,
  context: ArrayLike<number>,
): { mean: number; variance: number } {
  const { a, b } = arms[arm]!
  const theta = solve(dimension, a, b)
  const spread = solve(dimension, a, context)
  let mean = 0
  let variance = 0
  for (let j = 0; j < dimension; j++) {
    mean += context[j]! * theta[j]!
    variance += context[j]! * spread[j]!
  }
  requireFinite('The expected reward', mean)
  return { mean, variance: Math.max(0, variance) }
}

function contextsOf(state: LinUcbState, context: LinUcbContext): readonly ArrayLike<number>[] {
  const each = typeof context[0] === 'object'
  const contexts = each
    ? (context as readonly ArrayLike<number>[])
    : state.arms.map(() => context as ArrayLike<number>)
  if (contexts.length !== state.arms.length)
    throw new StatsError(
      'lengthMismatch',
      `There are ${contexts.length} contexts for ${state.arms.length} arms; one each was expected.`,
    )
  for (const x of contexts) {
    requireContext(state, x)
    requireFiniteColumn('context', x)
  }
  return contexts
}

function largest(values: readonly number[]): number {
  return values.reduce((best, value, arm) => (value > values[best]! ? arm : best), 0)
}

function requireContext(state: LinUcbState, context: ArrayLike<number>): void {
  if (context.length === state.dimension) return
  throw new StatsError(
    'lengthMismatch',
    `The context has ${context.length} numbers; ${state.dimension} were expected.`,
  )
}
