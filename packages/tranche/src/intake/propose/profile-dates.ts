import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { type DateFormatName, dateFormats } from '../readers/date-formats.ts'
import { readValue } from '../readers/value-formats.ts'
import { conceptScore, holdsWord } from './name-match.ts'
import type { ValueCount } from './profile.ts'

/** How the dates of a column are written. */
export interface DateReading {
  /** Format of the mapping; undefined where the default reads them all. */
  readonly format: string
  /** Share of the filled cells that it reads. */
  readonly share: number
  /** Whether times of day are written that are not all midnight. */
  readonly hasTime: boolean
  readonly min: string
  readonly max: string
  /** The other way round reads as well: day and month can't be told apart. */
  readonly ambiguousWith?: string
}

interface Column {
  /** The profiled rows, and the column's cell in them. */
  readonly table: Sql
  readonly cell: Sql
  /** Distinct values with their counts. */
  readonly sample: Sql
  readonly name: string
  readonly top: readonly ValueCount[]
}

const needed = 0.95

/** Formats that plain numbers could be by chance; they need a name that speaks of time, or the proof of all values. */
const looseFormats: readonly string[] = ['yyyy', 'yyyymm', 'excel', 'epoch_s', 'epoch_ms', 'yyyy-mm']
const timeWords = [
  'date',
  'time',
  'day',
  'month',
  'year',
  'timestamp',
  'at',
  'on',
  'dt',
  'issued',
  'opened',
  'closed',
  'created',
  'updated',
  'joined',
  '日期',
  '时间',
  '年',
  '月',
  '日',
  '年月',
  '年份',
  '月份',
]

/** The format in which a column is written, if it holds dates; judged over all of its values. */
export async function dateReading(warehouse: Warehouse, column: Column): Promise<DateReading | null> {
  const candidates = candidateFormats(column)
  if (candidates.length === 0) return null
  const readings: DateReading[] = []
  for (const format of candidates) {
    const reading = await judge(warehouse, column, format)
    if (reading !== null) readings.push(reading)
  }
  readings.sort((one, other) => other.share - one.share)
  const [best] = readings
  if (best === undefined) return null
  const twin = readings.find(
    (reading) => reading !== best && isSwapped(best.format, reading.format) && reading.share === best.share,
  )
  return twin === undefined ? best : await tellApart(warehouse, column, best, twin)
}

function candidateFormats({ top, name }: Column): readonly string[] {
  const sample = top.slice(0, 200).map((entry) => entry.value)
  const speaksOfTime = holdsWord(name, timeWords) || conceptScore(name, 'birth_date') >= 0.75
  const found: string[] = []
  for (const [format, { shape }] of Object.entries(dateFormats)) {
    if (looseFormats.includes(format) && !speaksOfTime) continue
    if (format === 'cn_id') continue
    const pattern = new RegExp(`^(?:${shape})(?:(?:T| +|, *)?(?:上午|下午)? ?\\d{1,2} ?[:时点].*)?$`)
    if (share(sample, pattern) >= needed) found.push(format)
  }
  const shapes: readonly (readonly [string, RegExp])[] = [
    ['iso_zone', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|[-+]\d{2}(:?\d{2})?)$/],
    ['yyyymmddhhmmss', /^(19|20)\d{12}$/],
    ...(speaksOfTime
      ? ([
          ['excel', /^[1-6]\d{4}(\.\d+)?$/],
          ['epoch_s', /^\d{9,10}(\.\d+)?$/],
          ['epoch_ms', /^\d{12,13}$/],
        ] as const)
      : []),
  ]
  for (const [format, pattern] of shapes) if (share(sample, pattern) >= needed) found.push(format)
  // Numbers written as 930101 are years, months and days; the wider shapes of the same digits are not asked.
  return found.includes('yymmdd') ? found.filter((format) => format !== 'yyyymm') : found
}

function share(sample: readonly string[], pattern: RegExp): number {
  return sample.length === 0 ? 0 : sample.filter((text) => pattern.test(text)).length / sample.length
}

