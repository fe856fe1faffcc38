import type { Feature, Metric, Segment, SegmentSet, Source } from '@tranche/contract'
import {
  type Expr,
  type ParseOutcome,
  parseExpression,
  referencedNames,
  referencedSegments,
} from '@tranche/language'
import { cellsOf, inputsOf } from './segment-cells.ts'

/** An expression inside a definition: where it stands and what its names are. */
export interface EmbeddedExpression {
  readonly path: readonly PropertyKey[]
  readonly text: string
  /** Names are columns of this table, keys of features, or columns of the source itself. */
  readonly scope:
    | { readonly kind: 'table'; readonly table: string }
    | { readonly kind: 'features' }
    | { readonly kind: 'source' }
  readonly outcome: ParseOutcome
}

type Scope = EmbeddedExpression['scope']

const embedded = (
  path: readonly PropertyKey[],
  text: string | undefined,
  scope: Scope,
): EmbeddedExpression[] => (text === undefined ? [] : [{ path, text, scope, outcome: parseExpression(text) }])

/** Parts of a measure that are expressions over rows. */
const rowParts = [
  'distinct',
  'sum',
  'sum_last',
  'mean',
  'stddev',
  'min',
  'max',
  'median',
  'last',
  'first',
  'share',
  'of',
  'entropy',
  'top_category',
  'top_share',
  'trend',
  'any',
  'followed_by',
  'not_followed_by',
] as const

function measureExpressions(
  measure: Readonly<Record<string, unknown>> | undefined,
  scope: Scope,
): EmbeddedExpression[] {
  if (measure === undefined) return []
  return rowParts.flatMap((part) => {
    const text = measure[part]
    const at = part.endsWith('followed_by') ? followingScope(measure, scope) : scope
    return typeof text === 'string' && text !== 'rows' ? embedded(['measure', part], text, at) : []
  })
}

/** What follows may be rows of another table. */
function followingScope({ in: table }: Readonly<Record<string, unknown>>, scope: Scope): Scope {
  return typeof table === 'string' ? { kind: 'table', table } : scope
}

/** A table that a measure reads besides its own. */
function followingTable({ measure }: Pick<Feature | Metric, 'measure'>): string[] {
  return measure !== undefined && 'in' in measure && measure.in !== undefined ? [`table:${measure.in}`] : []
}

export function featureExpressions(feature: Feature): EmbeddedExpression[] {
  const scope: Scope = { kind: 'table', table: feature.from ?? '' }
  return [
    ...embedded(['where'], feature.where, scope),
    ...measureExpressions(feature.measure, scope),
    ...embedded(['expression'], feature.expression, { kind: 'features' }),
  ]
}

export function metricExpressions(metric: Metric): EmbeddedExpression[] {
  const scope: Scope = { kind: 'table', table: metric.from ?? '' }
  return [
    ...embedded(['where'], metric.where, scope),
    ...measureExpressions(metric.measure, scope),
    ...embedded(['population'], metric.population, { kind: 'features' }),
    ...embedded(['share'], metric.share, { kind: 'features' }),
    ...embedded(['rate', 'where'], metric.rate?.where, { kind: 'table', table: metric.rate?.from ?? '' }),
  ]
}

export function segmentExpressions(segment: Segment): EmbeddedExpression[] {
  return embedded(['rule'], segment.rule, { kind: 'features' })
}

export function segmentNeeds(expressions: readonly EmbeddedExpression[]): string[] {
  return unique([
    ...featureNames(expressions),
    ...expressions.flatMap(({ outcome }) =>
      outcome.ok ? referencedSegments(outcome.expr).map((key) => `segment:${key}`) : [],
    ),
  ])
}

/** Inputs of a set; those that are no features are columns of a customer's value. */
export function segmentSetNeeds(set: SegmentSet): string[] {
  const against = set.bands?.optimal?.against
  return unique([
    ...inputsOf(set).map(({ name }) => `feature:${name}`),
    ...(against === undefined ? [] : [`feature:${against}`, `metric:${against}`]),
    ...(set.lookalike === undefined ? [] : [`segment:${set.lookalike.of}`]),
  ])
}

/** A rule that names a set, or asks about a cell of one, needs the set. */
export function withSets(needs: readonly string[], sets: readonly SegmentSet[]): string[] {
  const setOf = new Map<string, string>(
    sets.flatMap((set) => [
      [`feature:${set.key}`, set.key] as const,
      ...cellsOf(set).map(({ key }) => [`segment:${key}`, set.key] as const),
    ]),
  )
  return unique(
    needs.map((need) => {
      const set = setOf.get(need)
      return set === undefined ? need : `segment_set:${set}`
    }),
  )
}

export function sourceExpressions(source: Source): EmbeddedExpression[] {
  return source.tables.flatMap((mapping, index) => {
    const path = ['tables', index]
    const columns = [
      ...Object.entries(mapping.columns).map(([name, column]) => ({
        path: [...path, 'columns', name],
        column,
      })),
      ...Object.entries(mapping.extras).map(([name, column]) => ({
        path: [...path, 'extras', name],
        column,
      })),
    ]
    return [
      ...embedded([...path, 'where'], mapping.where, { kind: 'source' }),
      ...columns.flatMap(({ path: at, column }) =>
        embedded([...at, 'expr'], column.expr, { kind: 'source' }),
      ),
    ]
  })
}

const parsed = (
  expressions: readonly EmbeddedExpression[],
): readonly { readonly scope: Scope; readonly expr: Expr }[] =>
  expressions.flatMap(({ scope, outcome }) => (outcome.ok ? [{ scope, expr: outcome.expr }] : []))

const featureNames = (expressions: readonly EmbeddedExpression[]): string[] =>
  parsed(expressions).flatMap(({ scope, expr }) =>
    scope.kind === 'features' ? referencedNames(expr).map((name) => `feature:${name}`) : [],
  )

const unique = (ids: readonly string[]): string[] => [...new Set(ids)].sort()

export function featureNeeds(feature: Feature, expressions: readonly EmbeddedExpression[]): string[] {
  return unique([
    ...(feature.from === undefined ? [] : [`table:${feature.from}`]),
    ...followingTable(feature),
    ...(feature.ratio === undefined
      ? []
      : [`feature:${feature.ratio.numerator}`, `feature:${feature.ratio.denominator}`]),
    ...featureNames(expressions),
  ])
}

export function metricNeeds(metric: Metric, expressions: readonly EmbeddedExpression[]): string[] {
  return unique([
    ...(metric.from === undefined ? [] : [`table:${metric.from}`]),
    ...followingTable(metric),
    ...(metric.rate === undefined ? [] : [`table:${metric.rate.from}`]),
    ...(metric.ratio === undefined
      ? []
      : [`metric:${metric.ratio.numerator}`, `metric:${metric.ratio.denominator}`]),
    ...(metric.mean === undefined ? [] : [`feature:${metric.mean}`]),
    ...featureNames(expressions),
  ])
}

export function sourceNeeds(source: Source): string[] {
  return unique(
    source.tables.flatMap((mapping) =>
      [...Object.values(mapping.columns), ...Object.values(mapping.extras)].flatMap((column) =>
        column.lookup === undefined ? [] : [`source:${column.lookup.source}`],
      ),
    ),
  )
}
