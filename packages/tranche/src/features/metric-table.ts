import type { Text } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { join, sql, tableNamed, typed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import { tablesRead } from './analysed.ts'
import type { AsOfPoint } from './calendar.ts'
import { sqlTypeOf } from './compile-measure.ts'
import type { Computation } from './computation.ts'
import type { FeatureSet } from './feature-set.ts'
import { firstDayOf, missingHistory } from './metric-periods.ts'
import type { MetricPlan } from './metric-plan.ts'
import { type AskedMetric, type Total, type Totals, totalKey } from './metric-totals.ts'

/** Writes one row per metric: now, a period and a year earlier, or why not. */
export async function writeMetricTable(
  warehouse: Warehouse,
  table: string,
  asked: readonly AskedMetric[],
  totals: Totals,
  computation: Computation,
  features: FeatureSet,
): Promise<void> {
  const name = tableNamed(table)
  await warehouse.run(sql`create or replace table ${name} (key varchar, label_en varchar, label_zh varchar, unit varchar,
    as_of ${sqlTypeOf('instant')}, period_start date, period_end date, value double, numerator double, denominator double, n bigint,
    left_out bigint, previous_period double, previous_year double, missing_reason_en varchar, missing_reason_zh varchar)`)
  const rows = asked.map(({ plan, now, previous, year }) => {
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
    return sql`(${plan.key}, ${label.en}, ${label.zh}, ${unit}, ${timestampOf(now.ms)},
      ${typed('date', window)}, ${typed('date', window === null ? null : now.day)}, ${typed('double', value)},
      ${typed('double', total?.numerator ?? null)}, ${typed('double', total?.denominator ?? null)},
      ${typed('bigint', total?.n ?? 0)}, ${typed('bigint', plan.leftOut === null ? null : (total?.leftOut ?? null))},
      ${typed('double', compared[0] ?? null)}, ${typed('double', compared[1] ?? null)},
      ${typed('varchar', reasons.length === 0 ? null : reasons.map(({ en }) => en).join(' '))},
      ${typed('varchar', reasons.length === 0 ? null : reasons.map(({ zh }) => zh).join(''))})`
  })
  if (rows.length > 0) await warehouse.run(sql`insert into ${name} values ${join(rows)}`)
}

const nobody: Text = { en: 'No customer counts for it.', zh: '没有可计入的客户。' }

const emptyTable = (table: string): Text => ({
  en: `The table ${table} has no rows.`,
  zh: `表 ${table} 没有数据。`,
})

function metricValue({ form }: MetricPlan, total: Total | undefined): number | null {
  if (total === undefined) return null
  if (form === 'sum') return total.numerator
  return total.denominator === 0 ? null : total.numerator / total.denominator
}

/** Tables that a metric reads, through all features it is made of. */
function tablesOf(plan: MetricPlan, features: FeatureSet): readonly string[] {
  const tables = new Set<string>()
  const visit = (key: string): void => {
    const node = features.nodes.get(key)
    if (node?.kind === 'measure') for (const table of tablesRead(node.measure)) tables.add(table)
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
