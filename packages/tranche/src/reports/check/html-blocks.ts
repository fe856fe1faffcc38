import { unescapeHtml } from '../html-text.ts'
import type { Block, Loose, ReportParts } from './blocks.ts'

const tag = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|[^">])*)>/g
const empty = new Set(['meta', 'img', 'br', 'hr', 'link', 'input', 'wbr'])
/** Attributes that a reader sees or hears. */
const spoken = /\s(?:title|alt|aria-label|placeholder)="([^"]*)"/g
const markOf = /\sdata-(sentence|block)="([^"]*)"/

/** Takes an HTML report apart by its marks; of marks within marks the outer one holds. */
export function htmlParts(html: string): ReportParts {
  const blocks: Block[] = []
  const loose: Loose[] = []
  let open: { mark: string; name: string; depth: number; start: number } | undefined
  let at = 0
  let within = ''
  for (const match of html.matchAll(tag)) {
    const [whole, slash, name = '', attributes = ''] = match
    if (open === undefined) {
      const text = html.slice(at, match.index)
      if (text.trim() !== '') loose.push(looseOf(text, within))
      if (name === 'style' || name === 'script') within = slash === '/' ? '' : name
      const found = slash === '' && !empty.has(name) ? markOf.exec(attributes) : null
      if (found) {
        const value = unescapeHtml(found[2]!)
        const mark = found[1] === 'sentence' ? `sentence=${value}` : value
        open = { mark, name, depth: 1, start: match.index + whole.length }
      } else if (slash === '') {
        for (const [, words] of attributes.matchAll(spoken)) loose.push({ text: unescapeHtml(words!) })
        if (/\s(?:style|hidden|onclick|onload|src)\b/.test(attributes))
          loose.push({ text: whole, hidden: true })
      }
    } else if (name === open.name && !empty.has(name)) {
      open.depth += slash === '/' ? -1 : 1
      if (open.depth === 0) {
        blocks.push(blockOf(open.mark, html.slice(open.start, match.index)))
        open = undefined
      }
    }
    at = match.index + whole.length
  }
  if (open !== undefined) blocks.push(blockOf(open.mark, html.slice(open.start)))
  else if (html.slice(at).trim() !== '') loose.push(looseOf(html.slice(at), within))
  return { blocks, loose }
}

function looseOf(text: string, within: string): Loose {
  return within === '' ? { text: unescapeHtml(text.trim()) } : { text: text.trim(), hidden: true }
}

function blockOf(mark: string, content: string): Block {
  return { mark, content, pieces: () => piecesOf(content) }
}

/** A sentence is one piece, whatever is marked in it; cells, captions and words in pictures are pieces of their own. */
function piecesOf(content: string): string[] {
  return content
    .replace(/<button[\s\S]*?<\/button>/g, '')
    .replace(/<\/?(?:data|span|bdi)\b[^>]*>/g, '')
    .split(/<(?:"[^"]*"|[^">])*>/)
    .map((piece) => unescapeHtml(piece).trim())
    .filter((piece) => piece !== '')
}
