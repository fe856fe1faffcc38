import {
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Column, Columns } from './warehouse.ts'

/** Reads chunks of one result as typed columns. Numbers of every kind become doubles; what is neither number nor text is refused. */
export function chunkReader(
  names: readonly string[],
  types: readonly DuckDBType[],
): (chunk: DuckDBDataChunk) => Columns {
  const readers = types.map(columnReader)
  return (chunk) => {
    const byName: Record<string, Column> = {}
    names.forEach((name, index) => {
      byName[name] = readers[index]!(chunk, index)
    })
    return { rowCount: chunk.rowCount, names, byName }
  }
}

export function emptyColumns(names: readonly string[], types: readonly DuckDBType[]): Columns {
  const byName: Record<string, Column> = {}
  names.forEach((name, index) => {
    byName[name] = isText(types[index]!)
      ? { type: 'string', values: [] }
      : { type: 'number', values: new Float64Array(0), valid: new Uint8Array(0) }
  })
  return { rowCount: 0, names, byName }
}

export function isText(type: DuckDBType): boolean {
  return type.typeId === DuckDBTypeId.VARCHAR || type.typeId === DuckDBTypeId.ENUM
}

export type ColumnReader = (chunk: DuckDBDataChunk, index: number) => Column

export function columnReader(type: DuckDBType): ColumnReader {
  if (type.typeId === DuckDBTypeId.VARCHAR) return textReader()
  if (isText(type))
    return (chunk, index) => ({
      type: 'string',
      values: chunk.getColumnValues(index) as (string | null)[],
    })
  return heldAsNumbers.has(type.typeId) ? readNumbers : readConverted
}

function readNumbers(chunk: DuckDBDataChunk, index: number): Column {
  const { rowCount } = chunk
  const column = { values: new Float64Array(rowCount), valid: new Uint8Array(rowCount) }
  putNumbers(chunk, index, column, 0)
  return { type: 'number', ...column }
}

/** Where numbers are written to. */
export interface NumberRoom {
  readonly values: Float64Array
  readonly valid: Uint8Array
}

/** Writes a chunk's numbers from a place on. What is not finite is missing. */
export function putNumbers(
  chunk: DuckDBDataChunk,
  index: number,
  { values, valid }: NumberRoom,
  at: number,
): void {
  const { items, validity } = chunk.getColumnVector(index) as unknown as NumberVector
  const { rowCount } = chunk
  const { data, offset } = validity
  const bytes = data === null ? null : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const doubles = asDoubles(items)
  for (let row = 0; row < rowCount; row++) {
    const bit = offset + row
    if (bytes !== null && ((bytes[bit >> 3]! >> (bit & 7)) & 1) === 0) continue
    const value = doubles[row]!
    // The difference of what is not finite is not a number.
    if (value - value !== 0) continue
    values[at + row] = value
    valid[at + row] = 1
  }
}

function asDoubles(items: NumberVector['items']): Float64Array {
  if (items instanceof Float64Array) return items
  return typeof items[0] === 'bigint'
    ? Float64Array.from(items, Number)
    : new Float64Array(items as ArrayLike<number>)
}

function readConverted(chunk: DuckDBDataChunk, index: number): Column {
  const values = new Float64Array(chunk.rowCount)
  const valid = new Uint8Array(chunk.rowCount)
  chunk.getColumnValues(index).forEach((value, row) => {
    const number = toNumber(value)
    if (number !== null) {
      values[row] = number
      valid[row] = 1
    }
  })
  return { type: 'number', values, valid }
}

/** Types whose vectors are arrays of just the numbers that a column gives. */
export const heldAsNumbers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.DATE,
])

interface NumberVector {
  readonly items: ArrayLike<number | bigint>
  readonly validity: { readonly data: BigUint64Array | null; readonly offset: number }
}

interface TextVector {
  readonly dataView: DataView
  readonly validity: NumberVector['validity']
  getItem(row: number): string | null
}

/** A text of up to so many bytes lies in the vector itself, after its length; of a longer one only where it is. */
const bytesInPlace = 12
const wordsPerText = 4
const textsKept = 1024

/** Columns of texts mostly repeat a few: those that were read lately are not decoded again. */
function textReader(): ColumnReader {
  const kept = new Int32Array(textsKept * wordsPerText).fill(-1)
  const texts: (string | null)[] = new Array(textsKept).fill(null)
  return (chunk, index) => {
    const vector = chunk.getColumnVector(index) as unknown as TextVector
    const { rowCount } = chunk
    const { dataView } = vector
    const valid = readValidity(vector.validity, rowCount)
    const words = new Int32Array(dataView.buffer, dataView.byteOffset, rowCount * wordsPerText)
    const values: (string | null)[] = new Array(rowCount)
    for (let row = 0, at = 0; row < rowCount; row++, at += wordsPerText) {
      if (valid[row] === 0) {
        values[row] = null
        continue
      }
      const [length, a, b, c] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!]
      if (length > bytesInPlace) {
        values[row] = vector.getItem(row)
        continue
      }
      const mixed = Math.imul(a ^ Math.imul(b ^ Math.imul(c ^ length, 0x9e3779b1), 0x85ebca6b), 0xc2b2ae35)
      const slot = mixed >>> 22
      const key = slot * wordsPerText
      if (kept[key] !== length || kept[key + 1] !== a || kept[key + 2] !== b || kept[key + 3] !== c) {
        kept.set([length, a, b, c], key)
        texts[slot] = vector.getItem(row)
      }
      values[row] = texts[slot]!
    }
    return { type: 'string', values }
  }
}

/** 1 where a row has a value. The engine's own test of a bit goes through three big integers a row. */
function readValidity({ data, offset }: NumberVector['validity'], rowCount: number): Uint8Array {
  const valid = new Uint8Array(rowCount)
  if (data === null) return valid.fill(1)
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  for (let row = 0; row < rowCount; row++) {
    const bit = offset + row
    valid[row] = (bytes[bit >> 3]! >> (bit & 7)) & 1
  }
  return valid
}

function toNumber(value: DuckDBValue): number | null {
  if (value === null) return null
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (value instanceof DuckDBDecimalValue) return value.toDouble()
  if (value instanceof DuckDBDateValue) return value.days
  if (value instanceof DuckDBTimestampValue) return Number(value.micros) / 1000
  throw new TypeError(`A column of ${value.constructor.name} has no typed form.`)
}
