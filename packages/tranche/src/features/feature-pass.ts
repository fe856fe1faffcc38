import type { Warehouse } from '../engine/warehouse.ts'
import { type Sql, sql, tableNamed, whole } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { createCalendar } from './calendar.ts'
import { Computation } from './computation.ts'
import { askForFeatures, type ComputedFeatures, writeFeatures } from './compute-features.ts'
import { askForMetrics, metricInstants, pointOf, writeMetrics } from './compute-metrics.ts'
import { customersAtOnce, withoutOrder } from './engine-settings.ts'
import { FeatureSet } from './feature-set.ts'
import type { AskedMetric } from './metric-totals.ts'
import { customersTable } from './row-store.ts'

/** Rows of a table that another part of the run summarises too, so that they are read with those of the features. */
export interface AlsoRead {
  readonly table: string
  /** Which rows, and what is kept of each, over columns of the table. */
  readonly condition: Sql
  readonly amount: Sql
  /** Given the rows, once all are there. */
  readonly use: (rows: RowsRead) => Promise<void>
}

export interface RowsRead {
  /** Relation of customer, day, amount. */
  readonly rows: Sql
  /** Relation of customer and customer_id. */
  readonly names: Sql
  /** Conditions on `customer` that part the rows into runs that lie together. */
  readonly runs: readonly Sql[]
}

export interface FeaturePassOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'workspace'>
  /** Instant, ISO in UTC. */
  readonly asOf: string
  readonly alsoRead?: AlsoRead
  readonly signal?: AbortSignal
  readonly progress?: (rows: number) => void
}

interface Open {
  readonly features: FeatureSet
  readonly computation: Computation
  readonly metrics: readonly AskedMetric[]
  readonly rowsAsked: Sql | null
}

/**
 * Features and metrics of a run, one after the other: the rows that features read are kept for the metrics, so that
 * each table is read once for both. Metrics alone, where a former attempt wrote the features, read for themselves.
 */
export class FeaturePass {
  readonly #options: FeaturePassOptions
  #open: Open | undefined

  constructor(options: FeaturePassOptions) {
    this.#options = options
  }

  /** Writes the table `features`. */
  async features(): Promise<ComputedFeatures> {
    return await withoutOrder(this.#options.warehouse, async () => {
      const { features, computation } = await this.#read(true)
      const now = pointOf(features.calendar, this.#options.asOf)
      return await writeFeatures(this.#options, features, computation, [now])
    })
  }

  /** Writes the tables `metrics` and `customer_metrics`, and lets go of the rows. */
  async metrics(): Promise<{ readonly metrics: number }> {
    return await withoutOrder(this.#options.warehouse, async () => {
      const { features, computation, metrics, rowsAsked } = this.#open ?? (await this.#read(false))
      const point = pointOf(features.calendar, this.#options.asOf)
      computation.takeFrom({ table: 'features', point, keys: features.keys })
      const written = await writeMetrics(this.#options, metrics, features, computation)
      if (rowsAsked !== null)
        await this.#options.alsoRead?.use({
          rows: rowsAsked,
          names: sql`select c as customer, customer_id from ${tableNamed(customersTable)}`,
          runs: runsOf(computation.customers, customersAtOnce(this.#options.warehouse)),
        })
      await computation.drop()
      this.#open = undefined
      return written
    })
  }

  async #read(withFeatures: boolean): Promise<Open> {
    const { warehouse, catalogue, asOf, signal } = this.#options
    const calendar = createCalendar(catalogue.workspace.timeZone, metricInstants(catalogue, asOf))
    const features = new FeatureSet(catalogue, calendar)
    const computation = new Computation({ warehouse, features, signal })
    if (withFeatures) askForFeatures(features, computation, features.keys, [pointOf(calendar, asOf)])
    const metrics = askForMetrics(catalogue, asOf, features, computation)
    const rowsAsked = this.#ask(computation)
    await computation.read()
    this.#open = { features, computation, metrics, rowsAsked }
    return this.#open
  }

  /** Asks for the rows that are also read; gives where they will be found. */
  #ask(computation: Computation): Sql | null {
    const { alsoRead } = this.#options
    if (alsoRead === undefined) return null
    const { store } = computation.plan(alsoRead.table)
    const condition = store.flag(alsoRead.condition)
    const amount = store.value(alsoRead.amount)
    return sql`select c as customer, d as day, ${amount} as amount from ${store.table} where ${condition} and d is not null`
  }
}

function runsOf(customers: number, atOnce: number): readonly Sql[] {
  const runs = Math.ceil(customers / atOnce)
  if (runs < 2) return []
  const start = (run: number) => whole(run * atOnce)
  return Array.from(
    { length: runs },
    (_, run) => sql`customer >= ${start(run)} and customer < ${start(run + 1)}`,
  )
}
