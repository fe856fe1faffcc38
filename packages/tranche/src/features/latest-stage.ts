import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { extremeOf } from './snapshot-stage.ts'
import { filtered, inChunk, joined, type Relation } from './stage.ts'

interface Latest {
  readonly value: Sql
  readonly order: readonly Sql[]
  readonly conditions: readonly Sql[]
}

/** Sums of the latest value of each account (or of whatever else rows are kept apart by). */
export class LatestStage {
  readonly #store: RowStore
  readonly #alias: string
  readonly #per: Sql
  readonly #columns = new Map<string, { readonly name: string; readonly latest: Latest }>()

  constructor(store: RowStore, per: Sql, position: number) {
    this.#store = store
    this.#per = per
    this.#alias = `${store.rows.table.name}_latest${position}`
  }

  sum(latest: Latest): Sql {
    const { value, order, conditions } = latest
    const text = this.#store.textOf(join([value, ...order, ...conditions]))
    const known = this.#columns.get(text)
    const name = known?.name ?? `l${this.#columns.size + 1}`
    if (known === undefined) this.#columns.set(text, { name, latest })
    return joined(this.#alias, name)
  }

  get width(): number {
    return this.#columns.size * 3
  }

  relations(): readonly Relation[] {
    const columns = [...this.#columns.values()]
    const latest = columns.map(
      ({ name, latest }) =>
        sql`${filtered(extremeOf({ kind: 'last', ...latest }), latest.conditions)} as ${ident(name)}`,
    )
    return [
      {
        alias: this.#alias,
        columns: columns.map(({ name }) => name),
        statement: (chunk) => sql`select c, ${join(
          columns.map(({ name }) => sql`sum(${ident(name)}) as ${ident(name)}`),
        )}
          from (select c, ${this.#per} as per, ${join(latest)} from ${ident(this.#store.name)}
            where ${inChunk(chunk)} group by c, per) as latest
          group by c`,
      },
    ]
  }
}
