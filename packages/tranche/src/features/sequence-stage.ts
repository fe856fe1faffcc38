import { byDialect, ident, join, type Sql, sql, tableNamed, whole } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { type RowsAsked, rowConditions } from './rows-asked.ts'
import { bytesPerCell, countWhere, inChunk, joined, type Relation } from './stage.ts'

/** Rows of which each is asked whether another one follows it. */
export interface SequenceAsked {
  readonly first: RowsAsked
  readonly next: RowsAsked
  readonly withinDays: number
  /** Given for rows that none follows: the moment before which their days have to end. */
  readonly endedBefore: Sql | null
}

/**
 * What follows what among the rows of a table: rows are counted by customer and moment, and each moment sees the next one
 * of what may follow. One pass for all sequences; what happens at the same moment follows nothing.
 */
export class SequenceStage {
  readonly #store: RowStore
  readonly #points: number
  readonly #moments = new Map<string, { readonly name: string; readonly conditions: readonly Sql[] }>()
  readonly #columns = new Map<string, SequenceColumn>()
  #time: Sql | undefined

  constructor(store: RowStore, points: number) {
    this.#store = store
    this.#points = points
  }

  /** Number of first rows that have what is asked; NULL where there is no first row. `time` is the table's own. */
  count(asked: SequenceAsked, time: Sql): Sql {
    this.#time = this.#store.value(time)
    const [first, next] = [this.#moment(asked.first), this.#moment(asked.next)]
    const ended = asked.endedBefore === null ? '' : this.#store.textOf(asked.endedBefore)
    const text = `${first} ${next} ${asked.withinDays} ${ended}`
    const name = this.#columns.get(text)?.name ?? `s${this.#columns.size + 1}`
    this.#columns.set(text, { ...asked, name, first, next })
    return joined(this.#alias, name)
  }

  relations(): readonly Relation[] {
    const columns = [...this.#columns.values()]
    const time = this.#time
    if (time === undefined) return []
    return [
      {
        alias: this.#alias,
        columns: new Map(columns.map(({ name }) => [name, bytesPerCell * momentsEach])),
        statement: (chunk, wanted) => {
          const asked = columns.filter(({ name }) => wanted.has(name))
          const names = new Set(asked.flatMap(({ first, next }) => [first, next]))
          const moments = [...this.#moments.values()].filter(({ name }) => names.has(name))
          const counts = moments.map(
            ({ name, conditions }) => sql`${countWhere(conditions)} as ${ident(name)}`,
          )
          const any = moments.map(({ conditions }) =>
            conditions.length === 0 ? sql`true` : sql`(${join(conditions, ' and ')})`,
          )
          const following = [...new Set(asked.map(({ next }) => next))].map(
            (next) => sql`min(case when ${ident(next)} > 0 then t end) over later as ${nextOf(next)}`,
          )
          const values = asked.map((column) => sql`${countSql(column)} as ${ident(column.name)}`)
          return sql`select c, ${join(values)}
          from (select moments.*, ${join(following)}
            from (select c, ${time} as t, ${join(counts)} from ${tableNamed(this.#store.name)}
              where ${inChunk(chunk)} and ${time} is not null and (${join(any, ' or ')}) group by 1, 2) as moments
            window later as (partition by c order by t rows between 1 following and unbounded following)) as looked
          group by c`
        },
      },
    ]
  }

  /** The name under which rows of these conditions are counted at each moment. */
  #moment(rows: RowsAsked): string {
    const conditions = rowConditions(rows, this.#points)
    const text = conditions.map((condition) => this.#store.textOf(condition)).join(' and ')
    const name = this.#moments.get(text)?.name ?? `m${this.#moments.size + 1}`
    this.#moments.set(text, { name, conditions })
    return name
  }

  get #alias(): string {
    return `${this.#store.rows.table.name}_sequences`
  }
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
