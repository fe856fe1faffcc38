/**
 * What packages/stats offers, read from its index and the comments of its sources: the reference pages are rendered
 * from it, and a test holds every public function to stating its parts.
 */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Comment, type Declaration, parseSync, type Statement } from 'oxc-parser'

/** Lines of a comment by the part that they belong to. */
export interface DocParts {
  readonly summary: string
  readonly cost: string
  readonly source: string
  readonly parity: string
  readonly params: readonly string[]
  readonly returns: string
  readonly throws: string
  readonly example: string
}

export interface PublicDeclaration {
  readonly name: string
  /** `clv`, `survival` …; `errors` for what stands beside the folders. */
  readonly topic: string
  /** Path from packages/stats/src. */
  readonly file: string
  readonly kind: 'function' | 'class' | 'constant' | 'type'
  /** The declaration without a function's body. */
  readonly signature: string
  readonly doc: DocParts
}

const sources = resolve(import.meta.dirname, '../../packages/stats/src')

/** Every declaration that the index exports, in its order. */
export function publicStatistics(folder = sources): readonly PublicDeclaration[] {
  const found = new Map<string, PublicDeclaration>()
  for (const { file, names } of exportedFiles(folder))
    for (const declaration of declarationsOf(folder, file))
      if (names === 'all' || names.has(declaration.name)) found.set(declaration.name, declaration)
  return [...found.values()]
}

interface ExportedFile {
  readonly file: string
  readonly names: 'all' | ReadonlySet<string>
}

function exportedFiles(folder: string): readonly ExportedFile[] {
  const index = parse(join(folder, 'index.ts'))
  return index.body.flatMap((statement): ExportedFile[] => {
    if (statement.type === 'ExportAllDeclaration') return [{ file: statement.source.value, names: 'all' }]
    if (statement.type !== 'ExportNamedDeclaration' || !statement.source) return []
    const names = statement.specifiers.map(({ exported }) =>
      'name' in exported ? exported.name : exported.value,
    )
    return [{ file: statement.source.value, names: new Set(names) }]
  })
}

function declarationsOf(folder: string, path: string): readonly PublicDeclaration[] {
  const { text, body, comments } = parse(join(folder, path))
  const file = path.replace(/^\.\//, '')
  const topic = dirname(file) === '.' ? 'errors' : dirname(file)
  return body.flatMap((statement): PublicDeclaration[] => {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) return []
    const declaration = statement.declaration
    const described = describe(declaration)
    if (!described) return []
    return [
      {
        ...described,
        topic,
        file,
        signature: signatureOf(declaration, text),
        doc: docParts(commentBefore(comments, text, statement.start)),
      },
    ]
  })
}

function describe(declaration: Declaration): Pick<PublicDeclaration, 'name' | 'kind'> | undefined {
  switch (declaration.type) {
    case 'FunctionDeclaration':
      return declaration.id ? { name: declaration.id.name, kind: 'function' } : undefined
    case 'ClassDeclaration':
      return declaration.id ? { name: declaration.id.name, kind: 'class' } : undefined
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return { name: declaration.id.name, kind: 'type' }
    case 'VariableDeclaration': {
      const id = declaration.declarations[0]?.id
      return id?.type === 'Identifier' ? { name: id.name, kind: 'constant' } : undefined
    }
    default:
      return undefined
  }
}

function signatureOf(declaration: Declaration, text: string): string {
  const body = declaration.type === 'FunctionDeclaration' ? declaration.body : undefined
  return text.slice(declaration.start, body ? body.start : declaration.end).trim()
}

function commentBefore(comments: readonly Comment[], text: string, start: number): string {
  const before = comments.filter(
    (comment) =>
      comment.value.startsWith('*') && comment.end <= start && !text.slice(comment.end, start).trim(),
  )
  return before.at(-1)?.value ?? ''
}

/** Splits a comment at its tags and at the words `Cost`, `Source:` and `Parity:` that begin a line. */
export function docParts(comment: string): DocParts {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
  const parts = { summary: '', cost: '', source: '', parity: '', returns: '', throws: '', example: '' }
  const params: string[] = []
  let into: keyof typeof parts | 'param' = 'summary'
  for (const line of lines) {
    const start = /^(?:@(\w+)|(Cost|Source|Parity):?) ?(.*)$/.exec(line.trimStart())
    const word = (start?.[1] ?? start?.[2] ?? '').toLowerCase()
    const rest = start ? start[3]! : line
    if (word === 'param') {
      params.push(rest)
      into = 'param'
    } else if (into === 'param' && !word) params.push(`${params.pop()!} ${rest.trim()}`)
    else {
      if (word in parts) into = word as keyof typeof parts
      const key = into === 'param' ? 'summary' : into
      parts[key] = parts[key] ? `${parts[key]}\n${rest}` : rest
    }
  }
  const tidy = Object.entries(parts).map(([key, value]) => [key, value.trim()])
  return { ...(Object.fromEntries(tidy) as typeof parts), params: params.map((param) => param.trim()) }
}

function parse(file: string): {
  readonly text: string
  readonly body: readonly Statement[]
  readonly comments: readonly Comment[]
} {
  const text = readFileSync(file, 'utf8')
  const { program, comments, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`)
  return { text, body: program.body as readonly Statement[], comments }
}
