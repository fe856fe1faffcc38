import type { Feature, Text, Window } from '@tranche/contract'
import type { RunContext } from '../../engine/run-context.ts'
import type { Columns, Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { createCalendar, earlierInstant } from '../../features/calendar.ts'
import { computeFeatures } from '../../features/compute-features.ts'
import { FeatureSet, typesInLanguage } from '../../features/feature-set.ts'
import { attributePolicyOf, permits } from '../../privacy/attribute-policy.ts'
import { attributeUses } from '../../privacy/lineage.ts'
import { ident, join, sql, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type Goal, type JudgedDimension, judgeDimension } from './judge-dimension.ts'
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

export interface AdviceOptions {
  /** Holds the standard tables; gets tables of its own. */
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly context: Pick<RunContext, 'asOf' | 'signal'>
  /** Key of a feature that is a number or yes and no. */
  readonly goal: string
  readonly weights?: AdviceWeights
}

const usualHorizon: Window = { last: 90, unit: 'day' }
const fewestCustomers = 200
const levers = ['marketing', 'service', 'pricing'] as const

/**
 * Which dimensions are worth telling customers apart by for a goal: what each was before the goal's window opened, against what
 * the goal came to within it, on halves of the customers, so that nothing of the goal's own time stands behind a dimension.
 * Relevance is the share of the goal's variance that bins fitted on one half explain on the other.
 * @throws TrancheError not_found, invalid_input for a goal that is no number, refused with fewer than 200 customers
 */
export async function advise({
  warehouse,
  catalogue,
  context,
  goal,
  weights = defaultWeights,
}: AdviceOptions): Promise<Advice> {
  const definition = catalogue.features.find(({ key }) => key === goal)
  if (definition === undefined) throw unknownGoal(goal)
  const { timeZone } = catalogue.workspace
  const { last, unit } = definition.value.window ?? usualHorizon
  const from = earlierInstant(timeZone, context.asOf, last, unit)
  const features = new FeatureSet(catalogue, createCalendar(timeZone, [context.asOf]))
  const typeOf = (key: string) => typesInLanguage[features.typeOf(key, { file: '' })]
  if (!['number', 'bool'].includes(typeOf(goal))) throw noNumber(goal)
  const asked = { warehouse, catalogue, signal: context.signal }
  await computeFeatures({ ...asked, asOfs: [from], table: 'advice_before' })
  await computeFeatures({ ...asked, asOfs: [context.asOf], table: 'advice_after', keys: [goal] })
  // Days are told by how long ago they were, which other features say.
  const names = catalogue.features
    .map(({ key }) => key)
    .filter((key) => ['number', 'bool', 'string'].includes(typeOf(key)))
  const read = await readBoth(warehouse, names, goal)
  const target = goalOf(read, definition.value)
  if (target.known < fewestCustomers) throw tooFew(target.known)
  const dimensions = names.flatMap((name) => {
    const column = read.byName[`d:${name}`]
    if (column === undefined) return []
    const judged = judgeDimension(column, target)
    return judged === null ? [] : [rated(name, judged, catalogue, weights)]
  })
  dimensions.sort((a, b) => b.priority - a.priority || a.name.localeCompare(b.name, 'en'))
  return {
    goal,
    from,
    to: context.asOf,
    customers: target.known,
    mean: target.mean,
    weights,
    dimensions,
    strategies: bestOfEach(dimensions),
  }
}

async function readBoth(warehouse: Warehouse, names: readonly string[], goal: string): Promise<Columns> {
  const columns = names.map((name) => sql`before.${ident(name)} as ${ident(`d:${name}`)}`)
  const half = warehouse.dialect.hash60(sql`${typed('varchar', 'advice\u001f')} || before.customer_id`)
  return await warehouse.columns(sql`
    select ${join(columns)}, cast(${half} % 2 as double) as half,
      cast(before.${ident(goal)} as double) as goal_before, cast(after.${ident(goal)} as double) as goal_after
    from advice_before as before join advice_after as after on after.customer_id = before.customer_id
    order by before.customer_id`)
}

/** A goal without a window of its own is reached once: who had reached it before is left out. */
function goalOf({ byName, rowCount }: Columns, { window }: Feature): Goal {
  const numbers = (name: string) => {
    const column = byName[name]
    return column?.type === 'number'
      ? column
      : { values: new Float64Array(rowCount), valid: new Uint8Array(rowCount) }
  }
  const [before, after, half] = [numbers('goal_before'), numbers('goal_after'), numbers('half')]
  const counts = new Uint8Array(rowCount)
  let known = 0
  let total = 0
  for (let row = 0; row < rowCount; row++) {
    const reached = window === undefined && before.valid[row] === 1 && before.values[row] === 1
    if (after.valid[row] === 0 || reached) continue
    counts[row] = 1
    known++
    total += after.values[row]!
  }
  return { values: after.values, counts, training: half.values, known, mean: known === 0 ? 0 : total / known }
}

function rated(
  name: string,
  judged: JudgedDimension,
  catalogue: Catalogue,
  weights: AdviceWeights,
): AdvisedDimension {
  const feature = catalogue.features.find(({ key }) => key === name)!.value
  const policy = attributePolicyOf(catalogue)
  const uses = attributeUses(catalogue, { names: [name] })
  const purposes = levers.filter((purpose) =>
    uses.every(({ attribute }) => permits(policy, attribute, purpose)),
  )
  const strategy = strategyOf(feature, catalogue)
  // The correlation ratio: what the bins of one half explain on the other, halved where the halves disagree on the order.
  const impact = Math.sqrt(Math.max(0, judged.explained)) * (0.5 + 0.5 * Math.max(0, judged.stability))
  const ease = easeOf(feature, uses.length)
  const availability = judged.coverage * (strategy === 'psychographic' ? 0.7 : 1)
  const actionability = purposes.length / levers.length
  const priority =
    judged.explained <= 0 ? 0 : weightedMean({ impact, ease, availability, actionability }, weights)
  return { name, ...judged, strategy, purposes, impact, ease, availability, actionability, priority }
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

function unknownGoal(goal: string): TrancheError {
  return new TrancheError('not_found', {
    en: `There is no feature ${JSON.stringify(goal)} to take as the goal.`,
    zh: `没有可作为目标的特征 ${JSON.stringify(goal)}。`,
  })
}

function noNumber(goal: string): TrancheError {
  return new TrancheError('invalid_input', {
    en: `${goal} is neither a number nor yes or no, so there is nothing to predict of it.`,
    zh: `${goal} 既不是数值也不是是非值，无法作为目标。`,
  })
}

function tooFew(known: number): TrancheError {
  const text: Text = {
    en: `Only ${known} customers were known before and after; ${fewestCustomers} are needed to tell dimensions apart.`,
    zh: `前后均有记录的客户仅 ${known} 位；至少需要 ${fewestCustomers} 位才能比较各维度。`,
  }
  return new TrancheError('refused', text)
}
