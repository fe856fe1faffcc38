import type { StandardTableName } from '@tranche/contract'
import type { LoadedColumn } from '../engine/load-table.ts'
import { standardColumns } from '../intake/standard-columns.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** Columns of a standard table on the cluster, those of its view on this machine. */
export function columnsThere(
  catalogue: Pick<Catalogue, 'extras'>,
  name: StandardTableName,
): readonly LoadedColumn[] {
  const columns = standardColumns(catalogue, name)
  return name === 'transactions' ? [...columns, { name: 'amount_base', type: 'money' as const }] : columns
}
