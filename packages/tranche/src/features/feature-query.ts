import type { Dialect } from '../sql/dialect.ts'
import { ident, join, renderInline, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { customersPerRange } from './engine-settings.ts'
import { customersTable } from './row-store.ts'
import type { SharedValue } from './shared-values.ts'
import { type Chunk, inChunk, joined, type Relation } from './stage.ts'
import type { TablePlan } from './table-plan.ts'

/** Memory that the passes of one chunk of customers may take. */
const bytesPerChunk = 700_000_000

/** What a customer takes besides. */
const bytesOfCustomer = 200

interface Needed {
  readonly relation: Relation
  readonly columns: ReadonlySet<string>
}

/**
 * A statement over the passes of all tables, joined by customer, one chunk of customers at a time. Only those passes
 * and columns are computed that it reads.
 */
export class FeatureQuery {
  readonly #customers: number
  /** Customers whose rows lie in files of their own, where that counts. */
  readonly #perRange: number | null
  readonly #select: Sql
  readonly #signal: AbortSignal | undefined
  readonly #needed: readonly Needed[]
  readonly #shared: readonly SharedValue[]

  constructor(
    dialect: Dialect,
    customers: number,
    plans: readonly Pick<TablePlan, 'relations' | 'shared'>[],
    select: Sql,
    signal: AbortSignal | undefined,
  ) {
    this.#customers = customers
    this.#perRange = customersPerRange(dialect, customers)
    this.#select = select
    this.#signal = signal
    const textOf = (sql: Sql) => renderInline(sql, dialect)
    const selected = textOf(select)
    this.#shared = plans
      .flatMap(({ shared }) => shared.all())
      .filter(({ name }) => selected.includes(textOf(name)))
    const text = [selected, ...this.#shared.map(({ value }) => textOf(value))].join('\n')
    const isRead = (alias: string, name: string) => text.includes(textOf(joined(alias, name)))
    const relations = plans.flatMap((plan) => plan.relations())
    this.#needed = relations
      .map((relation) => {
        const names = [...relation.columns.keys()].filter((name) => isRead(relation.alias, name))
        return { relation, columns: new Set(names) }
      })
      .filter(({ columns }) => columns.size > 0)
  }

  /** Runs of customers small enough to be held at once, of whole ranges of files where they can be. */
  chunks(): readonly Chunk[] {
    const bytes = this.#needed.reduce(
      (sum, { relation, columns }) =>
        [...columns].reduce((width, name) => width + (relation.columns.get(name) ?? 0), sum),
      bytesOfCustomer,
    )
    const size = Math.max(1_000, Math.floor(bytesPerChunk / bytes))
    const unit = this.#perRange !== null && this.#perRange <= size ? this.#perRange : 1
    const units = Math.ceil(this.#customers / unit)
    const count = Math.ceil(units / Math.floor(size / unit))
    const even = unit * Math.ceil(units / Math.max(1, count))
    return Array.from({ length: count }, (_, index) => ({
      from: index * even,
      to: Math.min(this.#customers, (index + 1) * even),
    }))
  }

  /** The rows of a chunk. */
  statement(chunk: Chunk): Sql {
    this.#signal?.throwIfAborted()
    const ctes = this.#needed.map(
      ({ relation: { alias, statement }, columns }) => sql`${ident(alias)} as (${statement(chunk, columns)})`,
    )
    const shared = this.#shared.map(({ name, value }) => sql`${value} as ${name}`)
    const together = sql`joined as (select ${join([sql`*`, ...shared])} from (${this.#joined(chunk)}) as joined)`
    return sql`with ${join([...ctes, together], ',\n')}
      ${this.#select}`
  }

  #joined(chunk: Chunk): Sql {
    const columns = this.#needed.flatMap(({ relation: { alias }, columns: names }) =>
      [...names].map((name) => sql`${ident(alias, name)} as ${joined(alias, name)}`),
    )
    const joins = this.#needed.map(
      ({ relation: { alias } }) => sql`left join ${ident(alias)} on ${ident(alias)}.c = customers.c`,
    )
    return sql`select ${join([sql`customers.customer_id, customers.since, customers.onboarded`, ...columns])}
      from (select c, customer_id, since, onboarded from ${tableNamed(customersTable)} where ${inChunk(chunk)}) as customers
      ${joins.length === 0 ? sql`` : join(joins, '\n')}`
  }
}
