import type { Metric, Text } from '@tranche/contract'
import type { SourceDraft, Subject } from './draft.ts'
import { endingsOf } from './endings.ts'
import { happenedValue } from './extras.ts'
import { quoted } from './map-column.ts'
import { holdsWord, matchWords } from './name-match.ts'
import { isTwoValued } from './roles.ts'
import { outcomeNames, unwantedOutcomes, wantedOutcomes } from './synonyms-columns.ts'

export interface GuessedOutcome {
  readonly metric: Metric
  readonly note: Text
}

/** Least fit of a name to be taken for an outcome. */
export const outcomeLike = 0.6

/** Attributes of two values with a name of an outcome, as metrics that say they were guessed. */
export function guessOutcomes(subject: Subject, draft: SourceDraft): readonly GuessedOutcome[] {
  const table = draft.tables.find((candidate) => candidate.table === 'customer_versions')
  if (table === undefined) return []
  const guesses: GuessedOutcome[] = []
  for (const [key, { mapping }] of table.extras) {
    const column = subject.profile.columns.find((candidate) => candidate.name === mapping.from)
    if (column === undefined || !isTwoValued(column)) continue
    if (matchWords(column.name, outcomeNames) < outcomeLike) continue
    const { value, sure } = happenedValue(column)
    guesses.push({
      metric: {
        key: `${key.slice(0, 57)}_rate`,
        label: { en: `Share with ${column.name} = ${value}`, zh: `${column.name} 为“${value}”的占比` },
        unit: 'share',
        direction: directionOf(column.name),
        outcome: { attribute: key, equals: mapping.type === 'bool' ? true : value },
        guessed: true,
      },
      note: sure
        ? {
            en: `${quoted(column.name)} was taken for an outcome, ${quoted(value)} meaning that it happened. A guess by its name: please check.`,
            zh: `${quoted(column.name)} 视为结果指标，${quoted(value)} 表示已发生。依据列名推测，请核对。`,
          }
        : {
            en: `${quoted(column.name)} was taken for an outcome, and ${quoted(value)}, the rarer value, for its happening. A guess: please check.`,
            zh: `${quoted(column.name)} 视为结果指标，并将较少见的 ${quoted(value)} 视为已发生。此为推测，请核对。`,
          },
    })
  }
  for (const { key, column, bad } of endingsOf(subject.profile.columns)) {
    if (!table.extras.has(key)) continue
    guesses.push({
      metric: {
        key: `${key.slice(0, 57)}_rate`,
        label: {
          en: `Share with ${column.name} = ${bad.join(' or ')}`,
          zh: `${column.name} 为${bad.map((value) => `“${value}”`).join('或')}的占比`,
        },
        unit: 'share',
        direction: 'lower_is_better',
        outcome: { attribute: key, equals: true },
        guessed: true,
      },
      note: {
        en: `${quoted(column.name)} was taken for how it ended: ${bad.map(quoted).join(', ')} mean badly. A guess by its words: please check.`,
        zh: `${quoted(column.name)} 视为最终结果，${bad.map(quoted).join('、')} 表示不良。依据字样推测，请核对。`,
      },
    })
  }
  return guesses
}

function directionOf(name: string): Metric['direction'] {
  if (holdsWord(name, unwantedOutcomes)) return 'lower_is_better'
  return holdsWord(name, wantedOutcomes) ? 'higher_is_better' : 'neutral'
}
