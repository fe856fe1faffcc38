import type { TrinoWarehouse } from '../../engine/trino.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { sha256 } from '../../workspace/hash.ts'
import type { TakenFile } from '../intake-state.ts'
import { type ClusterTable, rowsOf } from './place.ts'

/** Hash of the rows of a table in any order, beside their number: the same as long as they are. */
export const sumOf = (columns: readonly string[], named: (name: string) => string = (name) => name) =>
  sql`cast(count(*) as varchar) || ':' || coalesce(to_hex(checksum(row(${join(columns.map((name) => ident(named(name))))}))), '')`

/** What stands for the content of a table that keeps no snapshots. */
export function contentOf({ name }: Pick<ClusterTable, 'name'>, sum: string): string {
  return sha256(`${name} ${sum}`)
}

/**
 * Looks again at the tables that keep no snapshots. @throws TrancheError refused where one has other rows than when it was
 * counted, so that different steps may have read different ones
 */
export async function requireUnchanged(
  warehouse: TrinoWarehouse,
  files: readonly TakenFile[],
): Promise<number> {
  let looked = 0
  for (const { there, sha256: content, summed } of files) {
    if (there === undefined || summed === undefined) continue
    const { sum } = await warehouse.row<{ sum: string }>(
      sql`select ${sumOf(summed)} as "sum" from ${rowsOf(there)}`,
    )
    if (contentOf(there, sum) !== content) throw changed(there)
    looked++
  }
  return looked
}

function changed({ name }: ClusterTable): TrancheError {
  return new TrancheError(
    'refused',
    {
      en: `${name} has changed while the run read it, and keeps no snapshots. What was published before is untouched.`,
      zh: `${name} 在运行读取期间发生变更，且不保留快照。之前发布的结果保持不变。`,
    },
    {
      hint: {
        en: 'Run again when nothing is written to it; or set cluster.copy: true, which reads it once.',
        zh: '请在该表无写入时重新运行；或设 cluster.copy: true，只读取一次。',
      },
    },
  )
}
