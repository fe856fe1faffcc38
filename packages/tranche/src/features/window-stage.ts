import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint, DayRange } from './calendar.ts'
import { ofNone, type RowStore } from './row-store.ts'
import { type RowsAsked, rowConditions, shareConditions } from './rows-asked.ts'
import {
  all,
  bytesPerCell,
  type Chunk,
  inChunk,
  joined,
  type OnlyThose,
  onlyWhere,
  type Relation,
} from './stage.ts'

export type AggregateKind = 'count' | 'sum' | 'min' | 'max'

/** An aggregate over the values of the rows that count. */
export type AggregateOf = (only: OnlyThose) => Sql

interface PassColumn {
  readonly name: string
  readonly rows: RowsAsked
  readonly build: AggregateOf
  readonly bytes: () => number
}

interface Pass {
  readonly alias: string
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
    const text = this.#store.textOf(sql`${functions[kind]}(${value ?? sql`*`})`)
    const build: AggregateOf = (only) =>
      value === null && only === all ? sql`count(*)` : sql`${functions[kind]}(${only(value ?? sql`1`)})`
    const column = this.other(text, build, rows)
    return kind === 'count' ? sql`coalesce(${column}, 0)` : column
  }

  /** Any other aggregate, built once the rows are there; `text` tells equal ones, `bytes` what one holds. */
  other(text: string, build: AggregateOf, rows: RowsAsked, bytes = () => bytesPerCell): Sql {
    const key = `${rows.point.index} ${rows.range.from === null ? 'ever' : 'since'}`
    const pass = this.#passes.get(key) ?? { alias: this.#alias(this.#passes.size), columns: new Map() }
    this.#passes.set(key, pass)
    const conditions = rowConditions(rows, this.#points)
    const full = [text, ...conditions.map((one) => this.#store.textOf(one))].join(' if ')
    const name = pass.columns.get(full)?.name ?? `p${pass.columns.size + 1}`
    if (!pass.columns.has(full)) pass.columns.set(full, { name, rows, build, bytes })
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
      statement: (chunk, wanted) =>
        this.#pass(
          chunk,
          [...pass.columns.values()].filter(({ name }) => wanted.has(name)),
        ),
    }))
  }

  /** Every condition is a column beneath the aggregates: the engine would compute a filter again for each of them. */
  #pass(chunk: Chunk, columns: readonly PassColumn[]): Sql {
    const { shared, own } = shareConditions(
      columns.map(({ rows }) => rows),
      this.#points,
      this.#store,
    )
    const filters = new Map<string, { readonly name: Sql; readonly condition: Sql }>()
    const filterOf = (rows: RowsAsked): readonly Sql[] => {
      const conditions = own(rows)
      if (conditions.length === 0 || conditions[0] === ofNone) return conditions
      const condition = join(conditions, ' and ')
      const text = this.#store.textOf(condition)
      const filter = filters.get(text) ?? { name: ident(`f${filters.size + 1}`), condition }
      filters.set(text, filter)
      return [filter.name]
    }
    const values = columns.map(({ name, rows, build }) => {
      const filter = filterOf(rows)
      // Of no rows an engine need not compute anything, though it knows of what type that would be.
      const value =
        filter[0] === ofNone ? sql`case when ${ofNone} then ${build(all)} end` : build(onlyWhere(filter))
      return sql`${value} as ${ident(name)}`
    })
    const added = [...filters.values()].map(({ name, condition }) => sql`(${condition}) as ${name}`)
    return sql`select c, ${join(values)}
      from (select ${join([sql`*`, ...added])} from ${this.#store.table} where ${join([...shared, inChunk(chunk)], ' and ')}) as rows
      group by c`
  }

  #alias(index: number): string {
    return `${this.#store.rows.table.name}_window${index + 1}`
  }
}

const always: DayRange = { from: null, to: null }

const functions: Readonly<Record<AggregateKind, Sql>> = {
  count: sql`count`,
  sum: sql`sum`,
  min: sql`min`,
  max: sql`max`,
}
