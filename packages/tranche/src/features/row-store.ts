import type { Dialect } from '../sql/dialect.ts'
import { ident, join, renderInline, type Sql, sql } from '../sql/sql.ts'
import type { AsOfPoint } from './calendar.ts'
import { whole } from './stage.ts'
import type { TableRows } from './table-rows.ts'

/** Customers of a computation: c (whole numbers from 0), customer_id, since (first point), onboarded (DATE). */
export const customersTable = 'feature_customers'

/**
 * The rows of one standard table, narrowed in its only scan to what measures read: the customer as a number, the
 * business day, the first point at which the row is visible, conditions and values.
 */
export class RowStore {
  readonly rows: TableRows
  readonly name: string
  readonly #dialect: Dialect
  readonly #columns = new Map<string, { readonly name: string; readonly value: Sql }>()
  readonly #flags = new Map<string, { readonly place: number; readonly condition: Sql }>()

  constructor(rows: TableRows, dialect: Dialect) {
    this.rows = rows
    this.name = `feature_rows_${rows.table.name}`
    this.#dialect = dialect
  }

  /** Keeps a value; asking again for the same one gives the same column. */
  value(value: Sql): Sql {
    const text = this.textOf(value)
    const name = this.#columns.get(text)?.name ?? `v${this.#columns.size + 1}`
    this.#columns.set(text, { name, value })
    return ident(name)
  }

  /** Keeps a condition as a bit, unknown being off; many conditions of a row take the place of one number. */
  flag(condition: Sql): Sql {
    const text = this.textOf(condition)
    const known = this.#flags.get(text)
    const place = known?.place ?? this.#flags.size
    if (known === undefined) this.#flags.set(text, { place, condition })
    return sql`((${flagsName(place)} & ${bitOf(place)}) <> 0)`
  }

  /** Text of a fragment, to know equal ones by. */
  textOf(fragment: Sql): string {
    return renderInline(fragment, this.#dialect)
  }

  /** Reads the table. */
  statement(points: readonly AsOfPoint[]): Sql {
    const { rows } = this
    const day = rows.day ?? sql`cast(null as date)`
    const values = [...this.#columns.values()].map(({ name, value }) => sql`${value} as ${ident(name)}`)
    const columns = [sql`_c as c`, sql`_d as d`, seenSql(rows, points), ...this.#packedFlags(), ...values]
    return sql`create or replace temp table ${ident(this.name)} as
      select ${join(columns)}
      from (select rows.*, ${day} as _d from ${ident('standard', rows.table.name)} as rows where ${rows.visibleAt(points.at(-1)!)}) as rows
      join (select c as _c, customer_id as _customer_id, onboarded as _onboarded from ${ident(customersTable)}) as customers
        on customers._customer_id = rows.customer_id
      order by c`
  }

  /** Customer and first point of every row that was read. */
  get seen(): Sql {
    return sql`select c, seen from ${ident(this.name)}`
  }

  #packedFlags(): readonly Sql[] {
    const flags = [...this.#flags.values()]
    const numbers = Math.ceil(flags.length / flagsPerNumber)
    return Array.from({ length: numbers }, (_, number) => {
      const first = number * flagsPerNumber
      const bits = flags
        .slice(first, first + flagsPerNumber)
        .map(({ place, condition }) => sql`case when ${condition} then ${bitOf(place)} else ${noBit} end`)
      return sql`${join(bits, ' + ')} as ${flagsName(first)}`
    })
  }
}

/** As many as a SMALLINT has bits besides its sign. */
const flagsPerNumber = 15
const noBit = sql`cast(0 as smallint)`
const bitOf = (place: number): Sql => sql`cast(${whole(2 ** (place % flagsPerNumber))} as smallint)`
const flagsName = (place: number): Sql => ident(`w${Math.floor(place / flagsPerNumber) + 1}`)

/** Customer and first point of every row of a table whose rows are not read. */
export function seenOf(rows: TableRows, points: readonly AsOfPoint[]): Sql {
  const customers = sql`(select c, customer_id from ${ident(customersTable)} where derived)`
  return sql`select customers.c, ${seenSql(rows, points)} from ${ident('standard', rows.table.name)} as rows
    join ${customers} as customers on customers.customer_id = rows.customer_id
    where ${rows.visibleAt(points.at(-1)!)}`
}

function seenSql(rows: TableRows, points: readonly AsOfPoint[]): Sql {
  const earlier = points.slice(0, -1).map((point) => sql`when ${rows.visibleAt(point)} then ${point.index}`)
  if (earlier.length === 0) return sql`cast(1 as utinyint) as seen`
  return sql`cast(case ${join(earlier, ' ')} else ${points.length} end as utinyint) as seen`
}
