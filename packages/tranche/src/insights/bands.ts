import { ident, type Sql, sql, typed } from '../sql/sql.ts'
import type { NumberColumn } from './frame.ts'
import { ruleNumber } from './group.ts'

/** Part of a number's range: from `from` (included) to `to` (not included); open where undefined. */
export interface Band {
  readonly from: number | undefined
  readonly to: number | undefined
}

/** The band of a code among ascending lower bounds; the first is open below, the last above. */
export function bandOf(bounds: readonly number[], code: number, last: number = code): Band {
  return { from: bounds[code - 1], to: bounds[last] }
}

/** A code per customer: how many of the bounds the number reaches; −1 where it is missing. */
export function bandCodes({ values, valid }: NumberColumn, bounds: readonly number[]): Int16Array {
  const codes = new Int16Array(values.length)
  for (let row = 0; row < codes.length; row++) {
    let code = 0
    if (valid[row] === 0) code = -1
    else while (code < bounds.length && values[row]! >= bounds[code]!) code++
    codes[row] = code
  }
  return codes
}

export function bandCondition(name: string, { from, to }: Band): Sql {
  const value = sql`cast(${ident(name)} as double)`
  const low = from === undefined ? undefined : sql`${value} >= ${typed('double', from)}`
  const high = to === undefined ? undefined : sql`${value} < ${typed('double', to)}`
  if (low && high) return sql`${low} and ${high}`
  return low ?? high ?? sql`${value} is not null`
}

/** The same in the rule language. */
export function bandRule(name: string, { from, to }: Band): string {
  return [
    ...(from === undefined ? [] : [`${name} >= ${ruleNumber(from)}`]),
    ...(to === undefined ? [] : [`${name} < ${ruleNumber(to)}`]),
  ].join(' && ')
}

/** Neutral in both languages: `<25`, `25–35` (35 not included) or, of whole numbers, `25~34` (both included), `≥35`. */
export function bandLabel({ from, to }: Band, whole: boolean): string {
  if (from === undefined) return `<${to!}`
  if (to === undefined) return `≥${from}`
  if (!whole) return `${from}–${to}`
  return to - 1 === from ? String(from) : `${from}~${to - 1}`
}

/** Whether a number is whole for everyone, and so are the bounds. */
export function isWhole({ values, valid }: NumberColumn, bounds: readonly number[]): boolean {
  for (let row = 0; row < values.length; row++)
    if (valid[row] === 1 && !Number.isInteger(values[row]!)) return false
  return bounds.every((bound) => Number.isInteger(bound))
}
