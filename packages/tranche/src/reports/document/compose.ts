import type { Finding, Language } from '@tranche/contract'
import { formatCount, formatInstant } from '@tranche/language'
import { outcomeProfiles, pageWords, sectionWords, signOffWords } from '@tranche/language/report'
import { TrancheError } from '../../errors.ts'
import { drawFigure } from '../charts/draw-figure.ts'
import type { FigureData } from '../charts/figure-data.ts'
import { assumptionOf, sentenceOf } from '../findings-text.ts'
import { changeOf, mayPrint, metricValueText } from '../metric-rows.ts'
import { personaCard } from '../personas/persona-card.ts'
import type { ReportSection } from '../report-model.ts'
import { figureCaption } from './caption.ts'
import { definitionRows } from './definitions.ts'
import type {
  DocumentFigure,
  DocumentSection,
  HeadlineTable,
  Note,
  PageOptions,
  ReportDocument,
  Statement,
} from './report-document.ts'

/** Width at which figures are drawn for a desk, in pixels. */
export const deskWidth = 760

/**
 * Puts the report of a published run together. A run of another version of the program may lack what a sentence of
 * this one needs: that is said, instead of a sentence without its number. @throws TrancheError refused
 */
export function composePublished(options: PageOptions): ReportDocument {
  try {
    return composeReport(options)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const { run = '', version } = options.manifest
    throw new TrancheError(
      'refused',
      {
        en: `Run ${run} was computed by another version of the program (${version}), and its findings lack what the report now says.`,
        zh: `运行 ${run} 由另一版本的程序（${version}）计算，其结论缺少报告现在所需的内容。`,
      },
      { cause, hint: { en: 'Run `tranche run --force`.', zh: '请执行 `tranche run --force`。' } },
    )
  }
}

/** Puts a report together: what it says, in which order, with numbered figures, tables and notes. */
export function composeReport(options: PageOptions): ReportDocument {
  const { model, words, catalogue, policy } = options
  const { lang } = words.labels
  const name = catalogue.workspace.name[lang]
  const notebook = openNotes()
  const state = (finding: Finding, exported?: Set<string>): Statement => ({
    finding,
    parts: sentenceOf(finding, words),
    note: notebook.of(finding),
    assumption: assumptionOf(finding, words),
    members:
      finding.members !== null && exported !== undefined && isFirst(exported, finding.members)
        ? { command: finding.members, n: finding.members_n! }
        : undefined,
  })
  const summary = model.summary.map((finding) => state(finding))
  const headline = headlineTable(options, notebook)
  const numbers = { next: 1 }
  const sections = model.sections.map((section) => composeSection(section, options, state, numbers))
  return {
    title: lang === 'zh' ? `${name}${pageWords.title.zh}` : `${pageWords.title.en}: ${name}`,
    meta: metaLine(options),
    summary,
    emptySummary: emptySummary(options),
    headline,
    sections,
    personas: options.personas.map((persona) => personaCard(persona, words)),
    unproven: model.unproven.map((finding) => state(finding)),
    unprovenMore: model.unprovenMore,
    limits: model.limits.map((finding) => state(finding)),
    definitions: definitionRows(options),
    signOffs: (policy.signOffs ?? signOffWords.map((role) => ({ role, name: undefined }))).map((item) => ({
      role: item.role[lang],
      name: item.name ?? '',
    })),
    notes: notebook.notes,
    options,
  }
}

function composeSection(
  { section, figures, findings }: ReportSection,
  { data, words }: PageOptions,
  state: (finding: Finding, exported: Set<string>) => Statement,
  numbers: { next: number },
): DocumentSection {
  const others = new Map(data.findings.map((finding) => [finding.key, finding]))
  const exported = new Set<string>()
  const draw = ({ figure, finding }: ReportSection['figures'][number]): Statement | DocumentFigure => {
    const points = data.points.get(figure.figure) ?? []
    const figureData: FigureData = { figure, finding, others, words, points }
    const statement = state(finding, exported)
    const picture = drawFigure(figureData, deskWidth)
    if (picture.length === 0) return statement
    const number = numbers.next++
    const caption = figureCaption(figureData, data.customers)
    return { ...statement, data: figureData, number, caption, picture }
  }
  const [first, ...rest] = figures
  return {
    section,
    title: sectionTitle(section, [...findings, ...figures.map(({ finding }) => finding)], words.labels.lang),
    items: [
      ...(first ? [draw(first)] : []),
      ...findings.map((finding) => state(finding, exported)),
      ...rest.map(draw),
    ],
  }
}

