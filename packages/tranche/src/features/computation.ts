import { standardTables } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { byDialect, ident, join, type Sql, sql, tableNamed, whole } from '../sql/sql.ts'
import type { AsOfPoint } from './calendar.ts'
import { cast, compileMeasure } from './compile-measure.ts'
import { createCustomers, dateDerivedCustomers } from './customers.ts'
import { FeatureQuery } from './feature-query.ts'
import type { DerivedFeature, FeatureSet } from './feature-set.ts'
import { customersTable, seenOf } from './row-store.ts'
import { TablePlan } from './table-plan.ts'

export interface ComputationOptions {
  readonly warehouse: Warehouse
  readonly features: FeatureSet
  readonly signal?: AbortSignal | undefined
  /** Only this customer; everybody unless said. */
  readonly customer?: string | undefined
}

/** A table of features as of a point, of one row per customer. */
export interface FeaturesAtHand {
  readonly table: string
  readonly point: AsOfPoint
  readonly keys: readonly string[]
}

/** Amounts of 18 digits, four of them after the point, are less. */
const mostAmount = 1e14

/** Asks for features as of points, reads each table once, and gives their values chunk by chunk. */
export class Computation {
  readonly #warehouse: Warehouse
  readonly #features: FeatureSet
  readonly #signal: AbortSignal | undefined
  readonly #customer: string | undefined
  readonly #plans = new Map<string, TablePlan>()
  readonly #measures = new Map<number, Map<string, () => Sql>>()
  #atHand: FeaturesAtHand | undefined
  #customers = 0
  #firstOnboarded: string | null = null

  constructor({ warehouse, features, signal, customer }: ComputationOptions) {
    this.#customer = customer
    this.#warehouse = warehouse
    this.#features = features
    this.#signal = signal
  }

  get customers(): number {
    return this.#customers
  }

  /** First day on which anybody is known to have become a customer. */
  get firstOnboarded(): string | null {
    return this.#firstOnboarded
  }

  /** Asks for a feature, and all it is made of, as of a point. */
  ask(key: string, point: AsOfPoint): void {
    const node = this.#features.nodes.get(key)
    if (node === undefined) throw new TypeError(`Feature ${key} was not analysed.`)
    if (node.kind === 'derived') {
      for (const need of node.derived.needs) this.ask(need, point)
      return
    }
    const measures = this.#measures.get(point.index) ?? new Map<string, () => Sql>()
    this.#measures.set(point.index, measures)
    if (measures.has(key)) return
    measures.set(
      key,
      compileMeasure(node.measure, (table) => this.plan(table), point),
    )
  }

  /** Queries from now on take these features from their table instead of computing them again. */
  takeFrom(atHand: FeaturesAtHand): void {
    this.#atHand = atHand
  }

