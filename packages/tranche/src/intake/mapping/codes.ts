import type { ColumnMapping, ColumnType } from '@tranche/contract'
import { sqlTypeOf } from '../../sql/column-types.ts'
import { join, type Sql, type SqlParameter, sql, typed } from '../../sql/sql.ts'
import { normaliseKey } from './keys.ts'

export interface CodedValue {
  readonly value: Sql
  /** True where the text has a code, or needs none. */
  readonly known: Sql
}

/**
 * The value a code stands for. A text that is itself one of the values needs no code; any other takes
 * `otherwise`, or is unknown. The text must be normalised as a key.
 */
export function codedValue(
  text: Sql,
  type: ColumnType,
  { codes = {}, otherwise }: Pick<ColumnMapping, 'codes' | 'otherwise'>,
  accepted: readonly string[] | undefined,
): CodedValue {
  const entries = Object.entries(codes).map(
    ([key, code]) => [normaliseKey(key) ?? '', code] as [string, CodeValue],
  )
  const listed = new Map<string, CodeValue>(entries)
  const targets = new Set([
    ...(accepted ?? []),
    ...Object.values(codes).filter((code) => typeof code === 'string'),
  ])
  const cases: Sql[] = [...listed].map(([key, code]) => sql`when ${key} then ${constant(type, code)}`)
  const own = [...targets].filter((target) => !listed.has(target))
  for (const target of own) cases.push(sql`when ${target} then ${constant(type, target)}`)
  // The model's own values are lower case; a file that shouts them means the same.
  const folded = (accepted ?? []).filter(
    (target) => target !== target.toUpperCase() && !listed.has(target.toUpperCase()),
  )
  const fallback = sql`${constant(type, otherwise === undefined || otherwise === 'refuse' ? null : otherwise)}`
  const all = [...listed.keys(), ...own]
  const foldedText = sql`lower(${text})`
  const foldedCase =
    folded.length === 0
      ? fallback
      : sql`case when ${foldedText} in (${join(folded.map((target) => sql`${target}`))}) then ${foldedText} else ${fallback} end`
  const value = cases.length === 0 ? foldedCase : sql`case ${text} ${join(cases, ' ')} else ${foldedCase} end`
  if (otherwise !== undefined && otherwise !== 'refuse') return { value, known: sql`true` }
  const exact = all.length === 0 ? sql`false` : sql`${text} in (${join(all.map((key) => sql`${key}`))})`
  const known =
    folded.length === 0
      ? exact
      : sql`(${exact} or ${foldedText} in (${join(folded.map((target) => sql`${target}`))}))`
  return { value, known }
}

type CodeValue = string | number | boolean | null

/** A constant of a standard column's type, written in a mapping. */
export function constant(type: ColumnType, value: CodeValue): SqlParameter {
  const sqlType = sqlTypeOf[type]
  if (value === null) return typed(sqlType, null)
  if (sqlType === 'varchar') return typed('varchar', String(value))
  if (sqlType === 'double') return typed('double', Number(value))
  if (sqlType === 'boolean') return typed('boolean', value === true || value === 'true')
  return typed(sqlType, String(value))
}
