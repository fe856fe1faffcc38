import { isUtf8 } from 'node:buffer'
import type { Text } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'
import { type ByteSource, readBytes } from './byte-stream.ts'

export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

/** How to decode a text file: `lossy` puts U+FFFD where a byte fits nowhere, and such rows are rejected. */
export interface DecodePlan {
  readonly encoding: TextEncodingName
  readonly lossy: boolean
  readonly bomBytes: number
  readonly note: Text
}

/** A file turned out not to be in the encoding that its beginning promised. */
export class EncodingMismatch extends Error {}

const names: Record<TextEncodingName, Text> = {
  'utf-8': { en: 'UTF-8', zh: 'UTF-8' },
  'utf-16le': { en: 'UTF-16 (little endian)', zh: 'UTF-16（小端）' },
  'utf-16be': { en: 'UTF-16 (big endian)', zh: 'UTF-16（大端）' },
  gb18030: { en: 'GB18030', zh: 'GB18030' },
}

/**
 * Encodings to try, in order: the declared one alone, or by byte order mark, or strict UTF-8, then strict GB18030,
 * then UTF-8 with the broken rows set aside. Throws for a file that is no text at all.
 */
export function decodePlans(
  head: Buffer,
  declared: TextEncodingName | 'auto',
  file: string,
): readonly DecodePlan[] {
  const mark = byteOrderMark(head)
  if (declared !== 'auto')
    return [plan(declared, true, mark?.encoding === declared ? mark.bytes : 0, 'declared')]
  if (mark) return [plan(mark.encoding, true, mark.bytes, 'mark')]
  const wide = binaryKind(head) ? undefined : wideWithoutMark(head)
  if (wide) return [plan(wide, true, 0, 'guess')]
  refuseBinary(head, file)
  const startsAsUtf8 = isUtf8(wholeSequences(head))
  const gb18030 = plan('gb18030', false, 0, 'guess')
  const last = plan('utf-8', true, 0, 'broken')
  return startsAsUtf8 ? [plan('utf-8', false, 0, 'strict'), gb18030, last] : [gb18030, last]
}

/** The file's text in pieces. Throws `EncodingMismatch` where a strict plan fails. */
export async function* readText(
  source: ByteSource,
  { encoding, lossy, bomBytes }: DecodePlan,
  signal: AbortSignal | undefined,
  onRead?: (bytesOfFile: number) => void,
): AsyncIterable<string> {
  const decoder = new TextDecoder(encoding, { fatal: !lossy, ignoreBOM: true })
  const decode = (bytes: Buffer | undefined): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw new EncodingMismatch(encoding)
    }
  }
  let skip = bomBytes
  for await (const chunk of readBytes(source, signal, onRead)) {
    const bytes = skip > 0 ? chunk.subarray(skip) : chunk
    skip = Math.max(0, skip - chunk.length)
    const text = decode(bytes)
    if (text !== '') yield text
  }
  const rest = decode(undefined)
  if (rest !== '') yield rest
}

function plan(
  encoding: TextEncodingName,
  lossy: boolean,
  bomBytes: number,
  why: 'declared' | 'mark' | 'strict' | 'guess' | 'broken',
): DecodePlan {
  const { en, zh } = names[encoding]
  const reasons: Record<typeof why, Text> = {
    declared: { en: `Encoding ${en}, as declared.`, zh: `编码 ${zh}（按声明）。` },
    mark: { en: `Encoding ${en}, by its byte order mark.`, zh: `编码 ${zh}（依据字节序标记）。` },
    strict: { en: `Encoding ${en}: every byte fits.`, zh: `编码 ${zh}：所有字节均符合。` },
    guess: {
      en: `Encoding ${en}: a guess, since the bytes are no UTF-8 but fit it.`,
      zh: `编码 ${zh}：推测所得，内容不是 UTF-8，但符合该编码。`,
    },
    broken: {
      en: `Encoding ${en} with broken bytes: rows that hold one are set aside. Declare the encoding if it is another.`,
      zh: `编码 ${zh}，但含有损坏的字节：相关行已隔离。若为其他编码，请在配置中声明。`,
    },
  }
  return { encoding, lossy, bomBytes, note: reasons[why] }
}

function byteOrderMark(head: Buffer): { encoding: TextEncodingName; bytes: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bytes: 2 }
  if (head[0] === 0x84 && head[1] === 0x31 && head[2] === 0x95 && head[3] === 0x33)
    return { encoding: 'gb18030', bytes: 4 }
  return undefined
}

/** UTF-16 without a mark shows in zero bytes on one side of line ends and digits, and on that side only. */
function wideWithoutMark(head: Buffer): TextEncodingName | undefined {
  let even = 0
  let odd = 0
  let control = 0
  for (const [index, byte] of head.entries())
    if (byte === 0) {
      if (index % 2 === 0) even++
      else odd++
    } else if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) control++
  if (control > head.length / 100) return undefined
  const enough = head.length / 8
  if (odd > enough && even === 0) return 'utf-16le'
  if (even > enough && odd === 0) return 'utf-16be'
  return undefined
}

function refuseBinary(head: Buffer, file: string): void {
  const sample = head.subarray(0, 65_536)
  let control = 0
  for (const byte of sample)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) control++
  const kind = binaryKind(head)
  if (!kind && !sample.includes(0) && control <= sample.length / 50) return
  const what = kind ?? { en: 'binary data', zh: '二进制数据' }
  throw new TrancheError(
    'invalid_source',
    { en: `${file} is no text file: it holds ${what.en}.`, zh: `${file} 不是文本文件：内容为${what.zh}。` },
    {
      place: { file, line: 1 },
      hint: {
        en: 'Expected CSV or JSON Lines as text (gzip allowed), Excel .xlsx or Parquet. Export it again as one of these.',
        zh: '应为文本 CSV 或 JSON Lines（可 gzip 压缩）、Excel .xlsx 或 Parquet，请重新导出。',
      },
    },
  )
}

function binaryKind(head: Buffer): Text | undefined {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte)
  if (starts(0x50, 0x4b, 3, 4)) return { en: 'a ZIP archive', zh: ' ZIP 压缩包' }
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) return { en: 'an old Excel file (.xls)', zh: '旧版 Excel（.xls）' }
  if (starts(0x25, 0x50, 0x44, 0x46)) return { en: 'a PDF', zh: ' PDF' }
  if (starts(0x89, 0x50, 0x4e, 0x47)) return { en: 'a picture', zh: '图片' }
  if (starts(0x50, 0x41, 0x52, 0x31)) return { en: 'Parquet', zh: ' Parquet' }
  return undefined
}

/** The bytes without a last character that the cut went through. */
function wholeSequences(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return bytes.subarray(0, bytes.length - back)
    if (byte < 0x80) return bytes
  }
  return bytes
}
