import { sql } from '../sql/sql.ts'
import type { Notebook } from './draft.ts'

/** Why a section is not there: what of the data it would have needed. */
export type MissingSection =
  | 'value_exploration'
  | 'gender'
  | 'age'
  | 'region'
  | 'profile'
  | 'tiers'
  | 'tiers_flat'
  | 'activity'
  | 'cohorts'
  | 'changes'
  | 'products'

/** Says for each section that could not be written what it lacked, and what else narrows the report. */
export function sayLimits(book: Notebook, missing: readonly MissingSection[]): void {
  const everyone = sql`select count(*) as estimate from customer_value`
  const base = {
    section: 'limits',
    unit: 'count',
    estimate: book.frame.rowCount,
    n: book.frame.rowCount,
    query: everyone,
  } as const
  if (book.frame.rowCount === 0)
    book.say({
      ...base,
      key: 'limits.no_customers',
      message: 'limits.no_customers',
      subject: 'customers',
      metric: 'customers',
      weight: 6,
    })
  for (const section of book.frame.rowCount === 0 ? [] : missing)
    book.say({
      ...base,
      key: `limits.${section}`,
      message: `limits.${section}`,
      subject: section,
      metric: 'customers',
      weight: 5,
    })
  const hidden = book.points.filter(({ suppressed }) => suppressed).length
  if (hidden > 0)
    book.say({
      ...base,
      key: 'limits.small_cells',
      message: 'limits.small_cells',
      subject: 'small_cells',
      metric: 'suppressed',
      estimate: hidden,
      values: { minimum: book.minimum },
      query: sql`select count(*) as estimate from figure_points where suppressed`,
      weight: 4,
    })
  if (book.frame.rowCount > 0 && book.frame.rowCount < 1000)
    book.say({
      ...base,
      key: 'limits.few_customers',
      message: 'limits.few_customers',
      subject: 'customers',
      metric: 'customers',
      weight: 6,
    })
}
