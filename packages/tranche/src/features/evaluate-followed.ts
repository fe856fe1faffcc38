import type { Row, Value } from '@tranche/language'
import type { AnalysedFeature, AnalysedMeasure } from './analysed.ts'
import { type AsOfPoint, dayNumber } from './calendar.ts'
import type { CountedRow } from './evaluate-counted.ts'
import type { RowExpression } from './table-rows.ts'

const microsPerDay = 86_400_000_000n

/** First rows that a row of all that are visible follows in time, or does not, each looked at by itself. */
export function countFollowed(
  { rows: { table, columnType } }: AnalysedFeature,
  measure: Extract<AnalysedMeasure, { readonly kind: 'followed' }>,
  counted: readonly CountedRow[],
  visible: readonly CountedRow[],
  evaluate: (expression: RowExpression, row: Row) => Value | undefined,
  point: AsOfPoint,
): number | undefined {
  if (table.time === undefined) return undefined
  const column = table.time
  const isDate = columnType(column) === 'date'
  const timeOf = ({ row }: CountedRow): bigint | null => {
    const time = row[column]
    if (time === null || time === undefined) return null
    return isDate ? BigInt(Number(time)) : (time as bigint)
  }
  const within = BigInt(measure.withinDays) * (isDate ? 1n : microsPerDay)
  const now = isDate ? BigInt(dayNumber(point.day)) : BigInt(point.ms) * 1000n
  const firsts = counted.map(timeOf).filter((time) => time !== null)
  if (firsts.length === 0) return undefined
  const nexts = visible
    .filter(({ row }) => evaluate(measure.next, row) === true)
    .map(timeOf)
    .filter((time) => time !== null)
  return firsts.filter((first) => {
    const follows = nexts.some((next) => next > first && next <= first + within)
    return measure.follows ? follows : !follows && first + within < now
  }).length
}
