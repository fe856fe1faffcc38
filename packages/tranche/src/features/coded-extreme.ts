import { byDialect, type Sql, sql, whole } from '../sql/sql.ts'
import { mostCodes } from './row-store.ts'
import type { Extreme } from './snapshot-stage.ts'
import type { OnlyThose } from './stage.ts'

/**
 * The last or first text of rows in the order of their moments, where texts are stored in codes: moment and code are
 * digits of one number, whose extreme is found several times as fast as that of a row of both.
 */
export function codedExtreme({ kind, value, order }: Extreme, only: OnlyThose): Sql {
  const micros = byDialect((dialect) => dialect.microsOf(order[0]!))
  const number = only(sql`${micros} * ${whole(mostCodes + 1)} + ${value}`)
  return kind === 'last' ? sql`max(${number})` : sql`min(${number})`
}

/** The code that the extreme was found with. */
export const codeOfExtreme = (extreme: Sql): Sql => sql`(${extreme} & ${whole(mostCodes)})`

/** Moments of these years take 53 bits with their sign, which leaves room for a code. */
export const firstPackedDay = '1830-01-01'
export const lastPackedDay = '2110-01-01'
