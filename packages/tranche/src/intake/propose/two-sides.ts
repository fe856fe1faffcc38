import type { ColumnMapping, Text } from '@tranche/contract'
import { printName, quote } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { readValue } from '../readers/value-formats.ts'
import type { Reasoned } from './draft.ts'
import { quoted } from './map-column.ts'
import { type ColumnProfile, type FileProfile, profiled } from './profile.ts'
import { pickByName } from './roles.ts'

/** Amounts as statements of account print them: what went out in one column, what came in in another. */
export interface TwoSides {
  readonly out: ColumnProfile
  readonly into: ColumnProfile
}

/** Amounts without signs, and kinds that tell the sides apart. */
export interface MappedSides {
  readonly amount: Reasoned<ColumnMapping>
  readonly kind: Reasoned<ColumnMapping>
  readonly note: Text
}

const nearlyAll = 0.98

/** Two columns that are named for the two sides, of which nearly every row fills exactly one. */
export async function findTwoSides(
  warehouse: Warehouse,
  profile: FileProfile,
  columns: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
): Promise<TwoSides | undefined> {
  const out = pickByName(columns, 'money_out', taken)?.column
  const into = pickByName(columns, 'money_in', taken)?.column
  if (out === undefined || into === undefined || out === into) return undefined
  const fills = (column: ColumnProfile): Sql =>
    sql`(coalesce(${readValue(profiled(column.index), 'number', { decimal: column.numbers!.decimal })}, 0) <> 0)`
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident(profile.table)} where ${fills(out)} <> ${fills(into)}`,
  )
  return n >= profile.rows * nearlyAll ? { out, into } : undefined
}

/** Amount and kind of such rows, and what is said of it. */
export function mapTwoSides({ out, into }: TwoSides): MappedSides {
  const [spent, received] = [printName(out.name), printName(into.name)]
  const isOut = `coalesce(${spent}, 0) != 0`
  const decimal = out.numbers?.decimal === ',' ? { decimal: ',' as const } : {}
  const why: Text = { en: 'whichever of the two sides is filled', zh: '取两列中有值的一列' }
  return {
    amount: { mapping: { expr: `${isOut} ? ${spent} : ${received}`, ...decimal }, why },
    kind: {
      mapping: { expr: `${isOut} ? ${quote('withdrawal')} : ${quote('deposit')}`, ...decimal },
      why: { en: 'by the side that is filled', zh: '依据有值的一列' },
    },
    note: {
      en: `${quoted(out.name)} holds what went out and ${quoted(into.name)} what came in: taken for withdrawals and deposits.`,
      zh: `${quoted(out.name)} 为支出，${quoted(into.name)} 为收入：分别视为取款与存款。`,
    },
  }
}

/** Amount and kind of a statement most of whose amounts are negative: they say what went out of the account, the others what came in. */
export function mapSigned({ name, numbers }: ColumnProfile): MappedSides {
  const value = printName(name)
  const decimal = numbers?.decimal === ',' ? { decimal: ',' as const } : {}
  return {
    amount: {
      mapping: { expr: `abs(${value})`, ...decimal },
      why: { en: 'without the sign, which tells the kind', zh: '不带正负号，正负号说明类型' },
    },
    kind: {
      mapping: { expr: `${value} < 0 ? ${quote('withdrawal')} : ${quote('deposit')}`, ...decimal },
      why: { en: 'by the sign', zh: '依据正负号' },
    },
    note: {
      en: `most amounts of ${quoted(name)} are negative, as on a statement of account: taken for withdrawals, all others for deposits`,
      zh: `${quoted(name)} 多为负数，如同账户流水：负数视为取款，其余视为存款`,
    },
  }
}
