import { z } from 'zod'
import { unitSchema } from './common.ts'

/** Parts of the growth report, in its order. */
export const sectionSchema = z.enum([
  'makeup',
  'value_exploration',
  'gender',
  'age',
  'region',
  'profile',
  'tiers',
  'activity',
  'cohorts',
  'products',
  'outcomes',
  'recommendations',
  'changes',
  'quality',
  'limits',
])
export type Section = z.infer<typeof sectionSchema>

/** A number with what it takes to judge it. Sentences in both languages are rendered from this, never stored. */
export const findingSchema = z.object({
  key: z.string().describe('Stable name, e.g. gender.converted_30d.gap'),
  section: sectionSchema,
  message: z.string().describe('Key of the message in the catalogue that says it'),
  subject: z.string().describe('Whom it speaks of: an attribute, a level of one, or a named group'),
  metric: z.string().describe('What is measured: a column of the published tables, or a named quantity'),
  unit: unitSchema,
  estimate: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int().describe('Customers the estimate rests on; rows in the quality section'),
  missing_share: z.number().describe('Share of the population for whom the metric is missing'),
  p: z.number().nullable(),
  p_adjusted: z.number().nullable().describe('By Benjamini and Hochberg over all tests of the report'),
  significant: z.boolean().nullable().describe('Null where nothing was tested, as for a plain count'),
  effect_size: z
    .number()
    .nullable()
    .describe("Cohen's h or d, Cramér's V, eta or a rank correlation, by message"),
  needed_n: z.int().nullable().describe('Sample at which the observed difference would be significant'),
  values: z
    .record(z.string(), z.union([z.string(), z.number(), z.null()]))
    .describe('Further figures that the sentence names'),
  assumption: z.string().nullable().describe('Key of the assumption it rests on, said beside it'),
  period_start: z.string().nullable(),
  period_end: z.string().nullable(),
  as_of: z.string(),
  logic_hash: z.string().describe('Hash of the statement, the message and the definition of the metric'),
  query: z.string().describe('Statement on the published tables that gives the estimate again'),
  members: z.string().nullable().describe('Command that exports the group the finding speaks of'),
  members_n: z.int().nullable().describe('Customers that the command exports'),
  rank: z.number().describe('How much it matters: larger first'),
})
export type Finding = z.infer<typeof findingSchema>

export const figureKindSchema = z.enum([
  'dots',
  'bars',
  'curve',
  'density',
  'lorenz',
  'stack',
  'flows',
  'triangle',
  'tiles',
])
export type FigureKind = z.infer<typeof figureKindSchema>

/** A picture of the report: which finding it shows, and what its axes are. */
export const figureSchema = z.object({
  figure: z.string(),
  section: sectionSchema,
  kind: figureKindSchema,
  finding: z.string().describe('Key of the finding whose sentence is its title'),
  metric: z.string().describe('What is drawn'),
  attribute: z.string().describe('What it is drawn over'),
  unit: unitSchema,
  n: z.int(),
  position: z.int(),
})
export type Figure = z.infer<typeof figureSchema>

/** One mark of a figure. Cells with too few people carry no number and say so. */
export const figurePointSchema = z.object({
  figure: z.string(),
  position: z.int(),
  series: z.string(),
  label: z.string().nullable(),
  x: z.number().nullable(),
  y: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int().nullable(),
  suppressed: z.boolean(),
})
export type FigurePoint = z.infer<typeof figurePointSchema>
