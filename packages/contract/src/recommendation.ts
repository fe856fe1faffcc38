import { z } from 'zod'
import { purposeSchema } from './attribute-policy.ts'
import { expressionSchema, keySchema, textSchema, unitSchema } from './common.ts'

/** A number the rule takes for granted, said beside what is made of it. */
const assumptionSchema = z.strictObject({
  label: textSchema,
  value: z.number(),
  unit: unitSchema.default('number'),
  basis: z
    .enum(['assumed', 'agreed', 'measured'])
    .default('assumed')
    .describe('Nobody knows it yet; somebody answers for it; an experiment gave it'),
})

/** A number about the group as it stands. One key; the column is a feature or a column of customer_value. */
const groupMeasureSchema = z.union([
  z.strictObject({ sum: keySchema }),
  z.strictObject({ mean: keySchema }).describe('Of a condition: the share for whom it holds'),
  z.strictObject({ sd: keySchema }),
])

const effectSchema = z.strictObject({
  metric: textSchema.describe('What is expected, e.g. 12-month value kept'),
  unit: unitSchema.default('money'),
  value: expressionSchema,
  low: expressionSchema.optional(),
  high: expressionSchema.optional(),
})

const experimentSchema = z.strictObject({
  outcome: textSchema.describe('What is measured of each customer'),
  kind: z.enum(['rate', 'mean']),
  baseline: expressionSchema.describe('What is expected without the action'),
  difference: expressionSchema.describe('By how much the action is expected to change it'),
  sd: expressionSchema.optional().describe('Spread between customers, for kind: mean'),
  arms: z.array(textSchema).min(2).max(6).describe('The first one is the control'),
  days: z.int().min(1).max(730),
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  power: z.number().gt(0.5).lt(1).default(0.8),
  guardrails: z.array(textSchema).min(1).describe('What must not get worse, or the experiment stops'),
})

/** `recommendations/*.yaml`: when a finding calls for an action, for whom, and what it is expected to bring. */
export const recommendationRuleSchema = z
  .strictObject({
    key: keySchema,
    label: textSchema,
    description: textSchema.optional(),
    owner: z.union([z.string().min(1), textSchema]).describe('A name, or one in each language'),
    purpose: purposeSchema.describe('What the group is used for; the attribute policy is held against it'),
    finding: z.strictObject({
      key: z
        .string()
        .min(1)
        .optional()
        .describe('Key of the finding; * stands for any part of it, e.g. cohorts.*.spread'),
      message: z.string().min(1).optional().describe('Key of its message'),
      values: z
        .record(keySchema, z.enum(['number', 'string']))
        .default({})
        .describe('Figures of the finding that the rule names'),
    }),
    when: expressionSchema.optional().describe("Over the finding's fields and figures"),
    action: textSchema,
    group: expressionSchema.describe('A rule as of a segment; {name} stands for a figure of the finding'),
    measures: z.record(keySchema, groupMeasureSchema).default({}),
    assumptions: z.record(keySchema, assumptionSchema).default({}),
    effect: effectSchema,
    cost: expressionSchema.describe('Over the same names as the effect, in the base currency'),
    dueDays: z.int().min(1).max(365).default(30),
    experiment: experimentSchema,
    most: z.int().min(1).max(10).default(1).describe('Findings that may call for it in one report'),
  })
  .check((context) => {
    const { finding, experiment } = context.value
    if (finding.key === undefined && finding.message === undefined)
      context.issues.push({
        code: 'custom',
        message: 'expected key or message of a finding',
        input: context.value,
        path: ['finding'],
      })
    if ((experiment.kind === 'mean') !== (experiment.sd !== undefined))
      context.issues.push({
        code: 'custom',
        message: 'kind: mean needs sd, and only a mean does',
        input: context.value,
        path: ['experiment'],
      })
  })
export type RecommendationRule = z.infer<typeof recommendationRuleSchema>

export const recommendationVerdictSchema = z.enum(['made', 'allowed_version', 'stopped'])

/** A row of the published table `recommendations`; parts that are lists are JSON texts there. */
export const recommendationSchema = z.object({
  key: z.string().describe('Stable name: the rule, and the finding where several may call for it'),
  rule: z.string(),
  verdict: recommendationVerdictSchema.describe(
    'allowed_version: the policy stopped the rule as written; the group is the one without the attribute',
  ),
  label: textSchema,
  action: textSchema,
  owner: textSchema,
  purpose: purposeSchema,
  findings: z.array(z.string()).describe('Keys of the findings that it rests on'),
  group: z.string().nullable().describe('Rule of the group, as of a segment; null where it was stopped'),
  asked_group: z.string().nullable().describe('Rule that the policy stopped'),
  asked_reach: z.int().nullable(),
  stopped_attributes: z.array(z.string()),
  stopped_paths: z.array(z.string()),
  reach: z.int().nullable(),
  unknown: z.int().nullable(),
  effect_metric: textSchema,
  unit: unitSchema,
  effect: z.number().nullable(),
  effect_low: z.number().nullable(),
  effect_high: z.number().nullable(),
  cost: z.number().nullable(),
  assumptions: z.array(
    z.object({
      name: z.string(),
      label: textSchema,
      value: z.number(),
      unit: unitSchema,
      basis: z.enum(['assumed', 'agreed', 'measured']),
    }),
  ),
  due_on: z.string(),
  experiment: z
    .object({
      outcome: textSchema,
      kind: z.enum(['rate', 'mean']),
      baseline: z.number(),
      difference: z.number(),
      arms: z.array(textSchema),
      perArm: z.int().describe('Customers each arm needs'),
      total: z.int(),
      /** What the group, shared out over the arms, would show; null where it is large enough. */
      detectable: z.number().nullable(),
      days: z.int(),
      alpha: z.number(),
      power: z.number(),
      guardrails: z.array(textSchema),
    })
    .nullable(),
  as_of: z.string(),
  logic_hash: z.string(),
})
export type Recommendation = z.infer<typeof recommendationSchema>

/** What may become of a recommendation, in this order; refused ends it. */
export const recommendationStatusSchema = z.enum(['proposed', 'accepted', 'refused', 'running', 'measured'])
export type RecommendationStatus = z.infer<typeof recommendationStatusSchema>

/** What an experiment or a look back gave, in the unit of the effect; entered by whoever answers for it. */
export const realisedSchema = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  cost: z.number().nullable(),
  evidence: z.string().nullable().describe('Where it can be seen: number of an experiment, of a file'),
})
export type Realised = z.infer<typeof realisedSchema>

/** What became of a recommendation: the one of its steps that counts, and what it said when it was decided. */
export const ledgerEntrySchema = z.object({
  key: z.string(),
  status: recommendationStatusSchema,
  at: z.string(),
  run: z.string().describe('The run that was published at that step'),
  reason: z.string().nullable(),
  expected: recommendationSchema.pick({
    label: true,
    effect_metric: true,
    unit: true,
    effect: true,
    effect_low: true,
    effect_high: true,
    cost: true,
    reach: true,
    group: true,
  }),
  realised: realisedSchema.nullable(),
})
export type LedgerEntry = z.infer<typeof ledgerEntrySchema>
