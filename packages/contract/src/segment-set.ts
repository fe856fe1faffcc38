import { z } from 'zod'
import { purposeSchema } from './attribute-policy.ts'
import { keySchema, textSchema } from './common.ts'
import { identifierKindSchema } from './source.ts'

/** What a cell of a set is called; its key is that of the segment after the set's own: `spend_bands_low`. */
export const cellNameSchema = z.strictObject({
  key: z.string().regex(/^[a-z0-9][a-z0-9_]{0,30}$/, 'expected lower-case letters, digits and _'),
  label: textSchema,
})
export type CellName = z.infer<typeof cellNameSchema>

const axis = {
  of: keySchema.describe('A feature or a column of customer_value that is a number'),
  cuts: z
    .array(z.number())
    .min(1)
    .max(50)
    .refine(
      (cuts) => cuts.every((cut, index) => index === 0 || cut > cuts[index - 1]!),
      'expected rising cuts',
    )
    .optional()
    .describe('Where one band ends and the next begins; a value equal to a cut belongs above it'),
  quantiles: z.int().min(2).max(20).optional().describe('So many bands of equal size instead of given cuts'),
}

const oneOfCutsAndQuantiles = (value: { cuts?: unknown; quantiles?: unknown; optimal?: unknown }) =>
  [value.cuts, value.quantiles, value.optimal].filter((given) => given !== undefined).length === 1
const eitherMessage = 'expected either cuts or quantiles'

export const axisSchema = z.strictObject(axis).refine(oneOfCutsAndQuantiles, eitherMessage)
export type SegmentAxis = z.infer<typeof axisSchema>

/** Bands that tell an outcome apart best, cut on one half of the customers and judged on the other. */
export const optimalSchema = z.strictObject({
  against: keySchema.describe('A feature that is yes or no, or an outcome metric'),
  most: z.int().min(2).max(12).default(5).describe('At most so many bands'),
  smallest: z.number().min(0.01).max(0.5).default(0.05).describe('Least share of customers in a band'),
})

export const bandsSchema = z
  .strictObject({
    ...axis,
    optimal: optimalSchema.optional().describe('Bands by what an outcome says instead of given cuts'),
    names: z.array(cellNameSchema).min(2).max(51).optional().describe('From the lowest band up'),
  })
  .refine(oneOfCutsAndQuantiles, 'expected one of cuts, quantiles, optimal')
  .refine(
    ({ cuts, quantiles, optimal, names }) =>
      names === undefined || names.length === (optimal?.most ?? quantiles ?? cuts!.length + 1),
    'expected as many names as bands',
  )

const bandNumbersSchema = z.array(z.int().min(1).max(51)).min(1).describe('Bands of the axis, 1 the lowest')

export const gridSchema = z.strictObject({
  rows: axisSchema,
  columns: axisSchema,
  cells: z
    .array(z.strictObject({ ...cellNameSchema.shape, rows: bandNumbersSchema, columns: bandNumbersSchema }))
    .min(1)
    .max(100)
    .describe('Named areas, the first that fits; what none covers is the cell other'),
})

export const clusterSchema = z
  .strictObject({
    features: z
      .array(keySchema)
      .min(1)
      .max(30)
      .describe(
        'Features and value columns that are numbers or yes and no; texts as well under k_prototypes',
      ),
    method: z
      .enum(['k_means', 'mixture', 'k_prototypes'])
      .default('k_means')
      .describe('k-means; a mixture of normal distributions; k-prototypes for numbers beside texts'),
    k: z
      .union([
        z.int().min(2).max(20),
        z
          .strictObject({ from: z.int().min(2).max(20), to: z.int().min(2).max(20) })
          .refine(({ from, to }) => from <= to, 'expected from to be at most to'),
      ])
      .describe('How many, or the range within which the data says'),
    weight: keySchema
      .optional()
      .describe(
        'A feature that says for how many people each customer stands, as the weights of a survey do',
      ),
    names: z.array(cellNameSchema).min(2).max(20).optional().describe('From the largest cluster down'),
    seed: z.int().min(0).default(1),
  })
  .refine(
    ({ method, weight }) => weight === undefined || method === undefined || method === 'k_means',
    'expected weight only with method k_means',
  )

/** Customers whom a file names; a path within the workspace. */
export const listSchema = z.strictObject({
  file: z
    .string()
    .regex(/^(?!\/)(?!.*\.\.)/, 'expected a path within the workspace')
    .describe('CSV, Excel, JSON Lines or Parquet, in the folder of the workspace'),
  column: z.string().optional().describe('Its column; default: customer_id, or the only one'),
  identifier: identifierKindSchema
    .optional()
    .describe(
      'What stands in the column instead of customer numbers; matched on its pseudonym, never stored',
    ),
  sealed: z
    .boolean()
    .optional()
    .describe('Whether the column holds pseudonyms already, as `tranche segment import` writes them'),
})

export const lookalikeSchema = z.strictObject({
  of: keySchema.describe('The segment that others are to be like'),
  features: z.array(keySchema).min(1).max(30).describe('Numbers and yes and no, by which they may be'),
  sizes: z
    .array(z.number().min(0.001).max(0.9))
    .min(1)
    .max(8)
    .refine((sizes) => sizes.every((size, at) => at === 0 || size > sizes[at - 1]!), 'expected rising sizes')
    .default([0.05, 0.1, 0.2])
    .describe('Shares of all others, the most alike first, at which one group ends and the next begins'),
  seed: z.int().min(0).default(1),
})

