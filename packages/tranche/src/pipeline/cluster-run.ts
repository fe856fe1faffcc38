import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { type ClusterSettings, type Manifest, standardTables } from '@tranche/contract'
import { loadTable } from '../engine/load-table.ts'
import { openCluster, sharedPart } from '../engine/open-cluster.ts'
import type { RunContext } from '../engine/run-context.ts'
import type { TrinoQuery, TrinoWarehouse } from '../engine/trino.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { FeaturePass } from '../features/feature-pass.ts'
import { standardColumns } from '../intake/standard-columns.ts'
import { computeCustomerValue } from '../models/value/customer-value.ts'
import { historiesOf } from '../models/value/histories.ts'
import { publishSegmentsBySql } from '../segments/publish-by-sql.ts'
import { ident, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireWithin } from './cluster-budget.ts'
import { type StepDefinition, saveArtefact } from './steps.ts'

type Environment = Readonly<Record<string, string | undefined>>
type ClusterRecord = NonNullable<Manifest['cluster']>

/** The part of a run that is computed on a cluster, in tables whose names begin with the run's. */
export interface ClusterRun {
  readonly warehouse: TrinoWarehouse
  readonly version: string
  readonly steps: (options: ClusterStepsOptions) => readonly StepDefinition[]
  /** Where it is computed, and what was asked of the cluster so far. */
  readonly record: () => ClusterRecord
}

export interface ClusterStepsOptions {
  /** The engine on this machine, in which the standard views are. */
  readonly local: Warehouse
  readonly context: RunContext
}

/** Opens the cluster of a workspace for a run; null for a workspace that computes on this machine. @throws TrancheError */
export async function openClusterRun(
  catalogue: Catalogue,
  run: string,
  env: Environment,
  before: Manifest['cluster'],
): Promise<ClusterRun | null> {
  const { warehouse: settings } = catalogue.workspace
  if (settings.engine !== 'trino') return null
  const tags = [`run=${run}`, placeTag(catalogue)]
  const tablePrefix = tablePrefixOf(run)
  const guard = (queries: readonly TrinoQuery[]) => requireWithin(queries, settings.budget)
  const cluster = await openCluster({
    settings,
    dir: catalogue.dir,
    env,
    tablePrefix,
    part: run,
    tags,
    guard,
  })
  try {
    const ended = await cluster.endTagged(placeTag(catalogue))
    const { version } = await cluster.row<{ version: string }>(sql`select version() as version`)
    const asked: ClusterRecord['queries'][number][] = [...(before?.queries ?? [])]
    return {
      warehouse: cluster,
      version,
      steps: (options) => stepsOf(catalogue, settings, cluster, run, asked, options),
      record: () => ({
        ...{ url: settings.url, catalog: settings.catalog, schema: settings.schema, user: settings.user },
        ...{ source: 'tranche', clientTags: [...settings.clientTags, ...tags], tablePrefix, queries: asked },
        ended: [...(before?.ended ?? []), ...ended],
      }),
    }
  } catch (error) {
    cluster.close()
    throw error
  }
}

/**
 * Marks the queries of runs of this workspace's folder on this machine. Who holds the folder's lock knows that no other run
 * goes on in it: what still runs under the tag was left by one that died.
 */
export function placeTag({ dir }: Pick<Catalogue, 'dir'>): string {
  const hash = createHash('sha256').update(`${hostname()}\0${resolve(dir)}`)
  return `place=${hash.digest('hex').slice(0, 16)}`
}

/**
 * Asks a cluster for the schema that is to be written to, before anything else is done.
 * @throws TrancheError unreachable; refused; not_found where the schema is not there, or not for this user
 */
export async function requireSchema(catalogue: Catalogue, env: Environment): Promise<void> {
  const { warehouse: settings } = catalogue.workspace
  if (settings.engine !== 'trino') return
  const options = { settings, dir: catalogue.dir, env, tablePrefix: '', part: '', tags: [] }
  const cluster = await openCluster(options)
  try {
    const schemas = await cluster.rows(
      sql`select schema_name from information_schema.schemata where schema_name = ${settings.schema.toLowerCase()}`,
    )
    if (schemas.length === 0) throw noSchema(settings)
  } finally {
    cluster.close()
  }
}

