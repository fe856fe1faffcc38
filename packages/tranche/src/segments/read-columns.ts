import { type Column, createBitset, setBit } from '@tranche/language'
import type { Column as EngineColumn } from '../engine/warehouse.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'
import type { RuleColumn } from './rule-scope.ts'

/** So many texts of a column share a dictionary. */
export const mostTexts = 65_536

/** A column as rules read it: numbers as doubles, whatever the engine keeps them as. */
export function readableSql(name: string, { type, storage }: RuleColumn): Sql {
  return type === 'number' && storage !== 'double'
    ? sql`cast(${ident(name)} as double) as ${ident(name)}`
    : ident(name)
}

/** A column of rows that come bit by bit, in any order; of one with more texts than share a dictionary only that it has them. */
export interface ColumnBuilder {
  /** Puts values in the rows `at`; those at -1 nowhere. */
  put(values: EngineColumn, at: Int32Array): void
  /** The column, and how much memory it takes. */
  done(): { readonly column: Column; readonly bytes: number }
}

/** Makes room for a column of so many rows; missing numbers are NaN. */
export function columnBuilder({ type }: RuleColumn, rows: number): ColumnBuilder {
  switch (type) {
    case 'string':
      return codes(rows)
    case 'bool':
      return flags(rows)
    case 'instant':
      return instants(rows)
    case 'set':
      throw new TypeError('No column of customers is a set.')
    default:
      return numbers(type, rows)
  }
}

function numbers(type: 'number' | 'date', rows: number): ColumnBuilder {
  const values = new Float64Array(rows).fill(Number.NaN)
  const known = createBitset(rows)
  return {
    put: (column, at) => {
      const given = numbersOf(column)
      for (let i = 0; i < at.length; i++) {
        if (given.valid[i] === 0 || at[i] === -1) continue
        values[at[i]!] = given.values[i]!
        setBit(known, at[i]!)
      }
    },
    done: () => ({ column: { type, values, known }, bytes: values.byteLength + known.words.byteLength }),
  }
}

function flags(rows: number): ColumnBuilder {
  const [values, valid] = [new Uint8Array(rows), new Uint8Array(rows)]
  return {
    put: (column, at) => {
      const given = numbersOf(column)
      for (let i = 0; i < at.length; i++) {
        values[at[i]!] = given.values[i]!
        valid[at[i]!] = given.valid[i]!
      }
    },
    done: () => ({ column: { type: 'bool', values, valid }, bytes: values.byteLength + valid.byteLength }),
  }
}

function instants(rows: number): ColumnBuilder {
  const [values, valid] = [new BigInt64Array(rows), new Uint8Array(rows)]
  return {
    put: (column, at) => {
      const given = numbersOf(column)
      for (let i = 0; i < at.length; i++) {
        values[at[i]!] = BigInt(Math.round(given.values[i]! * 1000))
        valid[at[i]!] = given.valid[i]!
      }
    },
    done: () => ({ column: { type: 'instant', values, valid }, bytes: values.byteLength + valid.byteLength }),
  }
}

/** What the engine of JavaScript takes for a short text and its place in a map, about. */
const bytesPerText = 100

function codes(rows: number): ColumnBuilder {
  const coded = new Int32Array(rows).fill(-1)
  const known = new Map<string, number>()
  const dictionary: string[] = []
  let letters = 0
  return {
    put: (column, at) => {
      const texts = column.type === 'string' ? column.values : []
      if (dictionary.length > mostTexts) return
      for (let i = 0; i < at.length; i++) {
        const text = texts[i] ?? null
        if (text === null || at[i] === -1) continue
        let code = known.get(text)
        if (code === undefined) {
          code = dictionary.push(text) - 1
          known.set(text, code)
          letters += text.length
        }
        coded[at[i]!] = code
      }
    },
    done: () => ({
      column: { type: 'string', codes: coded, dictionary },
      bytes: coded.byteLength + bytesPerText * dictionary.length + 2 * letters,
    }),
  }
}

function numbersOf(column: EngineColumn) {
  if (column.type !== 'number') throw new TypeError('A column of texts stands where numbers should.')
  return column
}
