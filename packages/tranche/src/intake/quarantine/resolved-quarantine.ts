import { join as joinPath } from 'node:path'
import { standardTables } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { join, sql } from '../../sql/sql.ts'
import { intakePaths, type Resolution, type TakenFile } from '../intake-state.ts'
import { reasonText } from './reasons.ts'

/** Writes the quarantine of rows that were wrong only beside others: contradictions and references to nothing. */
export async function writeResolvedQuarantine(
  warehouse: Warehouse,
  folder: string,
  files: readonly TakenFile[],
  resolution: Resolution,
): Promise<void> {
  const tables = [
    ...new Set(resolution.dropped.filter(({ quarantined }) => quarantined > 0).map(({ table }) => table)),
  ]
  if (tables.length === 0) return
  const paths = join(files.map(({ id, source, path }) => sql`(${id}, ${source}, ${path})`))
  const [contradiction, orphan] = [reasonText('contradiction'), reasonText('foreign_key')]
  const parts = tables.map((name) => {
    const key = standardTables.find((table) => table.name === name)!.key.join(', ')
    const dropped = joinPath(folder, intakePaths.resolved(resolution.hash, `dropped-${name}`))
    return sql`select f.source, ${name as string} as table_name, f.path as file, d._line as line, d._part as part,
        case when verdict = 'orphan' then d.differing else ${key} end as "column",
        case when verdict = 'orphan' then 'foreign_key' else 'contradiction' end as reason,
        case when verdict = 'orphan' then ${orphan.en} else ${`${contradiction.en} Kept: `} || k.path || ', line ' || cast(d.kept_line as varchar) || '. Different: ' || d.differing || '.' end as detail_en,
        case when verdict = 'orphan' then ${orphan.zh} else ${`${contradiction.zh}保留：`} || k.path || ' 第 ' || cast(d.kept_line as varchar) || ' 行。不同的列：' || d.differing || '。' end as detail_zh,
        left(d.shown, 1000) as original
      from read_parquet(${dropped}) d
      join files f on f.id = d._file
      left join files k on k.id = d.kept_file
      where verdict in ('contradiction', 'orphan')`
  })
  await warehouse.writeParquet(
    sql`with files(id, source, path) as (values ${paths}) select * from (${join(parts, ' union all ')}) order by source, table_name, file, line, part`,
    joinPath(folder, intakePaths.resolved(resolution.hash, 'quarantine')),
  )
}
