import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { extremeOf } from './snapshot-stage.ts'
import { bytesPerCell, inChunk, joined, onlyWhere, type Relation } from './stage.ts'

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

  relations(): readonly Relation[] {
    const columns = [...this.#columns.values()]
    return [
      {
        alias: this.#alias,
        columns: new Map(columns.map(({ name }) => [name, bytesPerCell * accountsEach])),
        statement: (chunk, wanted) => {
          const asked = columns.filter(({ name }) => wanted.has(name))
          const latest = asked.map(
            ({ name, latest: { conditions, ...extreme } }) =>
              sql`${extremeOf({ kind: 'last', ...extreme }, onlyWhere(conditions))} as ${ident(name)}`,
          )
          const sums = asked.map(({ name }) => sql`sum(${ident(name)}) as ${ident(name)}`)
          return sql`select c, ${join(sums)}
          from (select c, ${this.#per} as per, ${join(latest)} from ${this.#store.table}
            where ${inChunk(chunk)} group by 1, 2) as latest
          group by c`
        },
      },
    ]
  }
}

/** About how many accounts a customer has, for what memory it takes. */
const accountsEach = 3
