import { type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { bytesPerCell, type OnlyThose, whole } from './stage.ts'
import type { TablePlan } from './table-plan.ts'

/** Windows without a beginning look back this far where days are told apart: a hundred years. */
const furthestDays = 36_500

/**
 * The distinct days on which a customer has a row, one bit a day. However many windows ask, rows are read once:
 * a window is a mask, the time between two days a run of zeros.
 */
export class DayBits {
  readonly #plan: TablePlan
  readonly #point: AsOfPoint
  readonly #bits: Sql
  #from: string | null | undefined

  constructor(plan: TablePlan, flag: Sql | null, point: AsOfPoint) {
    this.#plan = plan
    this.#point = point
    const rows = { flag, range: { from: null, to: null }, point }
    this.#bits = plan.windows.other(
      'days',
      (only) => this.#aggregate(only),
      rows,
      () => bytesPerCell + Math.ceil(this.#bounds().days / 8),
    )
  }

  /** Number of distinct days in the window; NULL without any. */
  count(range: DayRange): () => Sql {
    this.#need(range)
    return () => sql`nullif(bit_count(${this.#masked(range)}), 0)`
  }

  /** Between each day of the window and the next a text of as many zeros as there are days between; NULL without any row. */
  gaps(range: DayRange): () => Sql {
    this.#need(range)
    // What stands before the first day and after the last is no gap.
    return () => sql`string_split(cast(${this.#masked(range)} as varchar), '1')[2:-2]`
  }

  /** The bits, those of days outside the window off. */
  #masked(range: DayRange): Sql {
    const { days } = this.#bounds()
    const { start, length } = this.#slice(range)
    return length === days ? this.#bits : sql`(${this.#bits} & ${maskOf(days, start, length)})`
  }

  #aggregate(only: OnlyThose): Sql {
    const { from, days } = this.#bounds()
    // The engine wants the length as a constant, not as a parameter.
    const place = sql`case when d >= ${dateLiteral(from)} then cast(d - ${dateLiteral(from)} as integer) end`
    return sql`bitstring_agg(${only(place)}, 0, ${whole(days - 1)})`
  }

  #need({ from }: DayRange): void {
    if (this.#from === undefined) this.#from = from
    else if (this.#from !== null) this.#from = from === null || from < this.#from ? from : this.#from
  }

  /** From the first day that is asked for or has rows to the as-of. */
  #bounds(): { readonly from: string; readonly days: number } {
    const { nextDay, day } = this.#point
    const furthest = shift(day, -furthestDays, 'day')
    const asked = this.#from ?? furthest
    const data = this.#plan.firstDay ?? day
    const from = [asked, data, furthest].reduce((latest, one) => (one > latest ? one : latest))
    return { from, days: Math.max(1, daysBetween(from, nextDay)) }
  }

  #slice({ from, to }: DayRange): { readonly start: number; readonly length: number } {
    const bounds = this.#bounds()
    const start = from === null ? 0 : Math.max(0, daysBetween(bounds.from, from))
    const end = to === null ? bounds.days : Math.min(bounds.days, daysBetween(bounds.from, to))
    return { start, length: Math.max(0, end - start) }
  }
}

function maskOf(days: number, start: number, length: number): Sql {
  const rest = Math.max(0, days - start - length)
  const mask = `${'0'.repeat(Math.min(days, start))}${'1'.repeat(length)}${'0'.repeat(rest)}`
  return unsafeRaw(`cast('${mask}' as bit)`)
}
