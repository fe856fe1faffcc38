import { openCluster } from '../engine/open-cluster.ts'
import { ident, sql, tableNamed } from '../sql/sql.ts'
import { tablePrefixOf } from './cluster-run.ts'
import { givenTables } from './cluster-steps.ts'
import type { Running } from './run.ts'

/** What other programs read of a run, where the cluster has it. */
const followed = ['features', 'metrics', 'customer_metrics', 'customer_value', ...givenTables]

/**
 * Points the views `current_…` of a workspace that wants them at the run in force, one after the other: who reads several of them in
 * that moment may see two runs. Who may read a view needs no right on the run's tables.
 */
export async function followRun(
  { catalogue, env }: Pick<Running, 'catalogue' | 'env'>,
  run: string,
): Promise<void> {
  const { warehouse: settings } = catalogue.workspace
  if (settings.engine !== 'trino' || !settings.views) return
  const tablePrefix = tablePrefixOf(run)
  const options = { settings, dir: catalogue.dir, env, tablePrefix, part: run, tags: [`run=${run}`] }
  const cluster = await openCluster(options)
  try {
    const found = await cluster.rows<{ name: string }>(
      sql`select table_name as name from information_schema.tables
        where table_schema = ${settings.schema.toLowerCase()} and starts_with(table_name, ${tablePrefix})`,
    )
    const there = new Set(found.map(({ name }) => name))
    for (const table of followed) {
      const view = ident(`current_${table}`)
      await cluster.run(
        there.has(`${tablePrefix}${table}`)
          ? sql`create or replace view ${view} as select * from ${tableNamed(table)}`
          : sql`drop view if exists ${view}`,
      )
    }
  } finally {
    cluster.close()
  }
}
