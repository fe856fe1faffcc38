import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { filtered, inChunk, joined, type Relation } from './stage.ts'

interface Extreme {
  readonly kind: 'last' | 'first'
  readonly value: Sql
  /** What puts rows in order; the value itself settles ties. */
  readonly order: readonly Sql[]
  readonly conditions: readonly Sql[]
}
interface Aggregate {
  readonly kind: 'aggregate'
  readonly build: () => Sql
  readonly conditions: readonly Sql[]
}

/** Aggregates that need all rows of their window together, in one pass grouped by customer. */
export class DirectStage {
  readonly #store: RowStore
  readonly #columns = new Map<string, { readonly name: string; readonly content: Extreme | Aggregate }>()
  #oneRowEach = false

  constructor(store: RowStore) {
    this.#store = store
  }

  /** Known values only, the latest or earliest in the given order. */
  extreme(extreme: Extreme): Sql {
    const { kind, value, order, conditions } = extreme
    const text = this.#store.textOf(join([sql`${kind}`, value, ...order, ...conditions]))
    return this.#column(text, extreme)
  }

  /** Any other aggregate, built once the rows are there; `text` tells equal ones. */
  aggregate(text: string, build: () => Sql, conditions: readonly Sql[]): Sql {
    const full = [text, ...conditions.map((condition) => this.#store.textOf(condition))].join('\n')
    return this.#column(full, { kind: 'aggregate', build, conditions })
  }

  get width(): number {
    return this.#columns.size
  }

  /** Where no customer has two rows there is nothing to choose from. */
  settle(oneRowEach: boolean): void {
    this.#oneRowEach = oneRowEach
  }

  relations(): readonly Relation[] {
    const columns = [...this.#columns.values()]
    if (columns.length === 0) return []
    const plain = this.#oneRowEach && columns.every(({ content }) => content.kind !== 'aggregate')
    const values = columns.map(
      ({ name, content }) =>
        sql`${plain ? onlyRow(content as Extreme) : aggregateOf(content)} as ${ident(name)}`,
    )
    const grouped = plain ? sql`` : sql` group by c`
    return [
      {
        alias: this.#alias,
        columns: columns.map(({ name }) => name),
        statement: (chunk) =>
          sql`select c, ${join(values)} from ${ident(this.#store.name)} where ${inChunk(chunk)}${grouped}`,
      },
    ]
  }

  #column(text: string, content: Extreme | Aggregate): Sql {
    const known = this.#columns.get(text)
    const name = known?.name ?? `a${this.#columns.size + 1}`
    if (known === undefined) this.#columns.set(text, { name, content })
    return joined(this.#alias, name)
  }

  get #alias(): string {
    return `${this.#store.rows.table.name}_all`
  }
}

/** The last or first known value of a group of rows. */
export function extremeOf({ kind, value, order, conditions }: Extreme): Sql {
  const key = order.length === 0 ? value : sql`row(${join([...order, value])})`
  return filtered(
    kind === 'last' ? sql`arg_max(${value}, ${key})` : sql`arg_min(${value}, ${key})`,
    conditions,
  )
}

function aggregateOf(content: Extreme | Aggregate): Sql {
  return content.kind === 'aggregate' ? filtered(content.build(), content.conditions) : extremeOf(content)
}

function onlyRow({ value, conditions }: Extreme): Sql {
  return conditions.length === 0 ? value : sql`case when ${join(conditions, ' and ')} then ${value} end`
}
