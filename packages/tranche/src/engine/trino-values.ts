import type { TrinoColumn } from './trino-protocol.ts'
import type { Cell, Column, Columns } from './warehouse.ts'

const msPerDay = 86_400_000

/** One value of a small result, in the same form as from any other engine. */
export function cellOf(value: unknown, type: string): Cell {
  if (value === null || value === undefined) return null
  if (type.startsWith('array(')) {
    const element = type.slice('array('.length, -1)
    return (value as unknown[]).map((item) => cellOf(item, element))
  }
  if (type.startsWith('timestamp')) return isoOf(String(value))
  if (typeof value === 'bigint') return value.toString()
  // NaN and infinities come as texts.
  if (type === 'double' || type === 'real') return typeof value === 'number' ? value : null
  return value as Cell
}

/** Rows of one page as typed columns: doubles, dates in days, instants in ms, or texts. */
export function columnsOf(data: readonly (readonly unknown[])[], columns: readonly TrinoColumn[]): Columns {
  const byName: Record<string, Column> = {}
  columns.forEach(({ name, type }, index) => {
    byName[name] = isText(type)
      ? { type: 'string', values: data.map((row) => (row[index] ?? null) as string | null) }
      : numbersOf(data, index, type)
  })
  return { rowCount: data.length, names: columns.map(({ name }) => name), byName }
}

function numbersOf(data: readonly (readonly unknown[])[], index: number, type: string): Column {
  const read = readerOf(type)
  const values = new Float64Array(data.length)
  const valid = new Uint8Array(data.length)
  data.forEach((row, at) => {
    const value = row[index]
    if (value === null || value === undefined) return
    const number = read(value)
    if (!Number.isFinite(number)) return
    values[at] = number
    valid[at] = 1
  })
  return { type: 'number', values, valid }
}

function readerOf(type: string): (value: unknown) => number {
  if (type === 'date') return (value) => Date.parse(`${value}T00:00:00Z`) / msPerDay
  if (type.startsWith('timestamp')) return (value) => instantOf(String(value))
  if (type.startsWith('decimal') || numeric.has(type)) return Number
  throw new TypeError(`A column of type ${type} has no typed form.`)
}

const numeric = new Set(['double', 'real', 'bigint', 'integer', 'smallint', 'tinyint', 'boolean'])

function isText(type: string): boolean {
  return type.startsWith('varchar') || type.startsWith('char')
}

/** `2024-03-05 10:00:00.123456` in ms since 1970, with its microseconds as a fraction. */
function instantOf(text: string): number {
  const [seconds, fraction = ''] = text.split('.')
  return Date.parse(`${seconds!.replace(' ', 'T')}Z`) + Number(fraction.padEnd(6, '0')) / 1000
}

function isoOf(text: string): string {
  const [seconds, fraction = ''] = text.split('.')
  const digits = fraction.replace(/0+$/, '')
  return `${seconds!.replace(' ', 'T')}.${digits.length > 3 ? digits.padEnd(6, '0') : digits.padEnd(3, '0')}Z`
}
