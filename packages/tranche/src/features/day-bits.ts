import { type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { rowConditions } from './stage.ts'
import type { TablePlan } from './table-plan.ts'

/** Windows without a beginning look back this far where days are told apart: a hundred years. */
export const furthestDays = 36_500

/**
 * The distinct days on which a customer has a row, one bit a day. However many windows ask, rows are read once:
 * a window is a mask, the time between two days a run of zeros.
 */
export class DayBits {
  readonly #plan: TablePlan
  readonly #point: AsOfPoint
  #from: string | null | undefined
  readonly #column: Sql

  constructor(plan: TablePlan, flag: Sql | null, point: AsOfPoint) {
    this.#plan = plan
    this.#point = point
    const furthest = { from: shift(point.day, -furthestDays, 'day'), to: null }
    const conditions = rowConditions(point, furthest, flag, plan.calendar.points.length)
    this.#column = plan.direct.aggregate(
      `days ${flag === null ? '' : plan.store.textOf(flag)} ${point.index}`,
      () => this.#aggregate(),
      conditions,
    )
  }

  /** Number of distinct days in the window; NULL without any. */
  count(range: DayRange): () => Sql {
    this.#need(range)
    return () => sql`nullif(bit_count(${this.#column} & ${this.#mask(range)}), 0)`
  }

  /** The days of the window as text of 0 and 1, from its first day to its last; NULL without any row at all. */
  text(range: DayRange): () => Sql {
    this.#need(range)
    return () => {
      const { start, length } = this.#slice(range)
      return sql`substring(cast(${this.#column} as varchar), ${start + 1}, ${length})`
    }
  }

  /** Day of the first character of `text` of all days. */
  get firstDay(): string {
    return this.#bounds().from
  }

  get byteLength(): number {
    return Math.ceil(this.#bounds().days / 8) + 16
  }

  #need({ from }: DayRange): void {
    if (this.#from === undefined) this.#from = from
    else if (this.#from !== null) this.#from = from === null || from < this.#from ? from : this.#from
  }

  #bounds(): { readonly from: string; readonly days: number } {
    const { nextDay, day } = this.#point
    const furthest = shift(day, -furthestDays, 'day')
    const asked = this.#from ?? furthest
    const data = this.#plan.firstDay ?? day
    const from = [asked, data, furthest].reduce((latest, one) => (one > latest ? one : latest))
    // Rows before the first day asked for keep their bit, in one that no window reads.
    return { from, days: Math.max(1, daysBetween(from, nextDay)) }
  }

  #aggregate(): Sql {
    const { from, days } = this.#bounds()
    // The engine wants the length as a constant, not as a parameter.
    return sql`bitstring_agg(case when d >= ${dateLiteral(from)} then cast(d - ${dateLiteral(from)} as integer) end, 0, ${unsafeRaw(String(days - 1))})`
  }

  #slice({ from, to }: DayRange): { readonly start: number; readonly length: number } {
    const bounds = this.#bounds()
    const start = from === null ? 0 : Math.max(0, daysBetween(bounds.from, from))
    const end = to === null ? bounds.days : Math.min(bounds.days, daysBetween(bounds.from, to))
    return { start, length: Math.max(0, end - start) }
  }

  #mask(range: DayRange): Sql {
    const { start, length } = this.#slice(range)
    const rest = this.#bounds().days - start - length
    return sql`cast(${`${'0'.repeat(start)}${'1'.repeat(length)}${'0'.repeat(Math.max(0, rest))}`} as bit)`
  }
}
