import { z } from 'zod'
import { purposeSchema } from './attribute-policy.ts'
import { keySchema, textSchema } from './common.ts'

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

export const clusterSchema = z.strictObject({
  features: z
    .array(keySchema)
    .min(1)
    .max(30)
    .describe('Features and value columns that are numbers or yes and no'),
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
    .describe('A feature that says for how many people each customer stands, as the weights of a survey do'),
  names: z.array(cellNameSchema).min(2).max(20).optional().describe('From the largest cluster down'),
  seed: z.int().min(0).default(1),
})

/**
 * Segments that belong together and exclude each other: bands of a number, a grid of two, or clusters. The set is a column
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
    purposes: z.array(purposeSchema).min(1).optional().describe('What the groups are for, as of a segment'),
  })
  .refine(
    ({ bands, grid, cluster }) => [bands, grid, cluster].filter((kind) => kind !== undefined).length === 1,
    'expected exactly one of bands, grid, cluster',
  )
export type SegmentSet = z.infer<typeof segmentSetSchema>

const axisModelSchema = z.strictObject({ of: keySchema, cuts: z.array(z.number()) })

/** How many of a band had the outcome, in the half that the cuts were found on and in the other. */
const judgedBandSchema = z.strictObject({
  fitted: z.strictObject({ n: z.int(), events: z.int() }),
  held: z.strictObject({ n: z.int(), events: z.int() }),
})

const clusterModelSchema = z.strictObject({
  kind: z.literal('cluster'),
  features: z
    .array(
      z.strictObject({
        name: keySchema,
        logarithm: z.boolean().describe('Of one plus the value, where that is less skewed'),
        median: z.number().describe('Stands for a missing value'),
        mean: z.number(),
        sd: z.number().positive(),
      }),
    )
    .min(1),
  centers: z
    .array(z.array(z.number()))
    .min(2)
    .describe('On the standard scale, one row per cluster, the largest cluster first'),
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
