import { z } from 'zod'
import { textSchema } from './common.ts'
import { sectionSchema } from './finding.ts'

export const audienceSchema = z.enum(['leadership', 'marketing', 'risk', 'compliance'])
export type Audience = z.infer<typeof audienceSchema>

/** `policies/report.yaml`: for whom the report is, what stands in it, and how it looks. Every part may be left out. */
export const reportPolicySchema = z.strictObject({
  audience: audienceSchema
    .default('leadership')
    .describe('Which sections come first, and how much of the method is printed'),
  sections: z
    .array(sectionSchema.exclude(['limits']))
    .min(1)
    .optional()
    .describe(
      'Sections shown, in this order; default: all, those of the audience first. Limits are always said',
    ),
  personas: z.boolean().default(true).describe('Whether tiers and groups get a card each'),
  messages: z.int().min(3).max(5).default(5).describe('Most messages on the first page'),
  thresholds: z
    .strictObject({
      weight: z.number().min(0).default(10).describe('Findings of less weight stand in the list of all only'),
      findingsPerSection: z.int().min(1).max(50).default(7),
      figuresPerSection: z.int().min(0).max(20).default(6),
      unproven: z.int().min(0).max(100).default(10).describe('Differences listed as not proven'),
    })
    .prefault({}),
  units: z
    .strictObject({
      amounts: z
        .enum(['short', 'full'])
        .default('short')
        .describe('short: by million and 万; full: all whole digits'),
      currency: z
        .enum(['symbol', 'code'])
        .default('symbol')
        .describe('How English names the currency: ¥ or CNY'),
    })
    .prefault({}),
  look: z
    .strictObject({
      logo: z
        .string()
        .min(1)
        .optional()
        .describe(
          'An SVG or PNG file in the workspace, at most 200,000 bytes; it becomes part of the report',
        ),
      accent: z
        .string()
        .regex(/^#[0-9A-Fa-f]{6}$/, 'expected a colour such as #1F4E79')
        .default('#1F4E79')
        .describe('Colour of what is talked about; dark enough to read on white'),
    })
    .prefault({}),
  signOffs: z
    .array(z.strictObject({ role: textSchema, name: z.string().min(1).optional() }))
    .max(8)
    .optional()
    .describe('Who signs; default: prepared, checked, approved'),
})
export type ReportPolicy = z.infer<typeof reportPolicySchema>

/** What `tranche report --check --json` says of one file. */
export const reportCheckSchema = z.object({
  file: z.string(),
  run: z.string().describe('The run whose tables the file was held against'),
  language: z.enum(['en', 'zh']),
  checked: z.int().describe('Numbers, sentences, tables, figures and notes that were read back'),
  lies: z.array(
    z.object({
      mark: z
        .string()
        .describe('What the passage names: a sentence, figure, table or note, or none where it has no mark'),
      shown: z.string(),
      expected: z.string(),
    }),
  ),
})
export type ReportCheck = z.infer<typeof reportCheckSchema>
