import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Cell } from './warehouse.ts'

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

function isoFromMicros(micros: bigint): string {
  const ms = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n)
  const rest = micros - ms * 1000n
  const iso = new Date(Number(ms)).toISOString()
  return rest === 0n ? iso : iso.replace('Z', `${rest.toString().padStart(3, '0')}Z`)
}
