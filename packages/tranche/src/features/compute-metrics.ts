import type { Text } from '@tranche/contract'
import type { Cell, Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type AsOfPoint, type Calendar, createCalendar } from './calendar.ts'
import { Computation } from './computation.ts'
import { withoutOrder } from './engine-settings.ts'
import { FeatureSet } from './feature-set.ts'
import { firstDayOf, instantsOf, missingHistory } from './metric-periods.ts'
import { type MetricPlan, MetricPlans } from './metric-plan.ts'

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

interface Total {
  readonly numerator: number | null
  readonly denominator: number | null
  readonly n: number
  readonly leftOut: number | null
}

/**
 * Computes every metric as of an instant, one period earlier and a year earlier where history allows, and what each
 * customer adds to it now. A metric of a table without a row is missing, with the reason. Periods are half-open.
 * @throws TrancheError invalid_definition for a definition that can't be computed, with its place
 */
export async function computeMetrics(options: ComputeMetricsOptions): Promise<{ readonly metrics: number }> {
  const { warehouse, catalogue, asOf, signal } = options
  const { timeZone } = catalogue.workspace
  const draft = createCalendar(timeZone, [asOf])
  const compared = catalogue.metrics.map((metric) => {
    const numerator = metric.value.ratio?.numerator
    const source = catalogue.metrics.find(({ key }) => key === numerator) ?? metric
    return { metric, instants: instantsOf({ window: source.value.window ?? null }, timeZone, asOf) }
  })
  const asOfs = compared.flatMap(({ instants }) => Object.values(instants) as string[])
  const calendar = asOfs.length === 0 ? draft : createCalendar(timeZone, asOfs)
  const features = new FeatureSet(catalogue, calendar)
  const plans = new MetricPlans(features, catalogue.metrics)
  const asked = compared.map(({ metric, instants }) => ({
    plan: plans.plan(metric),
    now: pointOf(calendar, instants.now),
    previous: pointOf(calendar, instants.previousPeriod),
    year: pointOf(calendar, instants.previousYear),
  }))
  const computation = new Computation({ warehouse, features, signal })
  for (const { plan, now, previous, year } of asked)
    for (const need of plan.needs) {
      features.node(need, plan.definition.place)
      for (const point of [now, previous, year]) computation.ask(need, point)
    }
  return await withoutOrder(warehouse, async () => {
    try {
      await computation.read()
      const totals = await addUp(options, calendar, asked, computation)
      await writeMetrics(options, asked, totals, computation, features)
      return { metrics: asked.length }
    } finally {
      await computation.drop()
    }
  })
}

interface Asked {
  readonly plan: MetricPlan
  readonly now: AsOfPoint
  readonly previous: AsOfPoint
  readonly year: AsOfPoint
}

type Totals = ReadonlyMap<string, Total>
const totalKey = (key: string, point: AsOfPoint) => `${key} ${point.index}`

function pointOf(calendar: Calendar, instant: string): AsOfPoint {
  const ms = Date.parse(instant)
  const point = calendar.points.find((candidate) => candidate.ms === ms)
  if (point === undefined) throw new TypeError(`${instant} is no point of the calendar.`)
  return point
}

/** Writes the customers' parts, and gives every total by metric and point. */
async function addUp(
  { warehouse, customerTable = 'customer_metrics' }: ComputeMetricsOptions,
  calendar: Calendar,
  asked: readonly Asked[],
  computation: Computation,
): Promise<Totals> {
  const sums = new Map<string, { numerator: bigint; denominator: bigint; n: number; leftOut: number }>()
  const columns = asked.flatMap(({ plan: { key } }) => [ident(`${key}_num`), ident(`${key}_den`)])
  await warehouse.run(
    sql`create or replace table ${ident(customerTable)} (${join([sql`customer_id varchar`, ...columns.map((name) => sql`${name} double`)])})`,
  )
  for (const chunk of computation.chunks()) {
    const now = asked[0]?.now
    if (now === undefined) break
    const parts = asked.flatMap(({ plan }) => [plan.numerator, plan.denominator])
    await warehouse.run(
      sql`insert into ${ident(customerTable)} ${computation.statement(
        chunk,
        [now],
        (relation) =>
          sql`select ${join([sql`customer_id`, ...parts.map((part) => sql`cast(${part} as double)`)])} from ${relation} as features`,
      )}`,
    )
    const rows = await warehouse.rows(
      computation.statement(chunk, calendar.points, (relation, point) => totalsOf(relation, point, asked)),
    )
    for (const row of rows) collect(sums, row, asked, calendar)
  }
  return new Map(
    [...sums].map(([key, { numerator, denominator, n, leftOut }]) => [
      key,
      { numerator: fromScaled(numerator), denominator: fromScaled(denominator), n, leftOut },
    ]),
  )
}

const scaleDigits = 8

function totalsOf(relation: Sql, point: AsOfPoint, asked: readonly Asked[]): Sql {
  const total = (value: Sql) => sql`coalesce(sum(cast(${value} as decimal(38, 8))), 0)`
  const columns = asked.flatMap(({ plan, now, previous, year }, index) => {
    const wanted = [now, previous, year].some((one) => one.index === point.index)
    const zero = sql`cast(0 as decimal(38, 8))`
    const part = (name: string, value: Sql) => sql`${value} as ${ident(`${name}${index}`)}`
    if (!wanted) return ['num', 'den', 'n', 'out'].map((name) => part(name, zero))
    return [
      part('num', total(plan.numerator)),
      part('den', total(plan.denominator)),
      part(
        'n',
        sql`cast(count(${plan.form === 'sum' ? plan.numerator : plan.denominator}) as decimal(38, 8))`,
      ),
      part('out', plan.leftOut === null ? zero : sql`cast(count(${plan.leftOut}) as decimal(38, 8))`),
    ]
  })
  return sql`select ${join([sql`${point.index} as point`, ...columns])} from ${relation} as features`
}

