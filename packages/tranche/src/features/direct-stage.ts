import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { filtered, inChunk, joined, type Relation } from './stage.ts'

/** The last or first known value of a group of rows. */
export interface Extreme {
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
interface Group {
  readonly flag: Sql | null
  readonly columns: Map<string, { readonly name: string; readonly content: Extreme | Aggregate }>
}

/** Aggregates that need all rows of their window together, in one pass for each condition, grouped by customer. */
export class DirectStage {
  readonly #store: RowStore
  readonly #groups = new Map<string, Group>()
  #oneRowEach = false

  constructor(store: RowStore) {
    this.#store = store
  }

  /** Known values only, the latest or earliest in the given order. */
  extreme(flag: Sql | null, extreme: Extreme): Sql {
    const { kind, value, order, conditions } = extreme
    const text = this.#store.textOf(join([sql`${kind}`, value, ...order, ...conditions]))
    return this.#column(flag, text, extreme)
  }

  /** Any other aggregate, built once the rows are there; `text` tells equal ones. */
  aggregate(flag: Sql | null, text: string, build: () => Sql, conditions: readonly Sql[]): Sql {
    const full = [text, ...conditions.map((condition) => this.#store.textOf(condition))].join('\n')
    return this.#column(flag, full, { kind: 'aggregate', build, conditions })
  }

  get width(): number {
    return [...this.#groups.values()].reduce((sum, { columns }) => sum + columns.size, 0)
  }

  /** Where no customer has two rows there is nothing to choose from. */
  settle(oneRowEach: boolean): void {
    this.#oneRowEach = oneRowEach
  }

  relations(): readonly Relation[] {
    return [...this.#groups.values()].map(({ flag, columns }, index) => {
      const all = [...columns.values()]
      const plain = this.#oneRowEach && all.every(({ content }) => content.kind !== 'aggregate')
      const values = all.map(
        ({ name, content }) =>
          sql`${plain ? onlyRow(content as Extreme) : aggregateOf(content)} as ${ident(name)}`,
      )
      const condition = flag === null ? sql`` : sql`${flag} and `
      const grouped = plain ? sql`` : sql` group by c`
      return {
        alias: this.#alias(index + 1),
        columns: all.map(({ name }) => name),
        statement: (chunk) =>
          sql`select c, ${join(values)} from ${ident(this.#store.name)} where ${condition}${inChunk(chunk)}${grouped}`,
      }
    })
  }

  #column(flag: Sql | null, text: string, content: Extreme | Aggregate): Sql {
    const flagText = flag === null ? '' : this.#store.textOf(flag)
    const group: Group = this.#groups.get(flagText) ?? { flag, columns: new Map() }
    this.#groups.set(flagText, group)
    const known = group.columns.get(text)
    const name = known?.name ?? `a${group.columns.size + 1}`
    if (known === undefined) group.columns.set(text, { name, content })
    return joined(this.#alias([...this.#groups.keys()].indexOf(flagText) + 1), name)
  }

  #alias(place: number): string {
    return `${this.#store.rows.table.name}_all${place}`
  }
}

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
