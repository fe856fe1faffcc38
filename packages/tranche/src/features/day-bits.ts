import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { type AsOfPoint, type DayRange, dateLiteral, daysBetween, shift } from './calendar.ts'
import { filtered, inChunk, joined, type Relation, rowConditions } from './stage.ts'
import type { TablePlan } from './table-plan.ts'

/** Windows without a beginning look back this far where days are told apart: a hundred years. */
const furthestDays = 36_500
/** Days in one whole number of 128 bits, sign apart, rounded. */
const daysPerBlock = 120

interface Block {
  readonly from: string
  readonly to: string
  readonly column: string
}

/**
 * The distinct days on which a customer has a row, one bit a day in blocks of 120 days. However many windows ask, rows
 * are read once: a window is a mask, the time between two days a run of zeros.
 */
export class DayBits {
  readonly #plan: TablePlan
  readonly #flag: Sql | null
  readonly #point: AsOfPoint
  readonly #name: string
  #from: string | null | undefined

  constructor(plan: TablePlan, flag: Sql | null, point: AsOfPoint, position: number) {
    this.#plan = plan
    this.#flag = flag
    this.#point = point
    this.#name = `${plan.rows.table.name}_days${position}`
  }

  /** Number of distinct days in the window; NULL without any. */
  count(range: DayRange): () => Sql {
    this.#need(range)
    return () => {
      const counts = this.#slices(range).map(({ block, start, length }) => {
        const bits = joined(this.#name, block.column)
        if (length === daysPerBlock) return sql`bit_count(coalesce(${bits}, 0))`
        return sql`bit_count(coalesce(${bits}, 0) & cast(${maskOf(start, length)} as hugeint))`
      })
      return counts.length === 0
        ? sql`cast(null as bigint)`
        : sql`nullif(${join(
            counts.map((count) => sql`cast(${count} as bigint)`),
            ' + ',
          )}, 0)`
    }
  }

  /** The days of the window as text of 0 and 1, from its first day to its last. */
  text(range: DayRange): () => Sql {
    this.#need(range)
    return () => {
      const texts = this.#slices(range).map(({ block, start, length }) => {
        const bits = sql`cast(cast(coalesce(${joined(this.#name, block.column)}, 0) as bit) as varchar)`
        return sql`substring(${bits}, ${128 - daysPerBlock + start + 1}, ${length})`
      })
      return texts.length === 0 ? sql`''` : sql`(${join(texts, ' || ')})`
    }
  }

  get byteLength(): number {
    return this.#blocks().length * 60
  }

  relations(): readonly Relation[] {
    const blocks = this.#blocks()
    const range = { from: blocks[0]!.from, to: null }
    const conditions = rowConditions(this.#point, range, this.#flag, this.#plan.calendar.points.length)
    const columns = blocks.map(({ from, to, column }) => {
      // The first day of a block is its highest bit, so that text reads from left to right. Conditions of an aggregate
      // are looked at after its value, which must not overflow for other blocks.
      const place = sql`least(greatest(${daysPerBlock - 1} - (d - ${dateLiteral(from)}), 0), ${daysPerBlock - 1})`
      const bits = sql`bit_or(cast(1 as hugeint) << cast(${place} as integer))`
      const days = [sql`d >= ${dateLiteral(from)}`, sql`d < ${dateLiteral(to)}`]
      return sql`${blocks.length === 1 ? bits : filtered(bits, days)} as ${ident(column)}`
    })
    return [
      {
        alias: this.#name,
        columns: blocks.map(({ column }) => column),
        statement: (chunk) => sql`select c, ${join(columns)} from ${ident(this.#plan.store.name)}
          where ${join([...conditions, inChunk(chunk)], ' and ')} group by c`,
      },
    ]
  }

  #need({ from }: DayRange): void {
    if (this.#from === undefined) this.#from = from
    else if (this.#from !== null) this.#from = from === null || from < this.#from ? from : this.#from
  }

  /** Blocks from the first day that is asked for or has rows to the as-of. */
  #blocks(): readonly Block[] {
    const { day, nextDay } = this.#point
    const furthest = shift(day, -furthestDays, 'day')
    const asked = this.#from ?? furthest
    const data = this.#plan.firstDay ?? day
    const first = [asked, data, furthest].reduce((latest, one) => (one > latest ? one : latest))
    const count = Math.max(1, Math.ceil(daysBetween(first, nextDay) / daysPerBlock))
    return Array.from({ length: count }, (_, index) => ({
      from: shift(first, index * daysPerBlock, 'day'),
      to: shift(first, (index + 1) * daysPerBlock, 'day'),
      column: `b${index + 1}`,
    }))
  }

  /** The part of each block that a window holds. */
  #slices({
    from,
    to,
  }: DayRange): readonly { readonly block: Block; readonly start: number; readonly length: number }[] {
    return this.#blocks().flatMap((block) => {
      const start = from === null ? 0 : Math.max(0, daysBetween(block.from, from))
      const end = to === null ? daysPerBlock : Math.min(daysPerBlock, daysBetween(block.from, to))
      return end > start ? [{ block, start, length: end - start }] : []
    })
  }
}

function maskOf(start: number, length: number): string {
  return (((1n << BigInt(length)) - 1n) << BigInt(daysPerBlock - start - length)).toString()
}
