import { isUtf8 } from 'node:buffer'
import { type ByteSource, readBytes } from './byte-stream.ts'
import type { CsvDialect } from './csv-dialect.ts'

const maxLineBytes = 1 << 20
const LF = 10
const CR = 13

/** Lines of another width than the table, in a file that is regular otherwise. */
export interface RaggedLine {
  readonly line: number
  readonly cells: number
  readonly original: string
}

export interface RegularRecords {
  /** Lines of the table's width. */
  readonly count: number
  readonly ragged: readonly RaggedLine[]
}

const mostRagged = 20_000

/**
 * Counts the records of a file that needs little judgement: strict UTF-8, quotes only around whole cells, no line end
 * inside one, and every line as wide as the table but for some that have no quotes. Such a file is left to the
 * engine's own reader, many times as fast. Returns null at the first thing that is not so.
 */
export async function countRegularRecords(
  source: ByteSource,
  dialect: CsvDialect,
  signal: AbortSignal | undefined,
  onRead: (bytes: number) => void,
): Promise<RegularRecords | null> {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote?.charCodeAt(0) ?? -1
  if (dialect.delimiter.length !== 1 || delimiter > 127 || quote > 127 || dialect.newline === '\r')
    return null
  let line = 1
  let records = 0
  const ragged: RaggedLine[] = []
  let carriageReturns: boolean | undefined
  let rest: Buffer = Buffer.alloc(0)

  /** Lines of whole text; false where one is irregular. */
  const takeLines = (bytes: Buffer): boolean => {
    if (!isUtf8(bytes)) return false
    const { length } = bytes
    let at = 0
    while (at < length) {
      const start = at
      let cells = 1
      let byte = 0
      for (;;) {
        // A cell that starts with a quote must end with one, right before a delimiter or the line's end.
        if (bytes[at] === quote) {
          at++
          for (;;) {
            byte = at < length ? bytes[at]! : LF
            if (byte === LF) return false
            at++
            if (byte !== quote) continue
            if (bytes[at] === quote) at++
            else break
          }
          byte = at < length ? bytes[at]! : LF
          if (byte !== delimiter && byte !== LF && byte !== CR) return false
        } else {
          for (;;) {
            byte = at < length ? bytes[at]! : LF
            if (byte === delimiter || byte === LF) break
            if (byte === quote || byte === 0) return false
            if (byte === CR) break
            at++
          }
        }
        if (byte !== delimiter) break
        cells++
        at++
      }
      const hasReturn = byte === CR
      if (hasReturn) {
        at++
        if (bytes[at] !== LF) return false
      }
      if (at < length) {
        carriageReturns ??= hasReturn
        if (hasReturn !== carriageReturns) return false
      }
      const end = at
      at++
      if (line >= dialect.firstLine) {
        const blank = end - start <= (hasReturn ? 1 : 0)
        if (blank || end - start > maxLineBytes) return false
        if (cells === dialect.width) records++
        else if (!takeRagged(bytes.subarray(start, hasReturn ? end - 1 : end), cells)) return false
      }
      line++
    }
    return true
  }

  const takeRagged = (bytes: Buffer, cells: number): boolean => {
    const original = bytes.toString('utf8')
    if (bytes.includes(quote) || ragged.length >= mostRagged) return false
    // Cells too many that are all empty are forgiven, line by line.
    const extra = original.split(dialect.delimiter).slice(dialect.width)
    if (cells > dialect.width && extra.every((cell) => cell.trim() === '')) return false
    ragged.push({ line, cells, original })
    return true
  }

  for await (const chunk of readBytes(source, signal, onRead)) {
    const cut = chunk.lastIndexOf(LF) + 1
    if (cut === 0) {
      rest = Buffer.concat([rest, chunk])
      if (rest.length > maxLineBytes * 2) return null
      continue
    }
    const whole = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, cut)]) : chunk.subarray(0, cut)
    if (!takeLines(whole)) return null
    rest = Buffer.from(chunk.subarray(cut))
  }
  if (rest.length > 0 && !takeLines(rest)) return null
  return { count: records, ragged }
}
