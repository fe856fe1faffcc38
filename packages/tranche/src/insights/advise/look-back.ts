import type { Feature, Text, Window } from '@tranche/contract'
import type { RunContext } from '../../engine/run-context.ts'
import type { Column, Columns, Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { createCalendar, earlierInstant } from '../../features/calendar.ts'
import { computeFeatures } from '../../features/compute-features.ts'
import { FeatureSet, typesInLanguage } from '../../features/feature-set.ts'
import { saltedHash } from '../../sql/salted-hash.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { Goal } from './judge-dimension.ts'

export interface LookBackOptions {
  /** Holds the standard tables; gets tables of its own. */
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly context: Pick<RunContext, 'asOf' | 'signal'>
  /** Key of a feature that is a number or yes and no. */
  readonly goal: string
}

/** What customers were before a goal's window opened, and what became of them within it. */
export interface LookBack {
  /** When the window opened. */
  readonly from: string
  readonly target: Goal
  /** Features as of then, in order of customer_id; numbers, yes and no, texts. */
  readonly columns: ReadonlyMap<string, Column>
  /** Names of those that are yes or no, held as 1 and 0. */
  readonly flags: ReadonlySet<string>
}

const usualHorizon: Window = { last: 90, unit: 'day' }
const fewestCustomers = 200

/**
 * Computes all features as of the day before the goal's window and the goal as of now, of customers known on both days.
 * @throws TrancheError not_found, invalid_input for a goal that is no number, refused with fewer than 200 customers
 */
export async function lookBack({ warehouse, catalogue, context, goal }: LookBackOptions): Promise<LookBack> {
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
  const columns = new Map(
    names.flatMap((name) => {
      const column = read.byName[`d:${name}`]
      return column === undefined ? [] : [[name, column] as const]
    }),
  )
  return { from, target, columns, flags: new Set(names.filter((name) => typeOf(name) === 'bool')) }
}

async function readBoth(warehouse: Warehouse, names: readonly string[], goal: string): Promise<Columns> {
  const columns = names.map((name) => sql`before.${ident(name)} as ${ident(`d:${name}`)}`)
  const half = saltedHash('advice', sql`before.customer_id`)
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
