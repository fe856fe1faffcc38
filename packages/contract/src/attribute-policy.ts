import { z } from 'zod'

export const sensitivitySchema = z.enum(['protected', 'sensitive', 'ordinary'])
export type Sensitivity = z.infer<typeof sensitivitySchema>

/** What an attribute of a customer may be used for, or a group made of attributes. */
export const purposeSchema = z.enum([
  'insight',
  'fairness_test',
  'marketing',
  'service',
  'credit_eligibility',
  'credit_price',
  'credit_limit',
  'pricing',
])
export type Purpose = z.infer<typeof purposeSchema>

export const attributeRuleSchema = z.strictObject({
  sensitivity: sensitivitySchema,
  allow: z.array(purposeSchema).default([]),
  forbid: z.array(purposeSchema).default([]),
})
export type AttributeRule = z.infer<typeof attributeRuleSchema>

/** `policies/attributes.yaml`: attribute, or feature, and what it may serve. */
export const attributePolicySchema = z.record(z.string(), attributeRuleSchema)
export type AttributePolicyFile = z.infer<typeof attributePolicySchema>
