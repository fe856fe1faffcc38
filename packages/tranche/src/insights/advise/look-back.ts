import type { Text, Window } from '@tranche/contract'
import { counted, nearest } from '@tranche/language'
import type { RunContext } from '../../engine/run-context.ts'
import type { Column, Columns, Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { createCalendar, earlierInstant } from '../../features/calendar.ts'
import { computeFeatures } from '../../features/compute-features.ts'
import { FeatureSet, typesInLanguage } from '../../features/feature-set.ts'
import { attributeUses } from '../../privacy/lineage.ts'
import { type Outcome, outcomeOf, outcomeSql } from '../../segments/outcome.ts'
import { saltedHash } from '../../sql/salted-hash.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { Goal } from './judge-dimension.ts'

export interface LookBackOptions {
  /** Holds the standard tables; gets tables of its own. */
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly context: Pick<RunContext, 'asOf' | 'signal'>
  /** Key of a feature that is a number or yes and no, or of an outcome metric. */
  readonly goal: string
  /** Keys of features that are left out, such as those known only afterwards. */
  readonly without?: readonly string[]
}

/** What customers were before a goal's window opened, and what became of them within it. */
export interface LookBack {
  /** When the window opened. */
  readonly from: string
  /** Whether the goal has no past, so that dimensions and goal are of one day. */
  readonly sameDay: boolean
  readonly target: Goal
  /** Features as of then, in order of customer_id; numbers, yes and no, texts. */
  readonly columns: ReadonlyMap<string, Column>
  /** Names of those that are yes or no, held as 1 and 0. */
  readonly flags: ReadonlySet<string>
}

const usualHorizon: Window = { last: 90, unit: 'day' }
const fewestCustomers = 200

/**
 * Computes all features as of the day before the goal's window and the goal as of now, of customers known on both days. Where
 * nobody's goal differs between the two days, the data has no past of it: all is as of now then, and said to be.
 * @throws TrancheError not_found, invalid_input for a goal that is no number, refused with fewer than 200 customers
 */
export async function lookBack(options: LookBackOptions): Promise<LookBack> {
  const { warehouse, catalogue, context } = options
  const goal = outcomeOf(options.goal, catalogue)
  const { timeZone } = catalogue.workspace
  const window = catalogue.features.find(({ key }) => key === goal.feature)!.value.window
  const { last, unit } = window ?? usualHorizon
  const from = earlierInstant(timeZone, context.asOf, last, unit)
  const features = new FeatureSet(catalogue, createCalendar(timeZone, [context.asOf]))
  const typeOf = (key: string) => typesInLanguage[features.typeOf(key, { file: '' })]
  if (goal.equals === undefined && !['number', 'bool'].includes(typeOf(goal.feature)))
    throw noNumber(goal.key, catalogue)
  for (const key of options.without ?? []) requireFeature(key, catalogue)
  const asked = { warehouse, catalogue, signal: context.signal }
  await computeFeatures({ ...asked, asOfs: [from], table: 'advice_before' })
  await computeFeatures({ ...asked, asOfs: [context.asOf], table: 'advice_after', keys: [goal.feature] })
  const sameDay = window === undefined && !(await hasPast(warehouse, goal))
  if (sameDay) await computeFeatures({ ...asked, asOfs: [context.asOf], table: 'advice_before' })
  // Days are told by how long ago they were, which other features say.
  const names = catalogue.features
    .map(({ key }) => key)
    .filter((key) => ['number', 'bool', 'string'].includes(typeOf(key)))
    .filter((key) => !sameDay || !restsOn(key, goal, catalogue))
    .filter((key) => options.without?.includes(key) !== true)
  const read = await readBoth(warehouse, names, goal)
  const target = goalOf(read, window === undefined && !sameDay)
  if (target.known < fewestCustomers) throw tooFew(target.known)
  const columns = new Map(
    names.flatMap((name) => {
      const column = read.byName[`d:${name}`]
      return column === undefined ? [] : [[name, column] as const]
    }),
  )
  return {
    from: sameDay ? context.asOf : from,
    sameDay,
    target,
    columns,
    flags: new Set(names.filter((name) => typeOf(name) === 'bool')),
  }
}

/** Whether anybody's goal was otherwise on the earlier day. */
async function hasPast(warehouse: Warehouse, { feature }: Outcome): Promise<boolean> {
  const [differing] = await warehouse.rows(sql`
    select 1 as found from advice_before as before join advice_after as after on after.customer_id = before.customer_id
    where before.${ident(feature)} is distinct from after.${ident(feature)} limit 1`)
  return differing !== undefined
}

/** What is made of the goal, or of what the goal is made of, tells nothing of it. */
function restsOn(name: string, { feature }: Outcome, catalogue: Catalogue): boolean {
  const goal = new Set(attributeUses(catalogue, { names: [feature] }).map(({ attribute }) => attribute))
  return attributeUses(catalogue, { names: [name] }).some(({ attribute }) => goal.has(attribute))
}

async function readBoth(warehouse: Warehouse, names: readonly string[], goal: Outcome): Promise<Columns> {
  const columns = names.map((name) => sql`before.${ident(name)} as ${ident(`d:${name}`)}`)
  const half = saltedHash('advice', sql`before.customer_id`)
  return await warehouse.columns(sql`
    select ${join(columns)}, cast(${half} % 2 as double) as half,
      ${outcomeSql(goal, 'before')} as goal_before, ${outcomeSql(goal, 'after')} as goal_after
    from advice_before as before join advice_after as after on after.customer_id = before.customer_id
    order by before.customer_id`)
}

/** A goal without a window of its own is reached once: who had reached it before is left out. */
function goalOf({ byName, rowCount }: Columns, isReachedOnce: boolean): Goal {
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
    const reached = isReachedOnce && before.valid[row] === 1 && before.values[row] === 1
    if (after.valid[row] === 0 || reached) continue
    counts[row] = 1
    known++
    total += after.values[row]!
  }
  return { values: after.values, counts, training: half.values, known, mean: known === 0 ? 0 : total / known }
}

