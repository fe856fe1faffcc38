import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint, DayRange } from './calendar.ts'
import type { RowStore } from './row-store.ts'
import {
  bytesPerCell,
  filtered,
  inChunk,
  joined,
  type Relation,
  rangeConditions,
  rowConditions,
} from './stage.ts'

export type AggregateKind = 'count' | 'sum' | 'min' | 'max'

/** Which rows an aggregate is over: those of a window as of a point that satisfy the flag. */
export interface RowsAsked {
  readonly flag: Sql | null
  readonly range: DayRange
  readonly point: AsOfPoint
}

interface PassColumn {
  readonly name: string
  readonly range: DayRange
  readonly flag: Sql | null
  readonly build: () => Sql
  readonly bytes: () => number
}

interface Pass {
  readonly alias: string
  readonly point: AsOfPoint
  readonly columns: Map<string, PassColumn>
}

/**
 * Aggregates over windows of days: one pass over the narrowed rows for all windows that have a beginning, however many
 * they are, and one for those that have none. Windows lie within each other, and each pass is one more join.
 */
export class WindowStage {
  readonly #store: RowStore
  readonly #points: number
  readonly #passes = new Map<string, Pass>()

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
    const key = `${point.index} ${range.from === null ? 'ever' : 'since'}`
    const pass = this.#passes.get(key) ?? { alias: this.#alias(this.#passes.size), point, columns: new Map() }
    this.#passes.set(key, pass)
    const conditions = rowConditions(point, range, flag, this.#points)
    const full = [text, ...conditions.map((one) => this.#store.textOf(one))].join(' if ')
    const name = pass.columns.get(full)?.name ?? `p${pass.columns.size + 1}`
    if (!pass.columns.has(full)) pass.columns.set(full, { name, range, flag, build, bytes })
    return joined(pass.alias, name)
  }

  /** Whether the customer has any row seen by the point, counted or not. */
  hasHistory(point: AsOfPoint): Sql {
    return sql`(${this.aggregate('count', null, { flag: null, range: always, point })} > 0)`
  }

  relations(): readonly Relation[] {
    return [...this.#passes.values()].map((pass) => ({
      alias: pass.alias,
      columns: new Map([...pass.columns.values()].map(({ name, bytes }) => [name, bytes()])),
      statement: (chunk, wanted) => {
        const columns = [...pass.columns.values()].filter(({ name }) => wanted.has(name))
        const hull = hullOf(columns.map(({ range }) => range))
        const values = columns.map(({ name, range, flag, build }) => {
          const within = {
            from: range.from === hull.from ? null : range.from,
            to: range.to === hull.to ? null : range.to,
          }
          return sql`${filtered(build(), rangeConditions(within, flag))} as ${ident(name)}`
        })
        const conditions = [...rowConditions(pass.point, hull, null, this.#points), inChunk(chunk)]
        return sql`select c, ${join(values)} from ${ident(this.#store.name)}
          where ${join(conditions, ' and ')} group by c`
      },
    }))
  }

  #alias(index: number): string {
    return `${this.#store.rows.table.name}_window${index + 1}`
  }
}

const always: DayRange = { from: null, to: null }

/** The days from the first to the last of all ranges. */
function hullOf(ranges: readonly DayRange[]): DayRange {
  return ranges.reduce((left, right) => ({
    from: left.from === null || right.from === null ? null : left.from < right.from ? left.from : right.from,
    to: left.to === null || right.to === null ? null : left.to > right.to ? left.to : right.to,
  }))
}

const functions: Readonly<Record<AggregateKind, Sql>> = {
  count: sql`count`,
  sum: sql`sum`,
  min: sql`min`,
  max: sql`max`,
}
