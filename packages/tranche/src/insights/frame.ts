import type { Columns, Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { ident, join, list, type Sql, sql, typed } from '../sql/sql.ts'
import { PackedCodes } from './packed-codes.ts'

/** A column of numbers over all customers in order of customer_id; `valid[i]` is 0 where it is missing. */
export interface NumberColumn {
  readonly name: string
  readonly values: Float64Array
  readonly valid: Uint8Array
  readonly known: number
  readonly boolean: boolean
}

/** A column of few distinct texts; a code is the position of the level, −1 where it is missing. */
export interface LevelColumn {
  readonly name: string
  readonly codes: Int16Array
  /** By number of customers, the most frequent first. */
  readonly levels: readonly string[]
  readonly counts: readonly number[]
  readonly known: number
}

/** What findings are computed from: columns of the published per-customer tables, read once. */
export interface CustomerFrame {
  readonly rowCount: number
  readonly numbers: ReadonlyMap<string, NumberColumn>
  readonly levels: ReadonlyMap<string, LevelColumn>
  /** Which published table a column lies in. */
  readonly home: ReadonlyMap<string, FrameTable>
  /** Attributes that are money, by which customers are compared where nothing was bought and nothing came of it. */
  readonly amounts: readonly string[]
}

export type FrameTable = 'customer_value' | 'customer_facts'

/** A text column with more distinct values than this is a name, not a group. */
export const mostLevels = 60

interface FoundColumn {
  readonly name: string
  readonly table: FrameTable
  readonly type: string
}

/**
 * Reads the columns asked for (those that exist) in order of customer_id.
 * Cost: one scan of each table, one count per text column; memory 9 bytes a number and customer.
 */
export async function readFrame(warehouse: Warehouse, wanted: readonly string[]): Promise<CustomerFrame> {
  const columns = await findColumns(warehouse, wanted)
  const texts = columns.filter(({ type }) => type === 'VARCHAR')
  const levelled = await readLevels(warehouse, texts)
  const numeric = columns.filter(({ type }) => isNumeric(type))
  if (numeric.length === 0 && levelled.length === 0)
    return { rowCount: 0, numbers: new Map(), levels: new Map(), home: new Map(), amounts: [] }
  const usesFacts = columns.some(({ table }) => table === 'customer_facts')
  const misplaced = await isMisplaced(warehouse, usesFacts)
  const parts = new Map<FrameTable, ReadPart>()
  for (const table of ['customer_value', 'customer_facts'] as const) {
    const own = {
      numeric: numeric.filter((column) => column.table === table),
      levelled: levelled.filter(({ column }) => column.table === table),
    }
    if (own.numeric.length > 0 || own.levelled.length > 0)
      parts.set(
        table,
        await readPart(
          warehouse,
          table,
          own,
          misplaced ? sql`${joined(usesFacts)} order by customer_id` : ident(table),
        ),
      )
  }
  const numbers = new Map<string, NumberColumn>()
  for (const column of numeric) {
    const { read, codes } = parts.get(column.table)!
    const isFlag = isFlagColumn(column)
    const found = isFlag ? flagOf(codes.codesOf(read, column.name)) : read.byName[column.name]
    if (found === undefined || found.type !== 'number') continue
    const { values, valid } = found
    let known = 0
    for (let row = 0; row < valid.length; row++) known += valid[row]!
    if (known > 0) numbers.set(column.name, { name: column.name, values, valid, known, boolean: isFlag })
  }
  const levels = new Map<string, LevelColumn>()
  for (const { column, levels: found } of levelled) {
    const { read, codes } = parts.get(column.table)!
    const counts = found.map(({ n }) => n)
    levels.set(column.name, {
      name: column.name,
      codes: new Int16Array(codes.codesOf(read, column.name)).map((code) => code - 1),
      levels: found.map(({ level }) => level),
      counts,
      known: counts.reduce((sum, n) => sum + n, 0),
    })
  }
  return {
    rowCount: [...parts.values()][0]!.read.rowCount,
    numbers,
    levels,
    home: new Map(columns.map(({ name, table }) => [name, table])),
    amounts: [],
  }
}

interface Levelled {
  readonly column: FoundColumn
  readonly levels: readonly { readonly level: string; readonly n: number }[]
}

interface ReadPart {
  readonly read: Columns
  readonly codes: PackedCodes
}

const isFlagColumn = ({ type }: FoundColumn): boolean => type === 'BOOLEAN'

/** Columns of one of the tables, as the rows come. */
async function readPart(
  warehouse: Warehouse,
  table: FrameTable,
  { numeric, levelled }: { readonly numeric: readonly FoundColumn[]; readonly levelled: readonly Levelled[] },
  rows: Sql,
): Promise<ReadPart> {
  const codes = new PackedCodes([
    ...levelled.map(({ column, levels }) => ({
      name: column.name,
      code: sql`coalesce(list_position([${list(levels.map(({ level }) => typed('varchar', level)))}], ${ident(table, column.name)}), 0)`,
      size: levels.length + 1,
    })),
    ...numeric.filter(isFlagColumn).map(({ name }) => ({
      name,
      code: sql`coalesce(cast(${ident(table, name)} as integer) + 1, 0)`,
      size: 3,
    })),
  ])
  const expressions = [
    ...numeric
      .filter((column) => !isFlagColumn(column))
      .map(({ name }) => sql`cast(${ident(table, name)} as double) as ${ident(name)}`),
    ...codes.expressions,
  ]
  return { read: await warehouse.columns(sql`select ${join(expressions)} from ${rows}`), codes }
}

/** A flag as numbers, of codes 0 where it is missing, 1 where it isn't set and 2 where it is. */
function flagOf(codes: Uint8Array) {
  const values = new Float64Array(codes.length)
  const valid = new Uint8Array(codes.length)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] === 0) continue
    valid[row] = 1
    values[row] = codes[row]! - 1
  }
  return { type: 'number', values, valid } as const
}

