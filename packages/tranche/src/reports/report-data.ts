import type { Figure, FigurePoint, Finding } from '@tranche/contract'
import type { Row, Warehouse } from '../engine/warehouse.ts'
import { sql } from '../sql/sql.ts'

/** A headline metric with its value before and a year ago. */
export interface HeadlineMetric {
  readonly key: string
  readonly label: { readonly en: string; readonly zh: string }
  readonly unit: string
  readonly value: number | null
  readonly n: number
  /** Of `n` customers, those for whom a share holds; null for what is no share of customers. */
  readonly holding: number | null
  readonly leftOut: number
  readonly previousPeriod: number | null
  readonly previousYear: number | null
  readonly missingReason: { readonly en: string; readonly zh: string } | null
}

/** Everything a report prints, read from the published tables. */
export interface ReportData {
  readonly findings: readonly Finding[]
  readonly figures: readonly Figure[]
  readonly points: ReadonlyMap<string, readonly FigurePoint[]>
  readonly metrics: readonly HeadlineMetric[]
  readonly customers: number
}

export async function readReportData(warehouse: Warehouse): Promise<ReportData> {
  const rows = await warehouse.rows<Row>(sql`select * from findings order by rank desc, key`)
  const findings = rows.map(
    (row) => ({ ...row, values: JSON.parse(String(row['values'])) }) as unknown as Finding,
  )
  const figures = await warehouse.rows<Row>(sql`select * from figures order by position`)
  const points = await warehouse.rows<Row>(sql`select * from figure_points order by figure, position`)
  const byFigure = new Map<string, FigurePoint[]>()
  for (const row of points) {
    const point = row as unknown as FigurePoint
    const found = byFigure.get(point.figure)
    if (found) found.push(point)
    else byFigure.set(point.figure, [point])
  }
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from customer_value`,
  )
  return {
    findings,
    figures: figures as unknown as readonly Figure[],
    points: byFigure,
    metrics: await readMetrics(warehouse),
    customers,
  }
}

async function readMetrics(warehouse: Warehouse): Promise<readonly HeadlineMetric[]> {
  const [found] = await warehouse.rows<{ n: number }>(
    sql`select count(*) as n from duckdb_columns() where table_name = 'metrics' and schema_name = 'main' and column_name = 'previous_year'`,
  )
  if (!found || found.n === 0) return []
  const rows = await warehouse.rows<Row>(sql`
    select key, label_en, label_zh, unit, cast(value as double) as value, numerator, denominator, n, left_out,
      cast(previous_period as double) as previous_period, cast(previous_year as double) as previous_year,
      missing_reason_en, missing_reason_zh
    from metrics`)
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return rows.map((row) => ({
    key: String(row['key']),
    label: { en: String(row['label_en']), zh: String(row['label_zh']) },
    unit: String(row['unit']),
    value: number(row['value']),
    n: Number(row['n'] ?? 0),
    holding:
      (row['unit'] === 'share' || row['unit'] === 'rate') && row['denominator'] === row['n']
        ? number(row['numerator'])
        : null,
    leftOut: Number(row['left_out'] ?? 0),
    previousPeriod: number(row['previous_period']),
    previousYear: number(row['previous_year']),
    missingReason:
      typeof row['missing_reason_en'] === 'string'
        ? { en: row['missing_reason_en'], zh: String(row['missing_reason_zh'] ?? row['missing_reason_en']) }
        : null,
  }))
}
