import { type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { bytesPerCell, type OnlyThose, whole } from './stage.ts'
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
    return this.#shared('count', range, (column, days) => sql`nullif(bit_count(${column.masked(days)}), 0)`)
  }

  /** Sum of the squared days between neighbouring days of the window; NULL without any. */
  squaredGaps(range: DayRange): () => Sql {
    return this.#shared('squares', range, (column, days) => {
      const squares = sql`list_transform(${column.runs(days)}, lambda run: (strlen(run) + 1) * (strlen(run) + 1))`
      // What stands before the first day and after the last is no gap.
      return sql`list_sum(${squares}[2:-2])`
    })
  }

  /** Days from the first day of the window to the second; NULL without a second. */
  firstGap(range: DayRange): () => Sql {
    return this.#shared(
      'next',
      range,
      (column, days) =>
        sql`case when bit_count(${column.masked(days)}) > 1 then strlen((${column.runs(days)})[2]) + 1 end`,
    )
  }

  /** Which column it is made of is known once the rows are read. */
  #shared(what: string, range: DayRange, build: (column: DayColumn, days: DayRange) => Sql): () => Sql {
    const upTo = { from: range.from, to: range.to ?? this.#point.nextDay }
    this.#own.need(range)
    this.#latest.need(upTo)
    return () => {
      const [column, days] = this.#plan.isKnownByDay ? [this.#latest, upTo] : [this.#own, range]
      const value = build(column, days)
      return this.#plan.shared.value(`${what} ${this.#plan.store.textOf(value)}`, value)
    }
  }
}

/** One aggregate with a bit a day: however many windows ask, rows are read once, and a window is a part of it. */
export class DayColumn {
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

  need({ from }: DayRange): void {
    if (this.#from === undefined) this.#from = from
    else if (this.#from !== null) this.#from = from === null || from < this.#from ? from : this.#from
  }

  /** The bits, those of days outside the window off. */
  masked(range: DayRange): Sql {
    const { days } = this.#bounds()
    const { start, length } = this.#slice(range)
    return length === days ? this.#bits : sql`(${this.#bits} & ${maskOf(days, start, length)})`
  }

  /** Runs of zeros between the days of the window, with those before the first and after the last. Count bytes of them. */
  runs(range: DayRange): Sql {
    return sql`string_split(cast(${this.masked(range)} as varchar), '1')`
  }

  #aggregate(only: OnlyThose): Sql {
    const { from, days } = this.#bounds()
    const place = sql`case when d >= ${dateLiteral(from)} then cast(d - ${dateLiteral(from)} as integer) end`
    // The engine wants the length as a constant, not as a parameter.
    return sql`bitstring_agg(${only(place)}, 0, ${whole(days - 1)})`
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
