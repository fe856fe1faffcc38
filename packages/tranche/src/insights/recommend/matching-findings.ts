import type { Finding } from '@tranche/contract'
import { evaluateExpression, type Row } from '@tranche/language'
import { type CheckedRule, findingFields } from './checked-rule.ts'

/** Findings that call for a rule, the most important first, at most as many as it asks for. */
export function matchingFindings(rule: CheckedRule, findings: readonly Finding[]): readonly Finding[] {
  return findings
    .filter((finding) => isNamed(rule, finding) && isShown(finding) && holds(rule, finding))
    .slice(0, rule.value.most)
}

/** What a finding says by name: its own numbers, and the figures that the rule declares. */
export function figuresOf(rule: CheckedRule, finding: Finding): Readonly<Record<string, string | number>> {
  const figures: Record<string, string | number> = {}
  for (const name of findingFields) {
    const number = finding[name]
    if (number !== null) figures[name] = number
  }
  for (const name of Object.keys(rule.value.finding.values)) {
    const figure = finding.values[name]
    if (figure !== null && figure !== undefined) figures[name] = figure
  }
  return figures
}

function isNamed({ value }: CheckedRule, { key, message, values }: Finding): boolean {
  const { finding } = value
  if (finding.message !== undefined && finding.message !== message) return false
  if (finding.key !== undefined && !pattern(finding.key).test(key)) return false
  return Object.entries(finding.values).every(([name, type]) => typeof values[name] === type)
}

/**
 * What failed its test calls for nothing. What was not tested, such as the size of a group, calls for something where its
 * interval leaves no doubt that there is something at all.
 */
function isShown({ significant, low, high }: Finding): boolean {
  if (significant !== null) return significant
  return low !== null && high !== null && (low > 0 || high < 0)
}

function holds(rule: CheckedRule, finding: Finding): boolean {
  return rule.when === undefined || evaluateExpression(rule.when, figuresOf(rule, finding) as Row) === true
}

function pattern(key: string): RegExp {
  const parts = key.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
