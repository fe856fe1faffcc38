import { z } from 'zod'
import { purposeSchema } from './attribute-policy.ts'
import { directionSchema, expressionSchema, keySchema, textSchema, unitSchema } from './common.ts'

const base = {
  key: keySchema,
  label: textSchema,
  description: textSchema.optional(),
  owner: z.string().optional(),
  unit: unitSchema.default('number'),
  direction: directionSchema.default('neutral'),
}

/** How far a measure looks: days count back from the start of the as-of day, months are calendar months. */
export const windowSchema = z.strictObject({
  last: z.int().min(1).max(36_500),
  unit: z.enum(['day', 'month']).default('day'),
  /** Ends this many units before the as-of, for "the 90 days before the last 90". */
  before: z.int().min(0).max(36_500).optional(),
})
export type Window = z.infer<typeof windowSchema>

const orderSchema = z
  .array(z.string())
  .min(1)
  .describe('Columns that put rows in order, most important first')

/** Days of 24 hours from a row on in which another one follows it; of dates, so many days on. */
const withinDaysSchema = z.int().min(1).max(3650)

const followingTableSchema = z.string().optional().describe('Table of what follows; the same one unless said')

const horizonSchema = z.strictObject({
  next: z.int().min(1).max(3650),
  unit: z.enum(['day', 'month']).default('day'),
})

/** Text read as a number; what is no number is missing. */
const readAsSchema = z.literal('number').optional()

/** What is computed from the rows of a table that fall in the window and satisfy `where`. One key. */
export const measureSchema = z.union([
  z.strictObject({ count: z.literal('rows') }),
  z.strictObject({ distinct: expressionSchema }),
  z
    .strictObject({ sum: expressionSchema, within: horizonSchema.optional() })
    .describe(
      'With `within` only rows that came within a horizon of becoming a customer: 0 where none did, missing while it is not over',
    ),
  z.strictObject({ mean: expressionSchema }),
  z.strictObject({ stddev: expressionSchema }),
  z.strictObject({ min: expressionSchema }),
  z.strictObject({ max: expressionSchema }),
  z.strictObject({ median: expressionSchema }),
  z.strictObject({ last: expressionSchema, by: orderSchema, as: readAsSchema }),
  z.strictObject({ first: expressionSchema, by: orderSchema, as: readAsSchema }),
  z
    .strictObject({ sum_last: expressionSchema, per: z.string(), by: orderSchema })
    .describe('Sum of the latest value of each account (or whatever column `per` names)'),
  z.strictObject({ days_since: z.enum(['first', 'last']) }),
  z.strictObject({
    share: expressionSchema,
    of: z.union([z.literal('rows'), expressionSchema]).default('rows'),
  }),
  z.strictObject({ entropy: expressionSchema }),
  z.strictObject({ top_category: expressionSchema }),
  z.strictObject({ top_share: expressionSchema }),
  z.strictObject({ interpurchase: z.enum(['mean_days', 'cv']) }),
  z.strictObject({ streak: z.enum(['current_months', 'longest_months']) }),
  z.strictObject({ trend: z.union([z.literal('rows'), expressionSchema]) }),
  z.strictObject({ attribute: z.string() }),
  z.strictObject({ age: z.string().describe('Whole years since the date in this column') }),
  z.strictObject({ any: expressionSchema }),
  z
    .strictObject({ followed_by: expressionSchema, in: followingTableSchema, within: withinDaysSchema })
    .describe('Rows that a later row of the customer, for which this holds, follows within so many days'),
  z
    .strictObject({ not_followed_by: expressionSchema, in: followingTableSchema, within: withinDaysSchema })
    .describe('Rows that none follows within so many days; those whose days are not over are left out'),
  z
    .strictObject({
      happened: z.strictObject({
        start: z.enum(['onboarded_at', 'first_row']).default('onboarded_at'),
        within: horizonSchema.optional(),
      }),
    })
    .describe(
      'Whether a row came within a horizon of the start (after the first row: another one); missing while it is not over',
    ),
])
export type Measure = z.infer<typeof measureSchema>

/** A feature looks back from the as-of. Exactly one of measure (with from), ratio, expression. */
export const featureSchema = z
  .strictObject({
    ...base,
    from: z.string().optional(),
    where: expressionSchema.optional(),
    measure: measureSchema.optional(),
    window: windowSchema.optional(),
    /** Value for a customer with some history but no row in the window. */
    empty: z.union([z.number(), z.string(), z.boolean()]).optional(),
    ratio: z.strictObject({ numerator: keySchema, denominator: keySchema }).optional(),
    expression: expressionSchema.optional().describe('Over other features'),
    missing: textSchema.optional().describe('What a missing value means'),
  })
  .check((context) => {
    const { measure, ratio, expression, from } = context.value
    const given = [measure, ratio, expression].filter((part) => part !== undefined).length
    if (given !== 1)
      context.issues.push({
        code: 'custom',
        message: 'expected exactly one of measure, ratio, expression',
        input: context.value,
      })
    if ((measure !== undefined) !== (from !== undefined))
      context.issues.push({
        code: 'custom',
        message: 'a measure needs from: the table it reads, and only a measure does',
        input: context.value,
      })
  })
