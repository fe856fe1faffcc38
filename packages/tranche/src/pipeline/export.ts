import type { Text } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { type ExportOptions, type ExportOutcome, exportTable } from '../reports/tables/export-table.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type LookOptions, recordLook } from './look.ts'

export interface RecordedExport extends ExportOutcome {
  /** Why the export is not on record; null where it is. */
  readonly unrecorded: Text | null
}

/** Writes a published table to a file; the export goes on record before its first row is written. @throws TrancheError */
export async function exportOnRecord(
  warehouse: Warehouse,
  catalogue: Catalogue,
  options: ExportOptions & LookOptions,
): Promise<RecordedExport> {
  const { table, format, where, columns } = options
  let unrecorded: Text | null = null
  const outcome = await exportTable(warehouse, catalogue, {
    ...options,
    beforeRows: async (rows) => {
      // The rule itself may name a customer.
      const detail = { format, rows, filtered: where !== undefined, columns: columns?.length ?? 'all' }
      unrecorded = await recordLook(catalogue, { what: 'export', subject: table, detail }, options)
    },
  })
  return { ...outcome, unrecorded }
}
