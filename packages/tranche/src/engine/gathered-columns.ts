import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api'
import {
  type ColumnReader,
  columnReader,
  heldAsNumbers,
  isText,
  type NumberRoom,
  putNumbers,
} from './column-readers.ts'
import type { Column, Columns } from './warehouse.ts'

/** A result gathered as it comes: numbers are written where they stay. */
export class GatheredColumns {
  readonly #names: readonly string[]
  readonly #readers: readonly ColumnReader[]
  readonly #parts: (NumberRoom | (string | null)[])[]
  readonly #plain: readonly boolean[]
  #rows = 0
  #room = firstRoom

  constructor(names: readonly string[], types: readonly DuckDBType[]) {
    this.#names = names
    this.#readers = types.map(columnReader)
    this.#plain = types.map(({ typeId }) => heldAsNumbers.has(typeId))
    this.#parts = types.map((type) => (isText(type) ? [] : roomFor(firstRoom)))
  }

  add(chunk: DuckDBDataChunk): void {
    const { rowCount } = chunk
    const needed = this.#rows + rowCount
    if (needed > this.#room) this.#grow(Math.max(needed, growth * this.#room))
    this.#parts.forEach((part, index) => {
      if ('valid' in part && this.#plain[index]) {
        putNumbers(chunk, index, part, this.#rows)
        return
      }
      const column = this.#readers[index]!(chunk, index)
      if ('valid' in part && column.type === 'number') {
        part.values.set(column.values, this.#rows)
        part.valid.set(column.valid, this.#rows)
      } else if (Array.isArray(part) && column.type === 'string')
        for (const value of column.values) part.push(value)
    })
    this.#rows = needed
  }

  columns(): Columns {
    const byName = this.#names.map((name, index): [string, Column] => {
      const part = this.#parts[index]!
      return [
        name,
        'valid' in part
          ? {
              type: 'number',
              values: part.values.subarray(0, this.#rows),
              valid: part.valid.subarray(0, this.#rows),
            }
          : { type: 'string', values: part },
      ]
    })
    return { rowCount: this.#rows, names: this.#names, byName: Object.fromEntries(byName) }
  }

  #grow(room: number): void {
    this.#parts.forEach((part, index) => {
      if (!('valid' in part)) return
      const larger = roomFor(room)
      larger.values.set(part.values.subarray(0, this.#rows))
      larger.valid.set(part.valid.subarray(0, this.#rows))
      this.#parts[index] = larger
    })
    this.#room = room
  }
}

const firstRoom = 4096
/** What is not written to yet takes no memory. */
const growth = 4
const roomFor = (rows: number): NumberRoom => ({
  values: new Float64Array(rows),
  valid: new Uint8Array(rows),
})
