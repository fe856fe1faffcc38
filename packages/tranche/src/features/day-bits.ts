import { type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { whole } from './stage.ts'
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
    this.#bits = plan.windows.other('days', () => this.#aggregate(), rows)
  }

  /** Number of distinct days in the window; NULL without any. */
  count(range: DayRange): () => Sql {
    this.#need(range)
    return () => {
      const { days } = this.#bounds()
      const { start, length } = this.#slice(range)
      const bits = length === days ? this.#bits : sql`${this.#bits} & ${maskOf(days, start, length)}`
      return sql`nullif(bit_count(${bits}), 0)`
    }
  }

  /** The days of the window as text of 0 and 1, from its first day to its last; NULL without any row at all. */
  text(range: DayRange): () => Sql {
    this.#need(range)
    return () => {
      const { start, length } = this.#slice(range)
      const text = sql`cast(${this.#bits} as varchar)`
      return length === this.#bounds().days
        ? text
        : sql`substring(${text}, ${whole(start + 1)}, ${whole(length)})`
    }
  }

  get byteLength(): number {
    return Math.ceil(this.#bounds().days / 8) + 40
  }

  #aggregate(): Sql {
    const { from, days } = this.#bounds()
    // The engine wants the length as a constant, not as a parameter.
    return sql`bitstring_agg(case when d >= ${dateLiteral(from)} then cast(d - ${dateLiteral(from)} as integer) end, 0, ${whole(days - 1)})`
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
