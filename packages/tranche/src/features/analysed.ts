import type { Window } from '@tranche/contract'
import type { Place } from '../errors.ts'
import type { RowExpression, TableRows } from './table-rows.ts'

/** How a value is stored: money as DECIMAL(38,4), whole numbers as BIGINT, other numbers as DOUBLE. */
export type ValueType = 'money' | 'integer' | 'double' | 'bool' | 'string' | 'date' | 'instant'

export interface Horizon {
  readonly next: number
  readonly unit: 'day' | 'month'
}

/** A measure whose expressions were found in order. */
export type AnalysedMeasure =
  | { readonly kind: 'count' | 'distinct_days' }
  | {
      readonly kind: 'sum'
      readonly value: RowExpression
      /** Counted from the customer's onboarding; null where all rows of the window count. */
      readonly within: Horizon | null
    }
  | {
      readonly kind:
        | 'distinct'
        | 'mean'
        | 'stddev'
        | 'min'
        | 'max'
        | 'median'
        | 'any'
        | 'entropy'
        | 'top_category'
        | 'top_share'
      readonly value: RowExpression
    }
  | {
      readonly kind: 'last' | 'first'
      readonly value: RowExpression
      readonly by: readonly string[]
      readonly asNumber: boolean
    }
  | {
      readonly kind: 'sum_last'
      readonly value: RowExpression
      readonly per: string
      readonly by: readonly string[]
    }
  | { readonly kind: 'days_since'; readonly which: 'first' | 'last' }
  | { readonly kind: 'share'; readonly condition: RowExpression; readonly of: RowExpression | null }
  | { readonly kind: 'interpurchase'; readonly of: 'mean_days' | 'cv' }
  | { readonly kind: 'streak'; readonly of: 'current_months' | 'longest_months' }
  | { readonly kind: 'trend'; readonly value: RowExpression | null }
  | {
      readonly kind: 'followed'
      readonly next: RowExpression
      /** Those of what follows: the feature's own, or of another table. */
      readonly rows: TableRows
      readonly withinDays: number
      /** False where rows are asked for that none follows. */
      readonly follows: boolean
    }
  | { readonly kind: 'attribute' | 'age'; readonly column: string }
  | {
      readonly kind: 'happened'
      readonly start: 'onboarded_at' | 'first_row'
      readonly within: Horizon | null
    }

/** A measure over the rows of a table, and what follows them in another, ready to compile for any as-of. */
export interface AnalysedFeature {
  readonly key: string
  readonly rows: TableRows
  readonly where: RowExpression | null
  readonly window: Window | undefined
  readonly measure: AnalysedMeasure
  readonly empty: number | string | boolean | undefined
  readonly type: ValueType
  readonly place: Place
}

/** Tables that a measure reads; without a row of anybody in each it is missing. */
export function tablesRead({ rows, measure }: AnalysedFeature): readonly string[] {
  const names = [rows.table.name, ...(measure.kind === 'followed' ? [measure.rows.table.name] : [])]
  return [...new Set(names)]
}
