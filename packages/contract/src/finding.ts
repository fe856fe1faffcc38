import { z } from 'zod'
import { unitSchema } from './common.ts'

/** Parts of the growth report, in its order. */
export const sectionSchema = z.enum([
  'summary',
  'quality',
  'value_exploration',
  'gender',
  'age',
  'region',
  'tiers',
  'activity',
  'cohorts',
  'products',
  'limits',
])
export type Section = z.infer<typeof sectionSchema>

/** A number with what it takes to judge it. Sentences in both languages are rendered from this, never stored. */
export const findingSchema = z.object({
  key: z.string().describe('Stable name, e.g. gender.conversion.gap'),
  section: sectionSchema,
  message: z.string().describe('Key of the message in the catalogue that says it'),
  subject: z.string(),
  metric: z.string(),
  unit: unitSchema,
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int(),
  missing_share: z.number().describe('Share of the population for whom the metric is missing'),
  p: z.number().nullable(),
  p_adjusted: z.number().nullable(),
  significant: z.boolean().nullable().describe('Null where nothing was tested, as for a plain count'),
  effect_size: z.number().nullable(),
  needed_n: z.int().nullable().describe('Sample at which the observed difference would be significant'),
  values: z
    .record(z.string(), z.union([z.string(), z.number(), z.null()]))
    .describe('Further figures that the sentence names'),
  assumed: z.boolean().describe('Rests on an assumption, named beside it'),
  period_start: z.string().nullable(),
  period_end: z.string().nullable(),
  as_of: z.string(),
  logic_hash: z.string(),
  query: z.string().describe('Statement on the published tables that gives the estimate again'),
  members: z.string().nullable().describe('Command that exports the group the finding speaks of'),
  rank: z.number().describe('How much it matters: larger first'),
})
export type Finding = z.infer<typeof findingSchema>
