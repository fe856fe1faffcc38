import type { Finding, Recommendation } from '@tranche/contract'
import { evaluateExpression, printExpression, type Row, type TypedExpr } from '@tranche/language'
import type { RunContext } from '../../engine/run-context.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { attributePolicyOf } from '../../privacy/attribute-policy.ts'
import type { AttributeUse } from '../../privacy/lineage.ts'
import { checkRule as checkGroup, type SegmentRules, segmentRules } from '../../segments/check-segments.ts'
import { namesOf } from '../../segments/preview-rule.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { judgeGroup } from './allowed-group.ts'
import { type CheckedRule, checkRule, filledGroup } from './checked-rule.ts'
import { designExperiment } from './design-experiment.ts'
import { type GroupNumbers, numbersOfGroups } from './group-numbers.ts'
import { figuresOf, matchingFindings } from './matching-findings.ts'

export interface RecommendOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly context: Pick<RunContext, 'asOf'>
  readonly findings: readonly Finding[]
  /** The group that a finding speaks of, as a rule, by key of the finding. */
  readonly groups: ReadonlyMap<string, string>
  /** A group of fewer customers is told by nobody. */
  readonly minimum: number
}

/**
 * What the findings of a report call for by the rules of the workspace. Every number that a recommendation states must be
 * there, or it is not made; one that the attribute policy stops is given in the version that is allowed, counted anew.
 * Cost: one scan of features beside value for all groups together.
 */
export async function recommend(options: RecommendOptions): Promise<readonly Recommendation[]> {
  const { warehouse, catalogue, minimum } = options
  if (catalogue.recommendations.length === 0 || options.findings.length === 0) return []
  const rules = segmentRules(catalogue)
  const published = await publishedColumns(warehouse)
  const asked = candidatesOf(options, rules, published)
  const groups = asked.flatMap(({ asked: group, allowed, rule }) => {
    const measures = rule.value.measures as Readonly<Record<string, Readonly<Record<string, string>>>>
    return [group, ...(allowed === undefined || allowed === group ? [] : [allowed])].map((expr) => ({
      group: expr,
      measures,
    }))
  })
  const numbers = await numbersOfGroups(warehouse, rules, groups)
  const of = (expr: TypedExpr) => numbers[groups.findIndex(({ group }) => group === expr)]!
  return asked.flatMap((candidate) => {
    const made = madeOf(candidate, of, { asOf: options.context.asOf, timeZone: catalogue.workspace.timeZone })
    return made === undefined || (made.reach ?? made.asked_reach ?? 0) < minimum ? [] : [made]
  })
}

interface Candidate {
  readonly key: string
  readonly rule: CheckedRule
  readonly finding: Finding
  readonly asked: TypedExpr
  readonly stopped: readonly AttributeUse[]
  readonly allowed: TypedExpr | undefined
}

/** Rules that the workspace can serve, with the findings that call for them and the groups as these fill them. */
function candidatesOf(
  { catalogue, findings, groups }: RecommendOptions,
  rules: SegmentRules,
  published: ReadonlySet<string>,
): readonly Candidate[] {
  const policy = attributePolicyOf(catalogue)
  return catalogue.recommendations.flatMap((definition) => {
    const { rule } = checkRule(definition, rules.scope)
    if (rule === undefined) return []
    return matchingFindings(rule, findings).flatMap((finding): Candidate[] => {
      const text = filledGroup(rule.value.group, figuresOf(rule, finding), groups.get(finding.key))
      const asked = text === undefined ? undefined : soundGroup(text, rules)
      if (asked === undefined || !namesOf(asked, rules).every((name) => published.has(name))) return []
      const verdict = judgeGroup(catalogue, policy, rule.value.purpose, asked)
      const key = rule.value.most === 1 ? rule.key : `${rule.key}.${finding.key}`
      return [{ key, rule, finding, asked, ...verdict }]
    })
  })
}

/** A finding's own group may rest on columns that no rule can name. */
function soundGroup(text: string, { scope }: SegmentRules): TypedExpr | undefined {
  try {
    return checkGroup(text, scope)
  } catch (error) {
    if (error instanceof TrancheError) return undefined
    throw error
  }
}

