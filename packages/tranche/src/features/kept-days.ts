import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { DayColumn } from './day-bits.ts'
import type { RowStore } from './row-store.ts'
import { inChunk, joined, onlyWhere, type Relation } from './stage.ts'

/** Sets of days in a table of their own, one row per customer, so that statements as of several points collect them once. */
export class KeptDays {
  readonly #store: RowStore
  #columns: readonly { readonly name: string; readonly column: DayColumn }[] = []

  constructor(store: RowStore) {
    this.#store = store
  }

  /** Collects the columns from the rows, which are there. */
  async keep(warehouse: Warehouse, columns: readonly DayColumn[]): Promise<void> {
    if (columns.length === 0) return
    const named = columns.map((column, index) => ({ name: `k${index + 1}`, column }))
    const sets = named.map(({ name, column }) => {
      const only = onlyWhere(column.flag === null ? [] : [column.flag])
      return sql`${column.aggregate(only)} as ${ident(name)}`
    })
    await warehouse.run(
      sql`create or replace ${warehouse.dialect.scratchTable} ${this.#table} as
        select c, ${join(sets)} from ${this.#store.table} group by c`,
    )
    this.#columns = named
  }

  /** A column beside the customers; undefined for one that is not kept. */
  days(column: DayColumn): Sql | undefined {
    const kept = this.#columns.find((candidate) => candidate.column === column)
    return kept && joined(this.#alias, kept.name)
  }

  relations(): readonly Relation[] {
    if (this.#columns.length === 0) return []
    return [
      {
        alias: this.#alias,
        columns: new Map(this.#columns.map(({ name, column }) => [name, column.bytes])),
        statement: (chunk, wanted) => {
          const names = this.#columns.filter(({ name }) => wanted.has(name)).map(({ name }) => ident(name))
          return sql`select c, ${join(names)} from ${this.#table} where ${inChunk(chunk)}`
        },
      },
    ]
  }

  async drop(warehouse: Warehouse): Promise<void> {
    if (this.#columns.length > 0) await warehouse.run(sql`drop table if exists ${this.#table}`)
    this.#columns = []
  }

  get #table(): Sql {
    return tableNamed(`feature_days_${this.#store.rows.table.name}`)
  }

  get #alias(): string {
    return `${this.#store.rows.table.name}_days`
  }
}
