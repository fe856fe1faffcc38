import type { Metric } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'
import { type AsOfPoint, type Calendar, createCalendar } from './calendar.ts'
import { Computation } from './computation.ts'
import { withoutOrder } from './engine-settings.ts'
import { FeatureSet } from './feature-set.ts'
import { instantsOf, type MetricInstants } from './metric-periods.ts'
import { MetricPlans } from './metric-plan.ts'
import { writeMetricTable } from './metric-table.ts'
import { type AskedMetric, addUp, writeCustomerParts } from './metric-totals.ts'

export interface ComputeMetricsOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'workspace'>
  /** Instant, ISO in UTC. */
  readonly asOf: string
  /** Table of one row per metric; `metrics` unless said. */
  readonly table?: string
  /** Table of one row per customer with `<key>_num` and `<key>_den`; `customer_metrics` unless said. */
  readonly customerTable?: string
  readonly signal?: AbortSignal
}

/**
 * Computes every metric as of an instant, one period earlier and a year earlier where history allows, and what each
 * customer adds to it now. A metric of a table without a row is missing, with the reason. Periods are half-open.
 * @throws TrancheError invalid_definition for a definition that can't be computed, with its place
 */
export async function computeMetrics(options: ComputeMetricsOptions): Promise<{ readonly metrics: number }> {
  const { warehouse, catalogue, asOf, signal } = options
  const calendar = createCalendar(catalogue.workspace.timeZone, metricInstants(catalogue, asOf))
  const features = new FeatureSet(catalogue, calendar)
  const computation = new Computation({ warehouse, features, signal })
  const asked = askForMetrics(catalogue, asOf, features, computation)
  return await withoutOrder(warehouse, async () => {
    try {
      await computation.read()
      return await writeMetrics(options, asked, features, computation)
    } finally {
      await computation.drop()
    }
  })
}

type Defined = Pick<Catalogue, 'metrics' | 'workspace'>

/** All instants as of which any metric is wanted, with repetitions. */
export function metricInstants(catalogue: Defined, asOf: string): readonly string[] {
  const instants = catalogue.metrics.flatMap((metric) => Object.values(comparedAt(metric, catalogue, asOf)))
  return [asOf, ...(instants as string[])]
}

/** Asks for all that metrics are made of, to be read with whatever else is asked of the computation. */
export function askForMetrics(
  catalogue: Defined,
  asOf: string,
  features: FeatureSet,
  computation: Computation,
): readonly AskedMetric[] {
  const plans = new MetricPlans(features, catalogue.metrics)
  const asked = catalogue.metrics.map((metric) => {
    const { now, previousPeriod, previousYear } = comparedAt(metric, catalogue, asOf)
    const at = (instant: string) => pointOf(features.calendar, instant)
    return { plan: plans.plan(metric), now: at(now), previous: at(previousPeriod), year: at(previousYear) }
  })
  for (const { plan, now, previous, year } of asked)
    for (const need of plan.needs) {
      features.node(need, plan.definition.place)
      for (const point of [now, previous, year]) computation.ask(need, point)
    }
  return asked
}

/** Writes the tables of metrics that were asked for, once the rows are read. */
export async function writeMetrics(
  {
    warehouse,
    table = 'metrics',
    customerTable = 'customer_metrics',
  }: Pick<ComputeMetricsOptions, 'warehouse' | 'table' | 'customerTable'>,
  asked: readonly AskedMetric[],
  features: FeatureSet,
  computation: Computation,
): Promise<{ readonly metrics: number }> {
  await writeCustomerParts(warehouse, customerTable, asked, computation)
  const totals = await addUp(warehouse, features.calendar.points, asked, computation)
  await writeMetricTable(warehouse, table, asked, totals, computation, features)
  return { metrics: asked.length }
}

/** A ratio is compared as its numerator is. */
function comparedAt(
  metric: Definition<Metric>,
  { metrics, workspace }: Defined,
  asOf: string,
): MetricInstants {
  const source = metrics.find(({ key }) => key === metric.value.ratio?.numerator) ?? metric
  return instantsOf({ window: source.value.window ?? null }, workspace.timeZone, asOf)
}

/** The point of an instant. @throws TypeError where the calendar has none */
export function pointOf(calendar: Calendar, instant: string): AsOfPoint {
  const ms = Date.parse(instant)
  const point = calendar.points.find((candidate) => candidate.ms === ms)
  if (point === undefined) throw new TypeError(`${instant} is no point of the calendar.`)
  return point
}
