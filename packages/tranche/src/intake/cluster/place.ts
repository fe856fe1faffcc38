import type { Source } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import type { TrinoColumn } from '../../engine/trino-protocol.ts'
import { TrancheError } from '../../errors.ts'
import { ident, type Sql, sql, typed } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { constantValue } from '../readers/constant-text.ts'

/** A table of the cluster as a run reads it. */
export interface ClusterTable {
  /** `catalog.schema.table`. */
  readonly name: string
  /** The snapshot that is read, of a table that keeps them; null where rows are those of the moment. */
  readonly snapshot: string | null
  /** Up to when rows were added that are read, of a table without snapshots to which rows are only added. */
  readonly upTo?: AddedUpTo
  /** As the snapshot has them. */
  readonly columns: readonly TrinoColumn[]
}

export interface AddedUpTo {
  readonly column: string
  /** The column's type: a text holds ISO instants in UTC. */
  readonly type: 'text' | 'instant' | 'zoned'
  /** ISO in UTC. */
  readonly instant: string
}

/** Which rows of a table are to be read, where not its newest. */
export type Pin = Pick<ClusterTable, 'snapshot' | 'upTo'>

/** Whether a source is a table of the cluster that is read where it lies. One of rates is copied: they are few, and needed here too. */
export function isInPlace({ cluster, tables }: Pick<Source, 'cluster' | 'tables'>): boolean {
  if (cluster === undefined || cluster.copy) return false
  return tables.length === 0 || tables.some(({ table }) => table !== 'fx_rates')
}

/** The rows of a table, those of its snapshot where it keeps them, or those that were added up to then. */
export function rowsOf({ name, snapshot, upTo }: Pick<ClusterTable, 'name' | 'snapshot' | 'upTo'>): Sql {
  const table = ident(...name.split('.'))
  if (snapshot !== null) return sql`${table} for version as of ${constantValue(typed('bigint', snapshot))}`
  if (upTo === undefined) return table
  const text = constantValue(typed('varchar', upTo.instant))
  const instant = sql`from_iso8601_timestamp(${text})`
  const last =
    upTo.type === 'text'
      ? text
      : upTo.type === 'zoned'
        ? instant
        : sql`cast(at_timezone(${instant}, 'UTC') as timestamp(6))`
  return sql`(select * from ${table} where ${ident(upTo.column)} <= ${last})`
}

/**
 * Asks the cluster for a table's newest snapshot, unless a pin is given, and for its columns.
 * @param now up to when rows count of a table to which rows are only added; all of them unless said
 * @throws TrancheError invalid_source where there is no such table; refused where this user may not read it
 */
export async function lookAtTable(
  warehouse: TrinoWarehouse,
  source: Definition<Source>,
  { pin, now }: { readonly pin?: Pin | undefined; readonly now?: Date | undefined } = {},
): Promise<ClusterTable> {
  const { table: name, appended } = source.value.cluster!
  try {
    const snapshot = pin === undefined ? await newestSnapshot(warehouse, name) : pin.snapshot
    const columns = await warehouse.shapeOf(rowsOf({ name, snapshot }))
    if (pin?.upTo !== undefined) return { name, snapshot, upTo: pin.upTo, columns }
    if (snapshot !== null || appended === undefined || now === undefined) return { name, snapshot, columns }
    return { name, snapshot, upTo: addedUpTo(source, appended, columns, now), columns }
  } catch (error) {
    const given = pin?.snapshot ?? undefined
    throw given !== undefined && withoutIt(error)
      ? noSnapshot(error, source, given)
      : tableError(error, source)
  }
}

function addedUpTo(
  source: Definition<Source>,
  column: string,
  columns: readonly TrinoColumn[],
  now: Date,
): AddedUpTo {
  const type = columns.find(({ name }) => name === column)?.type ?? ''
  const instant = now.toISOString()
  if (type.startsWith('varchar')) return { column, type: 'text', instant }
  if (/^timestamp\(\d+\) with time zone$/.test(type)) return { column, type: 'zoned', instant }
  if (/^timestamp\(\d+\)$/.test(type)) return { column, type: 'instant', instant }
  throw new TrancheError(
    'invalid_source',
    {
      en: `Source ${source.key}: appended names ${column}, ${type === '' ? 'which the table does not have' : `whose type is ${type}; expected a moment`}.`,
      zh: `来源 ${source.key}：appended 指定的 ${column} ${type === '' ? '不在该表中' : `类型为 ${type}，应为时间`}。`,
    },
    { place: source.placeOf(['cluster', 'appended']) },
  )
}

