import {
  type ColumnMapping,
  type ColumnType,
  type StandardTableName,
  standardTables,
  type Text,
} from '@tranche/contract'
import { defaultDateFormats, defaultInstantFormats } from '../readers/date-formats.ts'
import type { Reasoned } from './draft.ts'
import { conceptScore } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import type { Concept } from './synonyms-columns.ts'

/** How a column is read as a type: its format, its decimal mark, its words for a missing value. */
export function mapColumn(column: ColumnProfile, type: ColumnType): ColumnMapping {
  const mapping: ColumnMapping = { from: column.name }
  if (type === 'date' || type === 'instant') {
    const formats = column.date?.formats ?? []
    const known = type === 'date' ? defaultDateFormats : defaultInstantFormats
    const [only] = formats
    if (only !== undefined && !formats.every((format) => known.includes(format)))
      mapping.format = formats.length === 1 ? only : [...formats]
  } else if (type === 'money' || type === 'number' || type === 'integer') {
    if (column.numbers?.decimal === ',') mapping.decimal = ','
    const scale = type === 'money' ? scaleInName(column) : undefined
    if (scale !== undefined) mapping.scale = scale
  } else if (type === 'id' && isSpreadsheetKey(column)) mapping.format = 'whole_number'
  if (column.missing.length > 0) mapping.missing = [...column.missing]
  return mapping
}

const scales: readonly (readonly [RegExp, number])[] = [
  [/亿元?(?![\p{Script=Han}])/u, 1e8],
  [/百万元?(?![\p{Script=Han}])/u, 1e6],
  [/万元?(?![\p{Script=Han}])/u, 1e4],
  [/千元(?![\p{Script=Han}])/u, 1e3],
  [/[（(_ ]分[）)]?$/u, 0.01],
  [/(^|[^a-z])(in )?millions?([^a-z]|$)|[([ _](mn|mm)[)\]]?$/i, 1e6],
  [/(^|[^a-z])(in )?thousands?([^a-z]|$)|[([](k|'?000s?)[)\]]$/i, 1e3],
  [/(^|[^a-z])(cents?|pence|minor units?|minor|fen)$/i, 0.01],
]

/** The unit that a name gives its amounts: 金额(万元), amount_cents, revenue (thousands). Undefined without one. */
function scaleInName({ name, numbers, top }: ColumnProfile): number | undefined {
  if (numbers === null) return undefined
  // Cells that name their own unit are read by it already.
  if (top.some(({ value }) => /[万亿千]/.test(value))) return undefined
  const written = name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2').trim()
  const scale = scales.find(([pattern]) => pattern.test(written))?.[1]
  return scale === 0.01 && !numbers.whole ? undefined : scale
}

/** What is said of amounts whose unit was read off the name. */
export function noteOnScale(column: ColumnProfile): Text | undefined {
  const scale = scaleInName(column)
  if (scale === undefined) return undefined
  return {
    en: `${quoted(column.name)}: by its name one unit is ${scale}; amounts are multiplied by it.`,
    zh: `${quoted(column.name)}：依据列名，每单位为 ${scale}，金额按此换算。`,
  }
}

/** Customer numbers that a spreadsheet or a data frame turned into 17850.0. */
function isSpreadsheetKey(column: ColumnProfile): boolean {
  return column.numbers?.whole === true && !column.numbers.digitsOnly
}

/** Type of a column of a standard table. */
export function standardType(table: StandardTableName, name: string): ColumnType {
  const columns: readonly { readonly name: string; readonly type: ColumnType }[] = standardTables.find(
    (candidate) => candidate.name === table,
  )!.columns
  return name === 'known_at' ? 'instant' : columns.find((column) => column.name === name)!.type
}

/** A column mapped by its name, or by what its values are. */
export function mapped(
  table: StandardTableName,
  name: string,
  column: ColumnProfile,
  why: Text,
): Reasoned<ColumnMapping> {
  const mapping = mapColumn(column, standardType(table, name))
  if (mapping.scale === undefined) return { mapping, why }
  return {
    mapping,
    why: {
      en: `${why.en}; one unit is ${mapping.scale}, as the name says`,
      zh: `${why.zh}；依据列名每单位为 ${mapping.scale}`,
    },
  }
}

/** Why a column was taken for a concept. */
export function reasonFor(column: ColumnProfile, concept: Concept): Text {
  const score = conceptScore(column.name, concept)
  if (score >= 0.95) return { en: 'by its name', zh: '依据列名' }
  if (score >= 0.6) return { en: 'by part of its name', zh: '依据列名的一部分' }
  return { en: 'by its values: please check', zh: '依据取值推断，请核对' }
}

/** What was not sure about reading the column's dates; undefined where all is. */
export function doubtAboutDates(column: ColumnProfile): Text | undefined {
  const { date } = column
  const format = date?.formats.join(', ')
  if (date?.ambiguousWith !== undefined)
    return {
      en: `${quoted(column.name)}: every date reads as ${format} and as ${date.ambiguousWith}; ${format} was taken. Change format if days and months are the other way round.`,
      zh: `${quoted(column.name)}：所有日期既可按 ${format} 也可按 ${date.ambiguousWith} 读取，暂按 ${format}；若日月相反，请修改 format。`,
    }
  if (date !== null && date.formats.length > 1)
    return {
      en: `${quoted(column.name)}: dates are written in ${date.formats.length} ways (${format}); each is read as it is written.`,
      zh: `${quoted(column.name)}：日期有 ${date.formats.length} 种写法（${format}），按各自写法读取。`,
    }
  if (date !== null && format?.includes('@'))
    return {
      en: `${quoted(column.name)}: years have two digits and were taken for ${date.min.slice(0, 4)} to ${date.max.slice(0, 4)}.`,
      zh: `${quoted(column.name)}：年份只有两位，按 ${date.min.slice(0, 4)} 至 ${date.max.slice(0, 4)} 年读取。`,
    }
  return undefined
}

export function quoted(name: string): string {
  return JSON.stringify(name)
}
