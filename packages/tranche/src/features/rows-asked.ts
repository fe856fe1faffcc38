import { type Sql, sql, whole } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral } from './calendar.ts'
import { ofAll, ofNone, type RowStore } from './row-store.ts'

/** Which rows an aggregate is over: those of a window as of a point that satisfy the flag. */
export interface RowsAsked {
  readonly flag: Sql | null
  readonly range: DayRange
  readonly point: AsOfPoint
}

/** The conditions of rows asked for: seen by the point, in the days, and satisfying the flag. Empty where all count. */
export function rowConditions({ point, range, flag }: RowsAsked, points: number): Sql[] {
  return [
    ...(point.index < points ? [sql`seen <= ${whole(point.index)}`] : []),
    ...(range.from === null ? [] : [sql`d >= ${dateLiteral(range.from)}`]),
    ...(range.to === null ? [] : [sql`d < ${dateLiteral(range.to)}`]),
    ...(flag === null ? [] : [flag]),
  ]
}

/** Conditions of aggregates in one pass: those for the pass as a whole, and what each of them adds. */
export interface SharedConditions {
  readonly shared: readonly Sql[]
  readonly own: (rows: RowsAsked) => readonly Sql[]
}

/** Leaves to each aggregate only what sets it apart from the others, all being as of one point. */
export function shareConditions(
  asked: readonly RowsAsked[],
  points: number,
  store: RowStore,
): SharedConditions {
  const hull = hullOf(asked.map(({ range }) => range))
  const flags = new Set(asked.map(({ flag }) => (flag === null ? '' : store.textOf(flag))))
  const flag = flags.size === 1 ? (asked[0]?.flag ?? null) : null
  const shared = asked.slice(0, 1).flatMap(({ point }) => rowConditions({ point, range: hull, flag }, points))
  const texts = new Set(shared.map((condition) => store.textOf(condition)))
  return {
    shared,
    own: (rows) => {
      const own = rowConditions(rows, points).filter((condition) => !texts.has(store.textOf(condition)))
      return withoutKnown(own, store)
    },
  }
}

/** Conditions without those that hold for all rows; only `false` where one holds for none. */
function withoutKnown(conditions: readonly Sql[], store: RowStore): readonly Sql[] {
  const texts = conditions.map((condition) => store.textOf(condition))
  if (texts.includes(store.textOf(ofNone))) return [ofNone]
  return conditions.filter((_, index) => texts[index] !== store.textOf(ofAll))
}

/** The days from the first to the last of all ranges. */
function hullOf(ranges: readonly DayRange[]): DayRange {
  return ranges.reduce((left, right) => ({
    from: left.from === null || right.from === null ? null : left.from < right.from ? left.from : right.from,
    to: left.to === null || right.to === null ? null : left.to > right.to ? left.to : right.to,
  }))
}
