import type { ColumnMapping, ColumnType } from '@tranche/contract'
import { nearest } from '@tranche/language'
import { type Place, TrancheError } from '../../errors.ts'
import type { SqlParameter } from '../../sql/sql.ts'
import { constant } from './codes.ts'
import type { ColumnContext } from './compile-column.ts'
import { instantConstant } from './local-time.ts'
import type { RawColumn } from './raw-columns.ts'

/** The source's column of that name; a person's name, phone or number only where it is a pseudonym. */
export function rawColumn(
  name: string,
  { columns, file, place }: Pick<ColumnContext, 'columns' | 'file' | 'place'>,
  format?: ColumnMapping['format'],
): RawColumn {
  const found = columns.get(name)
  if (found === undefined) {
    const near = nearest(name, columns.keys())
    const some = [...columns.keys()].slice(0, 12).join(', ')
    throw new TrancheError(
      'invalid_source',
      {
        en: `${file} has no column ${JSON.stringify(name)}. Its columns: ${some}${columns.size > 12 ? ', …' : ''}.`,
        zh: `${file} 中没有列 ${JSON.stringify(name)}。现有列：${some}${columns.size > 12 ? '…' : ''}。`,
      },
      {
        place,
        hint:
          near === undefined
            ? { en: 'Correct the mapping or the file.', zh: '请修改映射或文件。' }
            : { en: `Did you mean ${JSON.stringify(near)}?`, zh: `是否想写 ${JSON.stringify(near)}？` },
      },
    )
  }
  if (found.identifier !== undefined && onlyDerives(format)) return { ...found, sql: found.identifier.text }
  if (found.identifier !== undefined && !found.identifier.readable)
    throw new TrancheError(
      'invalid_definition',
      {
        en: `${JSON.stringify(name)} names a person, so no standard column may hold it.`,
        zh: `${JSON.stringify(name)} 为直接标识信息，不能写入标准表。`,
      },
      {
        place,
        hint: {
          en: 'Under identifiers, give it use: pseudonym to key by it, or take it out of the mapping.',
          zh: '如需以其为键，请在 identifiers 中设 use: pseudonym；否则请从映射中移除。',
        },
      },
    )
  return found
}

/** Formats that read no more out of an identifier than a date of birth or a gender. */
const derivingFormats = /^(cn_id|yymmdd\+50(@\d{4})?|gender_in_cn_id|gender_in_birth_number)$/

function onlyDerives(format: ColumnMapping['format']): boolean {
  const formats = format === undefined ? [] : [format].flat()
  return formats.length > 0 && formats.every((name) => derivingFormats.test(name))
}

/**
 * A constant of a mapping as a column's type.
 * @throws TrancheError invalid_definition where it is no value of that type
 */
export function constantOf(
  type: ColumnType,
  value: string | number | boolean | null,
  { place, clockOf }: Pick<ColumnContext, 'place' | 'clockOf'>,
): SqlParameter {
  if (value === null) return constant(type, null)
  const instant =
    type === 'instant' || type === 'date' ? instantConstant(String(value), clockOf(undefined).zone) : null
  const fits =
    type === 'id' ||
    type === 'string' ||
    type === 'json' ||
    (type === 'bool' && ['true', 'false'].includes(String(value))) ||
    (type === 'date' && instant !== null && String(value).length === 10) ||
    (type === 'instant' && instant !== null) ||
    (['money', 'number', 'integer'].includes(type) && isNumber(value))
  if (!fits)
    throw invalid(
      place,
      `${JSON.stringify(value)} is no ${type}.`,
      `${JSON.stringify(value)} 不是 ${type} 类型的值。`,
    )
  if (type !== 'instant') return constant(type, value)
  return constant(type, new Date(instant!).toISOString().replace('T', ' ').replace('Z', ''))
}

function isNumber(value: string | number | boolean): boolean {
  return typeof value !== 'boolean' && value !== '' && Number.isFinite(Number(value))
}

export function invalid(place: Place, en: string, zh: string): TrancheError {
  return new TrancheError('invalid_definition', { en, zh }, { place })
}
