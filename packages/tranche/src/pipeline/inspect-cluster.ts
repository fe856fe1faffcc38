import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { ClusterSettings, Text } from '@tranche/contract'
import { openDuckDb } from '../engine/duckdb.ts'
import { loadTable } from '../engine/load-table.ts'
import { openCluster, sharedPart } from '../engine/open-cluster.ts'
import type { TrinoWarehouse } from '../engine/trino.ts'
import { TrancheError } from '../errors.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { inspectSourcesThere } from './inspect-sources-there.ts'
import type { Check } from './inspect-state.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * As whom a workspace reaches its cluster, what it can read there, whether it can write in its schema and hand over files:
 * tried with a table of one row, which is dropped at once. Empty for a workspace that computes on this machine.
 */
export async function inspectCluster(catalogue: Catalogue, env: Environment): Promise<readonly Check[]> {
  const { dir, workspace } = catalogue
  const { warehouse: settings } = workspace
  if (settings.engine !== 'trino') return []
  const part = `doctor_${randomUUID().replaceAll('-', '')}`
  const options = { settings, dir, env, tablePrefix: `${part}_`, part, tags: ['doctor'] }
  let cluster: TrinoWarehouse
  try {
    cluster = await openCluster(options)
  } catch (error) {
    return [failed('cluster', { en: 'Cluster', zh: '集群' }, error)]
  }
  try {
    const connected = await connection(cluster, settings)
    if (!connected.ok) return [connected]
    return [
      connected,
      await readable(cluster),
      await writable(cluster, settings),
      await handedOver(catalogue, cluster, settings, part),
      ...(settings.stateCatalog === undefined ? [consentsCopied] : []),
      ...(await inspectSourcesThere(catalogue, cluster, failed)),
    ]
  } finally {
    cluster.close()
  }
}

/** Where the cluster reads them itself, they are looked at as a source. */
const consentsCopied: Check = {
  key: 'cluster_consents',
  ok: true,
  text: {
    en: 'Consents of the state: handed over to the cluster as a copy; warehouse.stateCatalog would name a catalog by which it reads them',
    zh: '状态库中的授权同意：以副本送往集群；可用 warehouse.stateCatalog 指明集群直接读取所用的 catalog',
  },
}

async function connection(cluster: TrinoWarehouse, { url, user }: ClusterSettings): Promise<Check> {
  try {
    const { name, version } = await cluster.row<{ name: string; version: string }>(
      sql`select current_user as name, version() as version`,
    )
    return {
      key: 'cluster',
      ok: name === user,
      text: {
        en: `Cluster: connected to Trino ${version} at ${url} as ${name}, source tranche`,
        zh: `集群：已以 ${name} 的身份连接 ${url} 上的 Trino ${version}，来源标记为 tranche`,
      },
    }
  } catch (error) {
    return failed('cluster', { en: 'Cluster', zh: '集群' }, error)
  }
}

async function readable(cluster: TrinoWarehouse): Promise<Check> {
  const what = { en: 'Cluster, reading', zh: '集群读取权限' }
  try {
    const found = await cluster.rows<{ Catalog: string }>(sql`show catalogs`)
    const names = found.map(({ Catalog }) => Catalog)
    return {
      key: 'cluster_read',
      ok: true,
      text: {
        en: `${what.en}: sees the catalogs ${names.join(', ')}; it needs select only on tables that sources name`,
        zh: `${what.zh}：可见的 catalog 有 ${names.join('、')}；只需要数据源所指表的 select 权限`,
      },
    }
  } catch (error) {
    return failed('cluster_read', what, error)
  }
}

async function writable(cluster: TrinoWarehouse, { catalog, schema }: ClusterSettings): Promise<Check> {
  const what = { en: `Cluster, writing in ${catalog}.${schema}`, zh: `集群写入 ${catalog}.${schema}` }
  const table = cluster.dialect.table(['write'])
  try {
    await cluster.run(sql`create or replace table ${table} (n bigint)`)
    await cluster.run(sql`insert into ${table} values (1)`)
    await cluster.run(sql`drop table ${table}`)
    return {
      key: 'cluster_write',
      ok: true,
      text: {
        en: `${what.en}: a table was created, filled and dropped; this is the only schema that needs more than select`,
        zh: `${what.zh}：已成功建表、写入并删除；除此 schema 外只需要 select 权限`,
      },
    }
  } catch (error) {
    await cluster.run(sql`drop table if exists ${table}`).catch(() => undefined)
    return failed('cluster_write', what, error)
  }
}

/** Whether the folder here is the folder there: a Parquet file is written, and read by the cluster. */
async function handedOver(
  { dir }: Catalogue,
  cluster: TrinoWarehouse,
  settings: ClusterSettings,
  part: string,
): Promise<Check> {
  const what = { en: 'Cluster, shared folder', zh: '集群共享文件夹' }
  const shared = sharedPart(settings, dir, part)
  if (shared === undefined)
    return {
      key: 'cluster_shared',
      ok: true,
      text: {
        en: `${what.en}: none is named (warehouse.shared), so that tables of more than 5,000 rows can't be taken in`,
        zh: `${what.zh}：未指定（warehouse.shared），超过 5,000 行的表无法导入`,
      },
    }
  const local = await openDuckDb({ path: ':memory:', threads: 1 })
  const columns = [{ name: 'n', type: 'integer' as const }]
  const table = cluster.dialect.table(['file'])
  try {
    await loadTable(cluster, shared, 'file', columns, { warehouse: local, relation: sql`(select 1 as n)` })
    const { n } = await cluster.row<{ n: number }>(sql`select count(*) as n from ${table}`)
    return {
      key: 'cluster_shared',
      ok: n === 1,
      text: {
        en: `${what.en}: a file written to ${settings.shared?.folder} was read from ${settings.shared?.location}`,
        zh: `${what.zh}：写入 ${settings.shared?.folder} 的文件已从 ${settings.shared?.location} 读出`,
      },
    }
  } catch (error) {
    return failed('cluster_shared', what, error)
  } finally {
    local.close()
    await cluster.run(sql`drop table if exists ${table}`).catch(() => undefined)
    await rm(shared.folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function failed(key: string, what: Text, error: unknown): Check {
  const said = error instanceof TrancheError ? error.text : wordsOf(error)
  const hint = error instanceof TrancheError ? error.hint : undefined
  return {
    key,
    ok: false,
    text: {
      en: `${what.en}: ${[said.en, hint?.en].filter(Boolean).join(' ')}`,
      zh: `${what.zh}：${[said.zh, hint?.zh].filter(Boolean).join('')}`,
    },
  }
}

function wordsOf(error: unknown): Text {
  const text = error instanceof Error ? error.message : String(error)
  return { en: text, zh: text }
}
