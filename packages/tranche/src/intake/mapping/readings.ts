import type { ColumnMapping } from '@tranche/contract'
import type { Sql } from '../../sql/sql.ts'
import type { NamedValue } from './expression-columns.ts'
import type { RawColumn, RawColumns } from './raw-columns.ts'
import { numberReading, typedValue, type ValueOptions } from './typed-value.ts'

/**
 * The source's own columns as an expression may read them. A text may be text, number, date, time or yes/no,
 * written as the mapping of that column says (`readAs`), if there is one, else as the mapping with the expression
 * says (`otherwise`). Sealed columns have no name here.
 */
export function namesOf(
  columns: RawColumns,
  readAs: ReadonlyMap<string, ColumnMapping>,
  { clock, keep, read }: Pick<ValueOptions, 'clock' | 'keep' | 'read'>,
  otherwise?: ColumnMapping,
): Map<string, NamedValue> {
  const names = new Map<string, NamedValue>()
  for (const column of columns.values()) {
    if (column.identifier !== undefined && !column.identifier.readable) continue
    const mapping = readAs.get(column.name) ?? otherwise
    const format = mapping?.format
    const options: ValueOptions = {
      ...(mapping?.decimal === undefined ? {} : { decimal: mapping.decimal }),
      ...(mapping?.missing === undefined ? {} : { missing: mapping.missing }),
      formats: format === undefined ? [] : typeof format === 'string' ? [format] : format,
      clock,
      keep,
      read,
    }
    names.set(column.name, { readings: readingsOf(column, options) })
  }
  return names
}

function readingsOf(column: RawColumn, options: ValueOptions): NamedValue['readings'] {
  const as = (type: 'string' | 'date' | 'instant' | 'bool') => () =>
    type === 'string'
      ? typedValue(column, type, options).value
      : options.keep(typedValue(column, type, options).value)
  const number = {
    type: 'number' as const,
    sql: (): Sql => numberReading(column, options),
    storage: { decimals: 6 },
  }
  switch (column.kind) {
    case 'text':
      return [
        { type: 'string', sql: as('string') },
        number,
        { type: 'date', sql: as('date') },
        { type: 'instant', sql: as('instant') },
        { type: 'bool', sql: as('bool') },
      ]
    case 'number':
    case 'decimal':
      return [typedNumber(column)]
    default:
      return [{ type: column.kind, sql: as(column.kind) }]
  }
}

function typedNumber({ sql: raw, engineType }: RawColumn): NamedValue['readings'][number] {
  const places = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(engineType)?.[1]
  if (places !== undefined) return { type: 'number', sql: () => raw, storage: { decimals: Number(places) } }
  const integer = /INT/.test(engineType)
  return { type: 'number', sql: () => raw, storage: integer ? 'integer' : 'double' }
}
