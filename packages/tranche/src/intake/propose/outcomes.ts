import type { Metric, Text } from '@tranche/contract'
import { labelOf, rateOf } from './column-label.ts'
import type { SourceDraft, Subject } from './draft.ts'
import { endingsOf } from './endings.ts'
import { happenedValue } from './extras.ts'
import { quoted } from './map-column.ts'
import { holdsWord, matchWords, titleOf } from './name-match.ts'
import { isTwoValued } from './roles.ts'
import { aboutOutcomes, outcomeNames, unwantedOutcomes, wantedOutcomes } from './synonyms-columns.ts'

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
    const fit = matchWords(column.name, outcomeNames)
    if (fit < outcomeLike || (fit < 0.95 && holdsWord(column.name, aboutOutcomes))) continue
    const { value, sure } = happenedValue(column)
    guesses.push({
      metric: {
        key: `${key.slice(0, 57)}_rate`,
        label:
          (sure ? rateOf(column.name) : undefined) ??
          shareWith(column.name, mapping.type === 'bool' ? said : [value]),
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
  for (const [key, { mapping }] of table.extras) {
    const rate = mapping.value === true ? rateOf(titleOf(subject.title)) : undefined
    if (rate === undefined) continue
    guesses.push({
      metric: {
        key: `${key.slice(0, 57)}_rate`,
        label: rate,
        unit: 'share',
        direction: directionOf(key),
        outcome: { attribute: key, equals: true },
        guessed: true,
      },
      note: {
        en: `Being listed in ${subject.title} was taken for an outcome. A guess by its name: please check.`,
        zh: `列于 ${subject.title} 视为已发生该结果。依据名称推测，请核对。`,
      },
    })
  }
  for (const { key, column, bad } of endingsOf(subject.profile.columns)) {
    if (!table.extras.has(key)) continue
    guesses.push({
      metric: {
        key: `${key.slice(0, 57)}_rate`,
        label: shareWith(column.name, bad),
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

const said = { en: ['yes'], zh: ['是'] } as const

function shareWith(name: string, values: readonly string[] | typeof said): Text {
  const label = labelOf(name)
  const [en, zh] = 'en' in values ? [values.en, values.zh] : [values, values]
  return {
    en: `Share with ${lowerFirst(label.en)} ${en.map((value) => `“${value}”`).join(' or ')}`,
    zh: `${label.zh}为${zh.map((value) => `“${value}”`).join('或')}的占比`,
  }
}

/** In the middle of a sentence; acronyms stay. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]*( |$)/.test(text) ? `${text[0]!.toLowerCase()}${text.slice(1)}` : text
}

function directionOf(name: string): Metric['direction'] {
  if (holdsWord(name, unwantedOutcomes)) return 'lower_is_better'
  return holdsWord(name, wantedOutcomes) ? 'higher_is_better' : 'neutral'
}