  plan(table: string): TablePlan {
    const known = this.#plans.get(table)
    if (known !== undefined) return known
    const rows = this.#features.table(table, { file: '' })
    const plan = new TablePlan(rows, this.#features.calendar, this.#warehouse)
    this.#plans.set(table, plan)
    return plan
  }

  /** Reads the customers and every table that was asked for, each once. */
  async read(): Promise<void> {
    const { calendar } = this.#features
    const versions = this.#features.table('customer_versions', { file: '' })
    const { n, first, derived } = await createCustomers(this.#warehouse, versions, calendar, this.#customer)
    this.#customers = n
    this.#firstOnboarded = first
    for (const plan of this.#plans.values()) {
      this.#signal?.throwIfAborted()
      await plan.read(this.#warehouse, {
        customers: n,
        forMany: this.#customer === undefined && this.#warehouse.dialect.storesTextsByPlace,
      })
    }
    if (derived) await dateDerivedCustomers(this.#warehouse, this.#firstRows())
  }

  /** First points of the rows of all tables but the customers' own. */
  #firstRows(): readonly Sql[] {
    const { calendar } = this.#features
    const names = standardTables
      .filter(({ name, perCustomer }) => perCustomer && name !== 'customer_versions')
      .map(({ name }) => name)
    return names.map((name) => {
      const plan = this.#plans.get(name)
      return plan?.store.seen ?? seenOf(this.#features.table(name, { file: '' }), calendar.points)
    })
  }

  /**
   * A statement over features of all customers as of a point, to be run chunk by chunk. `select` is given a relation of
   * one row per customer with customer_id, _onboarded (DATE), the features of these keys and what they are made of.
   */
  query(point: AsOfPoint, keys: readonly string[], select: (relation: Sql) => Sql): FeatureQuery {
    const selected = select(sql`(${this.#featuresSql(point, keys)})`)
    const plans = [...this.#plans.values()]
    return new FeatureQuery(this.#warehouse.dialect, this.#customers, plans, selected, this.#signal)
  }

  /** Rows that were read of each table. */
  rowsRead(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#plans].map(([table, plan]) => [table, plan.rowCount]))
  }

  async drop(): Promise<void> {
    for (const plan of this.#plans.values()) await plan.drop(this.#warehouse)
    await this.#warehouse.run(sql`drop table if exists ${tableNamed(customersTable)}`)
  }

  #featuresSql(point: AsOfPoint, keys: readonly string[]): Sql {
    const atHand = this.#atHand?.point === point ? this.#atHand : undefined
    const given = new Set(atHand?.keys)
    const wanted = this.#withNeeds(keys, given)
    const taken = [...wanted].filter((key) => given.has(key))
    const measures = [...(this.#measures.get(point.index) ?? [])].filter(
      ([key]) => wanted.has(key) && !given.has(key),
    )
    const base = join([
      sql`customer_id, onboarded as _onboarded`,
      ...measures.map(([key, value]) => sql`${value()} as ${ident(key)}`),
    ])
    let relation = sql`select ${base} from joined where since <= ${whole(point.index)}`
    if (atHand !== undefined && taken.length > 0)
      relation = sql`select computed.*, ${join(taken.map((key) => sql`given.${ident(key)}`))} from (${relation}) as computed
        left join ${tableNamed(atHand.table)} as given on given.customer_id = computed.customer_id`
    for (const level of this.#levels(wanted, given)) {
      const columns = level.map((derived) => sql`${this.#derivedSql(derived)} as ${ident(derived.key)}`)
      relation = sql`select *, ${join(columns)} from (${relation}) as features`
    }
    return relation
  }

  /** The features of keys and all that they are made of, but for what those are made of that are given. */
  #withNeeds(
    keys: readonly string[],
    given: ReadonlySet<string>,
    found = new Set<string>(),
  ): ReadonlySet<string> {
    for (const key of keys) {
      const node = this.#features.nodes.get(key)
      if (!found.has(key) && !given.has(key) && node?.kind === 'derived')
        this.#withNeeds(node.derived.needs, given, found)
      found.add(key)
    }
    return found
  }

  /**
   * Whether no sum of amounts can have more than 18 digits: not even all amounts of a table without their signs, nor what
   * stands for nothing. Call it once the rows are read.
   */
  async amountsFit(keys: readonly string[]): Promise<boolean> {
    const empties = keys.map((key) => {
      const node = this.#features.nodes.get(key)
      return node?.kind === 'measure' ? Math.abs(Number(node.measure.empty ?? 0)) : 0
    })
    if (empties.some((empty) => empty >= mostAmount)) return false
    for (const { store } of this.#plans.values())
      if ((await store.largestVolume(this.#warehouse)) >= mostAmount) return false
    return true
  }

  /** Features made of features, in layers that need only those before. */
  #levels(wanted: ReadonlySet<string>, given: ReadonlySet<string>): DerivedFeature[][] {
    const nodes = [...wanted].map((key) => this.#features.nodes.get(key)!)
    const known = new Set([
      ...given,
      ...nodes.flatMap((node) => (node.kind === 'measure' ? [node.measure.key] : [])),
    ])
    const waiting = nodes.flatMap((node) =>
      node.kind === 'derived' && !given.has(node.derived.key) ? [node.derived] : [],
    )
    const levels: DerivedFeature[][] = []
    for (;;) {
      const ready = waiting.filter(
        ({ key, needs }) => !known.has(key) && needs.every((need) => known.has(need)),
      )
      if (ready.length === 0) return levels
      levels.push(ready)
      for (const { key } of ready) known.add(key)
    }
  }

  #derivedSql({ content, type }: DerivedFeature): Sql {
    if (content.kind === 'ratio')
      return byDialect((dialect) =>
        dialect.finite(dialect.divide(ident(content.numerator), ident(content.denominator))),
      )
    const value = expressionToSql(content.typed, {
      column: (name) => ident(name),
      storage: (name) => this.#storageOf(name),
    })
    return cast(value, type)
  }

  #storageOf(key: string): 'double' | 'integer' | { readonly decimals: number } {
    const type = this.#features.typeOf(key, { file: '' })
    if (type === 'money') return { decimals: 4 }
    return type === 'integer' ? 'integer' : 'double'
  }
}
