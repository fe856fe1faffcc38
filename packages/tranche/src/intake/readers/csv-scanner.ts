import type { RejectReason } from './staged-file.ts'

/** Runs of spaces or tabs, with those at both ends of a line ignored. */
export const spaces = 'spaces'

export interface CsvShape {
  /** One or more characters, or `spaces`. */
  readonly delimiter: string
  readonly quote: string | null
  /** Line ends as written: `\r` alone for old Mac files. */
  readonly newline: '\n' | '\r'
  /** Number of cells a record must have; null while that is being found out. */
  readonly width: number | null
}

export interface RecordSink {
  /** A record and the line it starts on, from 1. */
  row(line: number, cells: readonly string[]): void
  /** A line without quotation marks, as written: true where it was taken so, and need not be split. */
  plain?(line: number, text: string): boolean
  /** A line that is no record, as written. */
  reject(line: number, reason: RejectReason, original: string, found: number): void
}

export interface Scanner {
  push(text: string): void
  end(): void
}

/** Characters that one record may take: room for a cell of 10 MB. */
export const maxRecordChars = 16 * 1024 * 1024

/**
 * Splits text into records, in one pass and with bounded memory.
 *
 * A quote that nothing closes, or that only closes by running into a later line's text, costs its own line and
 * no other: scanning goes on with the next one. That, and exact line numbers, is why this is not left to a library.
 */
export function createScanner(shape: CsvShape, sink: RecordSink): Scanner {
  const { delimiter, quote, newline, width } = shape
  let text = ''
  let at = 0
  let line = 1
  let nextQuote = -1
  let skippingLine = false
  const longestMark = Math.max(2, delimiter.length)

  const split = delimiter === spaces ? splitSpaces : (raw: string) => raw.split(delimiter)

  const lineEnd = (from: number): number => text.indexOf(newline, from)

  const plainLine = (end: number): void => {
    const stop = newline === '\n' && text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end
    const raw = text.slice(at, stop)
    if (sink.plain?.(line, raw) === true) return
    if (raw.trim() !== '') emit(split(raw), raw, 1)
  }

  const emit = (cells: string[], raw: string, lines: number): boolean => {
    if (width !== null && cells.length !== width) {
      const extra = cells.length > width ? cells.slice(width) : []
      if (cells.length < width || extra.some((cell) => cell.trim() !== '')) {
        if (lines > 1) return false
        sink.reject(line, 'ragged', raw, cells.length)
        return true
      }
      cells.length = width
    }
    sink.row(line, cells)
    return true
  }

  const rejectLine = (reason: RejectReason, final: boolean): boolean => {
    const found = lineEnd(at)
    if (found < 0 && !final && text.length - at < maxRecordChars) return false
    const end = found < 0 ? text.length : found
    sink.reject(line, reason, trimReturn(text.slice(at, Math.min(end, at + maxRecordChars))), 0)
    skippingLine = found < 0 && !final
    at = found < 0 ? end : end + 1
    if (!skippingLine) line++
    return true
  }

  /** True where a record or a rejected line was taken, false where more text is needed. */
  const quotedRecord = (final: boolean): boolean => {
    const cells: string[] = []
    let position = at
    let lines = 1
    let newlineAt = lineEnd(at)
    const fail = (): boolean => rejectLine(lines > 1 ? 'unterminated_quote' : 'stray_quote', final)
    for (;;) {
      if (text[position] === quote) {
        const close = closingQuote(text, quote!, position + 1)
        if (close.at < 0 || (close.at === text.length - 1 && !final)) {
          if (!final && text.length - at <= maxRecordChars) return false
          if (close.at < 0) return rejectLine('unterminated_quote', final)
        }
        const inner = text.slice(position + 1, close.at)
        cells.push(close.doubled ? inner.replaceAll(quote! + quote!, quote!) : inner)
        while (newlineAt >= 0 && newlineAt < close.at) {
          lines++
          newlineAt = lineEnd(newlineAt + 1)
        }
        position = close.at + 1
        while (text[position] === ' ') position++
        if (position >= text.length && !final) return false
      } else {
        const end = newlineAt < 0 ? text.length : newlineAt
        const next = delimiter === spaces ? nextSpace(text, position) : text.indexOf(delimiter, position)
        const stop = next < 0 || next > end ? end : next
        if (stop === end && newlineAt < 0 && !final) return false
        cells.push(stop === end ? trimReturn(text.slice(position, stop)) : text.slice(position, stop))
        position = stop
      }
      if (!final && isCutShort(position)) return false
      const end = endOfRecord(position, newlineAt)
      if (end >= 0) {
        const raw = text.slice(at, end)
        if (!emit(cells, trimReturn(raw), lines)) return rejectLine('unterminated_quote', final)
        at = end + 1
        line += lines
        return true
      }
      if (delimiter === spaces && text[position] === ' ') {
        while (text[position] === ' ' || text[position] === '\t') position++
        if (endOfRecord(position, newlineAt) >= 0) continue
      } else if (text.startsWith(delimiter, position)) position += delimiter.length
      else return fail()
    }
  }

  /** Whether the text stops within what may become a line's end or a delimiter. */
  const isCutShort = (position: number): boolean => {
    if (text.length - position >= longestMark) return false
    const rest = text.slice(position)
    return (
      (newline === '\n' && rest === '\r') ||
      (delimiter !== spaces && delimiter.startsWith(rest) && rest !== delimiter)
    )
  }

  /** Where the record ends if `position` stands at its end, else -1. */
  const endOfRecord = (position: number, newlineAt: number): number => {
    if (position >= text.length) return text.length
    if (position === newlineAt) return newlineAt
    if (newline === '\n' && text[position] === '\r' && position + 1 === newlineAt) return newlineAt
    return -1
  }

  const scan = (final: boolean): void => {
    while (at < text.length) {
      const found = lineEnd(at)
      if (skippingLine) {
        if (found < 0) {
          at = text.length
          break
        }
        skippingLine = false
        at = found + 1
        line++
        continue
      }
      if (quote !== null && nextQuote >= 0 && nextQuote < at) nextQuote = text.indexOf(quote, at)
      const end = found < 0 ? text.length : found
      if (nextQuote >= at && nextQuote < end) {
        const start = delimiter === spaces ? skipSpaces() : at
        if (start === at && !quotedRecord(final)) break
        continue
      }
      if (found < 0 && !final) {
        if (text.length - at > maxRecordChars) rejectLine('too_large', false)
        else break
        continue
      }
      plainLine(end)
      at = end + 1
      line++
    }
  }

  const skipSpaces = (): number => {
    const from = at
    while (text[at] === ' ' || text[at] === '\t') at++
    return from === at ? at : from
  }

  const take = (more: string, final: boolean): void => {
    text = at >= text.length ? more : text.slice(at) + more
    at = 0
    nextQuote = quote === null ? -1 : text.indexOf(quote)
    scan(final)
  }

  return { push: (more) => take(more, false), end: () => take('', true) }
}

function closingQuote(text: string, quote: string, from: number): { at: number; doubled: boolean } {
  let doubled = false
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text[at + 1] !== quote) return { at, doubled }
    doubled = true
  }
  return { at: -1, doubled }
}

function splitSpaces(raw: string): string[] {
  return raw.trim().split(/[ \t]+/)
}

function nextSpace(text: string, from: number): number {
  const space = text.indexOf(' ', from)
  const tab = text.indexOf('\t', from)
  return space < 0 ? tab : tab < 0 ? space : Math.min(space, tab)
}

function trimReturn(raw: string): string {
  return raw.endsWith('\r') ? raw.slice(0, -1) : raw
}
