import { type ColumnMapping, type ColumnType, standardTables, type Text } from '@tranche/contract'
import { formatNames, isFormat } from '../intake/readers/value-formats.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { isZone } from '../workspace/check-settings.ts'
import type { DefinitionProblem } from '../workspace/problems.ts'

/** What a run would refuse of the mappings before it reads a row: formats, zones and delimiters that there are not. */
export function checkMappings({ sources }: Pick<Catalogue, 'sources'>): readonly DefinitionProblem[] {
  return sources.flatMap(({ value, placeOf }) => {
    const refuse = (path: readonly PropertyKey[], text: Text): DefinitionProblem => ({
      severity: 'error',
      place: placeOf(path),
      text,
    })
    const columns = value.tables.flatMap((mapping, index) => {
      const standard = standardTables.find(({ name }) => name === mapping.table)
      const types = new Map(standard?.columns.map(({ name, type }) => [name, type as ColumnType]))
      return [
        ...Object.entries(mapping.columns).map(([name, column]) => ({
          path: ['tables', index, 'columns', name],
          column,
          type: name === 'known_at' ? ('instant' as const) : types.get(name),
        })),
        ...Object.entries(mapping.extras).map(([name, column]) => ({
          path: ['tables', index, 'extras', name],
          column,
          type: column.type,
        })),
      ]
    })
    return [
      ...delimiter(value.format, refuse),
      ...columns.flatMap(({ path, column, type }) => [
        ...zone(column, path, refuse),
        ...(type === undefined ? [] : formats(column, type, path, refuse)),
      ]),
    ]
  })
}

type Refuse = (path: readonly PropertyKey[], text: Text) => DefinitionProblem

function delimiter(
  format: Catalogue['sources'][number]['value']['format'],
  refuse: Refuse,
): readonly DefinitionProblem[] {
  if (format?.type !== 'csv' || format.delimiter === undefined) return []
  const found = format.delimiter
  if (found.length === 1 || found === '\\t' || found === 'spaces') return []
  return [
    refuse(['format', 'delimiter'], {
      en: `format.delimiter: expected one character, \\t, or "spaces", found ${JSON.stringify(found)}.`,
      zh: `format.delimiter：应为单个字符、\\t 或 "spaces"，实际为 ${JSON.stringify(found)}。`,
    }),
  ]
}

function zone(
  { timeZone }: ColumnMapping,
  path: readonly PropertyKey[],
  refuse: Refuse,
): readonly DefinitionProblem[] {
  if (timeZone === undefined || isZone(timeZone)) return []
  const found = JSON.stringify(timeZone)
  return [
    refuse([...path, 'timeZone'], {
      en: `timeZone: expected an IANA zone such as Asia/Shanghai, found ${found}.`,
      zh: `timeZone：应为 IANA 时区，例如 Asia/Shanghai，实际为 ${found}。`,
    }),
  ]
}

function formats(
  { format }: ColumnMapping,
  type: ColumnType,
  path: readonly PropertyKey[],
  refuse: Refuse,
): readonly DefinitionProblem[] {
  const unknown = [format ?? []].flat().find((name) => !isFormat(type, name))
  if (unknown === undefined) return []
  const known = formatNames(type)
  return [
    refuse([...path, 'format'], {
      en: `format: no format of a column of type ${type} is called ${JSON.stringify(unknown)}. Known: ${known.join(', ') || 'none'}.`,
      zh: `format：${type} 类型的列没有名为 ${JSON.stringify(unknown)} 的格式。可用：${known.join('、') || '无'}。`,
    }),
  ]
}
