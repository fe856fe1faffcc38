import { constants, zstdCompressSync } from 'node:zlib'
import { encodeThrift } from './thrift-compact.ts'

/** A column's values in one group of rows, as its file holds them. */
export interface ColumnChunk {
  readonly bytes: readonly Uint8Array[]
  readonly rows: number
  readonly nulls: number
  /** Lengths with and without compression, page headers included. */
  readonly compressed: number
  readonly uncompressed: number
  /** Bytes before the data page: those of the dictionary's page. */
  readonly dictionaryLength: number
  readonly range: { readonly low: Uint8Array; readonly high: Uint8Array } | undefined
}

/** The words that a group of rows points to, in UTF-8, each after its length in four bytes. */
export interface Dictionary {
  readonly plain: Uint8Array
  readonly count: number
}

/** Rows of a group; readers take groups in parallel. */
export const rowsPerGroup = 122_880
/** Encodings, page types and codecs by the numbers of https://github.com/apache/parquet-format */
export const encoding = { plain: 0, rle: 3, dictionary: 8 } as const
export const zstd = 6
const page = { data: 0, dictionary: 2 } as const

/** Room for one data page, filled again and again: definition levels, then values. */
const content = new Uint8Array(rowsPerGroup * 9)
const words32 = new Int32Array(rowsPerGroup * 2)
const bytes32 = new Uint8Array(words32.buffer)

/**
 * Encodes words by their places in a dictionary.
 *
 * @param places a place per row, −1 where there is none; at most `rowsPerGroup`
 */
export function encodeWordsChunk(places: Int32Array, dictionary: Dictionary): ColumnChunk {
  let count = 0
  for (let row = 0; row < places.length; row++) if (places[row]! >= 0) count++
  let at = putLevels(places.length, count, (row) => places[row]! >= 0)
  const width = Math.max(1, 32 - Math.clz32(Math.max(0, dictionary.count - 1)))
  content[at++] = width
  if (count > 0) at = dictionary.count === 1 ? putRun(at, count, 0) : putPacked(at, places, count, width)
  const pages = [
    compressPage(page.dictionary, dictionary.plain, dictionary.count),
    compressPage(page.data, content.subarray(0, at), places.length, encoding.dictionary),
  ]
  return chunkOf(places.length, count, pages, undefined)
}

/**
 * Encodes whole numbers as they are, in 4 or 8 bytes.
 *
 * @param numbers safe integers, NaN where there is none; at most `rowsPerGroup`
 */
export function encodeNumbersChunk(numbers: Float64Array, width: 4 | 8): ColumnChunk {
  let at = 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row]!
    if (Number.isNaN(value)) continue
    if (value < low) low = value
    if (value > high) high = value
    words32[at++] = value
    if (width === 8) words32[at++] = Math.floor(value / 2 ** 32)
  }
  const count = (at * 4) / width
  const start = putLevels(numbers.length, count, (row) => !Number.isNaN(numbers[row]!))
  content.set(bytes32.subarray(0, at * 4), start)
  const data = compressPage(page.data, content.subarray(0, start + at * 4), numbers.length, encoding.plain)
  const range = count === 0 ? undefined : { low: wholeBytes(low, width), high: wholeBytes(high, width) }
  return chunkOf(numbers.length, count, [data], range)
}

function wholeBytes(value: number, width: 4 | 8): Uint8Array {
  const parts = width === 8 ? [value, Math.floor(value / 2 ** 32)] : [value]
  return new Uint8Array(Int32Array.from(parts, (part) => part | 0).buffer)
}

/** Which rows have a value, as definition levels after their length; gives the position after them. */
function putLevels(rows: number, count: number, has: (row: number) => boolean): number {
  const lengthBytes = 4
  let at = lengthBytes
  if (count === rows) at = putRun(at, rows, 1)
  else {
    at = putVarint(at, (Math.ceil(rows / 8) << 1) | 1)
    const end = at + Math.ceil(rows / 8)
    content.fill(0, at, end)
    for (let row = 0; row < rows; row++) if (has(row)) content[at + (row >> 3)]! |= 1 << (row & 7)
    at = end
  }
  for (let index = 0; index < lengthBytes; index++) content[index] = (at - lengthBytes) >>> (8 * index)
  return at
}

/** The same value so many times. */
function putRun(at: number, count: number, value: number): number {
  const next = putVarint(at, count << 1)
  content[next] = value
  return next + 1
}

/** Places in bits, eight at a time, in one run; absent ones are skipped. */
function putPacked(at: number, places: Int32Array, count: number, width: number): number {
  const groups = Math.ceil(count / 8)
  at = putVarint(at, (groups << 1) | 1)
  const end = at + groups * width
  let held = 0
  let bits = 0
  for (let row = 0; row < places.length; row++) {
    const place = places[row]!
    if (place < 0) continue
    held |= place << bits
    bits += width
    while (bits >= 8) {
      content[at++] = held
      held >>>= 8
      bits -= 8
    }
  }
  if (bits > 0) content[at++] = held
  content.fill(0, at, end)
  return end
}

function putVarint(at: number, value: number): number {
  for (; value > 127; value >>>= 7) content[at++] = (value & 127) | 128
  content[at++] = value
  return at
}

interface Page {
  readonly header: Uint8Array
  readonly body: Uint8Array
  readonly uncompressed: number
}

function compressPage(type: 0 | 2, plain: Uint8Array, values: number, of: number = encoding.plain): Page {
  const body = zstdCompressSync(plain, {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
    // One piece of output, rather than many that are joined.
    chunkSize: Math.max(64, plain.length + (plain.length >> 8) + 64),
  })
  const levels = type === page.data ? ([encoding.rle, encoding.rle] as const) : []
  const header = encodeThrift({
    fields: [
      [1, { i32: type }],
      [2, { i32: plain.length }],
      [3, { i32: body.length }],
      [
        type === page.data ? 5 : 7,
        { fields: [values, of, ...levels].map((value, index) => [index + 1, { i32: value }]) },
      ],
    ],
  })
  return { header, body, uncompressed: header.length + plain.length }
}

function chunkOf(
  rows: number,
  present: number,
  pages: readonly Page[],
  range: ColumnChunk['range'],
): ColumnChunk {
  const lengths = pages.map(({ header, body }) => header.length + body.length)
  return {
    bytes: pages.flatMap(({ header, body }) => [header, body]),
    rows,
    nulls: rows - present,
    compressed: lengths.reduce((sum, length) => sum + length, 0),
    uncompressed: pages.reduce((sum, { uncompressed }) => sum + uncompressed, 0),
    dictionaryLength: pages.length === 2 ? lengths[0]! : 0,
    range,
  }
}
