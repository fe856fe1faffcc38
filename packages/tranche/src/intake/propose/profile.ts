import type { Cell, Warehouse } from '../../engine/warehouse.ts'
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
  /** Share of the filled cells that read as numbers. */
  readonly share: number
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
const mostSampled = 20_000

/** The column of a profile's table, trimmed and NULL where a word for missing stands. */
export function profiled(index: number): Sql {
  return ident(`c${index}`)
}

/** Looks at every value of a staged file. Leaves a temporary table behind for questions across files. */
export async function profileFile(
  warehouse: Warehouse,
  staged: Pick<StagedFile, 'relation' | 'columns'>,
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
  const value = profiled(index)
  const counts = ident(`${table}_values`)
  await warehouse.run(
    sql`create or replace temp table ${counts} as select ${value} as value, count(*) as count from ${ident(table)} where ${value} is not null group by 1`,
  )
  try {
    return await profileValues(warehouse, counts, { table, index, name, rows })
  } finally {
    await warehouse.run(sql`drop table ${counts}`)
  }
}

async function profileValues(
  warehouse: Warehouse,
  counts: Sql,
  { table, index, name, rows }: { table: string; index: number; name: string; rows: number },
): Promise<ColumnProfile> {
  const top = await warehouse.rows<ValueCount & { readonly [name: string]: Cell }>(
    sql`select value, count from ${counts} order by count desc, value limit ${topValues}`,
  )
  const missing = top.map((entry) => entry.value).filter((text) => missingWords.includes(text.toLowerCase()))
  const isFilled = missing.length === 0 ? sql`true` : sql`value not in (${list(missing)})`
  const { filled, distinct, minLength, maxLength } = await warehouse.row<{
    filled: number
    distinct: number
    minLength: number | null
    maxLength: number | null
  }>(
    sql`select coalesce(sum(count), 0)::bigint as filled, count(*) as "distinct", min(length(value)) as "minLength", max(length(value)) as "maxLength" from ${counts} where ${isFilled}`,
  )
  const base = {
    name,
    index,
    rows,
    filled,
    distinct,
    unique: filled === rows && distinct === rows && rows > 0,
    top: top.filter((entry) => !missing.includes(entry.value)),
    minLength: minLength ?? 0,
    maxLength: maxLength ?? 0,
    missing,
  }
  if (filled === 0) return { ...base, kind: 'empty', numbers: null, date: null }
  // Of columns with very many values a part is looked at, chosen by the values themselves.
  const sample =
    distinct > mostSampled
      ? sql`(select value, count from ${counts} where ${isFilled} order by hash(value), value limit ${mostSampled})`
      : sql`(select value, count from ${counts} where ${isFilled})`
  const date = await dateReading(warehouse, {
    table: ident(table),
    cell: profiled(index),
    sample,
    name,
    top: base.top,
  })
  const numbers = await numberProfile(warehouse, sample)
  const kind = date !== null ? 'date' : numbers !== null ? 'number' : 'text'
  return { ...base, kind, numbers, date }
}

async function numberProfile(warehouse: Warehouse, sample: Sql): Promise<NumberProfile | null> {
  const point = await readAs(warehouse, sample, '.')
  if (point.share >= numberShare) return { decimal: '.', ...point }
  const comma = await readAs(warehouse, sample, ',')
  return comma.share >= numberShare ? { decimal: ',', ...comma } : null
}

async function readAs(
  warehouse: Warehouse,
  sample: Sql,
  decimal: '.' | ',',
): Promise<Omit<NumberProfile, 'decimal'>> {
  const number = readValue(sql`value`, 'number', { decimal })
  const found = await warehouse.row<{
    share: number
    min: number | null
    max: number | null
    mean: number | null
    whole: boolean
    digits: boolean
    negative: number | null
  }>(
    sql`select (sum(count) filter (n is not null))::double / sum(count) as share, min(n) as min, max(n) as max, sum(n * count) / sum(count) filter (n is not null) as mean, coalesce(bool_and(n = trunc(n)), false) as whole, bool_and(regexp_full_match(value, '[0-9]+')) as digits, (sum(count) filter (n < 0))::double / sum(count) as negative from (select value, count, ${number} as n from ${sample})`,
  )
  return {
    share: found.share ?? 0,
    digitsOnly: found.digits,
    whole: found.whole,
    min: found.min ?? 0,
    max: found.max ?? 0,
    mean: found.mean ?? 0,
    negativeShare: found.negative ?? 0,
  }
}
