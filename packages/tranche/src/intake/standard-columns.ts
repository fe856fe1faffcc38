import type { ColumnType, StandardTableName } from '@tranche/contract'
import type { Catalogue } from '../workspace/catalogue.ts'
import { sourceColumn, tableColumns } from './mapping/table-rows.ts'

/** The columns of a standard view: the table's own, extras, `known_at`, and where a row came from. */
export function standardColumns(
  catalogue: Pick<Catalogue, 'extras'>,
  table: StandardTableName,
): readonly { readonly name: string; readonly type: ColumnType }[] {
  return [
    ...tableColumns(catalogue, table).map(({ name, type }) => ({ name, type })),
    ...(sourceColumn(table) === 'source' ? [{ name: 'source', type: 'string' as const }] : []),
    { name: '_file', type: 'string' },
    { name: '_line', type: 'integer' },
  ]
}
