import { formatCount } from '@tranche/language'
import { methodWords, pageWords, sectionWords } from '@tranche/language/report'
import { noteContent } from './document/note-facts.ts'
import type {
  DocumentFigure,
  DocumentSection,
  Note,
  PageOptions,
  ReportDocument,
  Statement,
} from './document/report-document.ts'
import { isFigure } from './document/report-document.ts'
import { figureTable } from './figure-table.ts'
import { plainText } from './sentence.ts'

/** Longer tables are left to the page and the workbook. */
const mostRows = 60

/**
 * The report as Markdown: the same sentences, each with a footnote that gives its numbers and its statement; figures
 * are files in a folder beside it.
 */
export function markdownReport(document: ReportDocument, figureFolder: string): string {
  const { options } = document
  const { words, manifest, policy } = options
  const { lang } = words.labels
  const lines: string[] = [
    `<!-- tranche-report run=${manifest.run ?? ''} lang=${lang} audience=${policy.audience} figures=${encodeURI(figureFolder)} -->`,
    `# ${escapeMarkdown(document.title)}`,
    escapeMarkdown(document.meta),
    `## ${pageWords.summary[lang]}`,
    document.summary.length === 0
      ? document.emptySummary
      : document.summary.map((statement, index) => `${index + 1}. ${say(statement)}`).join('\n'),
    ...headlineLines(document),
    ...document.sections.flatMap((section) => sectionLines(section, document, figureFolder)),
    ...personaLines(document),
    ...listLines(pageWords.unproven[lang], document.unproven, pageWords.unprovenLead[lang]),
    document.unproven.length > 0 && document.unprovenMore > 0
      ? pageWords.unprovenMore[lang].replace('{n}', formatCount(document.unprovenMore, lang))
      : '',
    `## ${pageWords.method[lang]}`,
    ...methodWords.map((text) => text[lang]),
    ...definitionLines(document),
    ...listLines(sectionWords['limits']![lang], document.limits),
    ...signOffLines(document),
    document.notes.map((note) => footnote(note, options)).join('\n'),
  ]
  return `${lines.filter((line) => line !== '').join('\n\n')}\n`
}

const noteName = (key: string) => key.replace(/[^\p{L}\p{N}._-]/gu, '-')

function say({ parts, finding }: Statement): string {
  return `${escapeMarkdown(plainText(parts))}[^${noteName(finding.key)}]`
}

function sectionLines(
  { title, items }: DocumentSection,
  { options }: ReportDocument,
  figureFolder: string,
): string[] {
  return [
    `## ${title}`,
    ...items.flatMap((item) => [
      say(item),
      ...statementLines(item, options),
      ...(isFigure(item) ? figureLines(item, figureFolder) : []),
    ]),
  ]
}

function statementLines({ assumption, members }: Statement, { words }: PageOptions): string[] {
  const { lang } = words.labels
  return [
    ...(assumption ? [escapeMarkdown(assumption)] : []),
    ...(members
      ? [
          `${pageWords.members[lang].replace('{n}', formatCount(members.n, lang))}${codeSpan(members.command)}`,
        ]
      : []),
  ]
}

function figureLines({ data, number, caption, picture }: DocumentFigure, folder: string): string[] {
  const { lang } = data.words.labels
  const name = `${pageWords.figure[lang]}${lang === 'zh' ? '' : ' '}${number}`
  const pictures = picture.map(
    (_, part) => `![${name}](${encodeURI(`${folder}/${figureFile(number, part, picture.length)}`)})`,
  )
  const { columns, rows } = figureTable(data)
  const table =
    rows.length > mostRows
      ? []
      : [
          tableRow(columns),
          `|${columns.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
          ...rows.map((row) => tableRow(row.map(({ text }) => text))),
        ]
  // One chunk, so that a reader and the checker know which table belongs to which caption.
  return [
    [
      `<!-- figure=${noteName(data.figure.figure)} -->`,
      ...pictures,
      '',
      `${name}${lang === 'zh' ? '　' : '. '}${escapeMarkdown(caption)}`,
      ...(table.length === 0 ? [] : ['', ...table]),
      `<!-- end figure=${noteName(data.figure.figure)} -->`,
    ].join('\n'),
  ]
}

/** The file of a figure, or of one picture of several. */
export function figureFile(number: number, part: number, parts: number): string {
  return `figure-${number}${parts === 1 ? '' : String.fromCharCode(97 + part)}.svg`
}

function headlineLines({ headline, options }: ReportDocument): string[] {
  if (headline === undefined) return []
  const { lang } = options.words.labels
  const heads = [
    pageWords.metric,
    pageWords.value,
    pageWords.previousPeriod,
    pageWords.previousYear,
    pageWords.customersColumn,
  ]
  return [
    `## ${pageWords.headline[lang]}`,
    [
      '<!-- table=headline -->',
      `${pageWords.tableName[lang]}${lang === 'zh' ? '1　' : ' 1. '}${headline.caption}`,
      '',
      tableRow(heads.map((head) => head[lang])),
      '|---|---:|---:|---:|---:|',
      ...headline.rows.map(
        ({ metric, value, previousPeriod, previousYear }) =>
          `${tableRow([metric.label[lang], value, previousPeriod?.text ?? '–', previousYear?.text ?? '–', formatCount(metric.n, lang)]).replace(' |', `[^metric-${metric.key}] |`)}`,
      ),
      '<!-- end table=headline -->',
    ].join('\n'),
  ]
}