/** Whether the cluster says that a table has no such snapshot, or none at all any more. */
function withoutIt(error: unknown): error is TrancheError {
  return (
    error instanceof TrancheError &&
    ['INVALID_ARGUMENTS', 'NOT_SUPPORTED'].includes(String(error.context['reason']))
  )
}

function noSnapshot(
  { cause, context }: TrancheError,
  source: Definition<Source>,
  snapshot: string,
): TrancheError {
  const { table } = source.value.cluster!
  return new TrancheError(
    'refused',
    {
      en: `Source ${source.key}: ${table} no longer keeps snapshot ${snapshot}.`,
      zh: `来源 ${source.key}：表 ${table} 已不再保留快照 ${snapshot}。`,
    },
    {
      ...{ place: source.placeOf(['cluster', 'table']), cause, context },
      hint: {
        en: 'What was read as of it can be read again only while the table keeps it: ask for a longer retention of its snapshots.',
        zh: '只有表仍保留该快照时才能再次按其读取：请要求延长快照保留期。',
      },
    },
  )
}

/**
 * Tables of Iceberg keep their snapshots in a table beside them, those of Delta the versions of their log; others have none of
 * either name.
 */
async function newestSnapshot(warehouse: TrinoWarehouse, name: string): Promise<string | null> {
  const [catalog, schema, table] = name.split('.')
  const beside = (suffix: string) => ident(catalog!, schema!, `${table}$${suffix}`)
  for (const query of [
    sql`select cast(snapshot_id as varchar) as id from ${beside('refs')} where name = 'main'`,
    sql`select cast(max(version) as varchar) as id from ${beside('history')}`,
  ])
    try {
      const [found] = await warehouse.rows<{ id: string | null }>(query)
      return found?.id ?? null
    } catch (error) {
      if (!(error instanceof TrancheError && withoutSnapshots.has(String(error.context['reason']))))
        throw error
    }
  return null
}

const withoutSnapshots = new Set([
  'TABLE_NOT_FOUND',
  'COLUMN_NOT_FOUND',
  'NOT_SUPPORTED',
  'PERMISSION_DENIED',
])

/** What the cluster said, with the table and the place of its definition. */
export function tableError(error: unknown, source: Definition<Source>): unknown {
  if (!(error instanceof TrancheError)) return error
  const { table: name } = source.value.cluster!
  const place = source.placeOf(['cluster', 'table'])
  const { cause } = error
  switch (error.context['reason']) {
    case 'TABLE_NOT_FOUND':
    case 'SCHEMA_NOT_FOUND':
    case 'CATALOG_NOT_FOUND':
    case 'NOT_FOUND':
      return new TrancheError(
        'invalid_source',
        {
          en: `Source ${source.key}: the cluster has no table ${name}, or hides it from its user.`,
          zh: `来源 ${source.key}：集群中没有表 ${name}，或对该用户不可见。`,
        },
        {
          ...{ place, cause },
          hint: {
            en: 'Correct cluster.table (catalog.schema.table), or ask an administrator to let the user see it.',
            zh: '请修改 cluster.table（catalog.schema.table），或请管理员授予可见权限。',
          },
        },
      )
    case 'PERMISSION_DENIED':
      return new TrancheError(
        'refused',
        {
          en: `Source ${source.key}: the cluster does not let its user read ${name}.`,
          zh: `来源 ${source.key}：集群不允许该用户读取 ${name}。`,
        },
        {
          ...{ place, cause },
          hint: {
            en: 'Ask an administrator to grant select on it; nothing else is needed of the table.',
            zh: '请管理员授予该表的 select 权限，除此之外不需要其他权限。',
          },
        },
      )
    default:
      return error.code === 'query_failed' ? failed(error, source) : error
  }
}

/** What another system behind the cluster refuses, the cluster only says to have failed. */
function failed(error: TrancheError, { key, value, placeOf }: Definition<Source>): TrancheError {
  const { table } = value.cluster!
  const why = `${error.context['reason']}, ${error.context['query']}`
  return new TrancheError(
    'query_failed',
    {
      en: `Source ${key}: ${table} can't be read on the cluster (${why}).`,
      zh: `来源 ${key}：集群无法读取 ${table}（${why}）。`,
    },
    {
      place: placeOf(['cluster', 'table']),
      cause: error.cause,
      context: error.context,
      hint: {
        en: "The cluster's list of queries says why under this id: the catalog's own user may lack the right to read it.",
        zh: '请按此编号在集群的查询列表中查看原因，例如该 catalog 自己的用户没有读取权限。',
      },
    },
  )
}
