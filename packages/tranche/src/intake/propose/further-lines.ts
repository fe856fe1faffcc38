import { plural, printName } from '@tranche/language'
import type { TransactionColumns } from './choose-transaction.ts'
import type { Reasoned } from './draft.ts'
import { quoted } from './map-column.ts'
import type { ColumnProfile } from './profile.ts'

/**
 * An order of several lines says what it came to, in which currency and how it stands on the first of them alone: the others,
 * in which all of that is left empty, are filtered, and counted.
 */
export function furtherLines(
  columns: readonly ColumnProfile[],
  amount: TransactionColumns['amount'],
): Reasoned<string> | undefined {
  if (!('column' in amount)) return undefined
  const { name, filled, rows } = amount.column
  const without = rows - filled
  const alike = columns.filter((column) => column.filled === filled)
  if (without < rows * 0.01 || filled < rows * 0.2 || alike.length < emptyTogether) return undefined
  return {
    mapping: `known(${printName(name)})`,
    why: {
      en: `${without} ${plural(without, 'row says', 'rows say')} nothing in ${quoted(name)} and ${alike.length - 1} other columns, as further lines of an order do: filtered, and counted`,
      zh: `有 ${without} 行的 ${quoted(name)} 及另外 ${alike.length - 1} 列均为空，视为同一订单的后续行，予以过滤并计数`,
    },
  }
}

/** Columns that are empty in as many rows, the amount among them, to be empty in the same. */
const emptyTogether = 3