/** The values that are not missing, in order of customers. */
function knownValues({ values, valid, known }: NumberColumn): Float64Array {
  const found = new Float64Array(known)
  let at = 0
  for (let row = 0; row < values.length; row++) if (valid[row] === 1) found[at++] = values[row]!
  return found
}

const sortedBefore = new WeakMap<NumberColumn, Float64Array>()

/** The values that are not missing, ascending; sorted once a column. Not to be written to. */
export function sortedValues(column: NumberColumn): Float64Array {
  const before = sortedBefore.get(column)
  if (before !== undefined) return before
  const sorted = knownValues(column).sort()
  sortedBefore.set(column, sorted)
  return sorted
}

/** The published tables that hold the given columns, joined by customer. */
export function tablesOf(frame: CustomerFrame, columns: readonly string[]): Sql {
  return joined(columns.some((name) => frame.home.get(name) === 'customer_facts'))
}

function joined(withFacts: boolean): Sql {
  return withFacts ? sql`customer_value join customer_facts using (customer_id)` : sql`customer_value`
}

/**
 * Whether rows of the tables have to be put in order and find each other. A run writes both in order of customer_id, and
 * then the engine gives them in that order by itself.
 */
async function isMisplaced(warehouse: Warehouse, withFacts: boolean): Promise<boolean> {
  const sideBySide = withFacts ? sql`customer_value positional join customer_facts` : sql`customer_value`
  const differs = withFacts
    ? sql`customer_value.customer_id is distinct from customer_facts.customer_id`
    : sql`false`
  const { misplaced } = await warehouse.row<{ misplaced: number }>(sql`
    select count(*) as misplaced from (
      select customer_value.customer_id, lag(customer_value.customer_id) over () as before, ${differs} as differs
      from ${sideBySide}
    ) where before >= customer_id or differs`)
  return misplaced > 0
}

/** Each customer's value beside the facts. */
export async function customersWithFacts(warehouse: Warehouse): Promise<Sql> {
  return (await isMisplaced(warehouse, true))
    ? sql`customer_value left join customer_facts on customer_facts.customer_id = customer_value.customer_id`
    : sql`customer_value positional join customer_facts`
}

async function findColumns(warehouse: Warehouse, wanted: readonly string[]): Promise<readonly FoundColumn[]> {
  const rows = await warehouse.rows<{ name: string; table_name: string; type: string }>(sql`
    select column_name as name, table_name, data_type as type from duckdb_columns()
    where schema_name = 'main' and table_name in ('customer_value', 'customer_facts') order by table_name desc, column_index`)
  if (!rows.some(({ table_name }) => table_name === 'customer_value'))
    throw new TrancheError('not_found', {
      en: 'There is no customer value table to draw findings from.',
      zh: '没有客户价值分析表，无法得出结论。',
    })
  const columns: FoundColumn[] = []
  for (const name of wanted) {
    const row = rows.find((found) => found.name === name)
    if (row) columns.push({ name, table: row.table_name as FrameTable, type: row.type })
  }
  return columns
}

async function readLevels(
  warehouse: Warehouse,
  columns: readonly FoundColumn[],
): Promise<readonly Levelled[]> {
  const levelled: Levelled[] = []
  for (const column of columns) {
    const name = ident(column.table, column.name)
    const rows = await warehouse.rows<{ level: string; n: number }>(sql`
      select ${name} as level, count(*) as n from ${ident(column.table)} where ${name} is not null
      group by all order by n desc, level limit ${mostLevels + 1}`)
    if (rows.length > 0 && rows.length <= mostLevels) levelled.push({ column, levels: [...rows] })
  }
  return levelled
}

function isNumeric(type: string): boolean {
  return /^(DOUBLE|FLOAT|DECIMAL|BIGINT|INTEGER|SMALLINT|TINYINT|HUGEINT|UBIGINT|UINTEGER|BOOLEAN)/.test(type)
}
