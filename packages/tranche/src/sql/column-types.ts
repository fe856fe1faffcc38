import type { ColumnType } from '@tranche/contract'
import type { SqlType } from './sql.ts'

/** The engines' type that holds a value of the standard model. */
export const sqlTypeOf: Readonly<Record<ColumnType, SqlType>> = {
  id: 'varchar',
  string: 'varchar',
  json: 'varchar',
  date: 'date',
  instant: 'timestamp',
  money: 'decimal',
  number: 'double',
  integer: 'bigint',
  bool: 'boolean',
}