function requireFeature(key: string, { features }: Catalogue): void {
  const known = features.map((feature) => feature.key)
  if (known.includes(key)) return
  const near = nearest(key, known)
  throw new TrancheError(
    'invalid_input',
    {
      en: `--without names ${JSON.stringify(key)}, but there is no such feature.`,
      zh: `--without 中的 ${JSON.stringify(key)} 不是已定义的特征。`,
    },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

function noNumber(goal: string, { metrics, features }: Catalogue): TrancheError {
  const { measure } = features.find(({ key }) => key === goal)!.value
  const attribute = measure !== undefined && 'attribute' in measure ? measure.attribute : undefined
  const metric = metrics.find(
    ({ value: { outcome } }) => outcome !== undefined && outcome.attribute === attribute,
  )
  return new TrancheError(
    'invalid_input',
    {
      en: `${goal} is neither a number nor yes or no, so there is nothing to predict of it.`,
      zh: `${goal} 既不是数值也不是是非值，无法作为目标。`,
    },
    metric === undefined
      ? {}
      : {
          hint: {
            en: `The outcome ${metric.key} says which of its values counts: --goal ${metric.key}.`,
            zh: `结果指标 ${metric.key} 指明了计入的取值：--goal ${metric.key}。`,
          },
        },
  )
}

function tooFew(known: number): TrancheError {
  const text: Text = {
    en: `Only ${counted(known, 'customer was', 'customers were')} known before and after; ${fewestCustomers} are needed to tell dimensions apart.`,
    zh: `前后均有记录的客户仅 ${known} 位；至少需要 ${fewestCustomers} 位才能比较各维度。`,
  }
  return new TrancheError('refused', text)
}
