import type { Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import { type InputAges, inputAges, keptAges, tablesBehind, unknownAges } from '../segments/input-ages.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { changedSince } from './definitions-then.ts'

/** How fresh a segment is: its definition, and the data that it rests on. */
export interface Staleness extends InputAges {
  readonly stale: boolean
  /** Whether the definition, or one that it rests on, changed since the run that is published. */
  readonly changed: boolean
}

/** The ages of what a rule reads that is saved nowhere. */
export async function agesOfNames(
  warehouse: Warehouse,
  names: readonly string[],
  catalogue: Catalogue,
): Promise<Staleness> {
  const tables = tablesBehind(names, catalogue)
  if (tables.size === 0 || !(await keptAges(warehouse))) return stalenessOf(undefined, false, catalogue)
  const rows = await warehouse.rows<{ input: string; age: number }>(
    sql`select distinct input, age_days as age from segment_inputs where age_days is not null order by age, input`,
  )
  const own = rows.filter(({ input }) => tables.has(input))
  const [youngest, oldest] = [own[0], own.at(-1)]
  if (youngest === undefined || oldest === undefined) return stalenessOf(undefined, false, catalogue)
  const ages = { youngestInputDays: youngest.age, oldestInputDays: oldest.age, oldestInput: oldest.input }
  return stalenessOf(ages, false, catalogue)
}

export function stalenessOf(
  ages: InputAges | undefined,
  changed: boolean,
  { workspace }: Pick<Catalogue, 'workspace'>,
): Staleness {
  const known = ages ?? unknownAges
  const old = (known.oldestInputDays ?? 0) > workspace.segments.staleAfterDays
  return { stale: changed || old, changed, ...known }
}

/** How fresh one segment of the run is. */
export async function publishedStaleness(
  warehouse: Warehouse,
  catalogue: Catalogue,
  segment: string,
): Promise<Staleness> {
  const changed = await changedSince(warehouse, catalogue, segment)
  return stalenessOf((await inputAges(warehouse)).get(segment), changed, catalogue)
}

/** Why a segment is stale, in a few words; null for one that is not. */
export function staleWords({ stale, changed, oldestInput, oldestInputDays }: Staleness): Text | null {
  if (!stale) return null
  if (changed) return { en: 'stale: defined otherwise since', zh: '已过时：定义此后已变更' }
  return {
    en: `stale: ${oldestInput} ends ${counted(oldestInputDays ?? 0, 'day', 'days')} before`,
    zh: `已过时：${oldestInput} 的数据止于 ${oldestInputDays} 天前`,
  }
}

/** The ages of the newest and the oldest input; null where none is dated. */
export function ageWords({ youngestInputDays, oldestInputDays, oldestInput }: Staleness): Text | null {
  if (youngestInputDays === null || oldestInputDays === null) return null
  return youngestInputDays === oldestInputDays
    ? {
        en: `inputs ${counted(oldestInputDays, 'day', 'days')} old`,
        zh: `输入数据距今 ${oldestInputDays} 天`,
      }
    : {
        en: `inputs ${youngestInputDays} to ${oldestInputDays} days old (${oldestInput})`,
        zh: `输入数据距今 ${youngestInputDays} 至 ${oldestInputDays} 天（${oldestInput}）`,
      }
}
