import type { ExtraMapping } from '@tranche/contract'
import { printName, quote } from '@tranche/language'
import { labelOf } from './column-label.ts'
import type { Reasoned } from './draft.ts'
import { keyOf } from './extras.ts'
import { conceptScore, holdsWord, matchWords } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { badEndings, outcomeNames } from './synonyms-columns.ts'

/** A status of several values, and those of them that say it ended badly. */
export interface Ending {
  /** Key of the yes-or-no attribute that it becomes. */
  readonly key: string
  readonly column: ColumnProfile
  readonly bad: readonly string[]
}

const mostValues = 15

/** Statuses such as those of loans: a few texts, of which some say charged off, lapsed or cancelled. */
export function endingsOf(columns: readonly ColumnProfile[]): readonly Ending[] {
  return columns.flatMap((column) => {
    if (column.kind !== 'text' || column.distinct < 3 || column.distinct > mostValues) return []
    if (conceptScore(column.name, 'status') < 0.6 && matchWords(column.name, outcomeNames) < 0.6) return []
    const bad = column.top.map(({ value }) => value).filter((value) => holdsWord(value, badEndings))
    if (bad.length === 0 || bad.length === column.distinct) return []
    return [{ key: `bad_${keyOf(column)}`.slice(0, 60), column, bad }]
  })
}

/** The attribute that says whether it ended badly. */
export function endingMapping({ column, bad }: Ending): Reasoned<ExtraMapping> {
  const list = bad.map((value) => quote(value)).join(', ')
  const label = labelOf(column.name)
  return {
    mapping: {
      expr: `${printName(column.name)} in [${list}]`,
      type: 'bool',
      label: { en: `${label.en} ended badly`, zh: `${label.zh}结果不良` },
    },
    why: { en: 'values that say it ended badly', zh: '取值表示结果不良' },
  }
}
