import { byEngine } from '../../sql/by-engine.ts'
import { ident, type Sql, sql, tableNamed } from '../../sql/sql.ts'
import { daysLater, everyone, type HandWritten, latestOf, rowsOf, type Scope } from './hand-written.ts'
import { investedWithin, onboarding } from './metrics.ts'

/** Attributes of customers by which the report compares them, each the latest value that was known. */
const attributes = [
  'gender',
  'province',
  'city_tier',
  'channel',
  'creative',
  'occupation',
  'education',
] as const

/**
 * How many customers stand in each group that a figure compares, and the share or mean where both are plain counts or
 * sums: attributes from the customers' own rows, measures from the rows that make them.
 */
export async function groupsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const figures = await scope.warehouse.rows<{ figure: string; metric: string; attribute: string }>(
    sql`select figure, metric, attribute from figures where kind in ('dots', 'tiles', 'curve') order by figure`,
  )
  const lines: HandWritten[] = []
  for (const { figure, metric, attribute } of figures) {
    const levels = levelsOf(scope, attribute)
    const measure = measureOf(scope, metric)
    if (levels === undefined || measure === undefined) continue
    const byHand = new Map(
      (
        await scope.ask<{ level: string; n: number; mean: number | null }>(sql`
          select level, count(*) as n, ${measure.value === undefined ? sql`cast(null as double)` : sql`cast(sum(${measure.value}) as double) / count(*)`} as mean
          from ${measure.from} as measured join ${levels} as levels using (customer_id) group by level`)
      ).map((row) => [row.level, row]),
    )
    const points = await scope.warehouse.rows<{ position: number; level: string }>(
      sql`select position, coalesce(label, cast(cast(x as bigint) as varchar)) as level from figure_points
        where figure = ${figure} and not suppressed and n is not null order by position`,
    )
    for (const { position, level } of points) {
      const published = (column: string) =>
        sql`select ${ident(column)} as v from figure_points where figure = ${figure} and position = ${position}`
      const found = byHand.get(level)
      lines.push({
        key: `figures.${figure}.${level}.n`,
        published: published('n'),
        recomputed: sql`select ${found?.n ?? 0} as v`,
      })
      // Curves over ages are smoothed, so that only their counts are said again.
      if (found?.mean != null && attribute !== 'age_years')
        lines.push({
          key: `figures.${figure}.${level}.value`,
          published: published('y'),
          recomputed: sql`select cast(${found.mean} as double) as v`,
          tolerance: 1e-12,
        })
    }
  }
  return [...lines, ...(await shares(scope))]
}

/** Shares of customers by gender and age, and how many lack an attribute. */
async function shares(scope: Scope): Promise<readonly HandWritten[]> {
  const found = await scope.warehouse.rows<{ key: string; subject: string; message: string }>(
    sql`select key, subject, message from findings where (message = 'level.share' or message = 'quality.missing') and estimate is not null order by key`,
  )
  return found.flatMap(({ key, subject, message }) => {
    const levels = levelsOf(scope, subject)
    if (levels === undefined) return []
    const level = key.split('.').at(-1)!
    const wanted = subject === 'age_years' ? bandOf(level) : sql`level = ${level}`
    if (wanted === undefined) return []
    const recomputed =
      message === 'quality.missing'
        ? sql`select 1 - (select count(*) from ${levels} as levels) / cast((select count(*) from ${everyone} as published) as double) as v`
        : sql`select count(*) filter (where ${wanted}) / cast(count(*) as double) as v from ${levels} as levels`
    return [
      {
        key: `findings.${key}.by_hand`,
        published: sql`select estimate as v from findings where key = ${key}`,
        recomputed,
        tolerance: 1e-12,
      },
    ]
  })
}

function bandOf(name: string): Sql | undefined {
  const age = sql`cast(level as double)`
  const bands: Readonly<Record<string, Sql>> = {
    under_25: sql`${age} < 25`,
    '25_34': sql`${age} >= 25 and ${age} < 35`,
    '35_50': sql`${age} >= 35 and ${age} < 51`,
    over_50: sql`${age} >= 51`,
    age_years: sql`true`,
  }
  return Object.hasOwn(bands, name) ? bands[name] : undefined
}

/** One row per customer with a known value: customer_id, level. */
export function levelsOf(scope: Scope, attribute: string): Sql | undefined {
  if (attribute === 'age_years') return scope.isStarter('feature', attribute) ? ages(scope) : undefined
  if (!(attributes as readonly string[]).includes(attribute)) return undefined
  return scope.isStarter('feature', attribute) ? latest(scope, ident(attribute)) : undefined
}

function latest(scope: Scope, value: Sql): Sql {
  return latestOf(scope, sql`cast(${value} as varchar)`, 'level')
}

/** Whole years on the last whole day before the as-of, else the age that a source states. */
function ages(scope: Scope): Sql {
  const born = latest(scope, sql`birth_date`)
  const stated = latest(scope, sql`age_years`)
  return sql`(
    select customer_id, cast(coalesce(${wholeYears(sql`cast(born.level as date)`, daysLater(scope.today, -1))}, cast(floor(cast(stated.level as double)) as bigint)) as varchar) as level
    from ${born} as born full join ${stated} as stated using (customer_id)
  )`
}

const wholeYears = (from: Sql, to: Sql): Sql =>
  byEngine({
    duckdb: () => sql`date_sub('year', ${from}, ${to})`,
    trino: () => sql`date_diff('year', ${from}, ${to})`,
  })

interface Measured {
  /** One row per customer for whom it is known: customer_id and v. */
  readonly from: Sql
  /** What is averaged; absent for what a model estimates. */
  readonly value?: Sql
}

/** The measures of figures that are counts or sums of rows. */
function measureOf(scope: Scope, metric: string): Measured | undefined {
  const { at, known, today } = scope
  if (metric === 'conversion_30d')
    return {
      from: sql`(select customer_id, case when ${investedWithin(scope, 30)} then 1 else 0 end as v from ${onboarding(scope)} where ${daysLater(sql`start`, 30)} <= ${today})`,
      value: sql`v`,
    }
  if (metric === 'revenue_365d' && scope.isStarter('feature', metric))
    return {
      from: sql`(select customer_id, coalesce(sum(amount) filter (where on_date >= ${daysLater(today, -365)} and kind in ('interest', 'fee', 'interchange', 'spread', 'premium')), 0) as v
        from ${rowsOf('ledger')} where ${known} and on_date < ${at} and customer_id in ${everyone} group by 1)`,
      value: sql`v`,
    }
  if (metric === 'value_12m' || metric === 'p_alive')
    return {
      from: sql`(select customer_id from ${tableNamed('customer_value')} where ${ident(metric)} is not null)`,
    }
  return undefined
}
