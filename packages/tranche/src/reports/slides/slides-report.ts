import { methodWords, pageWords, sectionWords } from '@tranche/language/report'
import { noteContent } from '../document/note-facts.ts'
import type { DocumentFigure, ReportDocument, Statement } from '../document/report-document.ts'
import { isFigure } from '../document/report-document.ts'
import { plainText } from '../sentence.ts'
import { rewriteZip } from '../tables/rewrite-zip.ts'
import { addComparison, addFigure } from './figure-chart.ts'
import { type Deck, newDeck } from './native.ts'
import { addPersona } from './persona-slide.ts'
import { addRows } from './rows.ts'
import { body, defineMaster, inches, masterName, type SlideTheme, themeOf, title } from './theme.ts'

const mostRows = 14

/**
 * The report as slides: a title, the messages on one slide, headline metrics, a slide per message with its chart as a
 * native one, what was left out, the method. Numbers, definition and statement stand in each slide's notes. All slides
 * use one master, which a firm can put its own in the place of.
 */
export async function slidesReport(document: ReportDocument): Promise<Buffer> {
  const { options } = document
  const { lang } = options.words.labels
  const theme = themeOf(options)
  const deck = newDeck()
  deck.layout = 'LAYOUT_WIDE'
  deck.title = document.title
  deck.company = options.catalogue.workspace.name[lang]
  deck.theme = { headFontFace: theme.font, bodyFontFace: theme.font }
  defineMaster(deck, theme, document)
  addTitle(deck, theme, document)
  addSummary(deck, theme, document)
  addHeadline(deck, theme, document)
  for (const statement of document.summary) addMessage(deck, theme, document, statement)
  for (const card of document.personas) addPersona(deck, theme, card, lang)
  addList(deck, theme, pageWords.unproven[lang], document.unproven)
  addList(deck, theme, sectionWords['limits']![lang], document.limits)
  addMethod(deck, theme, document)
  const written = (await deck.write({ outputType: 'nodebuffer' })) as Buffer
  return pinned(written, options.manifest.asOf)
}

function addTitle(deck: Deck, theme: SlideTheme, { title, meta }: ReportDocument): void {
  const slide = deck.addSlide({ masterName })
  slide.addText(title, {
    ...inches(body.left, 2.4, body.width, 1.4),
    ...theme.text(36),
    bold: true,
    valign: 'bottom',
  })
  slide.addText(meta, {
    ...inches(body.left, 3.9, body.width, 0.6),
    ...theme.text(14),
    color: theme.second,
    valign: 'top',
  })
}

function addSummary(deck: Deck, theme: SlideTheme, { summary, emptySummary, options }: ReportDocument): void {
  const { lang } = options.words.labels
  const slide = deck.addSlide({ masterName })
  title(slide, theme, pageWords.summary[lang])
  const lines = summary.map(({ parts }) => plainText(parts))
  const shown = lines.length > 0 ? lines : [emptySummary]
  slide.addText(
    shown.map((text) => ({
      text,
      options: { bullet: lines.length > 0 ? { type: 'number' } : false, breakLine: true, paraSpaceAfter: 10 },
    })),
    {
      ...inches(body.left, body.top, body.width, body.height),
      ...theme.text(18),
      valign: 'top',
      fit: 'shrink',
    },
  )
}

function addHeadline(deck: Deck, theme: SlideTheme, { headline, options }: ReportDocument): void {
  if (headline === undefined) return
  const { lang } = options.words.labels
  const heads = [
    pageWords.metric[lang],
    pageWords.value[lang],
    pageWords.previousPeriod[lang],
    pageWords.previousYear[lang],
    pageWords.customersColumn[lang],
  ]
  const slides = Math.ceil(headline.rows.length / mostRows)
  const headlineRows = Math.ceil(headline.rows.length / slides)
  for (let start = 0; start < headline.rows.length; start += headlineRows) {
    const slide = deck.addSlide({ masterName })
    title(slide, theme, pageWords.headline[lang])
    const rows = headline.rows
      .slice(start, start + headlineRows)
      .map((row) => [
        row.metric.label[lang],
        row.value,
        row.previousPeriod?.text ?? '–',
        row.previousYear?.text ?? '–',
        new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-US').format(row.metric.n),
      ])
    addRows(slide, theme, heads, rows, [4.4, 2.2, 2.2, 2.2, 1.3])
    slide.addText(headline.caption, {
      ...inches(body.left, 6.55, body.width, 0.3),
      ...theme.text(10),
      color: theme.second,
    })
  }
}

function addMessage(deck: Deck, theme: SlideTheme, document: ReportDocument, statement: Statement): void {
  const { options, notes, sections } = document
  const { lang } = options.words.labels
  const slide = deck.addSlide({ masterName })
  title(slide, theme, plainText(statement.parts))
  const note = notes.find(({ number }) => number === statement.note)!
  const { facts, sql } = noteContent(note, options)
  const told = facts.map(({ label, text }): [string, string] => [label, text])
  const figure = figureOf(sections, statement)
  const hasChart =
    (figure !== undefined && addFigure(slide, deck, theme, figure)) ||
    addComparison(slide, deck, theme, statement.finding, options.words)
  if (!hasChart) addRows(slide, theme, [pageWords.measured[lang], pageWords.value[lang]], told, [4, 8])
  slide.addNotes(
    [...told.map(([label, text]) => `${label}${lang === 'zh' ? '：' : ': '}${text}`), '', sql].join('\n'),
  )
}

/** The figure that shows the message itself, or else what the message is about: the same group or measure. */
function figureOf(sections: ReportDocument['sections'], { finding }: Statement): DocumentFigure | undefined {
  const figures = sections.flatMap(({ items }) => items.filter(isFigure))
  return (
    figures.find((figure) => figure.finding.key === finding.key) ??
    figures.find(({ finding: shown }) => shown.section === finding.section && shown.metric === finding.metric)
  )
}

function addList(deck: Deck, theme: SlideTheme, name: string, statements: readonly Statement[]): void {
  if (statements.length === 0) return
  const slide = deck.addSlide({ masterName })
  title(slide, theme, name)
  slide.addText(
    statements.slice(0, 10).map(({ parts }) => ({
      text: plainText(parts),
      options: { bullet: true, breakLine: true, paraSpaceAfter: 6 },
    })),
    {
      ...inches(body.left, body.top, body.width, body.height),
      ...theme.text(14),
      valign: 'top',
      fit: 'shrink',
    },
  )
}

function addMethod(deck: Deck, theme: SlideTheme, { options }: ReportDocument): void {
  const { lang } = options.words.labels
  const slide = deck.addSlide({ masterName })
  title(slide, theme, pageWords.method[lang])
  slide.addText(
    methodWords.map((text) => ({ text: text[lang], options: { breakLine: true, paraSpaceAfter: 8 } })),
    {
      ...inches(body.left, body.top, body.width, body.height),
      ...theme.text(14),
      valign: 'top',
      fit: 'shrink',
    },
  )
}

/** Dates of writing become the report's own: equal tables give equal bytes. */
function pinned(zip: Buffer, asOf: string): Buffer {
  const at = new Date(asOf).toISOString().replace(/\.\d{3}Z$/, 'Z')
  return rewriteZip(zip, (name, content) => {
    if (name.endsWith('.xlsx')) return pinned(content, asOf)
    if (!name.endsWith('core.xml')) return content
    return Buffer.from(
      content
        .toString('utf8')
        .replace(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, (_, tag) => `${tag}${at}`),
    )
  })
}