export const setKinds = ['bands', 'grid', 'cluster', 'list', 'lookalike'] as const

/**
 * Segments that belong together and exclude each other: bands of a number, a grid of two, clusters, those whom a
 * file names and the others, those like a segment. The set is a column
 * that rules may name (`spend_bands == "3"`), each cell a segment (`in_segment("spend_bands_3")`).
 */
export const segmentSetSchema = z
  .strictObject({
    key: keySchema,
    label: textSchema,
    description: textSchema.optional(),
    owner: z.string().optional(),
    bands: bandsSchema.optional(),
    grid: gridSchema.optional(),
    cluster: clusterSchema.optional(),
    list: listSchema.optional(),
    lookalike: lookalikeSchema.optional(),
    purposes: z.array(purposeSchema).min(1).optional().describe('What the groups are for, as of a segment'),
  })
  .refine(
    (set) => setKinds.filter((kind) => set[kind] !== undefined).length === 1,
    `expected exactly one of ${setKinds.join(', ')}`,
  )
export type SegmentSet = z.infer<typeof segmentSetSchema>

const axisModelSchema = z.strictObject({ of: keySchema, cuts: z.array(z.number()) })

/** How many of a band had the outcome, in the half that the cuts were found on and in the other. */
const judgedBandSchema = z.strictObject({
  fitted: z.strictObject({ n: z.int(), events: z.int() }),
  held: z.strictObject({ n: z.int(), events: z.int() }),
})

const scaledFeatureSchema = z.strictObject({
  name: keySchema,
  logarithm: z.boolean().describe('Of one plus the value, where that is less skewed'),
  median: z.number().describe('Stands for a missing value'),
  mean: z.number(),
  sd: z.number().positive(),
})
export type ScaledFeature = z.infer<typeof scaledFeatureSchema>

const listModelSchema = z.strictObject({
  kind: z.literal('list'),
  read: z.int(),
  customers: z.int(),
  repeated: z.int().describe('Rows that name a customer once more'),
  unmatched: z.int().describe('Rows that name nobody, or nobody who is known'),
  lines: z.array(z.int()).describe('Where the first of them stand'),
})

const lookalikeModelSchema = z.strictObject({
  kind: z.literal('lookalike'),
  features: z.array(scaledFeatureSchema).min(1),
  coefficients: z.array(z.number()),
  cuts: z.array(z.number()).describe('Least score of each group, falling'),
  seeds: z.int().describe('Customers of the segment, half of whom the model never saw'),
  auc: z.strictObject({ value: z.number(), low: z.number(), high: z.number() }),
  curve: z
    .array(
      z.strictObject({
        share: z.number().describe('Of all others, the most alike first'),
        customers: z.int(),
        found: z.number().describe('Share of the seeds it never saw that score as high'),
        similarity: z.number().describe('How much more often than in the whole population: found over share'),
      }),
    )
    .describe('The larger, the less alike'),
})
export type LookalikeModel = z.infer<typeof lookalikeModelSchema>

const clusterModelSchema = z.strictObject({
  kind: z.literal('cluster'),
  features: z.array(scaledFeatureSchema),
  centers: z
    .array(z.array(z.number()))
    .min(2)
    .describe('On the standard scale, one row per cluster, the largest cluster first'),
  shapes: z
    .array(z.strictObject({ offset: z.number(), transform: z.array(z.array(z.number())) }))
    .optional()
    .describe(
      'Of a mixture, per cluster: the lower triangle that makes its spread one, and what its size and volume add to the distance',
    ),
  categories: z
    .strictObject({
      gamma: z.number().describe('What a text that differs adds to the distance'),
      columns: z.array(
        z.strictObject({ name: keySchema, modes: z.array(z.string().nullable()).describe('Per cluster') }),
      ),
    })
    .optional()
    .describe('Of k-prototypes'),
  tried: z
    .array(
      z.strictObject({
        k: z.int(),
        silhouette: z.number(),
        gap: z.number().nullable(),
        stability: z.number().describe('Mean adjusted Rand index between resamples'),
      }),
    )
    .describe('For each number of clusters tried'),
  sampled: z.int(),
  constant: z.array(keySchema).describe('Features that say nothing, being the same for everyone'),
})
export type ClusterModel = z.infer<typeof clusterModelSchema>

/** What was fitted for a set: enough to place any customer, now and later. */
export const segmentSetModelSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('bands'),
    ...axisModelSchema.shape,
    optimal: z
      .strictObject({ against: keySchema, judged: z.array(judgedBandSchema) })
      .optional()
      .describe('Of bands against an outcome, from the lowest'),
  }),
  z.strictObject({ kind: z.literal('grid'), rows: axisModelSchema, columns: axisModelSchema }),
  clusterModelSchema,
  listModelSchema,
  lookalikeModelSchema,
])
export type SegmentSetModel = z.infer<typeof segmentSetModelSchema>

/** A file `segments/frozen/KEY.json`: the model holds as long as the definition is the one it was fitted for. */
export const frozenSetSchema = z.strictObject({
  version: z.literal(1),
  set: keySchema,
  definition: z.string().describe('Hash of the definition'),
  asOf: z.string(),
  model: segmentSetModelSchema,
})
export type FrozenSet = z.infer<typeof frozenSetSchema>