function madeOf(
  { key, rule, finding, asked, stopped, allowed }: Candidate,
  numbersOf: (group: TypedExpr) => GroupNumbers,
  { asOf, timeZone }: { readonly asOf: string; readonly timeZone: string },
): Recommendation | undefined {
  const { value } = rule
  const isStopped = stopped.length > 0
  const common = {
    key,
    rule: rule.key,
    label: value.label,
    action: value.action,
    owner: typeof value.owner === 'string' ? { en: value.owner, zh: value.owner } : value.owner,
    purpose: value.purpose,
    findings: [finding.key],
    asked_group: isStopped ? printExpression(asked) : null,
    asked_reach: isStopped ? numbersOf(asked).reach : null,
    stopped_attributes: stopped.map(({ attribute }) => attribute),
    stopped_paths: stopped.map(({ path }) => path.join(' → ')),
    effect_metric: value.effect.metric,
    unit: value.effect.unit,
    assumptions: Object.entries(value.assumptions).map(([name, assumption]) => ({ name, ...assumption })),
    due_on: dayAfter(asOf, value.dueDays, timeZone),
    as_of: asOf,
    logic_hash: rule.logicHash,
  }
  const results =
    allowed === undefined
      ? undefined
      : resultsOf(rule, numbersOf(allowed), isStopped ? {} : figuresOf(rule, finding))
  if (results !== undefined)
    return {
      ...common,
      ...results,
      verdict: isStopped ? 'allowed_version' : 'made',
      group: printExpression(allowed!),
    }
  if (!isStopped) return undefined
  return {
    ...common,
    verdict: 'stopped',
    group: null,
    reach: null,
    unknown: null,
    effect: null,
    effect_low: null,
    effect_high: null,
    cost: null,
    experiment: null,
  }
}

/**
 * Effect, cost and experiment; undefined where one of their numbers is missing. The finding's own figures speak of the
 * group as it was found: for another group there are none.
 */
function resultsOf(rule: CheckedRule, group: GroupNumbers, figures: Row) {
  const assumed = Object.fromEntries(
    Object.entries(rule.value.assumptions).map(([name, { value }]) => [name, value]),
  )
  const row: Row = { ...figures, ...group.measures, ...assumed, reach: group.reach, unknown: group.unknown }
  const effect = numberOf(rule.effect.value, row)
  const cost = numberOf(rule.cost, row)
  if (group.reach === 0 || effect === undefined || cost === undefined) return undefined
  // What is expected to cost more than it brings is no advice.
  if (rule.value.effect.unit === 'money' && effect <= cost) return undefined
  const all: Row = { ...row, effect, cost }
  const baseline = numberOf(rule.baseline, all)
  const difference = numberOf(rule.difference, all)
  if (baseline === undefined || difference === undefined) return undefined
  const experiment = designExperiment(rule.value.experiment, {
    baseline,
    difference,
    sd: numberOf(rule.sd, all),
    reach: group.reach,
  })
  if (experiment === undefined) return undefined
  const ends = [numberOf(rule.effect.low, row), numberOf(rule.effect.high, row)] as const
  const hasEnds = ends[0] !== undefined && ends[1] !== undefined
  return {
    reach: group.reach,
    unknown: group.unknown,
    effect,
    effect_low: hasEnds ? Math.min(ends[0]!, ends[1]!) : null,
    effect_high: hasEnds ? Math.max(ends[0]!, ends[1]!) : null,
    cost,
    experiment,
  }
}

function numberOf(expr: TypedExpr | undefined, row: Row): number | undefined {
  const value = expr === undefined ? undefined : evaluateExpression(expr, row)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The institution's calendar day so many days after the as-of. */
function dayAfter(asOf: string, days: number, timeZone: string): string {
  const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone })
    .format(Date.parse(asOf))
    .split('-')
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day) + days)).toISOString().slice(0, 10)
}

async function publishedColumns(warehouse: Warehouse): Promise<ReadonlySet<string>> {
  const found: string[] = []
  // One after the other: a connection has one open result at a time.
  for (const table of ['features', 'customer_value'])
    found.push(...(await warehouse.columns(sql`select * from ${ident(table)} limit 0`)).names)
  return new Set(found)
}
