import { z } from 'zod'
import { expressionSchema, keySchema, textSchema, unitSchema } from './common.ts'
import { standardTableNames } from './standard-model.ts'

/** How a source's own column becomes one typed value. Exactly one of `from`, `value`, `expr`, `lookup`. */
export const columnMappingSchema = z
  .strictObject({
    from: z.string().optional().describe("The source's column, by its own name"),
    value: z.union([z.string(), z.number(), z.boolean()]).optional().describe('The same for every row'),
    expr: expressionSchema
      .optional()
      .describe('Derived from columns of the row; names that are no identifiers as row["…"]'),
    lookup: z
      .strictObject({
        source: keySchema,
        key: z.string().describe('Column of the other source that is matched'),
        match: z.string().describe('Column of this source that holds the key'),
        take: z.string().describe('Column of the other source to take'),
        where: expressionSchema.optional(),
      })
      .optional(),
    /** Format of a date, instant or number; several are tried in order. */
    format: z.union([z.string(), z.array(z.string())]).optional(),
    timeZone: z.string().optional().describe('Zone of instants written without one; default: the workspace'),
    decimal: z.enum([',', '.']).optional(),
    scale: z.number().optional().describe('Multiplied after the cast, e.g. 0.01 for cents, 10000 for 万'),
    codes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    otherwise: z
      .union([z.string(), z.null(), z.literal('refuse')])
      .optional()
      .describe('For values without a code; default: refuse'),
    missing: z.array(z.string()).optional().describe('Texts that mean missing, besides the empty one'),
    padTo: z.int().min(1).max(64).optional().describe('Keys: pad with leading zeros to this length'),
    stripZeros: z.boolean().optional().describe('Keys: drop leading zeros'),
  })
  .check((context) => {
    const given = ['from', 'value', 'expr', 'lookup'].filter(
      (name) => context.value[name as 'from'] !== undefined,
    )
    if (given.length !== 1)
      context.issues.push({
        code: 'custom',
        message: `expected exactly one of from, value, expr, lookup; found ${given.join(', ') || 'none'}`,
        input: context.value,
      })
  })
export type ColumnMapping = z.infer<typeof columnMappingSchema>

export const attributeTypeSchema = z.enum(['string', 'number', 'money', 'bool', 'date', 'instant'])

export const extraMappingSchema = z.strictObject({
  ...columnMappingSchema.shape,
  type: attributeTypeSchema,
  label: textSchema,
  unit: unitSchema.optional(),
})
export type ExtraMapping = z.infer<typeof extraMappingSchema>

export const expectationSchema = z.strictObject({
  column: z.string().optional(),
  not_null: z.literal(true).optional(),
  unique: z.literal(true).optional(),
  accepted: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
  range: z
    .strictObject({
      min: z.union([z.number(), z.string()]).optional(),
      max: z.union([z.number(), z.string()]).optional(),
    })
    .optional(),
  pattern: z.string().max(500).optional(),
  foreign_key: z.strictObject({ table: z.string(), column: z.string() }).optional(),
  freshness: z.strictObject({ maxAgeDays: z.number().positive() }).optional(),
  row_count_change: z.strictObject({ maxShare: z.number().positive() }).optional(),
  distribution: z.strictObject({ maxPsi: z.number().positive() }).optional(),
  expression: expressionSchema.optional(),
  severity: z.enum(['error', 'warning']).default('warning'),
  /** Share of rows that may fail before the expectation does. */
  threshold: z.number().min(0).max(1).default(0),
  /** Rows that fail are set aside in the quarantine instead of only counted. */
  quarantine: z.boolean().default(false),
})
export type Expectation = z.infer<typeof expectationSchema>

export const tableMappingSchema = z.strictObject({
  table: z.enum(standardTableNames),
  where: expressionSchema.optional().describe('Rows for which this is not true are filtered, and counted'),
  unpivot: z
    .strictObject({
      /** One entry a period: the label that becomes the column `period`, and for each value its source column. */
      periods: z
        .array(z.strictObject({ period: z.string(), columns: z.record(z.string(), z.string()) }))
        .min(1),
    })
    .optional()
    .describe(
      'Wide to long: each period gives a row; its values are named like columns and `period` like a column',
    ),
  columns: z.record(z.string(), columnMappingSchema),
  extras: z.record(keySchema, extraMappingSchema).default({}),
  precedence: z.int().default(0).describe('Where two sources give the same key, the higher one wins'),
  expectations: z.array(expectationSchema).default([]),
})
export type TableMapping = z.infer<typeof tableMappingSchema>

export const formatSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('csv'),
    delimiter: z
      .string()
      .optional()
      .describe('One character, \\t, or "spaces" for runs of spaces; default: recognised'),
    quote: z.string().max(1).optional(),
    encoding: z.enum(['auto', 'utf-8', 'utf-16le', 'utf-16be', 'gb18030']).default('auto'),
    header: z.boolean().optional(),
    columns: z.array(z.string()).optional().describe('Names of the columns where there is no header'),
    skipRows: z.int().min(0).optional().describe('Rows above the header'),
  }),
  z.strictObject({
    type: z.literal('xlsx'),
    sheet: z.union([z.string(), z.int().min(1)]).optional(),
    headerRow: z.int().min(1).optional().describe('Row of the (last) header line, from 1'),
    headerRows: z.int().min(1).max(3).optional(),
    columns: z.array(z.string()).optional(),
  }),
  z.strictObject({ type: z.literal('jsonl') }),
  z.strictObject({ type: z.literal('parquet') }),
])
export type SourceFormat = z.infer<typeof formatSchema>

/** What becomes of a column that names a person. Dropped unless it is used for matching. */
export const identifierKindSchema = z.enum(['name', 'phone', 'email', 'id_number', 'card_number', 'address'])
export type IdentifierKind = z.infer<typeof identifierKindSchema>

export const sourceSchema = z
  .strictObject({
    key: keySchema,
    label: textSchema.optional(),
    /** Files or globs, from the workspace's folder. */
    files: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
    postgres: z
      .strictObject({ urlFrom: z.string().describe('Environment variable'), table: z.string() })
      .optional(),
    cluster: z
      .strictObject({
        table: z
          .string()
          .regex(/^[^.]+\.[^.]+\.[^.]+$/, 'expected catalog.schema.table')
          .describe('catalog.schema.table, as the cluster names it'),
        copy: z
          .boolean()
          .default(false)
          .describe('Copied to this machine and taken in like a file, instead of read where it lies'),
        appended: z
          .string()
          .optional()
          .describe(
            'Column that says when a row was added, of a table to which rows are only ever added: a run reads those that were there as it began',
          ),
      })
      .optional()
      .describe('A table of the cluster that warehouse names, read in place'),
    format: formatSchema.optional(),
    system: keySchema
      .optional()
      .describe('The system whose customer numbers this source uses; default: the institution'),
    identifiers: z
      .record(
        z.string(),
        z.strictObject({ kind: identifierKindSchema, use: z.enum(['drop', 'match', 'pseudonym']) }),
      )
      .default({})
      .describe('Columns that name a person'),
    tables: z.array(tableMappingSchema).default([]).describe('None: only looked up by other sources'),
    expectations: z.array(expectationSchema).default([]),
  })
  .check((context) => {
    const given = ['files', 'postgres', 'cluster'].filter(
      (name) => context.value[name as 'files'] !== undefined,
    )
    if (given.length !== 1)
      context.issues.push({
        code: 'custom',
        message: `expected exactly one of files, postgres, cluster; found ${given.join(', ') || 'none'}`,
        input: context.value,
      })
  })
export type Source = z.infer<typeof sourceSchema>
