import type { Columns } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'

/** A column of small codes: a whole number from 0 up to the size, never missing. */
export interface CodeExpression {
  readonly name: string
  readonly code: Sql
  readonly size: number
}

/** Columns of codes side by side in the bits of a few whole numbers: a column handed over costs as much as what is in it. */
export class PackedCodes {
  /** What is to be selected. */
  readonly expressions: readonly Sql[]
  readonly #places = new Map<
    string,
    { readonly pack: string; readonly shift: number; readonly mask: number }
  >()

  constructor(columns: readonly CodeExpression[]) {
    const packs: Sql[][] = []
    let used = bitsOfPack
    for (const { name, code, size } of columns) {
      const bits = Math.max(1, Math.ceil(Math.log2(size)))
      if (used + bits > bitsOfPack) {
        packs.push([])
        used = 0
      }
      packs.at(-1)!.push(sql`cast(${code} as integer) * ${2 ** used}`)
      this.#places.set(name, { pack: nameOf(packs.length - 1), shift: used, mask: 2 ** bits - 1 })
      used += bits
    }
    this.expressions = packs.map(
      (parts, index) => sql`cast(${join(parts, ' + ')} as integer) as ${ident(nameOf(index))}`,
    )
  }

  /** The codes of one of the columns, from what was selected. */
  codesOf(read: Columns, name: string): Uint8Array {
    const place = this.#places.get(name)
    const packed = place && read.byName[place.pack]
    if (packed?.type !== 'number') throw new TypeError(`No codes of ${name} were read.`)
    const { shift, mask } = place!
    const codes = new Uint8Array(read.rowCount)
    for (let row = 0; row < codes.length; row++) codes[row] = (packed.values[row]! >> shift) & mask
    return codes
  }
}

/** Of a whole number with a sign. */
const bitsOfPack = 31
const nameOf = (pack: number) => `codes_${pack}`