export type Feature = z.infer<typeof featureSchema>

/** How often something happened lately, in short: what would take a feature of its own in full. */
export const countSchema = z.strictObject({
  of: z.string().default('events').describe('Table whose rows are counted'),
  where: expressionSchema.optional().describe('Which rows; all without it'),
  ...windowSchema.shape,
})
export type Count = z.infer<typeof countSchema>

/** How often one thing came after another, in short: "applied, then abandoned within 7 days". */
export const sequenceSchema = z
  .strictObject({
    of: z.string().default('events').describe('Table whose rows begin'),
    first: expressionSchema
      .optional()
      .describe('Which rows begin, counted where they lie in the window; all without it'),
    followed_by: expressionSchema.optional().describe('Rows of which one has to follow'),
    not_followed_by: expressionSchema.optional().describe('Rows of which none may follow'),
    in: followingTableSchema,
    within: withinDaysSchema.describe(
      'Days of 24 hours from the first row on; whole days where one of two tables has no hours',
    ),
    ...windowSchema.shape,
  })
  .check((context) => {
    const { followed_by, not_followed_by } = context.value
    if ((followed_by === undefined) === (not_followed_by === undefined))
      context.issues.push({
        code: 'custom',
        message: 'expected exactly one of followed_by, not_followed_by',
        input: context.value,
      })
  })
export type Sequence = z.infer<typeof sequenceSchema>

/** A named group of customers: those for whom a rule over features, value and other segments is definitely true. */
export const segmentSchema = z.strictObject({
  key: keySchema,
  label: textSchema,
  description: textSchema.optional(),
  owner: z.string().optional(),
  rule: expressionSchema.describe('Over features, columns of customer_value, and in_segment("key")'),
  counts: z
    .record(keySchema, countSchema)
    .optional()
    .describe('Counted rows that the rule names by these keys; segments that count the same share them'),
  sequences: z
    .record(keySchema, sequenceSchema)
    .optional()
    .describe('How often rows followed each other, named and shared like counts'),
  purposes: z
    .array(purposeSchema)
    .min(1)
    .optional()
    .describe('What the group is for; validation refuses attributes that may not serve it'),
})
export type Segment = z.infer<typeof segmentSchema>

/**
 * A metric is one number of a population in a period; its window looks back from the as-of like a feature's,
 * and `within` looks forward from a customer's own start, leaving out those whose window is not over.
 */
export const metricSchema = z
  .strictObject({
    ...base,
    from: z.string().optional(),
    where: expressionSchema.optional(),
    window: windowSchema.optional(),
    /** Sum, count or mean over rows of a table. */
    measure: z
      .union([
        z.strictObject({ count: z.literal('rows') }),
        z.strictObject({ sum: expressionSchema }),
        z.strictObject({ mean: expressionSchema }),
        z.strictObject({ distinct: expressionSchema }),
      ])
      .optional(),
    /** One metric over another. */
    ratio: z.strictObject({ numerator: keySchema, denominator: keySchema }).optional(),
    /** Share of customers of a population for whom a condition over features holds. */
    population: expressionSchema.optional(),
    share: expressionSchema.optional(),
    /** Mean of a feature over a population. */
    mean: keySchema.optional(),
    /** Share of a population that does something within a horizon of its start. */
    rate: z
      .strictObject({
        start: z.enum(['onboarded_at', 'first_row']).default('onboarded_at'),
        from: z.string(),
        where: expressionSchema.optional(),
        within: horizonSchema,
      })
      .optional(),
    /** An attribute that records an outcome, with the value that means yes. */
    outcome: z
      .strictObject({ attribute: z.string(), equals: z.union([z.string(), z.number(), z.boolean()]) })
      .optional(),
    /** True where a program guessed that this is an outcome. */
    guessed: z.boolean().default(false),
  })
  .check((context) => {
    const { measure, ratio, share, mean, rate, outcome } = context.value
    const given = [measure, ratio, share, mean, rate, outcome].filter((part) => part !== undefined).length
    if (given !== 1)
      context.issues.push({
        code: 'custom',
        message: 'expected exactly one of measure, ratio, share, mean, rate, outcome',
        input: context.value,
      })
  })
export type Metric = z.infer<typeof metricSchema>
