import { composePublished } from '../document/compose.ts'
import type { PageOptions, ReportDocument } from '../document/report-document.ts'
import { sentenceOf } from '../findings-text.ts'
import { htmlReport } from '../html.ts'
import { escapeMarkdown, markdownReport } from '../markdown.ts'
import { plainText } from '../sentence.ts'
import type { Block, Loose, ReportParts } from './blocks.ts'
import { type CheckedReport, type Lie, openNumbers } from './check-numbers.ts'
import { htmlParts } from './html-blocks.ts'
import { markdownParts } from './markdown-blocks.ts'
import type { ReportHead } from './report-head.ts'

type Head = Pick<ReportHead, 'format' | 'figures'>

/**
 * Reads a finished report back. What stands under a mark is held against what the report's own tables give for that
 * mark, and for no other: words, numbers, captions, cells, pictures, notes. What stands under none may hold words of
 * anybody's, but no number, and no sentence of a finding. Words of numbers ("half") are not read.
 *
 * @returns how many marks and numbers were held against the tables, and every lie, in the order of the file.
 */
export function checkReport(text: string, head: Head, options: PageOptions): CheckedReport {
  return openCheck(head, options)(text)
}

/** The same for many texts of one report: what they should say is put together once. */
export function openCheck({ format, figures }: Head, options: PageOptions): (text: string) => CheckedReport {
  const document = composePublished(options)
  const parts = format === 'html' ? htmlParts : markdownParts
  const truth = parts(format === 'html' ? htmlReport(document) : markdownReport(document, figures))
  const blocks = openBlocks(truth)
  const loose = openLoose(truth, document, format)
  const { data, words, catalogue } = options
  const readNumbers = format === 'html' ? openNumbers(data, words, catalogue) : undefined
  return (text) => {
    const shown = parts(text)
    const numbers = readNumbers?.(text) ?? { checked: 0, lies: [] }
    const lies = [...numbers.lies, ...shown.blocks.flatMap(blocks), ...shown.loose.flatMap(loose)]
    return { checked: numbers.checked + shown.blocks.length, lies: distinct(lies) }
  }
}

function openBlocks(truth: ReportParts): (block: Block) => readonly Lie[] {
  const expected = new Map<string, Block>()
  const contents = new Map<string, Set<string>>()
  for (const block of truth.blocks) {
    if (!expected.has(block.mark)) expected.set(block.mark, block)
    const known = contents.get(block.mark)
    if (known) known.add(block.content)
    else contents.set(block.mark, new Set([block.content]))
  }
  return ({ mark, content, pieces }) => {
    if (contents.get(mark)?.has(content)) return []
    const shown = pieces()
    const right = expected.get(mark)?.pieces()
    if (right === undefined)
      return [{ mark, shown: shown.join(' '), expected: 'no such part of this report' }]
    const off = shown.findIndex((piece, index) => piece !== right[index])
    if (off >= 0) return [{ mark, shown: shown[off]!, expected: right[off] ?? 'nothing' }]
    if (shown.length < right.length) return [{ mark, shown: 'nothing', expected: right[shown.length]! }]
    return [{ mark, shown: shown.join(' '), expected: 'the same words with the marks of their numbers' }]
  }
}

function openLoose(
  truth: ReportParts,
  { options }: ReportDocument,
  format: ReportHead['format'],
): (piece: Loose) => readonly Lie[] {
  const own = new Set(truth.loose.map(({ text }) => text))
  const plain = (text: string) => (format === 'html' ? text : escapeMarkdown(text))
  const sentences = new Set(
    options.data.findings.map((finding) => plain(plainText(sentenceOf(finding, options.words)))),
  )
  return ({ text, hidden }) => {
    if (own.has(text)) return []
    const mark = 'none'
    if (hidden) return [{ mark, shown: shorten(text), expected: 'nothing that could change what is read' }]
    if (/\p{Nd}|\p{No}|\p{Nl}/u.test(text))
      return [{ mark, shown: shorten(text), expected: 'no number without a mark' }]
    if (sentences.has(text.replace(/^(?:- |\d+\. )/, '')))
      return [{ mark, shown: shorten(text), expected: 'the mark of its finding' }]
    return []
  }
}

function distinct(lies: readonly Lie[]): readonly Lie[] {
  const seen = new Set<string>()
  return lies.filter(({ mark, shown, expected }) => {
    const name = JSON.stringify([mark, shown, expected])
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`
}
