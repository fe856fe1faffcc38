import { nearest } from '@tranche/language'
import { TrancheError } from '../errors.ts'
import { ident, type Sql, sql, typed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** What customers are told apart by: a feature, or the value of one that an outcome metric counts as yes. */
export interface Outcome {
  readonly key: string
  /** Key of the feature that is read. */
  readonly feature: string
  /** Undefined where the feature itself is the number. */
  readonly equals?: string | number | boolean
}

/**
 * The outcome of this key: a feature, or a metric over an attribute that a feature carries.
 * @throws TrancheError not_found with the nearest known key
 */
export function outcomeOf(key: string, catalogue: Pick<Catalogue, 'features' | 'metrics'>): Outcome {
  const { features, metrics } = catalogue
  if (features.some((feature) => feature.key === key)) return { key, feature: key }
  const outcome = metrics.find((metric) => metric.key === key)?.value.outcome
  if (outcome !== undefined) {
    const feature = features.find(
      ({ value: { measure } }) =>
        measure !== undefined && 'attribute' in measure && measure.attribute === outcome.attribute,
    )
    if (feature === undefined) throw noFeature(key, outcome.attribute)
    return { key, feature: feature.key, equals: outcome.equals }
  }
  const near = nearest(key, knownOutcomes(catalogue))
  throw new TrancheError(
    'not_found',
    {
      en: `There is no feature and no outcome ${JSON.stringify(key)} to take as the goal.`,
      zh: `没有可作为目标的特征或结果指标 ${JSON.stringify(key)}。`,
    },
    near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
  )
}

function knownOutcomes({ features, metrics }: Pick<Catalogue, 'features' | 'metrics'>): readonly string[] {
  return [
    ...features.map(({ key }) => key),
    ...metrics.flatMap(({ key, value }) => (value.outcome === undefined ? [] : [key])),
  ]
}

/** The outcome as a number: the feature's own, or 1 and 0; NULL where it is not known. */
export function outcomeSql({ feature, equals }: Outcome, table?: string): Sql {
  const column = table === undefined ? ident(feature) : ident(table, feature)
  if (equals === undefined) return sql`cast(${column} as double)`
  const holds =
    typeof equals === 'number'
      ? sql`cast(${column} as double) = ${typed('double', equals)}`
      : typeof equals === 'boolean'
        ? sql`cast(${column} as boolean) = ${equals}`
        : sql`cast(${column} as varchar) = ${typed('varchar', equals)}`
  return sql`case when ${column} is not null then case when ${holds} then 1.0 else 0.0 end end`
}

function noFeature(key: string, attribute: string): TrancheError {
  return new TrancheError(
    'not_found',
    {
      en: `The outcome ${key} reads the attribute ${attribute}, which no feature carries.`,
      zh: `结果指标 ${key} 读取属性 ${attribute}，但没有特征携带该属性。`,
    },
    {
      hint: {
        en: `Add a feature of it: {key: ${attribute}, from: customer_versions, measure: {attribute: ${attribute}}}.`,
        zh: `请为其添加特征：{key: ${attribute}, from: customer_versions, measure: {attribute: ${attribute}}}。`,
      },
    },
  )
}
