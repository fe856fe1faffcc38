import type { Column, ColumnTable } from '@tranche/language'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { columnBuilder, mostTexts, readableSql } from './read-columns.ts'
import type { RuleColumn, RuleScope } from './rule-scope.ts'

/** So much memory columns take that are kept from rule to rule: those of 37 numbers of five million customers. */
const mostBytes = 1.5 * 2 ** 30

interface ResidentOptions {
  readonly limitBytes?: number
  /** Where a table itself is found, whose rows have places, if not by its bare name. */
  readonly tableOf?: (name: string) => Sql
}

/** Columns of all customers of a run in an engine on this machine, kept in memory from rule to rule. */
export class ResidentColumns {
  readonly #warehouse: Warehouse
  readonly #scope: RuleScope
  readonly #limitBytes: number
  readonly #tableOf: (name: string) => Sql
  /** The one asked for longest ago comes first. */
  readonly #kept = new Map<string, { readonly column: Column; readonly bytes: number }>()
  /** Of each table beside the features, where among these its rows go. */
  readonly #places = new Map<string, Int32Array>()
  readonly #unfit = new Set<string>()
  #customers: number | undefined

  constructor(warehouse: Warehouse, scope: RuleScope, options: ResidentOptions = {}) {
    this.#warehouse = warehouse
    this.#scope = scope
    this.#limitBytes = options.limitBytes ?? mostBytes
    this.#tableOf = options.tableOf ?? tableNamed
  }

  get bytes(): number {
    const columns = sum([...this.#kept.values()].map(({ bytes }) => bytes))
    return columns + sum([...this.#places.values()].map(({ byteLength }) => byteLength))
  }

  /**
   * All customers with these columns: what is not in memory yet is read in one scan of its table, and columns asked for longest ago make
   * room. Undefined where they have no room together, or where one has so many texts that a scan is quicker.
   */
  async table(names: readonly string[]): Promise<ColumnTable | undefined> {
    this.#customers ??= await rowsOf(this.#warehouse, this.#tableOf('features'))
    const length = this.#customers
    const missing = names.filter((name) => !this.#kept.has(name))
    const byTable = Map.groupBy(names, (name) => this.#scope.columns.get(name)!.from)
    const bytesOf = (some: readonly string[], tables: readonly string[]) =>
      length * sum(some.map((name) => bytesPerRow[this.#scope.columns.get(name)!.type])) +
      length * bytesPerPlace * tables.filter((table) => table !== 'features').length
    const tables = [...byTable.keys()]
    const fits = bytesOf(names, tables) <= this.#limitBytes
    if (!fits || names.some((name) => this.#unfit.has(name))) return undefined
    this.#makeRoom(
      bytesOf(
        missing,
        tables.filter((table) => !this.#places.has(table)),
      ),
      names,
    )
    for (const [table, its] of byTable)
      await this.#read(
        table,
        its.filter((name) => missing.includes(name)),
        length,
      )
    if (names.some((name) => this.#unfit.has(name))) return undefined
    const columns = names.map((name) => {
      const one = this.#kept.get(name)!
      this.#kept.delete(name)
      this.#kept.set(name, one)
      return [name, one.column] as const
    })
    return { length, columns: Object.fromEntries(columns) }
  }

  #makeRoom(bytes: number, asked: readonly string[]): void {
    for (const name of [...this.#kept.keys()])
      if (this.bytes + bytes > this.#limitBytes && !asked.includes(name)) this.#kept.delete(name)
  }

  async #read(table: RuleColumn['from'], names: readonly string[], customers: number): Promise<void> {
    if (names.length === 0) return
    const columns = names.map((name) => [name, this.#scope.columns.get(name)!] as const)
    const builders = columns.map(([name, column]) => [name, columnBuilder(column, customers)] as const)
    const values = columns.map(([name, column]) => readableSql(name, column))
    const at = table === 'features' ? undefined : await this.#placesIn(table)
    const rows = sql`select ${join([placeOf(sql`read`), ...values])} from ${this.#tableOf(table)} as read`
    for await (const { byName } of this.#warehouse.batches(rows)) {
      const own = Int32Array.from(byName[place]!.values as Float64Array)
      const places = at === undefined ? own : own.map((row) => at[row]!)
      for (const [name, builder] of builders) builder.put(byName[name]!, places)
    }
    for (const [name, builder] of builders) {
      const { column, bytes } = builder.done()
      if ('dictionary' in column && column.dictionary.length > mostTexts) this.#unfit.add(name)
      else this.#kept.set(name, { column, bytes })
    }
  }

  /** -1 for rows of nobody among the features. */
  async #placesIn(table: string): Promise<Int32Array> {
    const known = this.#places.get(table)
    if (known !== undefined) return known
    const [features, other] = [this.#tableOf('features'), this.#tableOf(table)]
    const found = new Int32Array(await rowsOf(this.#warehouse, other)).fill(-1)
    const joined = sql`select ${placeOf(sql`features`)}, other.rowid as other
      from ${other} as other join ${features} as features on features.customer_id = other.customer_id`
    for await (const { rowCount, byName } of this.#warehouse.batches(joined)) {
      const [places, rows] = [byName[place]!.values, byName['other']!.values] as [Float64Array, Float64Array]
      for (let row = 0; row < rowCount; row++) found[rows[row]!] = places[row]!
    }
    this.#places.set(table, found)
    return found
  }
}

async function rowsOf(warehouse: Warehouse, table: Sql): Promise<number> {
  return (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${table}`)).n
}

const bytesPerPlace = 4
/** Numbers and days have a bit that says whether they are known. */
const bytesPerRow: Readonly<Record<RuleColumn['type'], number>> = {
  number: 8.125,
  date: 8.125,
  instant: 9,
  string: 4,
  bool: 2,
  set: Number.POSITIVE_INFINITY,
}

/** A name that no column has. */
const place = 'place of the row'
const placeOf = (relation: Sql) => sql`cast(${relation}.rowid as integer) as ${ident(place)}`

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
