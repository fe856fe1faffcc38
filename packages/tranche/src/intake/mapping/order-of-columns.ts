import type { Warehouse } from '../../engine/warehouse.ts'
import { duckdbDialect } from '../../sql/duckdb-dialect.ts'
import { ident, join, renderInline, type Sql, sql } from '../../sql/sql.ts'
import type { CompiledColumn } from './compile-column.ts'
import type { CompiledTable } from './compile-table.ts'
import { isTight } from './keys.ts'
import type { RawRows } from './raw-columns.ts'
import { mostStepsOver } from './read-in-place.ts'

/** Columns that hold customer numbers, in every table. */
export const customerColumns: readonly string[] = ['customer_id', 'related_id', 'referred_id']

/** Which texts of a file may be read as they stand. */
export interface Order {
  /** Columns that are in order in all rows but those of `unlessPlain`. */
  readonly direct: ReadonlySet<string>
  /** True of rows in which one of the columns is not in order; null where there are none. */
  readonly unlessPlain: Sql | null
  /** The case all customer numbers are in, those of `unlessPlain` after mapping. */
  readonly folded: 'upper' | 'lower' | null
  /** The mapping, with customer numbers brought to that case. */
  readonly compiled: CompiledTable
}

/**
 * Finds text columns that are in order in nearly all rows. Each is asked by itself: a filter on one column runs over
 * the dictionary of a Parquet file instead of its rows.
 */
export async function columnsInOrder(
  warehouse: Warehouse,
  compiled: CompiledTable,
  raw: RawRows,
  records: number,
): Promise<Order> {
  const most = records * mostStepsOver
  const unlike = async (plain: Sql): Promise<number> =>
    (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${raw.from} where not ${plain}`)).n
  const folded = await caseOf(compiled, most, unlike)
  const direct = new Set<string>()
  const conditions: Sql[] = []
  for (const column of compiled.columns) {
    if (column.direct === null) continue
    const plain = plainOf(column, folded?.style ?? null)
    const n = folded?.counted.get(column.name) ?? (await unlike(plain))
    if (n > most) continue
    direct.add(column.name)
    if (n > 0) conditions.push(sql`not ${plain}`)
  }
  const style = folded?.style ?? null
  const numbers = compiled.columns.filter(({ name }) => customerColumns.includes(name))
  return {
    direct,
    unlessPlain: conditions.length === 0 ? null : sql`(${join(conditions, ' or ')})`,
    folded: style !== null && numbers.every(({ name }) => direct.has(name)) ? style : null,
    compiled: style === null ? compiled : inCase(compiled, style),
  }
}

/** Text columns that are not mapped as they stand, in which no text has white space around it. */
export async function tightColumns(
  warehouse: Warehouse,
  compiled: CompiledTable,
  { from, columns }: RawRows,
): Promise<ReadonlySet<string>> {
  const asTheyStand = new Set(
    compiled.columns.flatMap(({ direct }) =>
      direct === null ? [] : [renderInline(direct.raw, duckdbDialect)],
    ),
  )
  const tight = new Set<string>()
  for (const { name, kind, engineType, sql: raw } of columns.values()) {
    if (kind !== 'text' || engineType !== 'VARCHAR') continue
    if (asTheyStand.has(renderInline(raw, duckdbDialect))) continue
    const { n } = await warehouse.row<{ n: number }>(
      sql`select count(*) as n from ${from} where not ${isTight(raw)}`,
    )
    if (n === 0) tight.add(name)
  }
  return tight
}

/** Columns asked in one look: each holds vectors of its own while the look lasts. */
const askedAtOnce = 50

/** Text columns of staged rows in which no text has white space around it, so that nothing trims them again. */
export async function tightTexts(
  warehouse: Warehouse,
  { from, columns }: RawRows,
): Promise<ReadonlySet<string>> {
  const texts = [...columns.values()].filter(({ kind, identifier }) => kind === 'text' && !identifier)
  const tight = new Set<string>()
  for (let start = 0; start < texts.length; start += askedAtOnce) {
    const asked = texts.slice(start, start + askedAtOnce)
    const loose = asked.map(
      (column, index) => sql`count_if(not ${isTight(column.sql)}) as ${ident(`n${index}`)}`,
    )
    const found = await warehouse.row<Record<string, number>>(sql`select ${join(loose)} from ${from}`)
    for (const [index, { name }] of asked.entries()) if (found[`n${index}`] === 0) tight.add(name)
  }
  return tight
}

/** The rows with those columns known to be tight. */
export function knownTight(rows: RawRows, tight: ReadonlySet<string>): RawRows {
  if (tight.size === 0) return rows
  const columns = [...rows.columns].map(
    ([name, column]) => [name, tight.has(name) ? { ...column, tight: true } : column] as const,
  )
  return { ...rows, columns: new Map(columns) }
}

type Style = 'upper' | 'lower'

/** The case nearly all customer numbers of the file are in, with how many are not. */
async function caseOf(
  compiled: CompiledTable,
  most: number,
  unlike: (plain: Sql) => Promise<number>,
): Promise<{ readonly style: Style; readonly counted: ReadonlyMap<string, number> } | null> {
  const column = compiled.columns.find(({ name, direct }) => name === 'customer_id' && direct !== null)
  if (column === undefined) return null
  for (const style of ['upper', 'lower'] as const) {
    const n = await unlike(plainOf(column, style))
    if (n <= most) return { style, counted: new Map([[column.name, n]]) }
  }
  return null
}

function plainOf({ name, direct }: CompiledColumn, style: Style | null): Sql {
  const { raw, plain } = direct!
  if (style === null || !customerColumns.includes(name)) return plain
  return sql`(${plain} and ${raw} = ${folding(style, raw)})`
}

function inCase(compiled: CompiledTable, style: Style): CompiledTable {
  return {
    ...compiled,
    columns: compiled.columns.map((column) =>
      customerColumns.includes(column.name) && column.direct !== null
        ? { ...column, value: folding(style, column.value) }
        : column,
    ),
  }
}

function folding(style: Style, value: Sql): Sql {
  return style === 'upper' ? sql`upper(${value})` : sql`lower(${value})`
}
