import { join, type Sql, sql, whole } from '../sql/sql.ts'
import { type CategoryQuestion, entropyOf, weighted } from './category-stage.ts'
import type { RowsAsked } from './rows-asked.ts'
import type { TablePlan } from './table-plan.ts'

/** Bits of a sum, of which the sign takes one and another stays free. */
const bitsOfSum = 62

/** More sums than these cost more than counting rows by category. */
const mostSums = 4

/**
 * Counts of a few known categories that need no grouping: each category has some digits of a sum to itself, as many as
 * the busiest customer's rows need, so that one sum counts several of them.
 */
export class PackedCounts {
  readonly #plan: TablePlan
  readonly #category: Sql
  readonly #texts: readonly string[]
  readonly #rows: RowsAsked

  constructor(plan: TablePlan, category: Sql, texts: readonly string[], rows: RowsAsked) {
    this.#plan = plan
    this.#category = category
    this.#texts = texts
    this.#rows = rows
  }

  /** Whether so many categories, of so many rows of a customer at most, are worth it. */
  static suits(categories: number, mostRows: number): boolean {
    return categories > 0 && Math.ceil(categories / perSum(mostRows)) <= mostSums
  }

  answer(question: CategoryQuestion): Sql {
    const counts = this.#texts.map((_, index) => this.#count(index))
    const total = sql`(${join(counts, ' + ')})`
    const most = sql`greatest(${join(counts)})`
    switch (question) {
      case 'total':
        return total
      case 'top_count':
        return most
      case 'distinct':
        return sql`(${join(
          counts.map((n) => sql`case when ${n} > 0 then 1 else 0 end`),
          ' + ',
        )})`
      case 'top': {
        const texts = join(this.#texts.map((text) => sql`${text}`))
        // Texts are in their order, of which the first counts among equals.
        return sql`case when ${total} > 0 then list_extract([${texts}], list_position([${join(counts)}], ${most})) end`
      }
      case 'entropy': {
        const sum = join(counts.map(weighted), ' + ')
        return entropyOf(total, sql`cast(${sum} as decimal(38, 9))`)
      }
    }
  }

  #count(index: number): Sql {
    const { shared, store, windows, mostRows } = this.#plan
    const bits = bitsFor(mostRows)
    const each = perSum(mostRows)
    const first = Math.floor(index / each) * each
    const place = sql`cast(${this.#category} - ${whole(first + 1)} as bigint)`
    const one = sql`case when ${this.#category} between ${whole(first + 1)} and ${whole(first + each)} then cast(1 as bigint) << (${place} * ${whole(bits)}) end`
    const sum = windows.other(store.textOf(one), (only) => sql`sum(${only(one)})`, this.#rows)
    const digits = sql`(cast(${sum} as bigint) >> ${whole((index - first) * bits)}) & ${whole(2 ** bits - 1)}`
    const count = sql`coalesce(${digits}, 0)`
    return shared.value(store.textOf(count), count)
  }
}

function bitsFor(mostRows: number): number {
  return Math.max(1, Math.ceil(Math.log2(mostRows + 1)))
}

function perSum(mostRows: number): number {
  return Math.floor(bitsOfSum / bitsFor(mostRows))
}
