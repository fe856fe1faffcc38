import {
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell, Column, Columns } from './warehouse.ts'

const msPerDay = 86_400_000

/** One value of a small result, exact. */
export function toCell(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (value instanceof DuckDBDecimalValue) return value.toString()
  if (value instanceof DuckDBDateValue) return new Date(value.days * msPerDay).toISOString().slice(0, 10)
  if (value instanceof DuckDBTimestampValue) return isoFromMicros(value.micros)
  if (value instanceof DuckDBListValue) return value.items.map((item) => toCell(item))
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, toCell(item)]))
  return String(value)
}

/** A chunk as typed columns. Numbers of every kind become doubles; what is neither number nor text is refused. */
export function readChunk(
  chunk: DuckDBDataChunk,
  names: readonly string[],
  types: readonly DuckDBType[],
): Columns {
  const { rowCount } = chunk
  const byName: Record<string, Column> = {}
  names.forEach((name, index) => {
    byName[name] = readColumn(chunk, index, types[index]!, rowCount)
  })
  return { rowCount, names, byName }
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

function isText(type: DuckDBType): boolean {
  return type.typeId === DuckDBTypeId.VARCHAR || type.typeId === DuckDBTypeId.ENUM
}

function readColumn(chunk: DuckDBDataChunk, index: number, type: DuckDBType, rowCount: number): Column {
  if (isText(type)) return { type: 'string', values: chunk.getColumnValues(index) as (string | null)[] }
  const values = new Float64Array(rowCount)
  if (heldAsNumbers.has(type.typeId)) {
    const { items, validity } = chunk.getColumnVector(index) as unknown as NumberVector
    const valid = readValidity(validity, rowCount)
    for (let row = 0; row < rowCount; row++) {
      const value = Number(items[row]!)
      if (valid[row] === 1 && Number.isFinite(value)) values[row] = value
      else valid[row] = 0
    }
    return { type: 'number', values, valid }
  }
  const valid = new Uint8Array(rowCount)
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
const heldAsNumbers: ReadonlySet<DuckDBTypeId> = new Set([
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

function isoFromMicros(micros: bigint): string {
  const ms = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n)
  const rest = micros - ms * 1000n
  const iso = new Date(Number(ms)).toISOString()
  return rest === 0n ? iso : iso.replace('Z', `${rest.toString().padStart(3, '0')}Z`)
}
