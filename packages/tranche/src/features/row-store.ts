import type { Row, Scratch, Warehouse } from '../engine/warehouse.ts'
import type { Dialect } from '../sql/dialect.ts'
import { byDialect, ident, join, renderInline, type Sql, sql, tableNamed, whole } from '../sql/sql.ts'
import type { AsOfPoint } from './calendar.ts'
import { customersPerRange } from './engine-settings.ts'
import { createSortedRows, isWorthPacking } from './sorted-rows.ts'
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
  readonly #scratch: Scratch | undefined
  /** The scratch database, where the rows are enough to lie there. */
  #packed: Scratch | undefined
  readonly #columns = new Map<string, { readonly name: string; readonly value: Sql }>()
  readonly #codable = new Set<string>()
  readonly #codes = new Map<string, readonly string[]>()
  readonly #flags = new Map<string, { readonly place: number; readonly condition: Sql }>()
  /** Of the rows that were read, the bits of flags that any has on, and those that any has off, number by number. */
  #bits: readonly BitsFound[] = []

  constructor(rows: TableRows, { dialect, scratch }: Pick<Warehouse, 'dialect' | 'scratch'>) {
    this.rows = rows
    this.name = `feature_rows_${rows.table.name}`
    this.#dialect = dialect
    this.#scratch = scratch
  }

  /** The table of the narrowed rows; where it lies is known once they are there. */
  get table(): Sql {
    return byDialect(() => (this.#packed ? ident(this.#packed.database, this.name) : tableNamed(this.name)))
  }

  /** Keeps a value; asking again for the same one gives the same column. */
  value(value: Sql): Sql {
    const text = this.textOf(value)
    const name = this.#columns.get(text)?.name ?? `v${this.#columns.size + 1}`
    this.#columns.set(text, { name, value })
    return ident(name)
  }

  /** Keeps a text that may be stored as its place among all texts of the column, from 1, which orders them just so. */
  text(value: Sql): Sql {
    const text = `text ${this.textOf(value)}`
    const name = this.#columns.get(text)?.name ?? `v${this.#columns.size + 1}`
    this.#columns.set(text, { name, value })
    this.#codable.add(name)
    return ident(name)
  }

  /** All texts of a column in their order, where it is stored in codes. */
  textsOf(column: Sql): readonly string[] | undefined {
    return this.#codes.get(this.textOf(column))
  }

  /** The text of a value of the column. */
  decoded(column: Sql, value: Sql): Sql {
    const texts = this.textsOf(column)
    return texts === undefined
      ? value
      : sql`list_extract([${join(texts.map((text) => sql`${text}`))}], ${value})`
  }

  /** Of the stored amounts, column by column, the largest sum without their signs; 0 where there are none. */
  async largestVolume(warehouse: Warehouse): Promise<number> {
    const amounts = await warehouse.rows<{ name: string }>(
      sql`select column_name as name from duckdb_columns() where table_name = ${this.name} and starts_with(data_type, 'DECIMAL')`,
    )
    if (amounts.length === 0) return 0
    const sums = amounts.map(({ name }) => sql`coalesce(cast(sum(abs(${ident(name)})) as double), 0)`)
    const { largest } = await warehouse.row<{ largest: number }>(
      sql`select greatest(${join(sums)}) as largest from ${this.table}`,
    )
    return largest
  }

  /** Looks for columns of few texts, to store them in codes. */
  async findCodes(warehouse: Warehouse, points: readonly AsOfPoint[]): Promise<void> {
    const { rows } = this
    const from = sql`from ${tableNamed('standard', rows.table.name)} where ${rows.visibleAt(points.at(-1)!)}`
    const columns = [...this.#columns.values()].filter(({ name }) => this.#codable.has(name))
    const named = columns.map(({ name, value }) => sql`${value} as ${ident(name)}`)
    if (columns.length === 0) return
    const counts = columns.map(({ name }) => sql`count(distinct ${ident(name)}) as ${ident(name)}`)
    const sample = await warehouse.row<{ [name: string]: number }>(
      sql`select ${join(counts)} from (select ${join(named)} ${from} limit ${whole(rowsOfSample)}) as rows`,
    )
    const few = columns.filter(({ name }) => sample[name]! <= mostCodes)
    if (few.length === 0) return
    const lists = few.map(
      ({ name, value }) =>
        sql`list_sort(list(distinct ${value}) filter (where (${value}) is not null)) as ${ident(name)}`,
    )
    const found = await warehouse.row<{ [name: string]: readonly string[] | null }>(
      sql`select ${join(lists)} ${from}`,
    )
    for (const { name } of few) {
      const texts = found[name] ?? []
      if (texts.length > 0 && texts.length <= mostCodes) this.#codes.set(this.textOf(ident(name)), texts)
    }
  }

  /**
   * Keeps a condition as a bit, unknown being off; many conditions of a row take the place of one number. Once the rows
   * are there, a flag that all of them have, or none, is written as `true` or `false`.
   */
  flag(condition: Sql): Sql {
    const text = this.textOf(condition)
    const known = this.#flags.get(text)
    const place = known?.place ?? this.#flags.size
    if (known === undefined) this.#flags.set(text, { place, condition })
    return byDialect((dialect) => this.#sameForAll(place) ?? dialect.hasBit(flagsName(place), bitOf(place)))
  }

  #sameForAll(place: number): Sql | undefined {
    const found = this.#bits[Math.floor(place / flagsPerNumber)]
    if (found === undefined) return undefined
    const bit = 2 ** (place % flagsPerNumber)
    if ((found.on & bit) === 0) return ofNone
    return (found.off & bit) === 0 ? ofAll : undefined
  }

  /** Aggregates that tell which flags are the same for all rows. */
  flagsFound(): readonly Sql[] {
    return this.#numbers.flatMap((number) => {
      const name = flagsName(number * flagsPerNumber)
      const off = sql`${allBits} - ${name}`
      return [
        byDialect((dialect) => sql`${dialect.allBits(name)} as ${ident(`on_${number}`)}`),
        byDialect((dialect) => sql`${dialect.allBits(off)} as ${ident(`off_${number}`)}`),
      ]
    })
  }

  /** Given what these aggregates found, over any parts of the rows. */
  settleFlags(parts: readonly Row[]): void {
    if (parts.length === 0) return
    const any = (name: string) => parts.reduce((bits, part) => bits | Number(part[name]), 0)
    this.#bits = this.#numbers.map((number) => ({ on: any(`on_${number}`), off: any(`off_${number}`) }))
  }

  get #numbers(): readonly number[] {
    return Array.from({ length: Math.ceil(this.#flags.size / flagsPerNumber) }, (_, number) => number)
  }

  /** Text of a fragment, to know equal ones by. */
  textOf(fragment: Sql): string {
    return renderInline(fragment, this.#dialect)
  }

  /** Reads the table, for this many customers. */
  async read(warehouse: Warehouse, points: readonly AsOfPoint[], customers: number): Promise<void> {
    const rows = this.#narrowed(points)
    if (this.#scratch !== undefined) {
      const { n } = await warehouse.row<{ n: number }>(
        sql`select count(*) as n from ${tableNamed('standard', this.rows.table.name)}`,
      )
      this.#packed = isWorthPacking(n, this.#scratch) ? this.#scratch : undefined
      if (this.#packed !== undefined) {
        await createSortedRows({
          warehouse,
          scratch: this.#packed,
          table: this.name,
          rows,
          most: n,
          customers,
        })
        return
      }
    }
    const perRange = customersPerRange(this.#dialect, customers)
    const layout = perRange === null ? sql`` : this.#dialect.inRanges('c', perRange)
    await warehouse.run(
      sql`create or replace ${this.#dialect.scratchTable} ${this.table} ${layout} as ${rows} order by c`,
    )
  }

  #narrowed(points: readonly AsOfPoint[]): Sql {
    const { rows } = this
    const day = rows.day ?? sql`cast(null as date)`
    const values = [...this.#columns.values()].map(
      ({ name, value }) => sql`${this.#stored(name, value)} as ${ident(name)}`,
    )
    const columns = [sql`_c as c`, sql`_d as d`, seenSql(rows, points), ...this.#packedFlags(), ...values]
    return sql`select ${join(columns)}
      from (select rows.*, ${day} as _d from ${tableNamed('standard', rows.table.name)} as rows where ${rows.visibleAt(points.at(-1)!)}) as rows
      join (select c as _c, customer_id as _customer_id, onboarded as _onboarded from ${tableNamed(customersTable)}) as customers
        on customers._customer_id = rows.customer_id`
  }

  #stored(name: string, value: Sql): Sql {
    const texts = this.textsOf(ident(name))
    if (texts === undefined) return value
    return sql`cast(list_position([${join(texts.map((text) => sql`${text}`))}], ${value}) as utinyint)`
  }

  /** Customer and first point of every row that was read. */
  get seen(): Sql {
    return sql`select c, seen from ${this.table}`
  }

  #packedFlags(): readonly Sql[] {
    const flags = [...this.#flags.values()]
    return this.#numbers.map((number) => {
      const first = number * flagsPerNumber
      const bits = flags
        .slice(first, first + flagsPerNumber)
        .map(({ place, condition }) => sql`case when ${condition} then ${bitOf(place)} else ${noBit} end`)
      return sql`${join(bits, ' + ')} as ${flagsName(first)}`
    })
  }
}

interface BitsFound {
  readonly on: number
  readonly off: number
}

/** A condition that all rows of the table satisfy, and one that none does. */
export const ofAll = sql`true`
export const ofNone = sql`false`

/** As many texts as a UTINYINT tells apart. */
export const mostCodes = 255
const rowsOfSample = 50_000

/** As many as a SMALLINT has bits besides its sign. */
const flagsPerNumber = 15
const short = byDialect((dialect) => dialect.wholeType('short'))
const byte = byDialect((dialect) => dialect.wholeType('byte'))
const noBit = sql`cast(0 as ${short})`
const allBits = sql`cast(${whole(2 ** flagsPerNumber - 1)} as ${short})`
const bitOf = (place: number): Sql => sql`cast(${whole(2 ** (place % flagsPerNumber))} as ${short})`
const flagsName = (place: number): Sql => ident(`w${Math.floor(place / flagsPerNumber) + 1}`)

/** Customer and first point of every row of a table whose rows are not read. */
export function seenOf(rows: TableRows, points: readonly AsOfPoint[]): Sql {
  const customers = sql`(select c, customer_id from ${tableNamed(customersTable)} where derived)`
  return sql`select customers.c, ${seenSql(rows, points)} from ${tableNamed('standard', rows.table.name)} as rows
    join ${customers} as customers on customers.customer_id = rows.customer_id
    where ${rows.visibleAt(points.at(-1)!)}`
}

function seenSql(rows: TableRows, points: readonly AsOfPoint[]): Sql {
  const earlier = points.slice(0, -1).map((point) => sql`when ${rows.visibleAt(point)} then ${point.index}`)
  if (earlier.length === 0) return sql`cast(1 as ${byte}) as seen`
  return sql`cast(case ${join(earlier, ' ')} else ${points.length} end as ${byte}) as seen`
}
