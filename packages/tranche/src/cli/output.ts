import type { Language, Text } from '@tranche/contract'
import { TrancheError } from '../errors.ts'

/** Where the command line writes: documents on stdout, words for people on stderr when a document is asked for. */
export interface Output {
  readonly language: Language
  readonly json: boolean
  /** A line for people. */
  say(text: Text | string): void
  /** The one document of `--json`. */
  document(content: unknown): void
  /** Text emphasised where the terminal shows colours. */
  strong(text: string): string
  faint(text: string): string
  pick(text: Text): string
}

export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createOutput(
  streams: Streams,
  options: { readonly json: boolean; readonly language: Language },
): Output {
  const people = options.json ? streams.stderr : streams.stdout
  const colours = people.isTTY === true && !streams.env['NO_COLOR'] && streams.env['TERM'] !== 'dumb'
  const wrap = (open: number, close: number) => (text: string) =>
    colours ? `\u001b[${open}m${text}\u001b[${close}m` : text
  const pick = (text: Text) => text[options.language]
  return {
    language: options.language,
    json: options.json,
    pick,
    strong: wrap(1, 22),
    faint: wrap(2, 22),
    say: (text) => {
      people.write(`${typeof text === 'string' ? text : pick(text)}\n`)
    },
    document: (content) => {
      streams.stdout.write(`${JSON.stringify(content, null, 2)}\n`)
    },
  }
}

/** The language of the person: as asked, else that of the locale, else English. */
export function languageOf(asked: string | undefined, env: Streams['env']): Language {
  if (asked === 'zh' || asked === 'en') return asked
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** An error as a person reads it: place, what is wrong, what to do. Never a stack. */
export function describeError(error: unknown, language: Language): string {
  if (error instanceof TrancheError) {
    const { place } = error
    const text = error.text[language]
    const where =
      place === undefined || text.startsWith(place.file)
        ? ''
        : `${[place.file, place.line, place.column].filter((part) => part !== undefined).join(':')}: `
    const hint = error.hint === undefined ? '' : `\n  ${error.hint[language]}`
    return `${where}${text}${hint}`
  }
  const code = (error as NodeJS.ErrnoException | null)?.code
  // Where a file is copied from is the program's own affair; where to, the person's.
  const { path, dest } = (error ?? {}) as { readonly path?: string; readonly dest?: string }
  if (code !== undefined && path !== undefined) {
    const reason = fileErrors[code]?.[language] ?? code
    return `${dest ?? path}: ${reason}`
  }
  const message = error instanceof Error ? error.message : String(error)
  return language === 'zh'
    ? `程序内部错误：${message}\n  这是 Tranche 的缺陷；.tranche/logs 中有详细记录。`
    : `Something went wrong inside Tranche: ${message}\n  This is a fault of the program; .tranche/logs has the details.`
}

const fileErrors: Readonly<Record<string, Text>> = {
  ENOENT: { en: 'there is no such file or folder.', zh: '文件或文件夹不存在。' },
  EACCES: { en: 'not allowed to read or write it.', zh: '没有读写权限。' },
  EPERM: { en: 'not allowed to read or write it.', zh: '没有读写权限。' },
  EISDIR: { en: 'is a folder; a file was expected.', zh: '是文件夹，应为文件。' },
  ENOTDIR: { en: 'is not a folder.', zh: '不是文件夹。' },
  ENOSPC: { en: 'the disk is full.', zh: '磁盘空间不足。' },
  EROFS: { en: 'the disk is read-only.', zh: '磁盘只读。' },
}
