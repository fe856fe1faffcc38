import type { Source } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import { sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import { columnsInPlace } from './columns.ts'
import { type ClusterTable, lookAtTable, type Pin, rowsOf, tableError } from './place.ts'
import { contentOf, sumOf } from './unchanged.ts'

/** Tables of the cluster as a run finds them: each is looked at once, so that all who read it read the same snapshot. */
export interface TablesThere {
  readonly look: (source: Definition<Source>) => Promise<ClusterTable>
  /** What stands for a table's content: its snapshot, or a hash of its rows. */
  readonly content: (source: Definition<Source>) => Promise<string>
}

/** By source, which rows are to be read instead of the newest. */
export type Pins = ReadonlyMap<string, Pin>

/** @param now up to when rows count of tables to which rows are only added; all of them unless said */
export function tablesThere(
  cluster: TrinoWarehouse,
  { pins, now }: { readonly pins?: Pins | undefined; readonly now?: Date } = {},
): TablesThere {
  const looked = new Map<string, Promise<ClusterTable>>()
  const contents = new Map<string, Promise<string>>()
  const once = <T>(known: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> => {
    const found = known.get(key) ?? work()
    known.set(key, found)
    return found
  }
  const look = (source: Definition<Source>) =>
    once(
      looked,
      source.key,
      async () => await lookAtTable(cluster, source, { pin: pins?.get(source.key), now }),
    )
  return {
    look,
    content: (source) =>
      once(contents, source.key, async () => await contentThere(cluster, source, await look(source))),
  }
}

async function contentThere(
  cluster: TrinoWarehouse,
  source: Definition<Source>,
  there: ClusterTable,
): Promise<string> {
  const pinned = pinnedContent(there)
  if (pinned !== null) return pinned
  try {
    const { sum } = await cluster.row<{ sum: string }>(
      sql`select ${sumOf(readableNames(there))} as "sum" from ${rowsOf(there)}`,
    )
    return contentOf(there, sum)
  } catch (error) {
    throw tableError(error, source)
  }
}

/** What stands for the content of a table that keeps snapshots; null for another. */
export function pinnedContent({ name, snapshot }: ClusterTable): string | null {
  return snapshot === null ? null : sha256(`${name} ${snapshot}`)
}

/** Columns of types that mappings read. */
export function readableNames({ columns }: ClusterTable): readonly string[] {
  return [...columnsInPlace(columns, {}).keys()]
}
