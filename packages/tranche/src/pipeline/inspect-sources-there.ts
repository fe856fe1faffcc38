import type { Source, Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { TrinoWarehouse } from '../engine/trino.ts'
import { compileInPlace } from '../intake/cluster/compile.ts'
import { type ClusterTable, isInPlace, rowsOf, tableError } from '../intake/cluster/place.ts'
import { othersOf } from '../intake/cluster/references.ts'
import { type TablesThere, tablesThere } from '../intake/cluster/tables-there.ts'
import { createClocks } from '../intake/mapping/compile-table.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue, Definition } from '../workspace/catalogue.ts'
import type { Check } from './inspect-state.ts'

/**
 * Looks at each table of the cluster that a source names: whether it is there and may be read, whether it has the columns that
 * its mappings take, and as of what it would be read. One row is asked for, and none is brought.
 */
export async function inspectSourcesThere(
  catalogue: Catalogue,
  cluster: TrinoWarehouse,
  failed: (key: string, what: Text, error: unknown) => Check,
): Promise<readonly Check[]> {
  const tables = tablesThere(cluster, { now: new Date() })
  const checks: Check[] = []
  for (const source of catalogue.sources.filter(({ value }) => value.cluster !== undefined)) {
    const key = `cluster_source_${source.key}`
    try {
      const there = await tables.look(source)
      await readOne(cluster, source, there)
      if (isInPlace(source.value)) await requireColumns(catalogue, tables, source, there)
      checks.push({ key, ok: true, text: textOf(source, there) })
    } catch (error) {
      checks.push(failed(key, { en: 'Cluster, sources', zh: '集群数据源' }, error))
    }
  }
  return checks
}

/** A catalog's own user may lack rights that only reading shows. */
async function readOne(
  cluster: TrinoWarehouse,
  source: Definition<Source>,
  there: ClusterTable,
): Promise<void> {
  try {
    await cluster.rows(sql`select count(*) as n from (select 1 as n from ${rowsOf(there)} limit 1)`)
  } catch (error) {
    throw tableError(error, source)
  }
}

/** @throws TrancheError invalid_source for a column that is not there */
async function requireColumns(
  catalogue: Catalogue,
  tables: TablesThere,
  source: Definition<Source>,
  there: ClusterTable,
): Promise<void> {
  const others: { source: Definition<Source>; there: ClusterTable }[] = []
  for (const other of othersOf(catalogue, source))
    others.push({ source: other, there: await tables.look(other) })
  const clocks = createClocks(catalogue.workspace.timeZone)
  for (const index of source.value.tables.keys())
    compileInPlace({ source, there, others, fileId: 'looked_at', clocks }, index)
}

function textOf({ key, value }: Definition<Source>, { name, snapshot, upTo, columns }: ClusterTable): Text {
  const [short] = name.split('.').slice(-1)
  const asOf: Text =
    snapshot === null
      ? {
          en: `no snapshot that this user sees, so that a change in mid-run fails the run (of an Iceberg table grant select on "${short}$refs", of a Delta table on "${short}$history")`,
          zh: `没有该用户可见的快照，运行期间若有变更，运行会失败（Iceberg 表请授予 "${short}$refs" 的 select 权限，Delta 表为 "${short}$history"）`,
        }
      : { en: `as of snapshot ${snapshot}`, zh: `快照为 ${snapshot}` }
  const added: Text = {
    en: 'as far as its rows were added before a run began',
    zh: '以运行开始前已追加的行为准',
  }
  const copied = value.cluster?.copy === true
  return {
    en: `Source ${key}: ${name} can be read (${counted(columns.length, 'column', 'columns')}${copied ? ', to be copied' : ', with all that is mapped'}), ${(upTo === undefined ? asOf : added).en}`,
    zh: `来源 ${key}：${name} 可读（共 ${columns.length} 列${copied ? '，将复制' : '，映射所需的列齐全'}），${(upTo === undefined ? asOf : added).zh}`,
  }
}
