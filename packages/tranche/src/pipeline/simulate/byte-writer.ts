import { putClock, putDay } from './calendar.ts'

/** Words up to this length are copied by hand: calling into the engine for them takes longer. */
const shortWord = 32
const powersOfTen = Float64Array.from({ length: 17 }, (_, digits) => 10 ** digits)

/**
 * Text written as bytes: words come encoded, digits are written here. Ten times as fast as joining strings and
 * encoding them, which is what a million rows of a hundred characters need.
 */
export class ByteWriter {
  #bytes: Uint8Array
  length = 0

  constructor(capacity = 1 << 16) {
    this.#bytes = new Uint8Array(capacity)
  }

  /** Words in the file's own encoding. */
  bytes(word: Uint8Array): this {
    const size = word.length
    this.#reserve(size)
    const bytes = this.#bytes
    const start = this.length
    if (size > shortWord) bytes.set(word, start)
    else for (let index = 0; index < size; index++) bytes[start + index] = word[index]!
    this.length = start + size
    return this
  }

  ascii(text: string): this {
    const size = text.length
    this.#reserve(size)
    const bytes = this.#bytes
    const start = this.length
    for (let index = 0; index < size; index++) bytes[start + index] = text.charCodeAt(index)
    this.length = start + size
    return this
  }

  byte(code: number): this {
    this.#reserve(1)
    this.#bytes[this.length++] = code
    return this
  }

  comma(): this {
    return this.byte(44)
  }

  /** A whole number ≥ 0, with leading zeros up to the width. */
  integer(value: number, width = 1): this {
    this.#reserve(20)
    const bytes = this.#bytes
    let digits = width
    while (value >= powersOfTen[digits]!) digits++
    let index = this.length + digits
    this.length = index
    for (; value > 0x7fffffff; digits--) {
      const rest = Math.floor(value / 10)
      bytes[--index] = 48 + (value - rest * 10)
      value = rest
    }
    // Whole numbers of 32 bits are divided several times as fast.
    for (let left = value | 0; digits > 0; digits--) {
      const rest = (left / 10) | 0
      bytes[--index] = 48 + (left - rest * 10)
      left = rest
    }
    return this
  }

  /** Hundredths as 12.34. */
  cents(value: number): this {
    if (value < 0) this.byte(45)
    const whole = Math.abs(value)
    this.integer(Math.floor(whole / 100)).byte(46)
    return this.integer(whole % 100, 2)
  }

  day(day: number): this {
    this.#reserve(10)
    this.length = putDay(this.#bytes, this.length, day)
    return this
  }

  /** 20250630 */
  compactDay(day: number): this {
    this.#reserve(8)
    this.length = putDay(this.#bytes, this.length, day, true)
    return this
  }

  /** 2025-06-30 13:05:00, with another separator than a space where given. */
  moment(day: number, second: number, separator = 32): this {
    this.#reserve(19)
    const at = putDay(this.#bytes, this.length, day)
    this.#bytes[at] = separator
    this.length = putClock(this.#bytes, at + 1, second)
    return this
  }

  /** The byte at a position already written. */
  at(position: number): number {
    return this.#bytes[position]!
  }

  /** What `write` writes, after its length in four bytes, the lowest first. */
  sized(write: (out: ByteWriter) => void): this {
    const start = this.length
    this.#reserve(4)
    this.length += 4
    write(this)
    const size = this.length - start - 4
    for (let index = 0; index < 4; index++) this.#bytes[start + index] = size >>> (8 * index)
    return this
  }

  /** What was written since a position, to write it again. */
  since(position: number): Uint8Array {
    return this.#bytes.slice(position, this.length)
  }

  /** Everything written, and an empty writer. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.length)
    taken.set(this.#bytes.subarray(0, this.length))
    this.length = 0
    return taken
  }

  #reserve(extra: number): void {
    if (this.length + extra <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + extra))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
  }
}
