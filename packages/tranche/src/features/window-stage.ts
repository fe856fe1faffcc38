import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint, DayRange } from './calendar.ts'
import type { RowStore } from './row-store.ts'
import { bytesPerCell, filtered, inChunk, joined, type Relation, rowConditions, whole } from './stage.ts'

export type AggregateKind = 'count' | 'sum' | 'min' | 'max'

/** Which rows an aggregate is over: those of a window as of a point that satisfy the flag. */
export interface RowsAsked {
  readonly flag: Sql | null
  readonly range: DayRange
  readonly point: AsOfPoint
}

interface WindowColumn {
  readonly name: string
  readonly build: () => Sql
  readonly bytes: () => number
}

interface Window {
  readonly conditions: readonly Sql[]
  readonly columns: Map<string, WindowColumn>
}

/**
 * Aggregates over windows of days: one pass over the narrowed rows for each window as of each point, which reads only
 * the rows of the window and serves all features that share it.
 */
export class WindowStage {
  readonly #store: RowStore
  readonly #points: number
  readonly #windows = new Map<string, Window>()

  constructor(store: RowStore, points: number) {
    this.#store = store
    this.#points = points
  }

  /** A count, a sum or an extreme: 0 for a count of nothing, else NULL. */
  aggregate(kind: AggregateKind, value: Sql | null, rows: RowsAsked): Sql {
    const aggregate = sql`${functions[kind]}(${value ?? sql`*`})`
    const column = this.other(this.#store.textOf(aggregate), () => aggregate, rows)
    return kind === 'count' ? sql`coalesce(${column}, 0)` : column
  }

  /** Any other aggregate, built once the rows are there; `text` tells equal ones, `bytes` what one holds. */
  other(text: string, build: () => Sql, { flag, range, point }: RowsAsked, bytes = () => bytesPerCell): Sql {
    const conditions = rowConditions(point, range, null, this.#points)
    const flags = flag === null ? [] : [flag]
    const full = [text, ...flags.map((one) => this.#store.textOf(one))].join(' if ')
    return this.#column(conditions, full, () => filtered(build(), flags), bytes)
  }

  /** Whether the customer has any row seen by the point, counted or not. */
  hasHistory(point: AsOfPoint): Sql {
    const since = this.#column([], 'since', () => sql`min(seen)`)
    return sql`coalesce(${since} <= ${whole(point.index)}, false)`
  }

  relations(): readonly Relation[] {
    return [...this.#windows.values()].map(({ conditions, columns }, index) => ({
      alias: this.#alias(index),
      columns: new Map([...columns.values()].map(({ name, bytes }) => [name, bytes()])),
      statement: (chunk, wanted) => {
        const values = [...columns.values()].filter(({ name }) => wanted.has(name))
        return sql`select c, ${join(values.map(({ build, name }) => sql`${build()} as ${ident(name)}`))} from ${ident(this.#store.name)}
          where ${join([...conditions, inChunk(chunk)], ' and ')} group by c`
      },
    }))
  }

  #column(conditions: readonly Sql[], text: string, build: () => Sql, bytes = () => bytesPerCell): Sql {
    const key = conditions.map((condition) => this.#store.textOf(condition)).join(' and ')
    const window: Window = this.#windows.get(key) ?? { conditions, columns: new Map() }
    this.#windows.set(key, window)
    const name = window.columns.get(text)?.name ?? `p${window.columns.size + 1}`
    if (!window.columns.has(text)) window.columns.set(text, { name, build, bytes })
    return joined(this.#alias([...this.#windows.keys()].indexOf(key)), name)
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
