import { businessDaysOf, evaluateExpression, formatIsoDate, type Row, type Value } from '@tranche/language'
import type { Cell, Row as PrintedRow } from '../engine/warehouse.ts'
import type { AnalysedFeature } from './analysed.ts'
import { type AsOfPoint, dayNumber, rangeOf } from './calendar.ts'
import { type CountedRow, evaluateCounted } from './evaluate-counted.ts'
import type { RowExpression, TableRows } from './table-rows.ts'

/** A feature's value as it is printed: days as YYYY-MM-DD, instants as ISO text in UTC, missing as null. */
export type PrintedValue = number | string | boolean | null

/** What a value rests on besides the rows that count. */
export interface Surroundings {
  readonly point: AsOfPoint
  readonly timeZone: string
  /** Whether the customer has any row of the table that was known, counted or not. */
  readonly hasHistory: boolean
  /** Whether the table has any known row of anybody. */
  readonly tableHasRows: boolean
  /** Business day on which the customer was onboarded. */
  readonly onboarded: string | null
}

/** The customer's rows of another table, of those that may follow. */
export interface FollowingRows {
  readonly rows: readonly PrintedRow[]
  /** Whether that table has any known row of anybody. */
  readonly tableHasRows: boolean
}

/**
 * Evaluates a measure over printed rows of one customer, row by row and without the engine: a second opinion on the
 * compiler. Rows that were not known, lie outside the window or fail the condition don't count.
 */
export function evaluateRows(
  feature: AnalysedFeature,
  rows: readonly PrintedRow[],
  surroundings: Surroundings,
  others?: FollowingRows,
): PrintedValue {
  if (!surroundings.tableHasRows || others?.tableHasRows === false) return null
  const { point, timeZone } = surroundings
  const businessDay = businessDaysOf(timeZone)
  const evaluate = (expression: RowExpression, row: Row) =>
    evaluateExpression(expression.typed, row, { businessDay })
  const visibleOf = (printed: readonly PrintedRow[], of: TableRows) =>
    printed
      .map((row) => convert(row, of, point))
      .map((row): CountedRow => ({ row, day: dayOf(row, of, businessDay) }))
      .filter(({ row }) => isVisible(row, of, point))
  const visible = visibleOf(rows, feature.rows)
  const counted = visible.filter(
    (one) =>
      isInWindow(one.day, feature, point) &&
      (feature.where === null || evaluate(feature.where, one.row) === true),
  )
  if (counted.length === 0 && feature.empty !== undefined)
    return surroundings.hasHistory ? feature.empty : null
  const { measure } = feature
  const following =
    others === undefined || measure.kind !== 'followed' ? visible : visibleOf(others.rows, measure.rows)
  return print(evaluateCounted(feature, counted, following, evaluate, surroundings), feature)
}

function isInWindow(day: number | null, { window }: AnalysedFeature, point: AsOfPoint): boolean {
  const { from, to } = rangeOf(window, point)
  if (from !== null && (day === null || day < dayNumber(from))) return false
  return to === null || (day !== null && day < dayNumber(to))
}

function isVisible(row: Row, { table, columnType }: TableRows, point: AsOfPoint): boolean {
  const asOf = BigInt(point.ms) * 1000n
  const known = row['known_at']
  if (typeof known === 'bigint' && known >= asOf) return false
  const time = table.time === undefined ? undefined : row[table.time]
  if (time === undefined || time === null) return true
  if (columnType(table.time!) === 'date') return Number(time) < dayNumber(point.nextDay)
  return table.name === 'customer_versions' ? (time as bigint) <= asOf : (time as bigint) < asOf
}

function dayOf(row: Row, { table }: TableRows, businessDay: (instant: bigint) => number): number | null {
  const time = table.time === undefined ? undefined : row[table.time]
  if (time === undefined || time === null) return null
  return typeof time === 'bigint' ? businessDay(time) : Number(time)
}

/** Printed cells as values of the language. */
function convert(row: PrintedRow, rows: TableRows, point: AsOfPoint): Row {
  const converted: Record<string, Value | null> = { as_of: dayNumber(point.day) }
  for (const [name, cell] of Object.entries(row)) converted[name] = valueOfCell(cell, rows.columnType(name))
  return converted
}

function valueOfCell(cell: Cell, type: string | undefined): Value | null {
  if (cell === null) return null
  switch (type) {
    case 'money':
    case 'number':
    case 'integer':
      return Number(cell)
    case 'date':
      return dayNumber(String(cell))
    case 'instant':
      return microsOf(String(cell))
    case 'bool':
      return cell === true
    default:
      return typeof cell === 'number' ? cell : String(cell)
  }
}

/** Microseconds since 1970 of ISO text in UTC with up to six decimals of a second. */
function microsOf(text: string): bigint {
  const fraction = /\.(\d{1,6})Z?$/.exec(text)?.[1] ?? ''
  const whole = BigInt(Date.parse(text.replace(/\.\d+/, '').replace(/Z?$/, 'Z')))
  return whole * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function print(value: Value | undefined | null, { type }: AnalysedFeature): PrintedValue {
  if (value === undefined || value === null) return null
  if (type === 'date') return formatIsoDate(Number(value))
  if (typeof value === 'bigint') return isoOfMicros(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'object' ? null : value
}

function isoOfMicros(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n
  const iso = new Date(Number((micros - rest) / 1000n)).toISOString()
  return rest === 0n ? iso : iso.replace('Z', `${rest.toString().padStart(3, '0')}Z`)
}
