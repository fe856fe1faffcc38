import type { Warehouse } from '../engine/warehouse.ts'
import { byDialect, type Sql, sql, whole } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import type { Extreme } from './snapshot-stage.ts'
import type { OnlyThose } from './stage.ts'

/** Bits of a BIGINT besides its sign. */
const bitsOfNumber = 63
const unitsPerAmount = 10_000

/** A moment's place on a line of seconds, or of microseconds where not all of them are whole seconds; and an amount's on one of units. */
interface Lines {
  readonly bySeconds: boolean
  readonly firstMoment: number
  readonly leastAmount: number
  readonly amountBits: number
}

/**
 * The last or first amount of rows in the order of their moments, the amount settling ties: moment and amount are digits of
 * one number, whose extreme is found many times as fast as that of a row of both. Where the rows' spans are too wide
 * for 63 bits there are no such digits.
 */
export class AmountDigits {
  readonly #store: RowStore
  readonly #amount: Sql
  readonly #moment: Sql
  #lines: Lines | undefined

  /** Of stored columns: a DECIMAL(18,4), with or without a sign before it, and a moment of years that `microsOf` tells. */
  constructor(store: RowStore, amount: Sql, moment: Sql) {
    this.#store = store
    this.#amount = amount
    this.#moment = moment
  }

  /** Looks at the rows, which are there. */
  async settle(warehouse: Warehouse): Promise<void> {
    const [amount, micros] = [this.#amount, this.#micros]
    const found = await warehouse.row<Spans>(
      sql`select cast(min(${amount}) as double) as least, cast(max(${amount}) as double) as greatest,
        cast(min(${micros}) as double) as "from", cast(max(${micros}) as double) as "to",
        max(abs(${micros} % 1000000)) as below from ${this.#store.table}`,
    )
    this.#lines = linesOf(found)
  }

  get fit(): boolean {
    return this.#lines !== undefined
  }

  /** Aggregate: the number with the extreme moment. */
  extreme(kind: Extreme['kind'], only: OnlyThose): Sql {
    const { bySeconds, firstMoment, leastAmount, amountBits } = this.#known
    const moment = bySeconds ? byDialect((dialect) => dialect.secondsOf(this.#moment)) : this.#micros
    const units = sql`cast(${this.#amount} * ${whole(unitsPerAmount)} as bigint)`
    const number = only(
      sql`(${moment} - ${whole(firstMoment)}) * ${whole(2 ** amountBits)} + (${units} - ${whole(leastAmount)})`,
    )
    return kind === 'last' ? sql`max(${number})` : sql`min(${number})`
  }

  /** The amount that an extreme was found with, as it is stored. */
  amountOf(extreme: Sql): Sql {
    const { leastAmount, amountBits } = this.#known
    const units = sql`(${extreme} % ${whole(2 ** amountBits)})`
    return sql`cast(cast(${units} + ${whole(leastAmount)} as decimal(18, 0)) * cast('0.0001' as decimal(5, 4)) as decimal(18, 4))`
  }

  get #micros(): Sql {
    return byDialect((dialect) => dialect.microsOf(this.#moment))
  }

  get #known(): Lines {
    if (this.#lines === undefined) throw new TypeError('These moments and amounts have no digits.')
    return this.#lines
  }
}

type Spans = { readonly [name in 'least' | 'greatest' | 'from' | 'to' | 'below']: number | null }

/** One unit more on both sides, since doubles may be off by a part of one. */
function linesOf({ least, greatest, from, to, below }: Spans): Lines | undefined {
  if (least === null || greatest === null || from === null || to === null) return undefined
  const leastAmount = Math.floor(least * unitsPerAmount) - 1
  const mostAmount = Math.ceil(greatest * unitsPerAmount) + 1
  if (!Number.isSafeInteger(leastAmount) || !Number.isSafeInteger(mostAmount)) return undefined
  const bySeconds = below === 0
  const perMoment = bySeconds ? 1_000_000 : 1
  const firstMoment = Math.floor(from / perMoment)
  const amountBits = bitsFor(mostAmount - leastAmount)
  const fits = bitsFor(to / perMoment - firstMoment) + amountBits <= bitsOfNumber
  return fits ? { bySeconds, firstMoment, leastAmount, amountBits } : undefined
}

/** Bits that hold 0 … `most`. */
function bitsFor(most: number): number {
  let bits = 1
  while (2 ** bits <= most) bits++
  return bits
}
