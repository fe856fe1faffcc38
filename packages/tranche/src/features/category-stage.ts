import { byDialect, ident, join, type Sql, sql } from '../sql/sql.ts'
import type { RowStore } from './row-store.ts'
import { type RowsAsked, rowConditions, shareConditions } from './rows-asked.ts'
import { bytesPerCell, countWhere, inChunk, joined, type Relation } from './stage.ts'

/** What is asked of the counts of a customer's categories in one window. */
export type CategoryQuestion = 'distinct' | 'total' | 'top' | 'top_count' | 'entropy'

/** Rows counted per customer and category as of a point, in one pass whatever the number of windows and questions. */
export class CategoryStage {
  readonly #store: RowStore
  readonly #points: number
  readonly #alias: string
  readonly #category: Sql
  readonly #windows = new Map<string, { readonly name: string; readonly rows: RowsAsked }>()
  readonly #answers = new Map<string, { readonly window: string; readonly value: Sql }>()

  constructor(store: RowStore, points: number, category: Sql, position: number) {
    this.#store = store
    this.#points = points
    this.#category = category
    this.#alias = `${store.rows.table.name}_categories${position}`
  }

  answer(question: CategoryQuestion, rows: RowsAsked): Sql {
    const text = rowConditions(rows, this.#points)
      .map((condition) => this.#store.textOf(condition))
      .join('\n')
    const window = this.#windows.get(text) ?? { name: `n${this.#windows.size + 1}`, rows }
    this.#windows.set(text, window)
    const column = `${window.name}_${question}`
    this.#answers.set(column, { window: window.name, value: answers[question](ident(window.name)) })
    return joined(this.#alias, column)
  }

  relations(): readonly Relation[] {
    return [
      {
        alias: this.#alias,
        columns: new Map([...this.#answers.keys()].map((name) => [name, bytesPerCell * categoriesEach])),
        statement: (chunk, wanted) => {
          const asked = [...this.#answers].filter(([name]) => wanted.has(name))
          const names = new Set(asked.map(([, { window }]) => window))
          const windows = [...this.#windows.values()].filter(({ name }) => names.has(name))
          const all = windows.map(({ rows }) => rows)
          const { shared, own } = shareConditions(all, this.#points, this.#store)
          const counts = windows.map(({ name, rows }) => sql`${countWhere(own(rows))} as ${ident(name)}`)
          const conditions = [sql`${this.#category} is not null`, ...shared, inChunk(chunk)]
          return sql`select c, ${join(asked.map(([name, { value }]) => sql`${value} as ${ident(name)}`))}
          from (select c, ${this.#category} as category, ${join(counts)} from ${this.#store.table}
            where ${join(conditions, ' and ')} group by 1, 2) as counted
          group by c`
        },
      },
    ]
  }
}

/** About how many categories a customer has, for what memory it takes. */
const categoriesEach = 4

const answers: Readonly<Record<CategoryQuestion, (n: Sql) => Sql>> = {
  distinct: (n) => sql`count(*) filter (where ${n} > 0)`,
  total: (n) => sql`sum(${n})`,
  // The most frequent; among equals the first in the order of the text.
  top: (n) =>
    byDialect((dialect) =>
      dialect.extreme('first', sql`case when ${n} > 0 then category end`, sql`row(-${n}, category)`),
    ),
  top_count: (n) => sql`max(${n})`,
  entropy: (n) => entropyOf(sql`sum(${n})`, sql`sum(${weighted(n)})`),
}

/** n ln n, as a decimal: its sum is the same in whatever order rows come. */
export function weighted(n: Sql): Sql {
  return byDialect((dialect) => dialect.toDecimal(sql`(${n} * ln(greatest(${n}, 1)))`, 18, 9))
}

/** H = ln N - (sum of n ln n) / N, in nats; a decimal sum is the same in whatever order rows come. */
export function entropyOf(total: Sql, weighted: Sql): Sql {
  const share = byDialect((dialect) => dialect.divide(weighted, total))
  return sql`case when ${total} > 0 then greatest(0, ln(${total}) - ${share}) end`
}
