/** 1 where a value is known, 0 where it is missing; absent means all are known. A number that is not finite never is. */
export type Validity = Uint8Array

export type Column =
  | ({ readonly type: 'number' } & Numbers)
  /** Days counted from 1970-01-01. */
  | ({ readonly type: 'date' } & Numbers)
  /** Microseconds since 1970 in UTC. */
  | { readonly type: 'instant'; readonly values: BigInt64Array; readonly valid?: Validity }
  | { readonly type: 'bool'; readonly values: Uint8Array; readonly valid?: Validity }
  /** Codes into a dictionary; -1 is a missing value. */
  | { readonly type: 'string'; readonly codes: Int32Array; readonly dictionary: readonly string[] }
  | { readonly type: 'string'; readonly values: readonly (string | null | undefined)[] }
  | { readonly type: 'set'; readonly values: readonly (ReadonlySet<string> | null | undefined)[] }

export type NumberValues = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array

interface Numbers {
  readonly values: NumberValues
  readonly valid?: Validity
  /** Of a column that is judged again and again: in bits, once for all, which of its doubles are finite; the others are missing. */
  readonly known?: Bitset
}

/** Columns of equal length, and where rules ask for them, memberships (1 in, 0 not) by segment. */
export interface ColumnTable {
  readonly length: number
  readonly columns: Readonly<Record<string, Column>>
  readonly segments?: Readonly<Record<string, { readonly values: Uint8Array; readonly valid?: Validity }>>
}

/** One bit per row. */
export interface Bitset {
  readonly words: Uint32Array
  readonly length: number
}

/** Where a condition is true and where it is known at all. */
export interface ConditionColumn {
  readonly type: 'bool'
  readonly isTrue: Bitset
  readonly known: Bitset
}

export type ResultColumn =
  | ConditionColumn
  | { readonly type: 'number' | 'date'; readonly values: Float64Array; readonly known: Bitset }
  | { readonly type: 'instant'; readonly values: BigInt64Array; readonly known: Bitset }
  | { readonly type: 'string'; readonly values: readonly (string | undefined)[]; readonly known: Bitset }

export function createBitset(length: number): Bitset {
  return { words: new Uint32Array(Math.ceil(length / 32)), length }
}

export function setBit({ words }: Bitset, index: number): void {
  words[index >>> 5]! |= 1 << (index & 31)
}

export function hasBit({ words }: Bitset, index: number): boolean {
  return ((words[index >>> 5]! >>> (index & 31)) & 1) === 1
}

/** Where bits are set, in ascending order. */
export function* bitsOf({ words }: Bitset): Generator<number> {
  for (let at = 0; at < words.length; at++)
    for (let word = words[at]!; word !== 0; word &= word - 1) yield at * 32 + 31 - Math.clz32(word & -word)
}

/** How many bits are set. */
export function countBits({ words }: Bitset): number {
  let count = 0
  for (let at = 0; at < words.length; at++) {
    // As signed numbers, which the processor reckons with.
    let word = words[at]! | 0
    word = (word - ((word >>> 1) & 0x55555555)) | 0
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333)
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** Length of a column's data. */
export function lengthOf(column: Column): number {
  return 'codes' in column ? column.codes.length : column.values.length
}
