import type { RecommendationRule } from '@tranche/contract'
import {
  checkExpression,
  type Problem,
  parseExpression,
  quote,
  type Scope,
  type ScopeColumn,
  type Type,
  type TypedExpr,
} from '@tranche/language'
import type { RuleScope } from '../../segments/rule-scope.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import type { DefinitionProblem } from '../../workspace/problems.ts'
import { ruleNumber } from '../group.ts'

/** A recommendation rule whose expressions are sound. */
export interface CheckedRule {
  readonly key: string
  readonly value: RecommendationRule
  readonly logicHash: string
  readonly when: TypedExpr | undefined
  /** With any values in the places of figures that only a finding has. */
  readonly group: TypedExpr
  readonly effect: {
    readonly value: TypedExpr
    readonly low: TypedExpr | undefined
    readonly high: TypedExpr | undefined
  }
  readonly cost: TypedExpr
  readonly baseline: TypedExpr
  readonly difference: TypedExpr
  readonly sd: TypedExpr | undefined
}

/** What every finding has, as expressions of rules name it. */
export const findingFields = [
  'estimate',
  'low',
  'high',
  'n',
  'missing_share',
  'p',
  'p_adjusted',
  'effect_size',
] as const

/** What is known of every group, beside the measures that the rule asks for. */
const groupFields = ['reach', 'unknown'] as const
/** What an experiment may rest on besides: what was worked out before it. */
const resultFields = ['effect', 'cost'] as const

/** Checks everything a recommendation rule says against features, value, segments and the figures it declares. */
export function checkRule(
  definition: Definition<RecommendationRule>,
  scope: RuleScope,
): { readonly rule: CheckedRule | undefined; readonly problems: readonly DefinitionProblem[] } {
  const { value, placeOf, key, logicHash } = definition
  const problems: DefinitionProblem[] = []
  const check = (path: readonly PropertyKey[], text: string | undefined, within: Scope, expect: Type) => {
    if (text === undefined) return undefined
    const found = checked(text, within, expect)
    problems.push(...found.problems.map((problem) => located(problem, text, path, placeOf)))
    return found.expr
  }
  const whole = scopeOf(value)
  const withResults = extended(whole, resultFields)
  const when = check(['when'], value.when, findingScope(value), 'bool')
  const group = check(['group'], filledForCheck(value), scope, 'bool')
  problems.push(...measureProblems(definition, scope))
  const effect = {
    value: check(['effect', 'value'], value.effect.value, whole, 'number'),
    low: check(['effect', 'low'], value.effect.low, whole, 'number'),
    high: check(['effect', 'high'], value.effect.high, whole, 'number'),
  }
  const cost = check(['cost'], value.cost, whole, 'number')
  const { experiment } = value
  const baseline = check(['experiment', 'baseline'], experiment.baseline, withResults, 'number')
  const difference = check(['experiment', 'difference'], experiment.difference, withResults, 'number')
  const sd = check(['experiment', 'sd'], experiment.sd, withResults, 'number')
  if (problems.some(({ severity }) => severity === 'error')) return { rule: undefined, problems }
  const rule = {
    key,
    value,
    logicHash,
    when,
    group: group!,
    effect: { ...effect, value: effect.value! },
    cost: cost!,
    baseline: baseline!,
    difference: difference!,
    sd,
  }
  return { rule, problems }
}

/** The group's rule with the figures of a finding in the places that name them; undefined where one is not there. */
export function filledGroup(
  text: string,
  figures: Readonly<Record<string, string | number | null>>,
  group: string | undefined,
): string | undefined {
  let isWhole = true
  const filled = text.replace(placeholder, (_, name: string) => {
    const figure = name === 'group' ? group : figures[name]
    if (figure === undefined || figure === null) {
      isWhole = false
      return ''
    }
    if (name === 'group') return `(${figure})`
    return typeof figure === 'number' ? ruleNumber(figure) : quote(figure)
  })
  return isWhole ? filled : undefined
}

const placeholder = /\{(\w+)\}/g

/** Any value of its type stands for a figure that only the finding has. */
function filledForCheck({ group, finding }: RecommendationRule): string {
  return group.replace(placeholder, (whole, name: string) => {
    if (name === 'group') return 'known(value_12m)'
    const type = finding.values[name]
    return type === undefined ? whole : type === 'number' ? '1' : '"-"'
  })
}

function findingScope({ finding }: RecommendationRule): Scope {
  const columns = new Map<string, ScopeColumn>(findingFields.map((name) => [name, { type: 'number' }]))
  for (const [name, type] of Object.entries(finding.values)) columns.set(name, { type })
  return { columns, segments: [] }
}

function scopeOf(value: RecommendationRule): Scope {
  return extended(findingScope(value), [
    ...groupFields,
    ...Object.keys(value.measures),
    ...Object.keys(value.assumptions),
  ])
}

function extended({ columns }: Scope, names: readonly string[]): Scope {
  return {
    columns: new Map<string, ScopeColumn>([
      ...columns,
      ...names.map((name) => [name, { type: 'number' }] as const),
    ]),
    segments: [],
  }
}

function checked(text: string, scope: Scope, expect: Type) {
  const parsed = parseExpression(text)
  if (!parsed.ok) return { expr: undefined, problems: parsed.problems }
  const outcome = checkExpression(parsed.expr, scope, { kind: 'rule', expect: [expect] })
  return outcome.ok ? { expr: outcome.expr, problems: [] } : { expr: undefined, problems: outcome.problems }
}

function measureProblems(
  { value, placeOf }: Definition<RecommendationRule>,
  scope: RuleScope,
): readonly DefinitionProblem[] {
  return Object.entries(value.measures).flatMap(([name, measure]) => {
    const [[kind, column] = ['', '']] = Object.entries(measure)
    const text = String(column)
    const outcome = checked(text, scope, scope.columns.get(text)?.type === 'bool' ? 'bool' : 'number')
    return outcome.problems.map((problem) => located(problem, text, ['measures', name, kind], placeOf))
  })
}

function located(
  { severity, message, line, column, hint }: Problem,
  text: string,
  path: readonly PropertyKey[],
  placeOf: Definition<RecommendationRule>['placeOf'],
): DefinitionProblem {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
  const where = path.map(String).join('.')
  return {
    severity,
    place: placeOf(path),
    text: {
      en: `${where}: ${message.en} (line ${line}, column ${column} of ${shown})`,
      zh: `${where}：${message.zh}（位于 ${shown} 第 ${line} 行第 ${column} 列）`,
    },
    ...(hint === undefined ? {} : { hint }),
  }
}
