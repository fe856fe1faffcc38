import type { Warehouse } from '../../engine/warehouse.ts'
import { duckdbDialect } from '../../sql/duckdb-dialect.ts'
import { ident, join, renderInline, type Sql, sql } from '../../sql/sql.ts'
import type { CompiledColumn } from './compile-column.ts'
import type { CompiledTable } from './compile-table.ts'
import { isPlainKey, isTight } from './keys.ts'
import type { RawColumn, RawColumns, RawRows } from './raw-columns.ts'

/** Columns that hold customer numbers, in every table. */
export const customerColumns: readonly string[] = ['customer_id', 'related_id', 'referred_id']

/** What is taken for granted of a file's texts. Rows in which it is not so are read by themselves and stepped over. */
export interface Order {
  /** Mapped columns that may be read as they stand. */
  readonly direct: ReadonlySet<string>
  /** Text columns of the file, by its own names, that have no white space around any text. */
  readonly tight: ReadonlySet<string>
  /** The case customer numbers are in, or brought to. */
  readonly style: Style | null
}

/** Above this share of rows that are rejected or not in order, writing the good ones pays. */
export const mostStepsOver = 0.1

/**
 * What holds of nearly all rows, in one look at them; of the first ones only, it is a guess for the look at all rows
 * to prove.
 */
export async function orderOf(
  warehouse: Warehouse,
  compiled: CompiledTable,
  { from, columns }: RawRows,
  firstRows: number | null,
): Promise<Order> {
  const candidates = compiled.columns.filter(({ direct }) => direct !== null)
  const styles = ['upper', 'lower'] as const
  const texts = looseTexts(compiled, columns)
  const counts = [
    ...candidates.flatMap((column, index) => [
      sql`count_if(not ${plainOf(column, null)}) as ${ident(`d${index}`)}`,
      ...(customerColumns.includes(column.name)
        ? styles.map(
            (style) => sql`count_if(not ${plainOf(column, style)}) as ${ident(`d${index}_${style}`)}`,
          )
        : []),
    ]),
    ...texts.map((column, index) => sql`count_if(not ${isTight(column.sql)}) as ${ident(`t${index}`)}`),
  ]
  if (counts.length === 0) return { direct: new Set(), tight: new Set(), style: null }
  const rows = firstRows === null ? from : sql`(select s.* from ${from} limit ${firstRows}) s`
  const found = await warehouse.row<Record<string, number>>(
    sql`select count(*) as n, ${join(counts)} from ${rows}`,
  )
  const most = found['n']! * mostStepsOver
  const customer = candidates.findIndex(({ name }) => name === 'customer_id')
  const style = styles.find((name) => customer >= 0 && found[`d${customer}_${name}`]! <= most) ?? null
  const inOrder = candidates.filter(({ name }, index) => {
    const key = style !== null && customerColumns.includes(name) ? `d${index}_${style}` : `d${index}`
    return found[key]! <= most
  })
  return {
    direct: new Set(inOrder.map(({ name }) => name)),
    tight: new Set(texts.flatMap(({ name }, index) => (found[`t${index}`] === 0 ? [name] : []))),
    style,
  }
}

/** True of rows of the mapping in which all is in order; null where nothing is taken for granted. */
export function isInOrder(
  compiled: CompiledTable,
  columns: RawColumns,
  { direct, tight, style }: Order,
): Sql | null {
  const conditions = [
    ...compiled.columns.flatMap((column) =>
      column.direct !== null && direct.has(column.name)
        ? [{ raw: column.direct.raw, plain: plainOf(column, style) }]
        : [],
    ),
    ...[...columns.values()].flatMap(({ name, sql: raw }) =>
      tight.has(name) ? [{ raw, plain: isTight(raw) }] : [],
    ),
  ]
  if (conditions.length === 0) return null
  // Each by itself: a filter on one column runs over the dictionary of a Parquet file instead of its rows.
  const each = conditions.map(({ raw, plain }) => sql`(${raw} is null or ${plain})`)
  return sql`(${join(each, ' and ')})`
}

/** The case all customer numbers of the table are in; null where one of them may be in another. */
export function foldedBy(compiled: CompiledTable, { direct, style }: Order): Style | null {
  const numbers = compiled.columns.filter(({ name }) => customerColumns.includes(name))
  return numbers.every(({ name }) => direct.has(name)) ? style : null
}

/** Text columns that are not mapped as they stand. */
function looseTexts(compiled: CompiledTable, columns: RawColumns): readonly RawColumn[] {
  const asTheyStand = new Set(
    compiled.columns.flatMap(({ direct }) =>
      direct === null ? [] : [renderInline(direct.raw, duckdbDialect)],
    ),
  )
  return [...columns.values()].filter(
    ({ kind, engineType, identifier, sql: raw }) =>
      kind === 'text' &&
      engineType === 'VARCHAR' &&
      identifier === undefined &&
      !asTheyStand.has(renderInline(raw, duckdbDialect)),
  )
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

function plainOf({ name, direct }: CompiledColumn, style: Style | null): Sql {
  const { raw, plain } = direct!
  return style === null || !customerColumns.includes(name) ? plain : isPlainKey(raw, style)
}

/** The mapping with customer numbers in the case of nearly all. */
export function inCase(compiled: CompiledTable, { style }: Order): CompiledTable {
  if (style === null) return compiled
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
