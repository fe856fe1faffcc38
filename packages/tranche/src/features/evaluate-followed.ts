import type { Row, Value } from '@tranche/language'
import type { AnalysedFeature, AnalysedMeasure } from './analysed.ts'
import { type AsOfPoint, dayNumber } from './calendar.ts'
import type { CountedRow } from './evaluate-counted.ts'
import type { RowExpression, TableRows } from './table-rows.ts'

const microsPerDay = 86_400_000_000n

/**
 * First rows that one of those that may follow comes after in time, or does not, each looked at by itself: by the moment, or by the
 * business day where only one of two tables has hours.
 */
export function countFollowed(
  { rows }: AnalysedFeature,
  measure: Extract<AnalysedMeasure, { readonly kind: 'followed' }>,
  counted: readonly CountedRow[],
  following: readonly CountedRow[],
  evaluate: (expression: RowExpression, row: Row) => Value | undefined,
  point: AsOfPoint,
): number | undefined {
  const areDates = [rows, measure.rows].map(({ table, columnType }) => columnType(table.time!) === 'date')
  const byDay = areDates.includes(true)
  const timeOf =
    ({ table }: TableRows) =>
    ({ row, day }: CountedRow): bigint | null => {
      if (byDay) return day === null ? null : BigInt(day)
      return (row[table.time!] ?? null) as bigint | null
    }
  const within = BigInt(measure.withinDays) * (byDay ? 1n : microsPerDay)
  const now = byDay ? BigInt(dayNumber(point.day)) : BigInt(point.ms) * 1000n
  const firsts = counted.map(timeOf(rows)).filter((time) => time !== null)
  if (firsts.length === 0) return undefined
  const nexts = following
    .filter(({ row }) => evaluate(measure.next, row) === true)
    .map(timeOf(measure.rows))
    .filter((time) => time !== null)
  return firsts.filter((first) => {
    const follows = nexts.some((next) => next > first && next <= first + within)
    return measure.follows ? follows : !follows && first + within < now
  }).length
}