function definitionLines({ definitions, headline, options }: ReportDocument): string[] {
  if (definitions.length === 0) return []
  const { lang } = options.words.labels
  const number = headline === undefined ? 1 : 2
  const heads = [pageWords.definition, pageWords.key, pageWords.place, pageWords.hash]
  return [
    `## ${pageWords.definitions[lang]}`,
    [
      '<!-- table=definitions -->',
      `${pageWords.tableName[lang]}${lang === 'zh' ? `${number}　` : ` ${number}. `}${pageWords.definitionsCaption[lang]}`,
      '',
      tableRow(heads.map((head) => head[lang])),
      '|---|---|---|---|',
      ...definitions.map(
        ({ label, key, place, hash }) =>
          `| ${escapeMarkdown(label)} | ${codeSpan(key)} | ${codeSpan(place)} | ${codeSpan(hash)} |`,
      ),
      '<!-- end table=definitions -->',
    ].join('\n'),
  ]
}

function personaLines({ personas, options }: ReportDocument): string[] {
  if (personas.length === 0) return []
  const { lang } = options.words.labels
  return [
    `## ${pageWords.personas[lang]}`,
    pageWords.personasLead[lang],
    ...personas.map(({ key, name, size, parts, members }) =>
      [
        `<!-- persona=${noteName(key)} -->`,
        `### ${escapeMarkdown(name)}`,
        '',
        escapeMarkdown(size),
        ...parts.flatMap(({ title, lines }) => [
          '',
          `**${title}**`,
          '',
          ...lines.map((line) => `- ${escapeMarkdown(line)}`),
        ]),
        '',
        `${pageWords.exportThem[lang]}${codeSpan(members)}`,
        `<!-- end persona=${noteName(key)} -->`,
      ].join('\n'),
    ),
  ]
}

function listLines(title: string, statements: readonly Statement[], lead = ''): string[] {
  if (statements.length === 0) return []
  return [`## ${title}`, lead, statements.map((statement) => `- ${say(statement)}`).join('\n')]
}

function signOffLines({ signOffs, options }: ReportDocument): string[] {
  const { lang } = options.words.labels
  const heads = [pageWords.role, pageWords.name, pageWords.signature, pageWords.date]
  return [
    `## ${pageWords.signOffs[lang]}`,
    [
      tableRow(heads.map((head) => head[lang])),
      '|---|---|---|---|',
      ...signOffs.map(({ role, name }) => tableRow([role, name, '', ''])),
    ].join('\n'),
  ]
}

function footnote(note: Note, options: PageOptions): string {
  const { lang } = options.words.labels
  const { key, facts, sql } = noteContent(note, options)
  const name = note.kind === 'finding' ? noteName(key) : `metric-${key}`
  const [separator, colon] = lang === 'zh' ? ['；', '：'] : ['; ', ' ']
  const said = facts.map(({ label, text }) => `${label}${colon}${escapeMarkdown(text)}`)
  return `[^${name}]: ${said.join(separator)}${separator}${codeSpan(sql)}`
}

function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  const fence = '`'.repeat(1 + Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)))
  return `${fence}${line}${fence}`
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`
}

/** Text in which a source's own words can't become markup or break a table. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replace(/\s*\n\s*/g, ' ')
}
