import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { type DateFormatName, dateFormats, defaultInstantFormats } from '../readers/date-formats.ts'
import { readValue } from '../readers/value-formats.ts'
import { conceptScore, holdsWord } from './name-match.ts'
import type { ValueCount } from './profile.ts'

/** How the dates of a column are written. */
export interface DateReading {
  /** Formats of the mapping, tried in order: one, or several where hands and programs wrote into one column. */
  readonly formats: readonly string[]
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
  'ts',
  'epoch',
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
  const readings: DateReading[] = []
  for (const formats of candidateFormats(column, await spreadOf(warehouse, column))) {
    const reading = await judge(warehouse, column, formats)
    if (reading !== null) readings.push(reading)
  }
  readings.sort((one, other) => other.share - one.share)
  const [best] = readings
  if (best === undefined) return null
  const twin = readings.find(
    (reading) => reading !== best && isSwapped(best, reading) && reading.share === best.share,
  )
  return twin === undefined ? best : await tellApart(warehouse, column, best, twin)
}

const looked = 300

/** Values from all over the column: the most frequent ones, sorted, would show one of several ways of writing only. */
async function spreadOf(warehouse: Warehouse, { sample, top }: Column): Promise<readonly string[]> {
  if (top.length < looked - 20) return top.map(({ value }) => value)
  const found = await warehouse.rows<{ value: string }>(
    sql`select value from ${sample} order by hash(value), value limit ${looked}`,
  )
  return found.map(({ value }) => value)
}

function candidateFormats({ name }: Column, sample: readonly string[]): readonly (readonly string[])[] {
  const speaksOfTime = holdsWord(name, timeWords) || conceptScore(name, 'birth_date') >= 0.75
  const shares = formatShapes(speaksOfTime).map(
    ([format, pattern]) => [format, share(sample, pattern)] as const,
  )
  const whole = shares.filter(([, covered]) => covered >= needed).map(([format]) => format)
  if (whole.length === 0) return mixtures(shares)
  // Numbers written as 930101 are years, months and days; the wider shapes of the same digits are not asked.
  return whole.filter((format) => format !== 'yyyymm' || !whole.includes('yymmdd')).map((format) => [format])
}

function formatShapes(speaksOfTime: boolean): readonly (readonly [string, RegExp])[] {
  const named = Object.entries(dateFormats)
    .filter(([format]) => format !== 'cn_id' && (speaksOfTime || !looseFormats.includes(format)))
    .map(([format, { shape }]): readonly [string, RegExp] => [
      format,
      new RegExp(`^(?:${shape})(?:(?:T| +|, *)?(?:上午|下午)? ?\\d{1,2} ?[:时点].*)?$`),
    ])
  return [
    ...named,
    ['iso_zone', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|UTC|GMT|[-+]\d{2}(:?\d{2})?)$/],
    ['yyyymmddhhmmss', /^(19|20)\d{12}$/],
    ...(speaksOfTime
      ? ([
          ['excel', /^[1-6]\d{4}(\.\d+)?$/],
          ['epoch_s', /^\d{9,10}(\.\d+)?$/],
          ['epoch_ms', /^\d{12,13}$/],
        ] as const)
      : []),
  ]
}

/** Formats that stand beside one another in a column without being mistaken for one another. */
const mixable = new Set<string>([...defaultInstantFormats, 'excel', 'dd/mm/yyyy', 'mm/dd/yyyy'])

/** Several formats that cover together what none covers alone, once for each way round of days and months. */
function mixtures(shares: readonly (readonly [string, number])[]): readonly (readonly string[])[] {
  const found = shares.filter(([format, covered]) => covered > 0 && mixable.has(format))
  const sum = found.reduce(
    (total, [format, covered]) => (format === 'mm/dd/yyyy' ? total : total + covered),
    0,
  )
  if (found.length < 2 || sum < needed) return []
  const formats = found.map(([format]) => format)
  return formats.includes('dd/mm/yyyy')
    ? [
        formats.filter((format) => format !== 'mm/dd/yyyy'),
        formats.filter((format) => format !== 'dd/mm/yyyy'),
      ]
    : [formats]
}

function share(sample: readonly string[], pattern: RegExp): number {
  return sample.length === 0 ? 0 : sample.filter((text) => pattern.test(text)).length / sample.length
}

async function judge(
  warehouse: Warehouse,
  column: Column,
  written: readonly string[],
): Promise<DateReading | null> {
  const [format = ''] = written
  const isBirth = format === 'yymmdd+50' || conceptScore(column.name, 'birth_date') >= 0.6
  const formats =
    isBirth && twoDigits.test(format) ? [`${format}@${await firstYear(warehouse, column, format)}`] : written
  const read = readValue(sql`value`, 'instant', { formats })
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
  // A birthday mistyped by a century is one all the same; elsewhere such years are no dates.
  if (found.min < (isBirth ? '1600' : '1850') || found.max > '2200') return null
  // Months above 50 must be there, or it is the plain format; and both sexes must be.
  if (format === 'yymmdd+50' && (women < 0.1 || women > 0.9)) return null
  return { formats, share, hasTime: found.timed > 0, min: found.min, max: found.max }
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

function isSwapped(one: DateReading, other: DateReading): boolean {
  return one.formats.some((format) => {
    const twin = swapped[format.split('@')[0] as DateFormatName]
    return twin !== undefined && other.formats.some((candidate) => candidate.split('@')[0] === twin)
  })
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
    const read = readValue(cell, 'date', { formats: reading.formats })
    const { n } = await warehouse.row<{ n: number }>(
      sql`select count(*) as n from (select d, lag(d) over (order by _line) as before from (select _line, ${read} as d from ${table})) where d < before`,
    )
    return n
  }
  const [first, second] = [await steps(one), await steps(other)]
  const [likelier, other_] = first <= second ? [one, other] : [other, one]
  const [fewer, more] = first <= second ? [first, second] : [second, first]
  if (fewer * 2 < more && more >= 10) return likelier
  const isDayFirst = likelier.formats.some((format) => format.startsWith('dd/mm'))
  const [dayFirst, monthFirst] = isDayFirst ? [likelier, other_] : [other_, likelier]
  return { ...dayFirst, ambiguousWith: monthFirst.formats.join(', ') }
}
