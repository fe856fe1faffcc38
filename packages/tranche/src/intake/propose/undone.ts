import { plural, printName, quote } from '@tranche/language'
import type { Reasoned } from './draft.ts'
import { quoted } from './map-column.ts'
import { conceptScore, holdsWord } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { paidWords, undoneWords, unpaidWords } from './synonyms-values.ts'

const mostValues = 15

/**
 * Dealings that were called off or failed moved no money: their rows are filtered, and counted, where a status says so.
 * Undefined where none does, or where every row would go.
 */
export function undoneRows(columns: readonly ColumnProfile[]): Reasoned<string> | undefined {
  for (const column of columns) {
    if (column.kind !== 'text' || column.distinct < 2 || column.distinct > mostValues) continue
    if (conceptScore(column.name, 'status') < 0.6) continue
    const isSettled = column.top.some(
      ({ value }) => holdsWord(value, paidWords) && !holdsWord(value, unpaidWords),
    )
    const undone = column.top.filter(
      ({ value }) => holdsWord(value, undoneWords) || (isSettled && holdsWord(value, unpaidWords)),
    )
    if (undone.length === 0 || undone.length === column.distinct) continue
    const rows = undone.reduce((sum, { count }) => sum + count, 0)
    const name = printName(column.name)
    const values = undone.map(({ value }) => value)
    return {
      mapping: `!known(${name}) || !(${name} in [${values.map(quote).join(', ')}])`,
      why: {
        en: `${rows} ${plural(rows, 'row', 'rows')} whose ${quoted(column.name)} is ${values.join(' or ')} moved no money: ${plural(rows, 'it is', 'they are')} filtered, and counted`,
        zh: `有 ${rows} 行的 ${quoted(column.name)} 为${values.join('或')}，未发生资金往来，予以过滤并计数`,
      },
    }
  }
  return undefined
}