function noSchema({ catalog, schema, user }: ClusterSettings): TrancheError {
  return new TrancheError(
    'not_found',
    {
      en: `There is no schema ${catalog}.${schema} on the cluster, or none that ${user} sees.`,
      zh: `集群上没有 schema ${catalog}.${schema}，或对用户 ${user} 不可见。`,
    },
    {
      hint: {
        en: 'Ask an administrator to create it; `tranche doctor` says what else is missing.',
        zh: '请管理员创建；`tranche doctor` 会列出其他缺失之处。',
      },
    },
  )
}

/** What the names of a run's tables begin with, and no other run's: two underscores end it. */
function tablePrefixOf(run: string): string {
  return `run_${run.replaceAll('-', '_').toLowerCase()}__`
}

/** What a run computes on a cluster. Sets of segments, findings and reports are not among it yet. */
function stepsOf(
  catalogue: Catalogue,
  settings: ClusterSettings,
  cluster: TrinoWarehouse,
  run: string,
  asked: ClusterRecord['queries'][number][],
  { local, context }: ClusterStepsOptions,
): readonly StepDefinition[] {
  const pass = new FeaturePass({
    warehouse: cluster,
    catalogue,
    asOf: context.asOf,
    signal: context.signal,
    progress: (done) => context.progress({ step: 'features', status: 'advanced', rows: done }),
  })
  const step = (key: string, work: () => Promise<number>): StepDefinition => ({
    key,
    work: async () => {
      const first = cluster.queries.length
      try {
        return await work()
      } finally {
        asked.push(...cluster.queries.slice(first).map((query) => ({ ...query, step: key })))
      }
    },
  })
  return [
    step('standard', async () => {
      const shared = sharedPart(settings, catalogue.dir, run)
      let total = 0
      for (const { name } of standardTables) {
        context.signal.throwIfAborted()
        total += await loadTable(cluster, shared, `standard_${name}`, standardTable(catalogue, name), {
          warehouse: local,
          relation: ident('standard', name),
        })
        context.progress({ step: 'standard', status: 'advanced', rows: total })
      }
      return total
    }),
    step('features', async () => (await pass.features()).rows),
    step('metrics', async () => (await pass.metrics()).metrics),
    step('value', async () => {
      const model = await computeCustomerValue(catalogue, cluster, { asOf: context.asOf })
      await saveArtefact(local, 'model:value', model)
      await cluster.run(sql`drop table ${historiesOf(context.asOf)}`)
      return model.histories.customers
    }),
    step('segments', async () => {
      const { customers, leftOut } = await publishSegmentsBySql(cluster, catalogue)
      await saveArtefact(local, 'segments:left_out', leftOut)
      return customers
    }),
  ]
}

function standardTable(catalogue: Catalogue, name: (typeof standardTables)[number]['name']) {
  const columns = standardColumns(catalogue, name)
  return name === 'transactions' ? [...columns, { name: 'amount_base', type: 'money' as const }] : columns
}

/** Drops the tables of runs that are no longer kept, and what they left in the shared folder. */
export async function dropClusterRuns(
  catalogue: Catalogue,
  runs: readonly string[],
  env: Environment,
): Promise<void> {
  const { warehouse: settings } = catalogue.workspace
  if (settings.engine !== 'trino') return
  for (const run of runs) {
    const tablePrefix = tablePrefixOf(run)
    const cluster = await openCluster({ settings, dir: catalogue.dir, env, tablePrefix, part: run, tags: [] })
    try {
      const tables = await cluster.rows<{ name: string }>(
        sql`select table_name as name from information_schema.tables
          where table_schema = ${settings.schema.toLowerCase()} and starts_with(table_name, ${tablePrefix})`,
      )
      for (const { name } of tables) await cluster.run(sql`drop table ${ident(name)}`)
      const shared = sharedPart(settings, catalogue.dir, run)
      if (shared !== undefined) await rm(shared.folder, { recursive: true, force: true })
    } finally {
      cluster.close()
    }
  }
}
