import { plural, printName } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { TransactionColumns } from './choose-transaction.ts'
import type { Reasoned } from './draft.ts'
import { quoted } from './map-column.ts'
import { type FileProfile, profiled } from './profile.ts'

/**
 * An order of several lines says what it came to, in which currency and how it stands on the first of them alone: the others,
 * in which all of that is left empty, are filtered, and counted.
 */
export async function furtherLines(
  warehouse: Warehouse,
  { table, columns }: FileProfile,
  amount: TransactionColumns['amount'],
): Promise<Reasoned<string> | undefined> {
  if (!('column' in amount)) return undefined
  const { name, filled, rows } = amount.column
  const without = rows - filled
  const alike = columns.filter((column) => column.filled === filled)
  if (without < rows * 0.01 || filled < rows * 0.2 || alike.length < emptyTogether) return undefined
  const empty = alike.map(({ index }) => sql`${profiled(index)} is null`)
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident(table)} where ${join(empty, ' and ')}`,
  )
  if (n !== without) return undefined
  return {
    mapping: `known(${printName(name)})`,
    why: {
      en: `${without} ${plural(without, 'row says', 'rows say')} nothing in ${quoted(name)} and ${alike.length - 1} other columns, as further lines of an order do: filtered, and counted`,
      zh: `有 ${without} 行的 ${quoted(name)} 及另外 ${alike.length - 1} 列均为空，视为同一订单的后续行，予以过滤并计数`,
    },
  }
}

/** Columns that are empty in the same rows, the amount among them. */
const emptyTogether = 3
