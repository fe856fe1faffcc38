import { join as joinPath } from 'node:path'
import type { StandardTableName, Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type IntakeState, intakePaths } from '../intake-state.ts'
import { standardTable } from '../mapping/compile-table.ts'
import type { QualityRow } from './quality-row.ts'

/** What a run added to a table and restated in it, by source. */
export interface Changes {
  readonly source: string
  readonly table: StandardTableName
  readonly newFiles: number
  readonly changedFiles: number
  /** Rows kept of files that were new or changed. */
  readonly added: number
  /** Rows of files taken in before that a new or changed file says otherwise. */
  readonly restated: number
  /** Kept rows of new or changed files whose time lies more than a day before the newest known then; null without dates. */
  readonly late: number | null
}

export interface ChangesOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly folder: string
  readonly state: IntakeState
  readonly previous: IntakeState | null
}

/** Compares with the last run; sources and tables without a new or changed file are left out. */
export async function changesSince(options: ChangesOptions): Promise<readonly Changes[]> {
  const { catalogue, state } = options
  const changes: Changes[] = []
  for (const { key, value } of catalogue.sources) {
    const fresh = state.files.filter(({ source, status }) => source === key && status !== 'unchanged')
    if (fresh.length === 0) continue
    for (const table of new Set(value.tables.map((mapping) => mapping.table))) {
      const ids = fresh.map(({ id }) => id)
      const kept = fresh
        .filter(({ copyOf }) => copyOf === null)
        .flatMap(({ tables }) => tables.filter((taken) => taken.table === table))
        .reduce((sum, taken) => sum + taken.kept, 0)
      const left = state.resolution.dropped
        .filter((drop) => drop.table === table && ids.includes(drop.file))
        .reduce((sum, drop) => sum + drop.duplicates + drop.quarantined, 0)
      changes.push({
        source: key,
        table,
        newFiles: fresh.filter(({ status }) => status === 'new').length,
        changedFiles: fresh.filter(({ status }) => status === 'changed').length,
        added: kept - left,
        restated: await restatedRows(options, table, ids),
        late: await lateRows(options, key, table, ids),
      })
    }
  }
  return changes
}

async function restatedRows(
  { warehouse, folder, state }: ChangesOptions,
  table: StandardTableName,
  fresh: readonly string[],
): Promise<number> {
  if (!state.resolution.dropped.some((drop) => drop.table === table)) return 0
  const dropped = joinPath(folder, intakePaths.resolved(state.resolution.hash, `dropped-${table}`))
  const ids = join(fresh.map((id) => sql`${id}`))
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from read_parquet(${dropped}) where verdict = 'contradiction' and kept_file in (${ids}) and _file not in (${ids})`,
  )
  return n
}

async function lateRows(
  { warehouse, previous }: ChangesOptions,
  source: string,
  table: StandardTableName,
  fresh: readonly string[],
): Promise<number | null> {
  const { time } = standardTable(table)
  const newest = (previous?.files ?? [])
    .filter((file) => file.source === source)
    .flatMap(({ tables }) =>
      tables.flatMap((taken) => (taken.table === table && taken.newest !== null ? [taken.newest] : [])),
    )
    .reduce<string | null>((latest, text) => (latest === null || text > latest ? text : latest), null)
  if (time === undefined || newest === null) return null
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident('standard', table)} where _file in (${join(fresh.map((id) => sql`${id}`))}) and cast(${ident(time)} as timestamp) < ${typed('timestamp', newest)} - interval 1 day`,
  )
  return n
}

const toldKinds = ['identity_identifier', 'identity_pair', 'missing_rates', 'folded_keys', 'copy']

/** What a run tells people: what came in, what it says otherwise than before, how systems were joined. */
export function notesOf(changes: readonly Changes[], quality: readonly QualityRow[]): readonly Text[] {
  return [
    ...changes.map(changeText),
    ...quality.filter(({ kind }) => toldKinds.includes(kind)).map(({ message }) => message),
  ]
}

function changeText({ source, table, newFiles, changedFiles, added, restated, late }: Changes): Text {
  const isLate = late !== null && late > 0
  return {
    en: `${source} → ${table}: ${newFiles} new and ${counted(changedFiles, 'changed file', 'changed files')} brought ${counted(added, 'row', 'rows')}${restated > 0 ? `, which restate ${counted(restated, 'earlier one', 'earlier ones')}` : ''}${isLate ? `; ${late} came late` : ''}.`,
    zh: `${source} → ${table}：新增 ${newFiles} 个、变更 ${changedFiles} 个文件，带来 ${added} 行${restated > 0 ? `，更正了此前的 ${restated} 行` : ''}${isLate ? `，其中 ${late} 行迟到` : ''}。`,
  }
}
