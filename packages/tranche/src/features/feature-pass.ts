import type { Warehouse } from '../engine/warehouse.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { createCalendar } from './calendar.ts'
import { Computation } from './computation.ts'
import { askForFeatures, type ComputedFeatures, writeFeatures } from './compute-features.ts'
import { askForMetrics, metricInstants, pointOf, writeMetrics } from './compute-metrics.ts'
import { withoutOrder } from './engine-settings.ts'
import { FeatureSet } from './feature-set.ts'
import type { AskedMetric } from './metric-totals.ts'

export interface FeaturePassOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'workspace'>
  /** Instant, ISO in UTC. */
  readonly asOf: string
  readonly signal?: AbortSignal
  readonly progress?: (rows: number) => void
}

interface Open {
  readonly features: FeatureSet
  readonly computation: Computation
  readonly metrics: readonly AskedMetric[]
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
      const { features, computation, metrics } = this.#open ?? (await this.#read(false))
      const point = pointOf(features.calendar, this.#options.asOf)
      computation.takeFrom({ table: 'features', point, keys: features.keys })
      const written = await writeMetrics(this.#options, metrics, features, computation)
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
    await computation.read()
    this.#open = { features, computation, metrics }
    return this.#open
  }
}
