import type { AttributeRule, Purpose } from '@tranche/contract'
import type { Catalogue } from '../workspace/catalogue.ts'

/** What each attribute may serve; what is not named may serve everything. */
export type AttributePolicy = ReadonlyMap<string, AttributeRule>

const lending: readonly Purpose[] = ['credit_eligibility', 'credit_price', 'credit_limit']

const protectedRule: AttributeRule = {
  sensitivity: 'protected',
  allow: ['insight', 'fairness_test', 'marketing', 'service'],
  forbid: [...lending, 'pricing'],
}

const sensitiveRule: AttributeRule = {
  sensitivity: 'sensitive',
  allow: ['fairness_test'],
  forbid: ['insight', 'marketing', 'service', ...lending, 'pricing'],
}

/**
 * What holds where a workspace says nothing else: who somebody is by birth or family decides no credit and no price,
 * and what the law calls sensitive serves the test of fairness alone. Sources: Regulation B (12 CFR 1002.6), Personal
 * Information Protection Law of China, articles 24 and 28; Regulation (EU) 2016/679, article 9.
 */
const defaultAttributePolicy: AttributePolicy = new Map([
  ...['gender', 'birth_date', 'age', 'age_years', 'age_stated', 'marital_status', 'dependants'].map(
    (name) => [name, protectedRule] as const,
  ),
  ...['ethnicity', 'race', 'religion', 'nationality', 'disability', 'health', 'political_opinion'].map(
    (name) => [name, sensitiveRule] as const,
  ),
])

/** The default policy with what the workspace says in its place, attribute by attribute. */
export function attributePolicyOf({ attributePolicy }: Pick<Catalogue, 'attributePolicy'>): AttributePolicy {
  return new Map([...defaultAttributePolicy, ...Object.entries(attributePolicy?.rules ?? {})])
}

/** Whether an attribute may serve a purpose: as listed, and where it is not listed, if the attribute is an ordinary one. */
export function permits(policy: AttributePolicy, attribute: string, purpose: Purpose): boolean {
  const rule = policy.get(attribute)
  if (rule === undefined) return true
  if (rule.forbid.includes(purpose)) return false
  return rule.allow.includes(purpose) || rule.sensitivity === 'ordinary'
}
