import type { DaySets, Slice } from '../sql/number-sets.ts'
import { byDialect, type Sql, sql } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { bytesPerCell, type OnlyThose } from './stage.ts'
import type { TablePlan } from './table-plan.ts'

/** Windows without a beginning look back this far where days are told apart: a hundred years. */
const furthestDays = 36_500

/**
 * The distinct days, as of a point, on which a customer has a row. Where rows come to be known on their own day the
 * days of the last point tell those of all before.
 */
export class DayBits {
  readonly #plan: TablePlan
  readonly #point: AsOfPoint
  readonly #own: DayColumn
  readonly #latest: DayColumn

  constructor(plan: TablePlan, point: AsOfPoint, own: DayColumn, latest: DayColumn) {
    this.#plan = plan
    this.#point = point
    this.#own = own
    this.#latest = latest
  }

  /** Number of distinct days in the window; NULL without any. */
  count(range: DayRange): () => Sql {
    return this.#ofWindow(range, (sets, days) => sets.count(days))
  }

  /** Sum of the squared days between neighbouring days of the window; NULL without any. */
  squaredGaps(range: DayRange): () => Sql {
    return this.#ofWindow(range, (sets, days) => sets.squaredGaps(days))
  }

  /** Days from the first day of the window to the second; NULL without a second. */
  firstGap(range: DayRange): () => Sql {
    return this.#ofWindow(range, (sets, days) => sets.firstGap(days))
  }

  /** Which column it is made of is known once the rows are read. */
  #ofWindow(range: DayRange, build: (sets: DaySets, sliced: Sql) => Sql): () => Sql {
    const upTo = { from: range.from, to: range.to ?? this.#point.nextDay }
    this.#own.need(range)
    this.#latest.need(upTo)
    return () => {
      const [column, days] = this.#plan.isKnownByDay
        ? [this.#plan.sameDays(this.#latest), upTo]
        : [this.#own, range]
      const slice = byDialect(({ daySets }) => daySets.sliced(column.days, column.slice(days)))
      const shared = this.#plan.shared.value(this.#plan.store.textOf(slice), slice)
      return byDialect(({ daySets }) => build(daySets, shared))
    }
  }
}

/** One aggregate of all days: however many windows ask, rows are read once, and a window is a part of it. */
export class DayColumn {
  readonly flag: Sql | null
  readonly point: AsOfPoint
  readonly #plan: TablePlan
  readonly #inPass: Sql
  #from: string | null | undefined

  constructor(plan: TablePlan, flag: Sql | null, point: AsOfPoint) {
    this.flag = flag
    this.point = point
    this.#plan = plan
    const rows = { flag, range: { from: null, to: null }, point }
    this.#inPass = plan.windows.other(
      'days',
      (only) => this.aggregate(only),
      rows,
      () => this.bytes,
    )
  }

  get days(): Sql {
    return this.#plan.keptDays.days(this) ?? this.#inPass
  }

  /** What one set takes. */
  get bytes(): number {
    return bytesPerCell + Math.ceil(this.#bounds().days / 8)
  }

  /** Takes in what is asked of another column, whose days are the same. */
  include(other: DayColumn): void {
    if (other.#from !== undefined) this.need({ from: other.#from, to: null })
  }

  need({ from }: DayRange): void {
    if (this.#from === undefined) this.#from = from
    else if (this.#from !== null) this.#from = from === null || from < this.#from ? from : this.#from
  }

  /** To be built once the rows are there. */
  aggregate(only: OnlyThose): Sql {
    const { from, days } = this.#bounds()
    const first = dateLiteral(from)
    return byDialect(({ daySets, daysBetween: between }) => {
      const place = sql`case when d >= ${first} then cast(${between(first, sql`d`)} as integer) end`
      return daySets.collect(place, days, only)
    })
  }

  /** From the first day that is asked for or has rows to the as-of. */
  #bounds(): { readonly from: string; readonly days: number } {
    const { nextDay, day } = this.point
    const furthest = shift(day, -furthestDays, 'day')
    const asked = this.#from ?? furthest
    const data = this.#plan.firstDay ?? day
    const from = [asked, data, furthest].reduce((latest, one) => (one > latest ? one : latest))
    return { from, days: Math.max(1, daysBetween(from, nextDay)) }
  }

  /** The days of a window as places among those of the column. */
  slice({ from, to }: DayRange): Slice {
    const bounds = this.#bounds()
    const start = from === null ? 0 : Math.max(0, daysBetween(bounds.from, from))
    const end = to === null ? bounds.days : Math.min(bounds.days, daysBetween(bounds.from, to))
    return { size: bounds.days, start, length: Math.max(0, end - start) }
  }
}
