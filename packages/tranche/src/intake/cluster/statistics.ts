import type { Source } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import { TrancheError } from '../../errors.ts'
import { sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { type ClusterTable, rowsOf, tableError } from './place.ts'

/** Rows of a table as its statistics have them, of which none is read; null where there are no statistics. */
export async function rowsByStatistics(
  warehouse: TrinoWarehouse,
  there: ClusterTable,
  source: Definition<Source>,
): Promise<number | null> {
  try {
    const told = await warehouse.rows<{ row_count: number | null }>(
      sql`show stats for (select * from ${rowsOf(there)})`,
    )
    return told.find(({ row_count: count }) => count !== null)?.row_count ?? null
  } catch (error) {
    if (error instanceof TrancheError && error.context['reason'] === 'NOT_SUPPORTED') return null
    throw tableError(error, source)
  }
}
