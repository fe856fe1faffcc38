import type { Language } from '@tranche/contract'
import { formatCount, formatInstant, formatPercent, roundShown } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import { metricValueText } from '../metric-rows.ts'
import { periodOf } from './caption.ts'
import { definitionOf } from './definitions.ts'
import type { Note, PageOptions } from './report-document.ts'

/** One line of a note. A number says of which field it is, so that it can be read back. */
export interface NoteFact {
  readonly label: string
  readonly text: string
  readonly mark?: { readonly field: string; readonly style: string; readonly value: string }
}

export interface NoteContent {
  /** Key of the finding or metric. */
  readonly key: string
  readonly facts: readonly NoteFact[]
  /** The statement on the published tables that gives the number again. */
  readonly sql: string
}

/** The numbers behind a sentence, the definition with its hash, and the statement. */
export function noteContent(note: Note, options: PageOptions): NoteContent {
  return note.kind === 'finding' ? findingNote(note, options) : metricNote(note, options)
}

function findingNote({ finding }: Extract<Note, { kind: 'finding' }>, options: PageOptions): NoteContent {
  const { words } = options
  const { lang } = words.labels
  const raw = (value: number, field: string, label: string): NoteFact => ({
    label,
    text: String(roundShown(Number(value.toPrecision(4)))),
    mark: { field, style: 'raw', value: String(roundShown(value)) },
  })
  const facts: NoteFact[] = []
  if (finding.estimate !== null) facts.push(raw(finding.estimate, 'estimate', pageWords.estimate[lang]))
  if (finding.low !== null) facts.push(raw(finding.low, 'low', pageWords.low[lang]))
  if (finding.high !== null) facts.push(raw(finding.high, 'high', pageWords.high[lang]))
  facts.push({
    label: pageWords.customersColumn[lang],
    text: formatCount(finding.n, lang),
    mark: { field: 'n', style: 'count', value: String(finding.n) },
  })
  facts.push({
    label: pageWords.missing[lang],
    text: formatPercent(finding.missing_share, { lang }),
    mark: { field: 'missing_share', style: 'share', value: String(roundShown(finding.missing_share)) },
  })
  if (finding.p !== null) facts.push(raw(finding.p, 'p', pageWords.p[lang]))
  if (finding.p_adjusted !== null)
    facts.push(raw(finding.p_adjusted, 'p_adjusted', pageWords.pAdjusted[lang]))
  if (finding.effect_size !== null)
    facts.push(raw(finding.effect_size, 'effect_size', pageWords.effect[lang]))
  facts.push({ label: pageWords.period[lang], text: capital(periodOf(finding, words)) })
  const definition = definitionOf(finding.metric, options)
  if (definition)
    facts.push({
      label: pageWords.definition[lang],
      text: named(definition.label, [definition.key, definition.hash], lang),
    })
  facts.push({ label: pageWords.logic[lang], text: finding.logic_hash.slice(0, 12) })
  facts.push({ label: pageWords.key[lang], text: finding.key })
  return { key: finding.key, facts, sql: finding.query }
}

function metricNote({ metric }: Extract<Note, { kind: 'metric' }>, options: PageOptions): NoteContent {
  const { words, manifest, catalogue } = options
  const { lang } = words.labels
  const definition = definitionOf(metric.key, options)
  const facts: NoteFact[] = [
    {
      label: pageWords.value[lang],
      text: metricValueText(metric, words),
      mark: { field: 'value', style: '', value: String(roundShown(metric.value!)) },
    },
    {
      label: pageWords.customersColumn[lang],
      text: formatCount(metric.n, lang),
      mark: { field: 'n', style: '', value: String(metric.n) },
    },
    {
      label: pageWords.asOf[lang],
      text: formatInstant(manifest.asOf, { lang, timeZone: catalogue.workspace.timeZone }),
    },
  ]
  if (definition) {
    facts.push({
      label: pageWords.definition[lang],
      text: named(definition.label, [definition.key, definition.place], lang),
    })
    facts.push({ label: pageWords.logic[lang], text: definition.hash })
  }
  const sql = `select value, numerator, denominator, n, left_out, previous_period, previous_year from metrics where key = '${metric.key}'`
  return { key: metric.key, facts, sql }
}

function named(label: string, codes: readonly string[], lang: Language): string {
  return lang === 'zh' ? `${label}（${codes.join('，')}）` : `${label} (${codes.join(', ')})`
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
