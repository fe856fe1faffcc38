import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentCatalogue } from '../segments/check-segments.ts'
import { catalogueThen, type StoredDefinitions } from '../segments/stored-definitions.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { definitionsArtefact } from './analysis.ts'
import { loadArtefact } from './steps.ts'

/** The segments as they were defined when a run was computed; null where the run kept nothing of it. */
export async function definitionsThen(
  warehouse: Warehouse,
  today: Catalogue,
): Promise<SegmentCatalogue | null> {
  const stored = await loadArtefact<StoredDefinitions>(warehouse, definitionsArtefact)
  return stored === null ? null : catalogueThen(stored, today)
}

/** Hash of the definition by which a run counted a segment, and its set where it is the cell of one; null where it has none. */
export async function publishedDefinition(
  warehouse: Warehouse,
  segment: string,
): Promise<{ readonly hash: string | null; readonly set: string | null } | null> {
  const [found] = await warehouse.rows<{ hash: string | null; set: string | null }>(
    sql`select logic_hash as hash, "set" from segment_summary left join segment_sets using (segment) where segment = ${segment}`,
  )
  return found ?? null
}
