import type { LedgerEntry, Purpose, Recommendation, Text } from '@tranche/contract'
import { formatDate, parseExpression, referencedNames, referencedSegments } from '@tranche/language'
import { sql } from '../../sql/sql.ts'
import type { Draft } from '../draft.ts'

const section = 'recommendations'

/** Sentences of recommendations, each with the number it states: what and for whom, its experiment, its assumptions. */
export function draftsOf(
  recommendations: readonly Recommendation[],
  valueColumns: ReadonlySet<string>,
  ledger: readonly LedgerEntry[],
  timeZone: string,
): readonly Draft[] {
  return recommendations.flatMap((recommendation, place) => {
    const weight = 60 - Math.min(50, place)
    return [
      mainDraft(recommendation, weight, valueColumns),
      ...statusDrafts(recommendation, ledger, timeZone),
      ...experimentDrafts(recommendation),
      ...assumptionDrafts(recommendation),
    ]
  })
}

/** Start of the keys of a recommendation's findings. */
export const findingKeyOf = (key: string) => `recommendations.${key}`

function mainDraft(recommendation: Recommendation, weight: number, valueColumns: ReadonlySet<string>): Draft {
  const command = exportOf(recommendation, valueColumns)
  const { key, verdict, reach, asked_reach: askedReach, unit } = recommendation
  return {
    key: findingKeyOf(key),
    section,
    message: `recommendations.${verdict}${recommendation.cost === 0 ? '.free' : ''}`,
    subject: key,
    metric: 'effect',
    unit,
    estimate: recommendation.effect,
    low: recommendation.effect_low,
    high: recommendation.effect_high,
    n: reach ?? askedReach ?? 0,
    values: {
      ...inBoth('label', recommendation.label),
      ...inBoth('action', recommendation.action),
      ...inBoth('expected', recommendation.effect_metric),
      ...inBoth('purpose', purposeWords[recommendation.purpose]),
      due_en: formatDate(recommendation.due_on, 'en'),
      due_zh: formatDate(recommendation.due_on, 'zh'),
      ...inBoth('owner', recommendation.owner),
      basis: recommendation.findings.join(' '),
      reach,
      cost: recommendation.cost,
      asked_reach: askedReach,
      attributes: recommendation.stopped_attributes.join(' '),
    },
    query: sql`select effect as estimate from recommendations where key = ${key}`,
    weight,
    ...(command === undefined ? {} : { export: command }),
  }
}

/** The command that exports the group, where the customer value table alone can tell it. */
function exportOf({ key, group, reach }: Recommendation, valueColumns: ReadonlySet<string>) {
  const parsed = group === null ? undefined : parseExpression(group)
  if (parsed?.ok !== true || referencedSegments(parsed.expr).length > 0) return undefined
  if (!referencedNames(parsed.expr).every((name) => valueColumns.has(name))) return undefined
  const quoted = `'${group!.replaceAll("'", "'\\''")}'`
  const file = key.replaceAll(/[^\w-]/g, '-')
  return {
    command: `tranche export customer_value --where ${quoted} --out ${file}.csv`,
    n: reach!,
  }
}

/** What became of it, once somebody decided. */
function statusDrafts(
  { key, reach, asked_reach: askedReach }: Recommendation,
  ledger: readonly LedgerEntry[],
  timeZone: string,
): readonly Draft[] {
  const entry = ledger.find((one) => one.key === key)
  if (entry === undefined) return []
  const day = new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.parse(entry.at))
  return [
    {
      key: `${findingKeyOf(key)}.status`,
      section,
      message: `recommendations.status.${entry.status}`,
      subject: key,
      metric: 'status',
      unit: 'none',
      estimate: null,
      n: reach ?? askedReach ?? 0,
      values: { status: entry.status, day_en: formatDate(day, 'en'), day_zh: formatDate(day, 'zh') },
      query: sql`select status from recommendation_ledger where key = ${key}`,
      weight: 0,
    },
  ]
}

function experimentDrafts({ key, experiment, reach }: Recommendation): readonly Draft[] {
  if (experiment === null) return []
  const { outcome, kind, baseline, difference, arms, perArm, total, detectable, days, guardrails } =
    experiment
  const unit = kind === 'rate' ? 'share' : 'money'
  const size = detectable !== null ? 'small' : total > (reach ?? 0) ? 'none' : 'enough'
  return [
    {
      key: `${findingKeyOf(key)}.experiment`,
      section,
      message: `recommendations.experiment.${size}.${kind}`,
      subject: key,
      metric: 'sample',
      unit,
      estimate: perArm,
      n: reach ?? 0,
      values: {
        ...inBoth('outcome', outcome),
        ...inBoth('arms', {
          en: arms.map(({ en }) => en).join('; '),
          zh: arms.map(({ zh }) => zh).join('、'),
        }),
        ...inBoth('guardrails', {
          en: guardrails.map(({ en }) => en).join('; '),
          zh: guardrails.map(({ zh }) => zh).join('、'),
        }),
        arm_count: arms.length,
        baseline,
        difference,
        total,
        days,
        detectable,
      },
      query: sql`select cast(json_extract(experiment, '$.perArm') as double) as estimate from recommendations where key = ${key}`,
      weight: 0,
    },
  ]
}

function assumptionDrafts({
  key,
  assumptions,
  reach,
  asked_reach: askedReach,
}: Recommendation): readonly Draft[] {
  return assumptions.map(({ name, label, value, unit, basis }, at) => ({
    key: `${findingKeyOf(key)}.assumption.${name}`,
    section,
    message: `recommendations.${basis}`,
    subject: key,
    metric: name,
    unit,
    estimate: value,
    n: reach ?? askedReach ?? 0,
    values: inBoth('label', label),
    query: sql`select cast(json_extract(assumptions, ${`$[${at}].value`}) as double) as estimate from recommendations where key = ${key}`,
    weight: 0,
  }))
}

function inBoth(name: string, { en, zh }: Text): Record<string, string> {
  return { [`${name}_en`]: en, [`${name}_zh`]: zh }
}

const purposeWords: Readonly<Record<Purpose, Text>> = {
  insight: { en: 'analysis', zh: '分析' },
  fairness_test: { en: 'the test of fairness', zh: '公平性检验' },
  marketing: { en: 'marketing', zh: '营销' },
  service: { en: 'service', zh: '服务' },
  credit_eligibility: { en: 'the decision who gets credit', zh: '授信准入' },
  credit_price: { en: 'the price of credit', zh: '信贷定价' },
  credit_limit: { en: 'the credit limit', zh: '授信额度' },
  pricing: { en: 'prices', zh: '定价' },
}
