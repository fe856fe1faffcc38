import { z } from 'zod'
import { keySchema, textSchema } from './common.ts'

const asOfSchema = z.union([z.literal('now'), z.iso.date(), z.iso.datetime({ offset: true })])

/** What the embedded engine may use. */
const embeddedLimits = {
  threads: z.int().min(1).max(256).optional(),
  memoryMb: z.int().min(256).optional().describe('What the engine may hold before it spills to disk'),
}

/** `tranche.yaml`: the institution, its zone and money, where it computes, and how it reads its own customers. */
export const workspaceSchema = z.strictObject({
  name: textSchema,
  timeZone: z.string().default('UTC').describe('IANA zone in which the institution counts its days'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('CNY')
    .describe('ISO 4217 base currency'),
  assumed: z
    .array(z.enum(['timeZone', 'currency']))
    .default([])
    .describe('Settings that no file told and nobody has checked: reports say that they are assumed'),
  locale: z.enum(['en', 'zh']).default('en'),
  warehouse: z
    .discriminatedUnion('engine', [
      z.strictObject({ engine: z.literal('duckdb').describe('Embedded: one machine'), ...embeddedLimits }),
      z.strictObject({
        engine: z
          .literal('trino')
          .describe(
            'A cluster: features, metrics and values are computed there; files are still taken in on this machine',
          ),
        url: z
          .url({ protocol: /^https?$/ })
          .describe('https://host:port of the coordinator; http only on this very machine'),
        catalog: z.string().min(1).describe('Catalog of Iceberg tables'),
        schema: z
          .string()
          .min(1)
          .describe('Schema of that catalog, which must exist: the only place that is written to'),
        user: z
          .string()
          .min(1)
          .describe(
            'Credentials come from TRANCHE_TRINO_PASSWORD, TRANCHE_TRINO_TOKEN, or the files named by TRANCHE_TRINO_CERTIFICATE and TRANCHE_TRINO_KEY',
          ),
        ca: z
          .string()
          .min(1)
          .optional()
          .describe('File of the authority that signed the certificate, where the machine does not know it'),
        shared: z
          .strictObject({
            folder: z.string().min(1).describe('The folder as this machine sees it'),
            location: z
              .string()
              .regex(/^[a-z][a-z0-9+.-]*:\/\//, 'expected an address such as s3://bucket/folder')
              .describe('The same folder as the catalog names it: s3://…, hdfs://…, local://…'),
          })
          .optional()
          .describe(
            'A folder that this machine and the cluster both reach, through which tables go in as Parquet',
          ),
        session: z.record(z.string(), z.string()).default({}).describe("Session properties of Trino's"),
        clientTags: z
          .array(z.string().regex(/^[^,\s]+$/, 'expected a word without commas and blanks'))
          .default([])
          .describe('What administrators see beside each query'),
        budget: z
          .strictObject({
            rows: z.int().min(1).optional().describe('Rows that its queries may read'),
            seconds: z
              .number()
              .min(1)
              .optional()
              .describe('Seconds that its queries may take together, and the longest time of one'),
          })
          .optional()
          .describe(
            'What a run may cost the cluster: one that is expected to cost more is not begun, one that has cost more is stopped',
          ),
        views: z
          .boolean()
          .default(false)
          .describe(
            'Whether views current_features, current_customer_value and so on follow the published run',
          ),
        stateCatalog: z
          .string()
          .regex(/^[^.\s]+$/, 'expected the name of a catalog')
          .optional()
          .describe(
            'Catalog through which the cluster reaches the database of state: consents are read there, in place, instead of handed over. Needs select on that table',
          ),
        queue: z
          .strictObject({
            seconds: z
              .number()
              .min(1)
              .default(600)
              .describe("Seconds that a query may wait in the cluster's queue before it is given up"),
          })
          .prefault({})
          .describe('How long to wait where the cluster has others to serve'),
        bring: z
          .strictObject({
            customers: z
              .int()
              .min(0)
              .default(1_000_000)
              .describe(
                'Up to so many customers; where there are more, and at 0, no row of theirs leaves the cluster',
              ),
          })
          .prefault({})
          .describe(
            'Tables of one row per customer that this machine reads for sets of segments, stays, findings and reports',
          ),
        ...embeddedLimits,
      }),
    ])
    .prefault({ engine: 'duckdb' })
    .describe('Where features and metrics, and all that follows, are computed'),
  state: z
    .discriminatedUnion('engine', [
      z.strictObject({
        engine: z.literal('sqlite').describe('A file under .tranche: one machine'),
      }),
      z.strictObject({
        engine: z.literal('postgres').describe('A server: several machines share one state'),
        host: z.string().min(1).describe('Name or address; a folder for a socket'),
        port: z.int().min(1).max(65_535).default(5432),
        database: z.string().min(1),
        user: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Default: PGUSER. The password comes from TRANCHE_STATE_PASSWORD, PGPASSWORD or ~/.pgpass',
          ),
        schema: keySchema.default('tranche').describe("Holds this workspace's tables and no other's"),
        tls: z
          .enum(['verify', 'none'])
          .default('verify')
          .describe(
            "verify: encrypted, the server's certificate and name checked; none: for sockets and loopback",
          ),
        ca: z
          .string()
          .min(1)
          .optional()
          .describe('File of the authority that signed the certificate, where the machine does not know it'),
      }),
    ])
    .prefault({ engine: 'sqlite' })
    .describe('Where consents, jobs and the audit chain are kept'),
  asOf: z
    .string()
    .refine(
      (text) => asOfSchema.safeParse(text).success,
      'expected now, a day (2026-01-31) or an instant (2026-01-31T00:00:00+08:00)',
    )
    .optional()
    .describe('Instant or day; default: the start of the business day after the newest event'),
  value: z
    .strictObject({
      /** Which transactions are purchases in the sense of the lifetime model; default: kind purchase, or no kind at all. */
      where: z.string().optional(),
      amount: z.string().default('amount'),
      timeUnit: z
        .enum(['day', 'week'])
        .default('week')
        .describe('Unit of the fitted parameters; purchases of one day count once'),
      horizonMonths: z.int().min(1).max(60).default(12),
      /** Margin earned on one unit of purchase; 1 values customers by spend and says so. */
      marginRate: z.number().gt(0).max(1).optional(),
      discountAnnual: z.number().min(0).max(1).default(0),
    })
    .prefault({}),
  tiers: z
    .discriminatedUnion('by', [
      z.strictObject({
        by: z.literal('rank'),
        shares: z.tuple([z.number(), z.number(), z.number()]).default([0.2, 0.6, 0.2]),
      }),
      z.strictObject({ by: z.literal('cuts'), high: z.number(), medium: z.number() }),
      z.strictObject({
        by: z.literal('value_share'),
        high: z.number().gt(0).lt(1),
        medium: z.number().gt(0).lt(1),
      }),
    ])
    .prefault({ by: 'rank' }),
  rfm: z
    .strictObject({
      convention: z.enum(['rank_first', 'quantile_type7', 'cuts']).default('rank_first'),
      bins: z.int().min(2).max(10).default(5),
      cuts: z
        .strictObject({ r: z.array(z.number()), f: z.array(z.number()), m: z.array(z.number()) })
        .optional()
        .describe('Own cut points, ascending, for convention: cuts'),
    })
    .prefault({}),
  segments: z
    .strictObject({
      staleAfterDays: z
        .int()
        .min(1)
        .max(3650)
        .default(92)
        .describe('A segment is marked stale that rests on a table whose newest row is older at the as-of'),
    })
    .prefault({}),
  disclosure: z.strictObject({ minimumCell: z.int().min(1).default(10) }).prefault({}),
  identity: z
    .array(
      z.strictObject({
        systems: z
          .tuple([keySchema, keySchema])
          .describe('The system whose keys are kept first, then the other'),
        by: z
          .array(z.enum(['phone', 'email', 'id_number', 'name', 'card_number', 'address']))
          .min(1)
          .optional(),
        pairs: keySchema.optional().describe('A source that maps customer_keys: given pairs of keys'),
      }),
    )
    .default([]),
  runs: z.strictObject({ keep: z.int().min(1).default(5) }).prefault({}),
})
export type Workspace = z.infer<typeof workspaceSchema>
export type ClusterSettings = Extract<Workspace['warehouse'], { readonly engine: 'trino' }>