function collect(
  sums: Map<string, { numerator: bigint; denominator: bigint; n: number; leftOut: number }>,
  row: Readonly<Record<string, Cell>>,
  asked: readonly Asked[],
  calendar: Calendar,
): void {
  const point = calendar.points[Number(row['point']) - 1]!
  asked.forEach(({ plan }, index) => {
    const key = totalKey(plan.key, point)
    const known = sums.get(key) ?? { numerator: 0n, denominator: 0n, n: 0, leftOut: 0 }
    sums.set(key, {
      numerator: known.numerator + toScaled(row[`num${index}`]),
      denominator: known.denominator + toScaled(row[`den${index}`]),
      n: known.n + Number(row[`n${index}`]),
      leftOut: known.leftOut + Number(row[`out${index}`]),
    })
  })
}

/** Exact text of a DECIMAL(38,8) as a whole number of its smallest unit. */
function toScaled(cell: Cell | undefined): bigint {
  const [whole = '0', fraction = ''] = String(cell ?? '0').split('.')
  return BigInt(`${whole}${fraction.padEnd(scaleDigits, '0')}`)
}

function fromScaled(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString().padStart(scaleDigits + 1, '0')
  return Number(`${value < 0n ? '-' : ''}${digits.slice(0, -scaleDigits)}.${digits.slice(-scaleDigits)}`)
}

async function writeMetrics(
  { warehouse, table = 'metrics' }: ComputeMetricsOptions,
  asked: readonly Asked[],
  totals: Totals,
  computation: Computation,
  features: FeatureSet,
): Promise<void> {
  const name = ident(table)
  await warehouse.run(sql`create or replace table ${name} (key varchar, label_en varchar, label_zh varchar, unit varchar,
    as_of timestamp, period_start date, period_end date, value double, numerator double, denominator double, n bigint,
    left_out bigint, previous_period double, previous_year double, missing_reason_en varchar, missing_reason_zh varchar)`)
  for (const one of asked) {
    const { plan, now, previous, year } = one
    const { label, unit } = plan.definition.value
    const tables = tablesOf(plan, features)
    const without = tables.filter((candidate) => computation.plan(candidate).isEmptyAt())
    const empty = plan.reads.find((candidate) => without.includes(candidate))
    const reasons: Text[] = []
    const history = historyOf(tables, computation)
    const past = (point: AsOfPoint, what: Text): number | null => {
      const reason = missingHistory(firstDayOf(plan, point), history, what)
      if (reason === null) return metricValue(plan, totals.get(totalKey(plan.key, point)))
      reasons.push(reason)
      return null
    }
    const total = empty === undefined ? totals.get(totalKey(plan.key, now)) : undefined
    const value = metricValue(plan, total)
    if (empty !== undefined) reasons.push(emptyTable(empty))
    else if (value === null) reasons.push(without[0] === undefined ? nobody : emptyTable(without[0]))
    const compared =
      value !== null
        ? [
            past(previous, { en: 'Previous period', zh: '环比' }),
            past(year, { en: 'A year before', zh: '同比' }),
          ]
        : [null, null]
    const window = plan.window === null ? null : firstDayOf(plan, now)
    await warehouse.run(sql`insert into ${name} values (${plan.key}, ${label.en}, ${label.zh}, ${unit}, ${timestampOf(now.ms)},
      ${typed('date', window)}, ${typed('date', window === null ? null : now.day)}, ${typed('double', value)},
      ${typed('double', total?.numerator ?? null)}, ${typed('double', total?.denominator ?? null)},
      ${typed('bigint', total?.n ?? 0)}, ${typed('bigint', plan.leftOut === null ? null : (total?.leftOut ?? null))},
      ${typed('double', compared[0] ?? null)}, ${typed('double', compared[1] ?? null)},
      ${typed('varchar', reasons.length === 0 ? null : reasons.map(({ en }) => en).join(' '))},
      ${typed('varchar', reasons.length === 0 ? null : reasons.map(({ zh }) => zh).join(''))})`)
  }
}

const nobody: Text = { en: 'No customer counts for it.', zh: '没有可计入的客户。' }

const emptyTable = (table: string): Text => ({
  en: `The table ${table} has no rows.`,
  zh: `表 ${table} 没有数据。`,
})

function metricValue({ form }: MetricPlan, total: Total | undefined): number | null {
  if (total === undefined || total.numerator === null) return null
  if (form === 'sum') return total.numerator
  return total.denominator === null || total.denominator === 0 ? null : total.numerator / total.denominator
}

/** Tables that a metric reads, through all features it is made of. */
function tablesOf(plan: MetricPlan, features: FeatureSet): readonly string[] {
  const tables = new Set<string>()
  const visit = (key: string): void => {
    const node = features.nodes.get(key)
    if (node?.kind === 'measure') tables.add(node.measure.rows.table.name)
    else for (const need of node?.derived.needs ?? []) visit(need)
  }
  for (const need of plan.needs) visit(need)
  return [...tables]
}

/** The day from which all of the tables have rows; null where none of them has days. Customers begin with the first of them. */
function historyOf(tables: readonly string[], computation: Computation): string | null {
  const days = tables
    .map((table) =>
      table === 'customer_versions' ? computation.firstOnboarded : computation.plan(table).firstDay,
    )
    .filter((day) => day !== null)
    .sort()
  return days.at(-1) ?? null
}
