import { byDialect, ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { bytesPerCell, inChunk, joined, type OnlyThose, onlyWhere, type Relation } from './stage.ts'

/** The last or first known value of a group of rows. */
export interface Extreme {
  readonly kind: 'last' | 'first'
  readonly value: Sql
  /** What puts rows in order; the value itself settles ties. */
  readonly order: readonly Sql[]
}
interface Snapshot extends Extreme {
  readonly name: string
  readonly conditions: readonly Sql[]
}

/** Values of a customer at the points, from the versions known of each, in one pass for all attributes. */
export class SnapshotStage {
  readonly #store: RowStore
  readonly #snapshots = new Map<string, Snapshot>()
  #oneRowEach = false

  constructor(store: RowStore) {
    this.#store = store
  }

  value(extreme: Extreme, conditions: readonly Sql[]): Sql {
    const { kind, value, order } = extreme
    const text = this.#store.textOf(join([sql`${kind}`, value, ...order, ...conditions]))
    const name = this.#snapshots.get(text)?.name ?? `a${this.#snapshots.size + 1}`
    this.#snapshots.set(text, { ...extreme, name, conditions })
    return joined(this.#alias, name)
  }

  /** Where no customer has two rows there is nothing to choose from. */
  settle(oneRowEach: boolean): void {
    this.#oneRowEach = oneRowEach
  }

  relations(): readonly Relation[] {
    const snapshots = [...this.#snapshots.values()]
    if (snapshots.length === 0) return []
    return [
      {
        alias: this.#alias,
        columns: new Map(snapshots.map(({ name }) => [name, bytesPerCell])),
        statement: (chunk, wanted) => {
          const values = snapshots
            .filter(({ name }) => wanted.has(name))
            .map((snapshot) => sql`${this.#valueOf(snapshot)} as ${ident(snapshot.name)}`)
          const grouped = this.#oneRowEach ? sql`` : sql` group by c`
          return sql`select c, ${join(values)} from ${this.#store.table} where ${inChunk(chunk)}${grouped}`
        },
      },
    ]
  }

  #valueOf(snapshot: Snapshot): Sql {
    return this.#oneRowEach ? onlyRow(snapshot) : extremeOf(snapshot, onlyWhere(snapshot.conditions))
  }

  get #alias(): string {
    return `${this.#store.rows.table.name}_snapshot`
  }
}

/** The aggregate that finds an extreme; rows without a value don't count. */
export function extremeOf({ kind, value, order }: Extreme, only: OnlyThose): Sql {
  const key = order.length === 0 ? value : sql`row(${join([...order, value])})`
  return byDialect((dialect) => dialect.extreme(kind, only(value), key))
}

function onlyRow({ value, conditions }: Snapshot): Sql {
  return conditions.length === 0 ? value : sql`case when ${join(conditions, ' and ')} then ${value} end`
}
