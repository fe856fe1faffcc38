import type { ColumnMapping, Feature, StandardTableName } from '@tranche/contract'
import { parseExpression, referencedNames, referencedSegments } from '@tranche/language'
import type { Catalogue } from '../workspace/catalogue.ts'
import { featureExpressions } from '../workspace/needs.ts'
import { cellsOf, inputsOf } from '../workspace/segment-cells.ts'

/** An attribute that something uses, and the way there: what uses it first, the attribute last. */
export interface AttributeUse {
  readonly attribute: string
  readonly path: readonly string[]
}

export type LineageCatalogue = Pick<Catalogue, 'features' | 'segments' | 'segmentSets' | 'sources'>

/** Value columns that rest on attributes: customers are valued against those of a like limit and age. */
const peers: readonly string[] = ['credit_limit', 'age_years']
const inputsOfValue: Readonly<Record<string, readonly string[]>> = {
  potential_value: peers,
  room_to_grow: peers,
}

/**
 * Everything that names of a rule rest on, followed through segments, features, what features are made of, columns of
 * standard tables, and columns of sources that two of them are mapped from. Each attribute once, by a shortest way.
 */
export function attributeUses(
  catalogue: LineageCatalogue,
  { names, segments = [] }: { readonly names: readonly string[]; readonly segments?: readonly string[] },
): readonly AttributeUse[] {
  const found = new Map<string, AttributeUse>()
  let waiting: Step[] = [
    ...segments.map((key) => ({ kind: 'segment' as const, key, path: [] })),
    ...names.map((key) => ({ kind: 'name' as const, key, path: [] })),
  ]
  const seen = new Set<string>()
  while (waiting.length > 0) {
    const next: Step[] = []
    for (const step of waiting) {
      const id = `${step.kind}:${step.key}`
      if (seen.has(id)) continue
      seen.add(id)
      const path = [...step.path, wordOf(step)]
      const attribute = step.kind === 'column' ? step.key.split('.')[1]! : step.key
      if (step.kind !== 'segment' && !found.has(attribute)) found.set(attribute, { attribute, path })
      next.push(...below(step, catalogue).map((lower) => ({ ...lower, path })))
    }
    waiting = next
  }
  return [...found.values()]
}

interface Step {
  readonly kind: 'segment' | 'name' | 'column'
  /** Of a column: `table.column`. */
  readonly key: string
  readonly path: readonly string[]
}

const wordOf = ({ kind, key }: Step) => (kind === 'segment' ? `in_segment("${key}")` : key)

type Lower = Pick<Step, 'kind' | 'key'>

function below({ kind, key }: Step, catalogue: LineageCatalogue): readonly Lower[] {
  switch (kind) {
    case 'segment':
      return [
        ...ofRule(catalogue.segments.find((segment) => segment.key === key)?.value.rule),
        ...catalogue.segmentSets
          .filter(({ value }) => cellsOf(value).some((cell) => cell.key === key))
          .map((set) => ({ kind: 'name' as const, key: set.key })),
      ]
    case 'name': {
      const feature = catalogue.features.find((definition) => definition.key === key)?.value
      const value = inputsOfValue[key] ?? []
      const inputs = value.filter((name) => catalogue.features.some((definition) => definition.key === name))
      const set = catalogue.segmentSets.find((definition) => definition.key === key)?.value
      const read = set === undefined ? [] : inputsOf(set).map(({ name }) => name)
      return [
        ...[...inputs, ...read].map((name) => ({ kind: 'name' as const, key: name })),
        ...(feature === undefined ? [] : ofFeature(feature)),
      ]
    }
    case 'column':
      return siblings(key, catalogue)
  }
}

function ofRule(rule: string | undefined): readonly Lower[] {
  const parsed = rule === undefined ? undefined : parseExpression(rule)
  if (parsed?.ok !== true) return []
  return [
    ...referencedSegments(parsed.expr).map((key) => ({ kind: 'segment' as const, key })),
    ...referencedNames(parsed.expr).map((key) => ({ kind: 'name' as const, key })),
  ]
}

function ofFeature(feature: Feature): readonly Lower[] {
  const { measure, ratio, from } = feature
  const columns = [
    ...(measure !== undefined && 'attribute' in measure ? [measure.attribute] : []),
    ...(measure !== undefined && 'age' in measure ? [measure.age] : []),
  ].map((column) => ({ kind: 'column' as const, key: `${from}.${column}` }))
  const parts = [ratio?.numerator, ratio?.denominator].filter((name) => name !== undefined)
  const named = featureExpressions(feature).flatMap(({ scope, outcome }): Lower[] =>
    outcome.ok
      ? referencedNames(outcome.expr).map((name) =>
          scope.kind === 'table'
            ? { kind: 'column', key: `${scope.table}.${name}` }
            : { kind: 'name', key: name },
        )
      : [],
  )
  return [...columns, ...parts.map((key) => ({ kind: 'name' as const, key })), ...named]
}

/** Columns that are mapped from the same column of a source: what one of them says, the other may give away. */
function siblings(column: string, { sources }: LineageCatalogue): readonly Lower[] {
  const [table, name] = column.split('.') as [StandardTableName, string]
  return sources.flatMap(({ value }) =>
    value.tables
      .filter((mapping) => mapping.table === table)
      .flatMap((mapping): Lower[] => {
        const all: Readonly<Record<string, ColumnMapping>> = { ...mapping.columns, ...mapping.extras }
        const own = all[name]
        if (own === undefined) return []
        const read = new Set(sourceColumns(own))
        return Object.entries(all)
          .filter(([other, mapped]) => other !== name && sourceColumns(mapped).some((raw) => read.has(raw)))
          .map(([other]) => ({ kind: 'column', key: `${table}.${other}` }))
      }),
  )
}

function sourceColumns({ from, expr, lookup }: ColumnMapping): readonly string[] {
  if (from !== undefined) return [from]
  if (lookup !== undefined) return [`${lookup.source}.${lookup.take}`]
  const parsed = expr === undefined ? undefined : parseExpression(expr)
  return parsed?.ok === true ? referencedNames(parsed.expr) : []
}
