import { readFile, stat } from 'node:fs/promises'
import { isCollection, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Place, TrancheError } from '../errors.ts'

const largestBytes = 5_000_000
const mostAliases = 100
const deepest = 60

/** A file of definitions: its plain content and where each part of it stands. */
export interface YamlFile {
  readonly file: string
  readonly content: unknown
  /** The place of a part, or of the nearest part around it that exists. */
  placeOf(path: readonly PropertyKey[]): Place
}

/**
 * Reads a YAML file strictly: one document, no duplicate keys, no alias bombs, UTF-8 only.
 * @throws TrancheError invalid_definition with file, line and column
 */
export async function readYamlFile(path: string, shownAs: string): Promise<YamlFile> {
  const { size } = await stat(path)
  if (size > largestBytes)
    throw invalid(
      { file: shownAs },
      `The file has ${size} bytes; definitions may have ${largestBytes}.`,
      `文件有 ${size} 字节，定义文件最多 ${largestBytes} 字节。`,
    )
  return parseYaml(decode(await readFile(path), shownAs), shownAs)
}

/** Parses the text of a definition file; `shownAs` stands in messages. */
export function parseYaml(text: string, shownAs: string): YamlFile {
  refuseDepth(text, shownAs)
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    strict: true,
    uniqueKeys: true,
    version: '1.2',
  })
  const at = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { file: shownAs, line, column: col }
  }
  const [error] = document.errors
  if (error !== undefined)
    throw invalid(
      at(error.pos[0]),
      `Not readable as YAML: ${firstLine(error.message)}`,
      `无法按 YAML 读取：${firstLine(error.message)}`,
    )
  const content = toPlain(document, shownAs)
  return {
    file: shownAs,
    content,
    placeOf: (path) => {
      let node: unknown = document.contents
      let best = offsetOf(node) ?? 0
      for (const step of path) {
        const next = childAt(node, step)
        if (next === undefined) break
        best = next.offset
        node = next.node
      }
      return at(best)
    },
  }
}

function toPlain(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases })
  } catch (cause) {
    const message = cause instanceof Error ? firstLine(cause.message) : ''
    if (!message.startsWith('Excessive alias'))
      throw invalid({ file }, `Not readable as YAML: ${message}`, `无法按 YAML 读取：${message}`)
    throw new TrancheError(
      'invalid_definition',
      {
        en: `Too many aliases: a file may unfold at most ${mostAliases}.`,
        zh: `别名过多：一个文件最多展开 ${mostAliases} 个。`,
      },
      { place: { file }, cause, hint: { en: 'Write the parts out.', zh: '请直接写出各部分内容。' } },
    )
  }
}

function childAt(
  node: unknown,
  step: PropertyKey,
): { readonly node: unknown; readonly offset: number } | undefined {
  if (!isCollection(node)) return undefined
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? undefined : { node: item, offset: offsetOf(item) ?? 0 }
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(
    (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step),
  )
  if (pair === undefined) return undefined
  return { node: pair.value, offset: offsetOf(pair.key) ?? offsetOf(pair.value) ?? 0 }
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0]
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new TrancheError(
      'invalid_definition',
      { en: 'The file is not UTF-8 text.', zh: '文件不是 UTF-8 文本。' },
      { place: { file }, cause, hint: { en: 'Save it again as UTF-8.', zh: '请另存为 UTF-8 编码。' } },
    )
  }
}

/** Nesting is bounded before the parser sees it, because it recurses. */
function refuseDepth(text: string, file: string): void {
  let flow = 0
  let line = 1
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 10) {
      line++
      let indent = 0
      while (text.charCodeAt(index + 1 + indent) === 32) indent++
      if (indent > 4 * deepest) throw tooDeep(file, line)
    } else if (code === 91 || code === 123) {
      if (++flow > deepest) throw tooDeep(file, line)
    } else if (code === 93 || code === 125) flow = Math.max(0, flow - 1)
  }
  for (const [index, row] of text.split('\n').entries())
    if (/(?:(?:[-?]|[!&]\S*)[ \t]+){61}/.test(row)) throw tooDeep(file, index + 1)
}

function tooDeep(file: string, line: number): TrancheError {
  return invalid({ file, line }, `Nested deeper than ${deepest} levels.`, `嵌套超过 ${deepest} 层。`)
}

const firstLine = (message: string) =>
  message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message

function invalid(place: Place, en: string, zh: string): TrancheError {
  return new TrancheError('invalid_definition', { en, zh }, { place })
}
