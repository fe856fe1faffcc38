import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint, DayRange } from './calendar.ts'
import type { RowStore } from './row-store.ts'
import { type Chunk, filtered, inChunk, joined, type Relation } from './stage.ts'

/** Rows of one span of days that are first seen at one point. */
export interface Bucket {
  readonly span: number
  readonly seen: number
}

export type PartialKind = 'count' | 'sum' | 'min' | 'max'

export interface Partial {
  readonly kind: PartialKind
  readonly column: string
}

/**
 * Aggregates that can be put together from parts. Each is computed once per customer and bucket, whatever the number
 * of windows and as-of points; a window is then a sum (or the largest, the smallest) over the buckets it holds.
 */
export class BucketStage {
  readonly #store: RowStore
  readonly #partials = new Map<string, Partial & { readonly aggregate: Sql }>()
  #buckets: readonly Bucket[] = []

  constructor(store: RowStore) {
    this.#store = store
  }

  /** Makes windows of these days possible. */
  watch({ from, to }: DayRange): void {
    if (from !== null) this.#store.cut(from)
    if (to !== null) this.#store.cut(to)
  }

  /** The aggregate of a value over rows that satisfy the flag; a count needs no value. */
  partial(kind: PartialKind, value: Sql | null, flag: Sql | null): Partial {
    const operand = value ?? sql`*`
    const aggregate = filtered(sql`${functions[kind]}(${operand})`, flag === null ? [] : [flag])
    const text = this.#store.textOf(aggregate)
    const known = this.#partials.get(text)
    if (known !== undefined) return known
    const partial = { kind, column: `p${this.#partials.size + 1}`, aggregate }
    this.#partials.set(text, partial)
    return partial
  }

  /** Says which buckets have rows, once the rows are there. */
  settle(buckets: readonly Bucket[]): void {
    this.#buckets = buckets
  }

  get width(): number {
    return this.#buckets.length * (this.#partials.size + 1)
  }

  /** The value over a window as of a point: 0 for a count of nothing, NULL for any other aggregate of nothing. */
  combine({ kind, column }: Partial, range: DayRange, point: AsOfPoint): Sql {
    const parts = this.#within(range, point).map((bucket) => joined(this.#alias(bucket), column))
    const [only] = parts
    if (only === undefined) return kind === 'count' ? sql`cast(0 as bigint)` : sql`cast(null as bigint)`
    if (kind === 'count')
      return sql`(${join(
        parts.map((part) => sql`coalesce(${part}, 0)`),
        ' + ',
      )})`
    if (parts.length === 1) return only
    if (kind === 'min') return sql`least(${join(parts)})`
    if (kind === 'max') return sql`greatest(${join(parts)})`
    const zeros = parts.map((part) => sql`coalesce(${part}, 0)`)
    return sql`case when coalesce(${join(parts)}) is not null then ${join(zeros, ' + ')} end`
  }

  /** Whether the customer has any row seen by the point. */
  hasHistory(point: AsOfPoint): Sql {
    const parts = this.#within({ from: null, to: null }, point)
    if (parts.length === 0) return sql`false`
    return sql`(${join(
      parts.map((bucket) => sql`${joined(this.#alias(bucket), 'c')} is not null`),
      ' or ',
    )})`
  }

  relations(): readonly Relation[] {
    const partials = [...this.#partials.values()]
    return this.#buckets.map((bucket) => ({
      alias: this.#alias(bucket),
      columns: ['c', ...partials.map(({ column }) => column)],
      statement: (chunk: Chunk) => sql`select ${join([
        sql`c`,
        ...partials.map(({ aggregate, column }) => sql`${aggregate} as ${ident(column)}`),
      ])}
        from ${ident(this.#store.name)}
        where span = ${bucket.span} and seen = ${bucket.seen} and ${inChunk(chunk)} group by c`,
    }))
  }

  #within({ from, to }: DayRange, point: AsOfPoint): readonly Bucket[] {
    const cuts = this.#store.cuts
    // Span k holds the days from cut k-2 on and before cut k-1; the first has no beginning, the last no end.
    return this.#buckets.filter(({ span, seen }) => {
      if (seen > point.index) return false
      if (span === 0) return from === null && to === null
      const starts = span >= 2 ? cuts[span - 2]! : null
      const ends = cuts[span - 1] ?? null
      return (
        (from === null || (starts !== null && starts >= from)) &&
        (to === null || (ends !== null && ends <= to))
      )
    })
  }

  #alias({ span, seen }: Bucket): string {
    return `${this.#store.rows.table.name}_s${span}_${seen}`
  }
}

const functions: Readonly<Record<PartialKind, Sql>> = {
  count: sql`count`,
  sum: sql`sum`,
  min: sql`min`,
  max: sql`max`,
}
