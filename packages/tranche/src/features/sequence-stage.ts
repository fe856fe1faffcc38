import { byDialect, ident, join, type Sql, sql, whole } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { type RowsAsked, rowConditions } from './rows-asked.ts'
import { bytesPerCell, type Chunk, inChunk, joined, type Relation } from './stage.ts'

/** Rows of which each is asked whether another one follows it. */
export interface SequenceAsked {
  readonly first: RowsAsked
  readonly next: RowsAsked
  readonly withinDays: number
  /** Given for rows that none follows: the moment before which their days have to end. */
  readonly endedBefore: Sql | null
}

/**
 * What follows what among the rows of a table, or rows of one among those of another: rows are counted by customer and moment,
 * and each moment sees the next one of what may follow. One pass for all sequences; what happens at the same moment follows
 * nothing. Where only one of two tables has hours, a moment is a business day.
 */
export class SequenceStage {
  /** Whether moments are days. */
  readonly byDay: boolean
  readonly #first: RowStore
  readonly #next: RowStore
  readonly #points: number
  readonly #times: ReadonlyMap<RowStore, Sql>
  readonly #moments = new Map<string, Moment>()
  readonly #columns = new Map<string, SequenceColumn>()

  constructor(first: RowStore, next: RowStore, points: number) {
    this.#first = first
    this.#next = next
    this.#points = points
    const stores = [...new Set([first, next])]
    const areDates = stores.map(({ rows: { table, columnType } }) => columnType(table.time!) === 'date')
    this.byDay = areDates.includes(true)
    const isMixed = this.byDay && areDates.includes(false)
    this.#times = new Map(
      stores.map((store) => [store, isMixed ? ident('d') : store.value(ident(store.rows.table.time!))]),
    )
  }

  /** Number of first rows that have what is asked; NULL where there is no first row. */
  count(asked: SequenceAsked): Sql {
    const [first, next] = [this.#moment(this.#first, asked.first), this.#moment(this.#next, asked.next)]
    const ended = asked.endedBefore === null ? '' : this.#first.textOf(asked.endedBefore)
    const text = `${first} ${next} ${asked.withinDays} ${ended}`
    const name = this.#columns.get(text)?.name ?? `s${this.#columns.size + 1}`
    this.#columns.set(text, { ...asked, name, first, next })
    return joined(this.#alias, name)
  }

  relations(): readonly Relation[] {
    const columns = [...this.#columns.values()]
    return [
      {
        alias: this.#alias,
        columns: new Map(columns.map(({ name }) => [name, bytesPerCell * momentsEach])),
        statement: (chunk, wanted) => {
          const asked = columns.filter(({ name }) => wanted.has(name))
          const names = new Set(asked.flatMap(({ first, next }) => [first, next]))
          const moments = [...this.#moments.values()].filter(({ name }) => names.has(name))
          const counts = moments.map(({ name }) => sql`count(${ident(name)}) as ${ident(name)}`)
          const rows = [...this.#times].map(([store, time]) => rowsSql(store, time, moments, chunk))
          const following = [...new Set(asked.map(({ next }) => next))].map(
            (next) => sql`min(case when ${ident(next)} > 0 then t end) over later as ${nextOf(next)}`,
          )
          const values = asked.map((column) => sql`${countSql(column)} as ${ident(column.name)}`)
          return sql`select c, ${join(values)}
          from (select moments.*, ${join(following)}
            from (select c, t, ${join(counts)} from (${join(rows, ' union all ')}) as rows group by 1, 2) as moments
            window later as (partition by c order by t rows between 1 following and unbounded following)) as looked
          group by c`
        },
      },
    ]
  }

  /** The name under which rows of these conditions are counted at each moment. */
  #moment(store: RowStore, rows: RowsAsked): string {
    const conditions = rowConditions(rows, this.#points)
    const text = `${store.name} ${conditions.map((condition) => store.textOf(condition)).join(' and ')}`
    const name = this.#moments.get(text)?.name ?? `m${this.#moments.size + 1}`
    this.#moments.set(text, { name, store, conditions })
    return name
  }

  get #alias(): string {
    const [first, next] = [this.#first, this.#next].map(({ rows }) => rows.table.name)
    return first === next ? `${first}_sequences` : `${first}_then_${next}`
  }
}

interface Moment {
  readonly name: string
  readonly store: RowStore
  readonly conditions: readonly Sql[]
}

/** Rows of a table that count at any of the moments, with a one at those. */
function rowsSql(store: RowStore, time: Sql, moments: readonly Moment[], chunk: Chunk): Sql {
  const holds = ({ conditions }: Moment) =>
    conditions.length === 0 ? sql`true` : sql`(${join(conditions, ' and ')})`
  const marks = moments.map((moment) =>
    moment.store === store
      ? sql`case when ${holds(moment)} then 1 end as ${ident(moment.name)}`
      : sql`cast(null as integer) as ${ident(moment.name)}`,
  )
  const any = moments.filter((moment) => moment.store === store).map(holds)
  return sql`select c, ${time} as t, ${join(marks)} from ${store.table}
    where ${inChunk(chunk)} and ${time} is not null and (${join(any, ' or ')})`
}

interface SequenceColumn extends Pick<SequenceAsked, 'withinDays' | 'endedBefore'> {
  readonly name: string
  readonly first: string
  readonly next: string
}

function countSql({ first, next, withinDays, endedBefore }: SequenceColumn): Sql {
  const end = byDialect((dialect) => dialect.daysAfter(sql`t`, whole(withinDays)))
  const follows = sql`coalesce(${nextOf(next)} <= ${end}, false)`
  const holds = endedBefore === null ? follows : sql`(${end} < ${endedBefore} and not ${follows})`
  const n = ident(first)
  return sql`case when sum(${n}) > 0 then sum(case when ${holds} then ${n} else 0 end) end`
}

const nextOf = (name: string): Sql => ident(`next_${name}`)

/** About how many moments a customer has, for what memory it takes. */
const momentsEach = 6
