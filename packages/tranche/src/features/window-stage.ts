import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint, DayRange } from './calendar.ts'
import type { RowStore } from './row-store.ts'
import { filtered, inChunk, joined, type Relation, rowConditions } from './stage.ts'

export type AggregateKind = 'count' | 'sum' | 'min' | 'max'

interface Window {
  readonly conditions: readonly Sql[]
  readonly columns: Map<string, { readonly name: string; readonly aggregate: Sql }>
}

/**
 * Counts, sums and extremes over windows of days: one pass over the narrowed rows for each window as of each point,
 * which reads only the rows of the window and serves all features that share it.
 */
export class WindowStage {
  readonly #store: RowStore
  readonly #points: number
  readonly #windows = new Map<string, Window>()

  constructor(store: RowStore, points: number) {
    this.#store = store
    this.#points = points
  }

  /** The aggregate over rows of the window that satisfy the flag: 0 for a count of nothing, else NULL. */
  aggregate(
    kind: AggregateKind,
    value: Sql | null,
    flag: Sql | null,
    range: DayRange,
    point: AsOfPoint,
  ): Sql {
    const aggregate = filtered(sql`${functions[kind]}(${value ?? sql`*`})`, flag === null ? [] : [flag])
    const column = this.#column(rowConditions(point, range, null, this.#points), aggregate)
    return kind === 'count' ? sql`coalesce(${column}, 0)` : column
  }

  /** Whether the customer has any row seen by the point, counted or not. */
  hasHistory(point: AsOfPoint): Sql {
    return sql`coalesce(${this.#column([], sql`min(seen)`)} <= ${point.index}, false)`
  }

  get width(): number {
    return [...this.#windows.values()].reduce((sum, { columns }) => sum + columns.size, 0)
  }

  relations(): readonly Relation[] {
    return [...this.#windows.values()].map(({ conditions, columns }, index) => {
      const values = [...columns.values()]
      const selected = values.map(({ aggregate, name }) => sql`${aggregate} as ${ident(name)}`)
      return {
        alias: this.#alias(index),
        columns: values.map(({ name }) => name),
        statement: (chunk) => sql`select c, ${join(selected)} from ${ident(this.#store.name)}
          where ${join([...conditions, inChunk(chunk)], ' and ')} group by c`,
      }
    })
  }

  #column(conditions: readonly Sql[], aggregate: Sql): Sql {
    const text = conditions.map((condition) => this.#store.textOf(condition)).join(' and ')
    const window: Window = this.#windows.get(text) ?? { conditions, columns: new Map() }
    this.#windows.set(text, window)
    const aggregateText = this.#store.textOf(aggregate)
    const name = window.columns.get(aggregateText)?.name ?? `p${window.columns.size + 1}`
    window.columns.set(aggregateText, { name, aggregate })
    return joined(this.#alias([...this.#windows.keys()].indexOf(text)), name)
  }

  #alias(index: number): string {
    return `${this.#store.rows.table.name}_window${index + 1}`
  }
}

const functions: Readonly<Record<AggregateKind, Sql>> = {
  count: sql`count`,
  sum: sql`sum`,
  min: sql`min`,
  max: sql`max`,
}
