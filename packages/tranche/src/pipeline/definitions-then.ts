import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentCatalogue } from '../segments/check-segments.ts'
import { catalogueThen, type StoredDefinitions } from '../segments/stored-definitions.ts'
import { sql, tableNamed } from '../sql/sql.ts'
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
    sql`select logic_hash as hash, "set" from ${tableNamed('segment_summary')} as summary
      left join ${tableNamed('segment_sets')} as sets using (segment) where segment = ${segment}`,
  )
  return found ?? null
}

/** Whether a segment of the run, or what it rests on, is defined otherwise by now. */
export async function changedSince(
  warehouse: Warehouse,
  { segments, segmentSets }: Pick<Catalogue, 'segments' | 'segmentSets'>,
  segment: string,
): Promise<boolean> {
  const then = await publishedDefinition(warehouse, segment)
  if (then === null || then.hash === null) return false
  const today = segments.find(({ key }) => key === segment) ?? segmentSets.find(({ key }) => key === then.set)
  return then.hash !== today?.logicHash
}
