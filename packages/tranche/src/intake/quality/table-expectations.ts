import { type RowCounts, type StandardTableName, standardTables } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { Distribution, IntakeState } from '../intake-state.ts'
import { sourceColumn, tableColumns } from '../mapping/table-rows.ts'
import { distributionChange, distributionOf } from './distribution.ts'
import type { KindedExpectation } from './row-expectations.ts'

export interface TableCheckContext {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly previous: IntakeState | null
  readonly rows: readonly RowCounts[]
  readonly previousRows: readonly RowCounts[]
  /** Against which data may be too old. */
  readonly now: Date
}

/** What an expectation of a whole table found. */
export interface TableCheck {
  readonly observed: number | null
  readonly threshold: number
  readonly n: number | null
  readonly failed: number | null
  readonly holds: boolean
  readonly distribution?: Distribution
}

/** Checks an expectation that no single row can break. */
export async function checkTable(
  context: TableCheckContext,
  source: string,
  name: StandardTableName,
  item: KindedExpectation,
): Promise<TableCheck> {
  const { kind, expectation } = item
  switch (kind) {
    case 'unique':
      return await checkUnique(context, source, name, item)
    case 'foreign_key':
      return await checkForeignKey(context, source, name, item)
    case 'freshness':
      return checkFreshness(context, source, name, expectation.freshness!.maxAgeDays)
    case 'row_count_change':
      return checkRowCount(context, source, name, expectation.row_count_change!.maxShare)
    case 'distribution':
      return await checkDistribution(context, source, name, item)
    default:
      throw new TypeError(`${kind} is checked row by row.`)
  }
}

/** Name under which a distribution is kept for the next run. */
export function distributionKey(source: string, table: string, column: string): string {
  return `${source}.${table}.${column}`
}

async function checkUnique(
  { warehouse, catalogue }: TableCheckContext,
  source: string,
  name: StandardTableName,
  item: KindedExpectation,
): Promise<TableCheck> {
  const column = ident(columnOf(catalogue, name, item).name)
  const found = await warehouse.row<{ n: number; failed: number }>(
    sql`select count(${column}) as n, count(${column}) - count(distinct ${column}) as failed from ${rowsOf(source, name)}`,
  )
  return share(found.n, found.failed, item)
}

async function checkForeignKey(
  { warehouse, catalogue, state }: TableCheckContext,
  source: string,
  name: StandardTableName,
  item: KindedExpectation,
): Promise<TableCheck> {
  const { table, column: target } = item.expectation.foreign_key!
  const column = ident(columnOf(catalogue, name, item).name)
  const referred = standardTables.find((candidate) => candidate.name === table)?.name
  if (
    referred === undefined ||
    !tableColumns(catalogue, referred).some((candidate) => candidate.name === target)
  )
    throw new TrancheError(
      'invalid_definition',
      { en: `foreign_key: there is no ${table}.${target}.`, zh: `foreign_key：没有 ${table}.${target}。` },
      { place: item.place },
    )
  // Derived customers are there only because a row names them.
  const there = sql`(select distinct ${ident(target)} as value from ${ident('standard', referred)} t${referred === 'customer_versions' ? sql` where source <> '_derived'` : sql``})`
  const found = await warehouse.row<{ n: number; failed: number }>(
    sql`select count(${column}) as n, count_if(${column} is not null and k.value is null) as failed from ${rowsOf(source, name)} t left join ${there} k on k.value = t.${column}`,
  )
  const ids = new Set(state.files.filter((file) => file.source === source).map(({ id }) => id))
  const setAside = item.expectation.quarantine
    ? state.resolution.dropped
        .filter((drop) => drop.table === name && ids.has(drop.file))
        .reduce((sum, { orphans }) => sum + orphans, 0)
    : 0
  return share(found.n + setAside, found.failed + setAside, item)
}

function checkFreshness(
  { state, now }: TableCheckContext,
  source: string,
  name: StandardTableName,
  maxAgeDays: number,
): TableCheck {
  const newest = state.files
    .filter((file) => file.source === source)
    .flatMap(({ tables }) =>
      tables.flatMap((taken) => (taken.table === name && taken.newest !== null ? [taken.newest] : [])),
    )
    .reduce<string | null>((latest, text) => (latest === null || text > latest ? text : latest), null)
  if (newest === null) return { observed: null, threshold: maxAgeDays, n: null, failed: null, holds: false }
  const ms = Date.parse(newest.length === 10 ? `${newest}T00:00:00Z` : `${newest.replace(' ', 'T')}Z`)
  const ageDays = Math.floor((now.getTime() - ms) / 86_400_000)
  return { observed: ageDays, threshold: maxAgeDays, n: null, failed: null, holds: ageDays <= maxAgeDays }
}

function checkRowCount(
  { rows, previousRows }: TableCheckContext,
  source: string,
  name: StandardTableName,
  maxShare: number,
): TableCheck {
  const kept = (counts: readonly RowCounts[]) =>
    counts.find((count) => count.source === source && count.table === name)?.kept
  const [before, now] = [kept(previousRows), kept(rows) ?? 0]
  if (before === undefined || before === 0)
    return { observed: null, threshold: maxShare, n: now, failed: null, holds: true }
  const change = Math.abs(now - before) / before
  return { observed: change, threshold: maxShare, n: now, failed: null, holds: change <= maxShare }
}

async function checkDistribution(
  { warehouse, catalogue, previous }: TableCheckContext,
  source: string,
  name: StandardTableName,
  item: KindedExpectation,
): Promise<TableCheck> {
  const column = columnOf(catalogue, name, item)
  const earlier = previous?.distributions[distributionKey(source, name, column.name)]
  const distribution = await distributionOf(
    warehouse,
    rowsOf(source, name),
    ident(column.name),
    column.type,
    earlier,
  )
  const threshold = item.expectation.distribution!.maxPsi
  const observed = earlier === undefined ? null : distributionChange(earlier, distribution)
  return {
    observed,
    threshold,
    n: distribution.counts.reduce((sum, count) => sum + count, 0),
    failed: null,
    holds: observed === null || observed <= threshold,
    distribution,
  }
}

function share(n: number, failed: number, { expectation }: KindedExpectation): TableCheck {
  const observed = n === 0 ? null : failed / n
  return { observed, threshold: expectation.threshold, n, failed, holds: failed <= n * expectation.threshold }
}

function rowsOf(source: string, name: StandardTableName): Sql {
  if (sourceColumn(name) !== 'source') return sql`${ident('standard', name)}`
  return sql`(select * from ${ident('standard', name)} where source = ${source})`
}

function columnOf(
  catalogue: Catalogue,
  name: StandardTableName,
  { kind, expectation, place }: KindedExpectation,
) {
  const columns = tableColumns(catalogue, name)
  const found = columns.find((column) => column.name === expectation.column)
  if (found !== undefined) return found
  throw new TrancheError(
    'invalid_definition',
    expectation.column === undefined
      ? { en: `${kind} needs a column.`, zh: `${kind} 需要写明 column。` }
      : {
          en: `${name} has no column ${expectation.column}.`,
          zh: `标准表 ${name} 没有列 ${expectation.column}。`,
        },
    { place },
  )
}