function sectionTitle(section: string, findings: readonly Finding[], lang: Language): string {
  const isByOutcome =
    section === 'profile' && !findings.some(({ message }) => message.startsWith('profile.best'))
  return isByOutcome ? outcomeProfiles[lang] : (sectionWords[section]?.[lang] ?? section)
}

/** What stands where no message does. */
function emptySummary({ data, words }: PageOptions): string {
  const isTested = data.findings.some(({ p }) => p !== null)
  const isMeasured = data.metrics.some(({ value }) => value !== null)
  const text = isTested ? pageWords.nothing : isMeasured ? pageWords.tooAlike : pageWords.nothingToCompare
  return text[words.labels.lang]
}

export function metaLine({ data, words, catalogue, manifest }: PageOptions): string {
  const { lang } = words.labels
  const at = formatInstant(manifest.asOf, { lang, timeZone: catalogue.workspace.timeZone })
  const count = formatCount(data.customers, lang)
  const snapshot = manifest.snapshot.slice(0, 12)
  const { timeZone, currency, assumed } = catalogue.workspace
  const isZh = lang === 'zh'
  const word = pageWords.assumed[lang]
  const zone = assumed.includes('timeZone') ? `${timeZone}${isZh ? '，' : ', '}${word}` : timeZone
  const money = assumed.includes('currency') ? `${currency}${isZh ? `（${word}）` : ` (${word})`}` : currency
  return isZh
    ? `${pageWords.asOf.zh}${at}（${zone}） · ${count}${pageWords.population.zh} · ${pageWords.currency.zh}${money} · ${pageWords.snapshot.zh} ${snapshot}`
    : `${pageWords.asOf.en} ${at} (${zone}) · ${count} ${data.customers === 1 ? 'customer' : pageWords.population.en} · ${pageWords.currency.en} ${money} · ${pageWords.snapshot.en} ${snapshot}`
}

interface Notebook {
  readonly notes: Note[]
  of(finding: Finding): number
}

function openNotes(): Notebook {
  const notes: Note[] = []
  const numbers = new Map<string, number>()
  return {
    notes,
    of: (finding) => {
      const known = numbers.get(finding.key)
      if (known !== undefined) return known
      const number = notes.length + 1
      numbers.set(finding.key, number)
      notes.push({ kind: 'finding', number, finding })
      return number
    },
  }
}

function headlineTable(
  { data, words, catalogue }: PageOptions,
  { notes }: Notebook,
): HeadlineTable | undefined {
  const shown = data.metrics.filter((metric) => mayPrint(metric, catalogue.workspace.disclosure.minimumCell))
  if (shown.length === 0) return undefined
  const rows = shown.map((metric) => {
    const note = notes.length + 1
    notes.push({ kind: 'metric', number: note, metric })
    return {
      metric,
      value: metricValueText(metric, words),
      previousPeriod: changeOf(metric, metric.previousPeriod, words, catalogue),
      previousYear: changeOf(metric, metric.previousYear, words, catalogue),
      note,
    }
  })
  return {
    caption: pageWords.headlineCaption[words.labels.lang],
    hasChange: rows.some(({ previousPeriod, previousYear }) => previousPeriod ?? previousYear),
    rows,
  }
}

/** Commands that differ only in the name of the file export the same customers. */
function isFirst(exported: Set<string>, command: string): boolean {
  const rule = command.replace(/ --out .*$/, '')
  if (exported.has(rule)) return false
  exported.add(rule)
  return true
}
