import { attributePolicyOf, permits } from '../../privacy/attribute-policy.ts'
import { attributeUses } from '../../privacy/lineage.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type JudgedDimension, judgeDimension } from './judge-dimension.ts'
import { type LookBackOptions, lookBack } from './look-back.ts'
import { easeOf, type Strategy, strategyOf } from './nature.ts'

/** How much each question weighs in the priority. */
export interface AdviceWeights {
  readonly impact: number
  readonly ease: number
  readonly availability: number
  readonly actionability: number
}

export const defaultWeights: AdviceWeights = {
  impact: 0.5,
  ease: 0.15,
  availability: 0.2,
  actionability: 0.15,
}

/** A dimension that customers might be told apart by, judged for a goal. */
export interface AdvisedDimension extends JudgedDimension {
  readonly name: string
  /** Whether it is yes or no, its groups being below and from 1. */
  readonly isFlag: boolean
  readonly strategy: Strategy
  /** What may rest on it: of marketing, service and pricing, those that the policy of attributes allows. */
  readonly purposes: readonly string[]
  /** From 0 to 1 each. */
  readonly impact: number
  readonly ease: number
  readonly availability: number
  readonly actionability: number
  readonly priority: number
}

export interface Advice {
  readonly goal: string
  /** When customers are looked at, and when it is seen what became of them. */
  readonly from: string
  readonly to: string
  /** Whether nothing of the goal's past is known: what goes with it, not what foretells it. */
  readonly sameDay: boolean
  readonly customers: number
  /** Mean of the goal, or share of customers for whom it holds. */
  readonly mean: number
  readonly weights: AdviceWeights
  /** The highest priority first. */
  readonly dimensions: readonly AdvisedDimension[]
  readonly strategies: readonly {
    readonly strategy: Strategy
    readonly best: string
    readonly impact: number
    readonly priority: number
  }[]
}

export interface AdviceOptions extends LookBackOptions {
  readonly weights?: AdviceWeights
}

/** Of one day, a dimension that correlates with the goal like this was likely made of it. */
export const tellsAll = 0.8

const levers = ['marketing', 'service', 'pricing'] as const

/**
 * Which dimensions are worth telling customers apart by for a goal: what each was before the goal's window opened, against what
 * the goal came to within it, on halves of the customers, so that nothing of the goal's own time stands behind a dimension.
 * Relevance is the share of the goal's variance that bins fitted on one half explain on the other.
 * @throws TrancheError not_found, invalid_input for a goal that is no number, refused with fewer than 200 customers
 */
export async function advise(options: AdviceOptions): Promise<Advice> {
  const { catalogue, context, goal, weights = defaultWeights } = options
  const { from, sameDay, target, columns, flags } = await lookBack(options)
  const dimensions = [...columns].flatMap(([name, column]) => {
    const judged = judgeDimension(column, target)
    return judged === null ? [] : [{ ...rated(name, judged, catalogue, weights), isFlag: flags.has(name) }]
  })
  dimensions.sort((a, b) => b.priority - a.priority || a.name.localeCompare(b.name, 'en'))
  return {
    goal,
    from,
    to: context.asOf,
    sameDay,
    customers: target.known,
    mean: target.mean,
    weights,
    dimensions,
    strategies: bestOfEach(dimensions),
  }
}

function rated(
  name: string,
  judged: JudgedDimension,
  catalogue: Catalogue,
  weights: AdviceWeights,
): Omit<AdvisedDimension, 'isFlag'> {
  const feature = catalogue.features.find(({ key }) => key === name)!.value
  const policy = attributePolicyOf(catalogue)
  const uses = attributeUses(catalogue, { names: [name] })
  const purposes = levers.filter((purpose) =>
    uses.every(({ attribute }) => permits(policy, attribute, purpose)),
  )
  const strategy = strategyOf(feature, catalogue)
  const impact = impactOf(judged)
  const ease = easeOf(feature, uses.length)
  const availability = judged.coverage * (strategy === 'psychographic' ? 0.7 : 1)
  const actionability = purposes.length / levers.length
  const priority =
    judged.explained <= 0 ? 0 : weightedMean({ impact, ease, availability, actionability }, weights)
  return { name, ...judged, strategy, purposes, impact, ease, availability, actionability, priority }
}

/** The correlation ratio: what the bins of one half explain on the other, halved where the halves disagree on the order. */
export function impactOf({ explained, stability }: JudgedDimension): number {
  return Math.sqrt(Math.max(0, explained)) * (0.5 + 0.5 * Math.max(0, stability))
}

/** Geometric, so that what is easy and at hand is worth little where it tells hardly anybody apart. */
function weightedMean(scores: AdviceWeights, weights: AdviceWeights): number {
  const names = Object.keys(weights) as (keyof AdviceWeights)[]
  const sum = names.reduce((total, name) => total + weights[name], 0)
  return names.reduce((product, name) => product * scores[name] ** (weights[name] / sum), 1)
}

function bestOfEach(dimensions: readonly AdvisedDimension[]): Advice['strategies'] {
  const best = new Map<Strategy, AdvisedDimension>()
  for (const one of dimensions) if (!best.has(one.strategy) && one.priority > 0) best.set(one.strategy, one)
  return [...best].map(([strategy, { name, impact, priority }]) => ({
    strategy,
    best: name,
    impact,
    priority,
  }))
}
