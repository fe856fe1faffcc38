import type { Segment } from '@tranche/contract'
import { checkExpression, type Problem, parseExpression, type TypedExpr } from '@tranche/language'
import { TrancheError } from '../errors.ts'
import { createCalendar } from '../features/calendar.ts'
import { FeatureSet } from '../features/feature-set.ts'
import type { Catalogue, Definition, SegmentSetDefinition } from '../workspace/catalogue.ts'
import type { DefinitionProblem } from '../workspace/problems.ts'
import { cellsOf } from '../workspace/segment-cells.ts'
import { checkOutcome, checkSet } from './check-sets.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { type RuleScope, ruleScope } from './rule-scope.ts'
import { standingSegments } from './standing.ts'

export interface SegmentRule {
  readonly key: string
  readonly definition: Definition<Segment>
  readonly rule: TypedExpr
}

export interface SegmentRules {
  readonly scope: RuleScope
  /** Each after those it asks about. */
  readonly rules: readonly SegmentRule[]
  readonly sets: readonly SegmentSetDefinition[]
  /** Outcomes that sets are made against, by key. */
  readonly outcomes: ReadonlyMap<string, Outcome>
}

export type SegmentCatalogue = Pick<
  Catalogue,
  'features' | 'metrics' | 'extras' | 'workspace' | 'segments' | 'segmentSets'
>

/** Every fault in the rules of segments with its line and column, and what may surprise, as warnings. */
export function checkSegments(catalogue: SegmentCatalogue): readonly DefinitionProblem[] {
  const { segments, segmentSets } = catalogue
  if (segments.length + segmentSets.length === 0) return []
  const scope = scopeOf(catalogue)
  const sets = segmentSets.flatMap((set) => [
    ...checkSet(set, scope, keysBeside(set, catalogue, scope)),
    ...checkOutcome(set, scope, catalogue),
  ])
  const rules = segments.flatMap((definition) => {
    const { key, placeOf, value } = definition
    const outcome = check(value.rule, scope)
    const place = placeOf(['rule'])
    const taken = standingSegments.some((standing) => standing.key === key)
    return [
      ...(taken ? [{ severity: 'error' as const, place: placeOf(['key']), text: takenText(key) }] : []),
      ...[...(outcome.ok ? outcome.warnings : outcome.problems)].map((found) => ({
        severity: found.severity,
        place,
        text: located(found, value.rule),
        ...(found.hint === undefined ? {} : { hint: found.hint }),
      })),
    ]
  })
  return [...sets, ...rules]
}

/** Names that the set and its cells may not take. */
function keysBeside(
  set: SegmentSetDefinition,
  { segments, segmentSets }: SegmentCatalogue,
  { columns }: RuleScope,
): ReadonlySet<string> {
  const others = segmentSets.filter((other) => other !== set)
  return new Set([
    ...[...columns].flatMap(([name, { from }]) => (from === 'customer_sets' ? [] : [name])),
    ...standingSegments.map(({ key }) => key),
    ...segments.map(({ key }) => key),
    ...others.flatMap(({ key, value }) => [key, ...cellsOf(value).map((cell) => cell.key)]),
  ])
}

/** The rules of all segments, checked. @throws TrancheError invalid_definition for the first that is not sound */
export function segmentRules(catalogue: SegmentCatalogue): SegmentRules {
  const scope = scopeOf(catalogue)
  const rules = catalogue.segments.map((definition) => {
    const outcome = check(definition.value.rule, scope)
    if (!outcome.ok)
      throw new TrancheError('invalid_definition', located(outcome.problems[0]!, definition.value.rule), {
        place: definition.placeOf(['rule']),
      })
    return { key: definition.key, definition, rule: outcome.expr }
  })
  return { scope, rules, sets: catalogue.segmentSets, outcomes: outcomesOf(catalogue) }
}

function outcomesOf(catalogue: SegmentCatalogue): ReadonlyMap<string, Outcome> {
  const keys = catalogue.segmentSets.flatMap(({ value }) => value.bands?.optimal?.against ?? [])
  return new Map(keys.map((key) => [key, outcomeOf(key, catalogue)]))
}

/** A rule that stands in no file. @throws TrancheError invalid_input with line, column and the nearest known name */
export function checkRule(text: string, scope: RuleScope): TypedExpr {
  const outcome = check(text, scope)
  if (outcome.ok) return outcome.expr
  const [first] = outcome.problems
  throw new TrancheError('invalid_input', located(first!, text), first?.hint ? { hint: first.hint } : {})
}

function check(text: string, scope: RuleScope) {
  const parsed = parseExpression(text)
  return parsed.ok ? checkExpression(parsed.expr, scope, { kind: 'rule', expect: ['bool'] }) : parsed
}

function scopeOf({ features, extras, workspace, segments, segmentSets }: SegmentCatalogue): RuleScope {
  // Types do not depend on the instant.
  const calendar = createCalendar(workspace.timeZone, ['2000-01-01T00:00:00Z'])
  return ruleScope(new FeatureSet({ features, extras }, calendar), segments, segmentSets)
}

function located({ message, line, column }: Problem, text: string) {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
  return {
    en: `${message.en} (line ${line}, column ${column} of ${shown})`,
    zh: `${message.zh}（位于 ${shown} 第 ${line} 行第 ${column} 列）`,
  }
}

function takenText(key: string) {
  return {
    en: `Every workspace has a segment ${key} already; choose another key.`,
    zh: `每个工作区都已有客群 ${key}，请更换键名。`,
  }
}
