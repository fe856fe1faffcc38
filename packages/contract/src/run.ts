import { z } from 'zod'

export const rowCountsSchema = z.object({
  source: z.string(),
  table: z.string(),
  read: z.int(),
  kept: z.int(),
  quarantined: z.int(),
  filtered: z.int(),
  duplicates: z.int(),
})
export type RowCounts = z.infer<typeof rowCountsSchema>

export const inputSchema = z.object({
  source: z.string(),
  file: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  status: z.enum(['new', 'changed', 'unchanged']),
  notes: z.array(z.object({ en: z.string(), zh: z.string() })),
  snapshot: z
    .string()
    .optional()
    .describe('Of a table of the cluster in place that keeps snapshots: the one that the run reads'),
})
export type Input = z.infer<typeof inputSchema>

export const stepSchema = z.object({
  key: z.string(),
  status: z.enum(['done', 'reused']),
  rows: z.int().nullable(),
  startedAt: z.string(),
  seconds: z.number(),
  attempt: z.int().describe('The attempt of the run in which the step finished'),
})
export type Step = z.infer<typeof stepSchema>

/** What a run read, computed and published. */
export const manifestSchema = z.object({
  run: z.string(),
  version: z.string(),
  engine: z.object({ name: z.string(), version: z.string(), threads: z.int(), memoryMb: z.int() }),
  cluster: z
    .object({
      url: z.string(),
      catalog: z.string(),
      schema: z.string(),
      user: z.string(),
      source: z.string().describe('What the queries are marked with, beside the client tags'),
      clientTags: z.array(z.string()),
      tablePrefix: z.string().describe("What the names of the run's tables begin with"),
      brought: z
        .boolean()
        .default(false)
        .describe(
          'Whether tables of one row per customer were brought to this machine, with all that follows',
        ),
      queries: z.array(
        z.object({
          id: z.string(),
          step: z.string(),
          rows: z.int().describe('Rows that it read'),
          returned: z.int().default(0).describe('Rows that came from it to this machine'),
          bytes: z.int(),
          seconds: z.number(),
          cpuSeconds: z
            .number()
            .optional()
            .describe('Time of all processors of the cluster; absent in runs that did not keep it'),
        }),
      ),
      ended: z
        .array(z.string())
        .default([])
        .describe('Queries of an attempt that died, which were found running and ended'),
    })
    .optional()
    .describe('Where it was computed, and every query by the id under which administrators find it'),
  asOf: z.string(),
  asOfGiven: z.boolean(),
  timeZone: z.string(),
  currency: z.string(),
  seed: z.int(),
  definitions: z.record(z.string(), z.string()).describe('Logic hash of every definition'),
  snapshot: z.string().describe('Hash of all inputs'),
  inputs: z.array(inputSchema),
  rows: z.array(rowCountsSchema),
  consents: z
    .object({ hash: z.string(), rows: z.int() })
    .optional()
    .describe('Decisions copied from the state at the start; absent where there were none'),
  ledger: z
    .object({ hash: z.string(), entries: z.int() })
    .optional()
    .describe('What had become of recommendations at the start; absent where nothing was decided'),
  previous: z
    .object({ run: z.string(), asOf: z.string() })
    .optional()
    .describe('The run that was in force before, which the report compares itself with'),
  steps: z.array(stepSchema),
  attempts: z.array(z.object({ startedAt: z.string(), pid: z.int() })),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  peakMemoryMb: z.number().nullable(),
  status: z.enum(['running', 'published', 'refused', 'failed']),
})
export type Manifest = z.infer<typeof manifestSchema>
