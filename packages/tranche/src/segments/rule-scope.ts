import type { Scope, ScopeColumn } from '@tranche/language'
import { type FeatureSet, typesInLanguage } from '../features/feature-set.ts'
import type { NumberStorage } from '../sql/expression-fragment.ts'
import type { Definition, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { cellsOf, type SegmentCell } from '../workspace/segment-cells.ts'
import { standingSegments } from './standing.ts'

/** Columns that `customer_value` adds to a customer's features, as a rule sees them. */
const valueColumns: Readonly<Record<string, ScopeColumn & { readonly storage?: NumberStorage }>> = {
  r: { type: 'number', storage: 'integer' },
  f: { type: 'number', storage: 'integer' },
  m: { type: 'number', storage: { decimals: 2 } },
  r_score: { type: 'number', storage: 'integer' },
  f_score: { type: 'number', storage: 'integer' },
  m_score: { type: 'number', storage: 'integer' },
  rfm: { type: 'string' },
  first_purchase_day: { type: 'date' },
  last_purchase_day: { type: 'date' },
  p_alive: { type: 'number' },
  expected_transactions_12m: { type: 'number' },
  expected_spend: { type: 'number' },
  value_12m: { type: 'number', storage: { decimals: 2 } },
  value_12m_low: { type: 'number', storage: { decimals: 2 } },
  value_12m_high: { type: 'number', storage: { decimals: 2 } },
  potential_value: { type: 'number', storage: { decimals: 2 } },
  room_to_grow: { type: 'number', storage: { decimals: 2 } },
  repeat_customer: { type: 'bool' },
  tier: { type: 'string', values: ['high', 'medium', 'low'] },
  activity: { type: 'string', values: ['active', 'silent', 'lost'] },
}

/** Names that every workspace's rules may use. */
export const ruleScopeNames: readonly string[] = [
  ...Object.keys(valueColumns),
  ...standingSegments.map(({ key }) => key),
]

/** Where a name of a rule is read from. */
export type RuleColumn = ScopeColumn & { readonly storage: NumberStorage } & {
  readonly from: 'features' | 'customer_value' | 'customer_sets'
}

/** A segment that is a column's value: a standing one, or the cell of a set. */
export type ColumnSegment = Pick<SegmentCell, 'key' | 'column' | 'value'>

export interface RuleScope extends Scope {
  readonly columns: ReadonlyMap<string, RuleColumn>
  readonly segments: readonly string[]
  readonly columnSegments: readonly ColumnSegment[]
}

/**
 * Everything that a rule may name: features, the customer's value, sets of segments, segments. `tier`, `activity` and the other columns of
 * `customer_value` mean the published ones whatever a feature is called, since standing segments rest on them.
 */
export function ruleScope(
  features: FeatureSet,
  segments: readonly Definition<unknown>[],
  sets: readonly SegmentSetDefinition[],
): RuleScope {
  const columns = new Map<string, RuleColumn>()
  for (const key of features.keys) {
    const type = features.typeOf(key, { file: '' })
    columns.set(key, { type: typesInLanguage[type], storage: storages[type] ?? 'double', from: 'features' })
  }
  for (const [name, { storage = 'double', ...column }] of Object.entries(valueColumns))
    columns.set(name, { ...column, storage, from: 'customer_value' })
  const cells = sets.map(({ value }) => cellsOf(value))
  for (const [index, { key }] of sets.entries()) {
    const values = cells[index]!.map(({ value }) => value)
    // A key that is taken is refused; what bears the name keeps it, so that nothing else is said of it.
    if (!columns.has(key))
      columns.set(key, { type: 'string', values, storage: 'double', from: 'customer_sets' })
  }
  const columnSegments = [...standingSegments, ...cells.flat()]
  return {
    columns,
    segments: [...columnSegments, ...segments].map(({ key }) => key),
    columnSegments,
  }
}

const storages: Readonly<Partial<Record<ReturnType<FeatureSet['typeOf']>, NumberStorage>>> = {
  money: { decimals: 4 },
  integer: 'integer',
}
