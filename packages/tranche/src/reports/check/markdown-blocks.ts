import type { Block, Loose, ReportParts } from './blocks.ts'

const begins = /^<!-- (?!end |tranche-report)(\S+) -->$/
const footnote = /^\[\^([^\]]+)\]:\s*(.*)$/
/** With its number in a list, which is a number like others. */
const marked = /^(.*)\[\^([^\]]+)\]$/

/** Takes a Markdown report apart by its marks: footnotes of sentences, named figures and tables, notes. */
export function markdownParts(text: string): ReportParts {
  const blocks: Block[] = []
  const loose: Loose[] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!.trimEnd()
    const name = begins.exec(line)?.[1]
    const note = footnote.exec(line)
    const sentence = marked.exec(line)
    if (name !== undefined) {
      const from = index + 1
      while (index + 1 < lines.length && lines[index + 1] !== `<!-- end ${name} -->`) index++
      const within = lines.slice(from, index + 1)
      index++
      blocks.push({ mark: name, content: within.join('\n'), pieces: () => piecesOf(within) })
    } else if (note) {
      const [, key, facts] = note
      blocks.push({ mark: `note=${key}`, content: facts!, pieces: () => [facts!] })
    } else if (sentence) {
      const [, words, key] = sentence
      blocks.push({ mark: `sentence=${key}`, content: words!, pieces: () => [words!] })
    } else if (line !== '' && !line.startsWith('<!-- tranche-report')) {
      loose.push(line.startsWith('<') ? { text: line, hidden: true } : { text: line })
    }
  }
  return { blocks, loose }
}

function piecesOf(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => (line.startsWith('|') ? line.split(/(?<!\\)\|/) : [line]))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
}
