import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { ClusterSettings, Manifest } from '@tranche/contract'
import { openCluster, sharedPart } from '../engine/open-cluster.ts'
import type { TrinoQuery, TrinoWarehouse } from '../engine/trino.ts'
import { TrancheError } from '../errors.ts'
import { ident, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { requireWithin } from './cluster-budget.ts'
import { type ClusterSteps, type ClusterStepsOptions, clusterSteps } from './cluster-steps.ts'

type Environment = Readonly<Record<string, string | undefined>>
type ClusterRecord = NonNullable<Manifest['cluster']>

/** The part of a run that is computed on a cluster, in tables whose names begin with the run's. */
export interface ClusterRun {
  readonly warehouse: TrinoWarehouse
  readonly version: string
  readonly steps: (options: ClusterStepsOptions) => ClusterSteps
  /** Where it is computed, and what was asked of the cluster so far. */
  readonly record: () => ClusterRecord
}

/** Opens the cluster of a workspace for a run; null for a workspace that computes on this machine. @throws TrancheError */
export async function openClusterRun(
  catalogue: Catalogue,
  run: string,
  env: Environment,
  before: Manifest['cluster'],
  looked: readonly TrinoQuery[],
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
    const asked: ClusterRecord['queries'][number][] = [
      ...(before?.queries ?? []),
      ...looked.map((query) => ({ ...query, step: 'intake' })),
    ]
    let brought = false
    const shared = sharedPart(settings, catalogue.dir, run)
    const place = { catalogue, cluster, shared, most: settings.bring.customers }
    return {
      warehouse: cluster,
      version,
      steps: (options) =>
        clusterSteps({
          ...{ ...place, ...options },
          asked: (query) => asked.push(query),
          isBrought: () => {
            brought = true
          },
        }),
      record: () => ({
        ...{ url: settings.url, catalog: settings.catalog, schema: settings.schema, user: settings.user },
        ...{ source: 'tranche', clientTags: [...settings.clientTags, ...tags], tablePrefix, brought },
        queries: asked,
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
export function tablePrefixOf(run: string): string {
  return `run_${run.replaceAll('-', '_').toLowerCase()}__`
}

/** What the tables of a run that is computed again are named after. */
export const replayName = (run: string): string => `${run}-replay`

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
      const tables = await cluster.rows<{ name: string; type: string }>(
        sql`select table_name as name, table_type as type from information_schema.tables
          where table_schema = ${settings.schema.toLowerCase()} and starts_with(table_name, ${tablePrefix})`,
      )
      for (const { name, type } of tables)
        await cluster.run(type === 'VIEW' ? sql`drop view ${ident(name)}` : sql`drop table ${ident(name)}`)
      const shared = sharedPart(settings, catalogue.dir, run)
      if (shared !== undefined) await rm(shared.folder, { recursive: true, force: true })
    } finally {
      cluster.close()
    }
  }
}
