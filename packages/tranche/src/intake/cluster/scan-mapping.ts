import type { Source } from '@tranche/contract'
import { counted } from '@tranche/language'
import { TrancheError } from '../../errors.ts'
import { sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import type { CompiledTable } from '../mapping/compile-table.ts'
import type { RawColumn } from '../mapping/raw-columns.ts'
import { sourceColumn, tableColumns } from '../mapping/table-rows.ts'
import { checksInPlace, type OtherThere, rawRowsInPlace } from './compile.ts'
import { type ClusterTable, tableError } from './place.ts'
import { countReferences, followedInRun } from './references.ts'
import { countRepeats, keptOfRepeated, type Repeats, rowsOnce } from './repeats.ts'
import { type Scanned, scanLookedUp, scanTable } from './scan-table.ts'
import { standardRows } from './standard-rows.ts'
import type { TakeSourceOptions } from './take-source.ts'

/** A source and its table, with those that its rows are held against. */
export interface SourceThere extends OtherThere {
  readonly others: readonly OtherThere[]
}

/** Tables by source. */
export function tablesOf(others: readonly OtherThere[]): Readonly<Record<string, ClusterTable>> {
  return Object.fromEntries(others.map(({ source, there }) => [source.key, there]))
}

/**
 * Counts what a mapping makes of its table: in one scan what single rows tell; where keys repeat, and where they refer to other
 * tables, in one more each.
 */
export async function scanMapping(
  options: TakeSourceOptions,
  place: SourceThere,
  index: number,
  compiled: CompiledTable,
): Promise<Scanned> {
  const { warehouse, clocks, context } = options
  const { source, there } = place
  const { zone } = clocks(undefined)
  const checks = checksInPlace(source, index, compiled, zone)
  try {
    const scanned = await scanTable({
      ...{ warehouse, compiled, zone, now: context.clock(), ...checks },
      raw: readable(source, there),
      summed: there.snapshot === null,
    })
    if (scanned.repeated === 0) return await withoutOrphans(options, place, index, compiled, scanned)
    const { undecided, ...repeats } = await countRepeats(warehouse, compiled, checks.refusing)
    requireKeys(there, compiled, undecided)
    const once = withoutRepeats(scanned, compiled, repeats)
    return await withoutOrphans(options, place, index, compiled, once)
  } catch (error) {
    throw tableError(error, source)
  }
}

/** Rows, profile and sum of a table that only others look up in. */
export async function scanUnmapped(
  { warehouse }: TakeSourceOptions,
  { source, there }: OtherThere,
): Promise<Pick<Scanned, 'read' | 'profile' | 'sum'>> {
  try {
    const raw = readable(source, there)
    return await scanLookedUp({ warehouse, raw, summed: there.snapshot === null }, there)
  } catch (error) {
    throw tableError(error, source)
  }
}

/** Columns of a table that anything may read. */
export function readable(source: Definition<Source>, there: ClusterTable): readonly RawColumn[] {
  const columns = [...rawRowsInPlace({ source, there }).columns.values()]
  return columns.filter(({ identifier }) => identifier === undefined)
}

/** Counts of a table whose repeated keys are settled, as the run will read it. */
function withoutRepeats(scanned: Scanned, { table }: CompiledTable, repeats: Repeats): Scanned {
  const { duplicates, contradictions } = repeats
  const fault = { column: table.key.join(', '), missing: 0, unreadable: 0, looks: null }
  return {
    ...scanned,
    kept: scanned.kept - duplicates - contradictions,
    quarantined: scanned.quarantined + contradictions,
    faults: [
      ...scanned.faults,
      ...(contradictions === 0 ? [] : [{ ...fault, contradicted: contradictions }]),
    ],
    repeats,
  }
}

/** Counts of a table with what its keys of other tables tell. */
async function withoutOrphans(
  options: TakeSourceOptions,
  { source, there, others }: SourceThere,
  index: number,
  { mapping, columns }: CompiledTable,
  scanned: Scanned,
): Promise<Scanned> {
  const { catalogue, warehouse, clocks, home } = options
  if (followedInRun(catalogue, source, index).length > 0) return scanned
  const file = { source: source.key, id: 'scanned', there, others: tablesOf(others) }
  const item = { file, taken: { table: mapping.table, index, columns: columns.map(({ name }) => name) } }
  const rows = standardRows({ catalogue, clocks, home }, item)
  const names = [
    ...tableColumns(catalogue, mapping.table).map(({ name }) => name),
    sourceColumn(mapping.table),
  ]
  const once =
    scanned.repeats === undefined
      ? rows
      : rowsOnce(mapping.table, names, rows, sql`(${keptOfRepeated(mapping.table, names, rows)})`)
  const { checks, orphans, faults } = await countReferences(
    warehouse,
    { catalogue, clocks, home },
    item,
    once,
  )
  return {
    ...scanned,
    kept: scanned.kept - orphans,
    quarantined: scanned.quarantined + orphans,
    checks: [...scanned.checks, ...checks],
    faults: [...scanned.faults, ...faults],
  }
}

/** @throws TrancheError refused where rows contradict each other and none is the later one */
function requireKeys({ name }: ClusterTable, { table, place }: CompiledTable, undecided: number): void {
  if (undecided === 0) return
  const key = table.key.join(', ')
  throw new TrancheError(
    'refused',
    {
      en: `${name}: under ${counted(undecided, 'key', 'keys')} of ${table.name} (${key}) rows contradict each other, none known later than the other.`,
      zh: `${name}：${table.name} 有 ${undecided} 个键（${key}）对应互相矛盾且获知时间相同的行。`,
    },
    {
      place,
      hint: {
        en: 'Map known_at, which says which is the later one; keep one of each with where, or in a view on the cluster; or take the table in with cluster.copy: true, where the last one holds.',
        zh: '请映射 known_at 以说明哪一行较新；或用 where 或集群上的视图每键只留一行；或设 cluster.copy: true 读入该表，以最后一行为准。',
      },
    },
  )
}
