import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, list, type Sql, sql } from '../../sql/sql.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import { readValue } from '../readers/value-formats.ts'
import { type DateReading, dateReading } from './profile-dates.ts'
import { missingWords } from './synonyms-values.ts'

export interface ValueCount {
  readonly value: string
  readonly count: number
}

/** What a column holds, from all of its rows. */
export interface ColumnProfile {
  readonly name: string
  readonly index: number
  readonly rows: number
  /** Cells with a value: neither empty nor a word for a missing one. */
  readonly filled: number
  readonly distinct: number
  /** Every filled value stands once, and every row has one. */
  readonly unique: boolean
  readonly kind: 'empty' | 'number' | 'date' | 'text'
  readonly numbers: NumberProfile | null
  readonly date: DateReading | null
  /** The most frequent values; all of them where there are few. */
  readonly top: readonly ValueCount[]
  readonly maxLength: number
  readonly minLength: number
  /** Words for a missing value that stand among the others. */
  readonly missing: readonly string[]
}

export interface NumberProfile {
  readonly decimal: '.' | ','
  readonly whole: boolean
  /** Whole numbers written without `.0`, so that they may be keys or codes. */
  readonly digitsOnly: boolean
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly negativeShare: number
}

export interface FileProfile {
  /** Temporary table of the profiled rows: `_line`, and the columns as texts c0, c1, … */
  readonly table: string
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
}

const topValues = 300
const numberShare = 0.98

/** The column of a profile's table, trimmed and NULL where a word for missing stands. */
export function profiled(index: number): Sql {
  return ident(`c${index}`)
}

/** Looks at every value of a staged file. Leaves a temporary table behind for questions across files. */
export async function profileFile(
  warehouse: Warehouse,
  staged: StagedFile,
  table: string,
): Promise<FileProfile> {
  const texts = staged.columns.map(
    (column, index) => sql`nullif(trim(cast(${ident(column.name)} as varchar)), '') as ${profiled(index)}`,
  )
  await warehouse.run(
    sql`create or replace temp table ${ident(table)} as select _line, ${join(texts)} from ${staged.relation}`,
  )
  const { n: rows } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(table)}`)
  const columns: ColumnProfile[] = []
  for (const [index, column] of staged.columns.entries())
    columns.push(await profileColumn(warehouse, table, index, column.name, rows))
  return { table, rows, columns }
}

async function profileColumn(
  warehouse: Warehouse,
  table: string,
  index: number,
  name: string,
  rows: number,
): Promise<ColumnProfile> {
  const from = ident(table)
  const value = profiled(index)
  const top = await warehouse.rows<{ value: string; count: number }>(
    sql`select ${value} as value, count(*) as count from ${from} where ${value} is not null group by 1 order by 2 desc, 1 limit ${topValues}`,
  )
  const missing = top.map((entry) => entry.value).filter((text) => missingWords.includes(text.toLowerCase()))
  const isFilled =
    missing.length === 0
      ? sql`${value} is not null`
      : sql`${value} is not null and ${value} not in (${list(missing)})`
  const point = readValue(value, 'number')
  const comma = readValue(value, 'number', { decimal: ',' })
  const stats = await warehouse.row<{
    filled: number
    distinct: number
    minLength: number | null
    maxLength: number | null
    points: number
    commas: number
    digits: number
  }>(
    sql`select count(*) as filled, count(distinct ${value}) as "distinct", min(length(${value})) as "minLength", max(length(${value})) as "maxLength", count(${point}) as points, count(*) filter (${point} is null and ${comma} is not null) as commas, count(*) filter (regexp_full_match(${value}, '[0-9]+')) as digits from ${from} where ${isFilled}`,
  )
  const { filled, distinct } = stats
  const base = {
    name,
    index,
    rows,
    filled,
    distinct,
    unique: filled === rows && distinct === rows && rows > 0,
    top: top.filter((entry) => !missing.includes(entry.value)),
    minLength: stats.minLength ?? 0,
    maxLength: stats.maxLength ?? 0,
    missing,
  }
  if (filled === 0) return { ...base, kind: 'empty', numbers: null, date: null }
  const date = await dateReading(warehouse, { from, value, isFilled, filled, name, top: base.top })
  const decimal =
    stats.commas > filled * 0.02 && stats.points + stats.commas >= filled * numberShare ? ',' : '.'
  const numeric = decimal === ',' || stats.points >= filled * numberShare
  const numbers = numeric
    ? await numberProfile(
        warehouse,
        sql`from ${from} where ${isFilled}`,
        value,
        decimal,
        stats.digits === filled,
      )
    : null
  const kind = date !== null ? 'date' : numbers !== null ? 'number' : 'text'
  return { ...base, kind, numbers, date }
}

async function numberProfile(
  warehouse: Warehouse,
  rest: Sql,
  value: Sql,
  decimal: '.' | ',',
  digitsOnly: boolean,
): Promise<NumberProfile> {
  const number = readValue(value, 'number', { decimal })
  const found = await warehouse.row<{
    min: number
    max: number
    mean: number
    whole: boolean
    negative: number
  }>(
    sql`select min(n) as min, max(n) as max, avg(n) as mean, coalesce(bool_and(n = trunc(n)), false) as whole, avg(case when n < 0 then 1 else 0 end) as negative from (select ${number} as n ${rest})`,
  )
  return {
    decimal,
    digitsOnly,
    whole: found.whole,
    min: found.min,
    max: found.max,
    mean: found.mean,
    negativeShare: found.negative,
  }
}
