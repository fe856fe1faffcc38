import type { Finding } from '@tranche/contract'
import {
  assumptionMessages,
  changeMessages,
  findingMessages,
  neededMessages,
  recommendationMessages,
  standingMessages,
  unprovenBudget,
  unprovenChanges,
  unprovenMessages,
} from '@tranche/language/report'
import type { ReportWords } from './format-value.ts'
import { fillMessage, type Part } from './sentence.ts'

/** So many times the customers there are is no number to wait for. */
const most = 100

/** The sentence of a finding: what it says where it holds, or that nothing is shown and what it would take. */
export function sentenceOf(finding: Finding, words: ReportWords): readonly Part[] {
  const { lang } = words.labels
  if (finding.significant === false) {
    const message = unprovenOf(finding.message)
    const withinReach = finding.needed_n !== null && finding.needed_n <= most * finding.n
    const needed = withinReach ? neededMessages.some : neededMessages.none
    return [...fillMessage(message[lang], finding, words), ...fillMessage(needed[lang], finding, words)]
  }
  const message =
    findingMessages[finding.message] ??
    standingMessages[finding.message] ??
    recommendationMessages[finding.message] ??
    changeMessages[finding.message]
  if (message === undefined) throw new RangeError(`There is no message ${finding.message}.`)
  return fillMessage(message[lang], finding, words)
}

export function assumptionOf(finding: Finding, { labels }: ReportWords): string | undefined {
  return finding.assumption === null ? undefined : assumptionMessages[finding.assumption]?.[labels.lang]
}

function unprovenOf(message: string) {
  const found =
    unprovenMessages[message] ??
    unprovenMessages[message.split('.')[0]!] ??
    unprovenBudget[message.split('.')[0]!] ??
    unprovenChanges[message.split('.').slice(0, 2).join('.')] ??
    unprovenMessages[message.split('.').slice(0, 2).join('.')]
  const base = message.startsWith('gap_reversed') ? unprovenMessages['gap_adjusted'] : found
  if (base === undefined) throw new RangeError(`There is no message for ${message} where nothing is shown.`)
  return base
}
