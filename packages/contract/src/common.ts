import { z } from 'zod'

/** Words a person reads, in both languages of the product. */
export const textSchema = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })
export type Text = z.infer<typeof textSchema>

export type Language = 'en' | 'zh'

/** The stable name of a definition: what other definitions, tables and exports call it. */
export const keySchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'expected a key: lower-case letters, digits and _, starting with a letter')

/** An expression of the rule language, kept as text in files. */
export const expressionSchema = z.string().min(1).max(10_000)

export const unitSchema = z.enum([
  'money',
  'count',
  'days',
  'months',
  'years',
  'share',
  'rate',
  'score',
  'number',
  'none',
])
export type Unit = z.infer<typeof unitSchema>

export const directionSchema = z.enum(['higher_is_better', 'lower_is_better', 'neutral'])
