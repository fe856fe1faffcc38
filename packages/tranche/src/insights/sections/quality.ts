import type { Warehouse } from '../../engine/warehouse.ts'
import { lookupTable } from '../../intake/quality/row-counts.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'

const section = 'quality'
/** Attributes whose gaps weaken the report. */
const watched = ['gender', 'age_years', 'province', 'credit_limit', 'channel', 'value_12m'] as const
const notableGap = 0.05
/** Rows that are only looked up become rows of no table. */
const mapped = sql`table_name <> ${lookupTable}`

/** What was read and set aside, which checks failed, and which attributes have gaps. */
export async function sayQuality(book: Notebook, warehouse: Warehouse): Promise<void> {
  const tables = new Set(
    (
      await warehouse.rows<{ name: string }>(
        sql`select table_name as name from duckdb_tables() where schema_name = 'main' union select view_name from duckdb_views() where schema_name = 'main'`,
      )
    ).map(({ name }) => name),
  )
  if (tables.has('row_counts')) await sayRows(book, warehouse)
  if (tables.has('quality')) await sayChecks(book, warehouse)
  sayGaps(book)
}

async function sayRows(book: Notebook, warehouse: Warehouse): Promise<void> {
  const counts = await warehouse.row<Record<string, number | null>>(sql`
    select sum("read") as "read", sum(kept) as kept, sum(quarantined) as quarantined, sum(filtered) as filtered,
      sum(duplicates) as duplicates, count(distinct source) as sources, count(distinct table_name) as tables from row_counts where ${mapped}`)
  const read = Number(counts['read'] ?? 0)
  if (read === 0) return
  const number = (name: string) => Number(counts[name] ?? 0)
  book.say({
    key: 'quality.rows',
    section,
    message: 'quality.rows',
    subject: 'rows',
    metric: 'kept',
    unit: 'share',
    estimate: number('kept') / read,
    n: read,
    values: {
      sources: number('sources'),
      tables: number('tables'),
      read,
      kept: number('kept'),
      quarantined: number('quarantined'),
      filtered: number('filtered'),
      duplicates: number('duplicates'),
    },
    query: sql`select sum(kept) / cast(sum("read") as double) as estimate from row_counts where ${mapped}`,
    weight: 30,
  })
}

async function sayChecks(book: Notebook, warehouse: Warehouse): Promise<void> {
  const { checks, failed, warned } = await warehouse.row<{
    checks: number
    failed: number
    warned: number
  }>(sql`
    select count(*) as checks, count(*) filter (where status = 'fail') as failed, count(*) filter (where status = 'warn') as warned
    from quality where status <> 'info'`)
  if (checks === 0) return
  book.say({
    key: 'quality.checks',
    section,
    message: failed + warned === 0 ? 'quality.checks_passed' : 'quality.checks',
    subject: 'checks',
    metric: 'failed',
    unit: 'count',
    estimate: failed + warned,
    n: checks,
    values: { checks, failed, warned },
    query: sql`select count(*) as estimate from quality where status in ('fail', 'warn')`,
    weight: 28,
  })
}

function sayGaps(book: Notebook): void {
  const { frame } = book
  for (const name of watched) {
    const known = frame.numbers.get(name)?.known ?? frame.levels.get(name)?.known
    if (known === undefined || frame.rowCount === 0) continue
    const missing = frame.rowCount - known
    if (missing < Math.max(book.minimum, notableGap * frame.rowCount) || known < book.minimum) continue
    book.say({
      key: `quality.missing.${name}`,
      section,
      message: 'quality.missing',
      subject: name,
      metric: name,
      unit: 'share',
      estimate: missing / frame.rowCount,
      n: frame.rowCount,
      values: { attribute: name, people: missing },
      query: sql`select avg(case when ${ident(name)} is null then 1.0 else 0.0 end) as estimate from customer_value`,
      weight: 22,
    })
  }
}