async function judge(warehouse: Warehouse, column: Column, format: string): Promise<DateReading | null> {
  const isBirth = format === 'yymmdd+50' || conceptScore(column.name, 'birth_date') >= 0.6
  const name =
    isBirth && twoDigits.test(format) ? `${format}@${await firstYear(warehouse, column, format)}` : format
  const read = readValue(sql`value`, 'instant', { formats: [name] })
  const found = await warehouse.row<{
    share: number | null
    timed: number
    min: string | null
    max: string | null
    shifted: number | null
  }>(
    sql`select (sum(count) filter (t is not null))::double / sum(count) as share, count(*) filter (t <> date_trunc('day', t)) as timed, strftime(min(t), '%Y-%m-%d') as min, strftime(max(t), '%Y-%m-%d') as max, (sum(count) filter (substr(value, 3, 1) in ('5', '6')))::double / sum(count) as shifted from (select value, count, ${read} as t from ${column.sample})`,
  )
  const share = found.share ?? 0
  const women = found.shifted ?? 0
  if (share < needed || found.min === null || found.max === null) return null
  if (found.min < '1850' || found.max > '2200') return null
  // Months above 50 must be there, or it is the plain format; and both sexes must be.
  if (format === 'yymmdd+50' && (women < 0.1 || women > 0.9)) return null
  return { format: name, share, hasTime: found.timed > 0, min: found.min, max: found.max }
}

const twoDigits = /(^|[^y])yy($|[^y])/

/**
 * Where two-digit years of birth begin: after the widest gap in the circle of years, since nobody is born for a while
 * between the oldest and the youngest. Years below 25 alone are of this century.
 */
async function firstYear(warehouse: Warehouse, column: Column, format: string): Promise<number> {
  const read = readValue(sql`value`, 'date', { formats: [`${format}@1900`] })
  const found = await warehouse.rows<{ y: number }>(
    sql`select distinct year(d) - 1900 as y from (select ${read} as d from ${column.sample}) where d is not null order by y`,
  )
  const years = found.map(({ y }) => y)
  const [first] = years
  if (first === undefined) return 1925
  if (years.at(-1)! < 25) return 2000
  let start = first
  let widest = first + 100 - years.at(-1)!
  for (let index = 1; index < years.length; index++) {
    const gap = years[index]! - years[index - 1]!
    if (gap > widest) {
      widest = gap
      start = years[index]!
    }
  }
  return 1900 + start
}

const swapped: Readonly<Partial<Record<DateFormatName, DateFormatName>>> = {
  'dd/mm/yyyy': 'mm/dd/yyyy',
  'mm/dd/yyyy': 'dd/mm/yyyy',
  'dd/mm/yy': 'mm/dd/yy',
  'mm/dd/yy': 'dd/mm/yy',
}

function isSwapped(one: string, other: string): boolean {
  return swapped[one.split('@')[0] as DateFormatName] === other.split('@')[0]
}

/**
 * Every value reads both ways. Files are mostly written in the order of time, so the reading under which fewer rows
 * step back, and by less, is the likelier one; where that says nothing, it is left open and said.
 */
async function tellApart(
  warehouse: Warehouse,
  { table, cell }: Column,
  one: DateReading,
  other: DateReading,
): Promise<DateReading> {
  const steps = async (reading: DateReading): Promise<number> => {
    const read = readValue(cell, 'date', { formats: [reading.format] })
    const { n } = await warehouse.row<{ n: number }>(
      sql`select count(*) as n from (select d, lag(d) over (order by _line) as before from (select _line, ${read} as d from ${table})) where d < before`,
    )
    return n
  }
  const [first, second] = [await steps(one), await steps(other)]
  const [likelier, other_] = first <= second ? [one, other] : [other, one]
  const [fewer, more] = first <= second ? [first, second] : [second, first]
  if (fewer * 2 < more && more >= 10) return likelier
  const dayFirst = likelier.format.startsWith('dd') ? likelier : other_
  const monthFirst = dayFirst === likelier ? other_ : likelier
  return { ...dayFirst, ambiguousWith: monthFirst.format }
}
