import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { Extreme } from './direct-stage.ts'
import type { RowStore } from './row-store.ts'
import { type Chunk, inChunk, joined, type Relation } from './stage.ts'

/**
 * The last or first known value of large tables: the extreme of the first column of the order is found for each
 * customer, and only rows that have it are compared further. Comparing all columns of all rows takes twice as long.
 */
export class ExtremeStage {
  readonly #store: RowStore
  readonly #extremes = new Map<string, Extreme>()

  constructor(store: RowStore) {
    this.#store = store
  }

  add(extreme: Extreme): Sql {
    const { kind, value, order, conditions } = extreme
    const text = this.#store.textOf(join([sql`${kind}`, value, ...order, ...conditions]))
    this.#extremes.set(text, extreme)
    return joined(this.#alias([...this.#extremes.keys()].indexOf(text)), 'value')
  }

  get width(): number {
    return this.#extremes.size * 3
  }

  relations(): readonly Relation[] {
    return [...this.#extremes.values()].map((extreme, index) => ({
      alias: this.#alias(index),
      columns: ['value'],
      statement: (chunk) => this.#statement(extreme, chunk),
    }))
  }

  #statement({ kind, value, order, conditions }: Extreme, chunk: Chunk): Sql {
    const [first, ...rest] = order
    const best = kind === 'last' ? sql`max` : sql`min`
    const all = join([...conditions, sql`${value} is not null`, inChunk(chunk)], ' and ')
    const rows = sql`select c, ${first!} as k, ${value} as value${rest.length === 0 ? sql`` : sql`, ${join(rest.map((key, index) => sql`${key} as ${ident(`k${index}`)}`))}`}
      from ${ident(this.#store.name)} where ${all}`
    const keys = rest.map((_, index) => ident('rows', `k${index}`))
    const chosen =
      keys.length === 0
        ? sql`${best}(rows.value)`
        : sql`${kind === 'last' ? sql`arg_max` : sql`arg_min`}(rows.value, row(${join([...keys, sql`rows.value`])}))`
    return sql`select rows.c, ${chosen} as value from (${rows}) as rows
      join (select c, ${best}(${first!}) as k from ${ident(this.#store.name)} where ${all} group by c) as best
        on best.c = rows.c and best.k = rows.k
      group by rows.c`
  }

  #alias(index: number): string {
    return `${this.#store.rows.table.name}_extreme${index + 1}`
  }
}
