import type { ComparisonOp } from '../ast.ts'
import { parseDate } from '../calendar.ts'
import type { TypedExpr } from '../types.ts'
import type { Bitset } from './columns.ts'
import {
  type ConditionBits,
  type ConditionKernel,
  chunkRows,
  columnOf,
  type FlagKernel,
  fromTable,
  type Kernel,
  type KernelContext,
  type KnownKernel,
  type NumberKernel,
  type RankedBits,
} from './kernel.ts'

const wordsPerChunk = chunkRows / 32

function bits(): ConditionBits {
  return { yes: new Int32Array(wordsPerChunk), maybe: new Int32Array(wordsPerChunk) }
}

/** What is definitely true is definitely false of the opposite. */
export function negation(operand: ConditionKernel): ConditionKernel {
  const out = bits()
  return () => {
    const operandBits = operand()
    turn(out.yes, operandBits.maybe)
    turn(out.maybe, operandBits.yes)
    return out
  }
}

function turn(into: Int32Array, of: Int32Array): void {
  for (let word = 0; word < wordsPerChunk; word++) into[word] = ~of[word]!
}

export function junction(operands: readonly ConditionKernel[], and: boolean): ConditionKernel {
  const out = bits()
  const join = and ? intersect : unite
  return () => {
    let so = operands[0]!()
    for (let k = 1; k < operands.length; k++) {
      const { yes, maybe } = operands[k]!()
      join(so.yes, yes, out.yes)
      join(so.maybe, maybe, out.maybe)
      so = out
    }
    return so
  }
}

function intersect(a: Int32Array, b: Int32Array, into: Int32Array): void {
  for (let word = 0; word < wordsPerChunk; word++) into[word] = a[word]! & b[word]!
}

function unite(a: Int32Array, b: Int32Array, into: Int32Array): void {
  for (let word = 0; word < wordsPerChunk; word++) into[word] = a[word]! | b[word]!
}

/**
 * Of two known numbers exactly one of a < b, a == b and a > b holds. The sign of a difference of finite doubles is that of
 * the comparison, since it is 0 only of equal ones (gradual underflow) and what overflows keeps its sign; reading sign bits
 * takes a third of the time of comparing.
 */
export function compareNumbers(
  context: KernelContext,
  expr: TypedExpr & { readonly kind: 'compare' },
): ConditionKernel {
  const { op, left, right } = expr
  const ranked = context.ranked(expr)
  if (ranked !== undefined) return compareRanks(op, ranked)
  const inPlace = valuesInPlace(context, left)
  const [knownLeft, knownRight] = [context.known(left), context.known(right)]
  const [a, b] = [context.number(left), context.number(right)]
  const less = new Int32Array(wordsPerChunk)
  const more = new Int32Array(wordsPerChunk)
  const { withLess, withMore, opposite } = signsOf[op]
  const out = bits()
  const constant =
    right.kind === 'number' ? right.value : right.kind === 'date' ? parseDate(right.value) : undefined
  return () => {
    const { count } = context.chunk
    if (constant !== undefined) {
      const found = inPlace?.()
      const x = found ?? a()
      const from = found === undefined ? 0 : context.chunk.start
      if (withLess) signsBelow(x, from, constant, count, less)
      if (withMore) signsAbove(x, from, constant, count, more)
    } else {
      const [x, y] = [a(), b()]
      if (withLess) signs(x, y, count, less)
      if (withMore) signs(y, x, count, more)
    }
    const { yes, maybe } = out
    const [m, n] = [knownLeft(), knownRight()]
    for (let word = 0; word < wordsPerChunk; word++) {
      const known = m[word]! & n[word]!
      const holds = ((less[word]! | more[word]!) ^ opposite) & known
      yes[word] = holds
      maybe[word] = holds | ~known
    }
    return out
  }
}

/** Each comparison is that a number is less, or that it is more, or either; or the opposite of that, of which all bits are turned. */
const signsOf: Readonly<
  Record<ComparisonOp, { readonly withLess: boolean; readonly withMore: boolean; readonly opposite: 0 | -1 }>
> = {
  '<': { withLess: true, withMore: false, opposite: 0 },
  '>=': { withLess: true, withMore: false, opposite: -1 },
  '>': { withLess: false, withMore: true, opposite: 0 },
  '<=': { withLess: false, withMore: true, opposite: -1 },
  '!=': { withLess: true, withMore: true, opposite: 0 },
  '==': { withLess: true, withMore: true, opposite: -1 },
}

/** Below its limit, or at and above it; or, of equality, below the second of two and not below the first. */
function compareRanks(op: ComparisonOp, { ranks, places: [first, second] }: RankedBits): ConditionKernel {
  const opposite = op === '<' || op === '<=' || op === '==' ? 0 : -1
  const out = bits()
  const between = new Int32Array(wordsPerChunk)
  return () => {
    const { below, known } = ranks()
    if (second === undefined) judgeBits(below, first!, opposite, known, out)
    else {
      for (let word = 0; word < wordsPerChunk; word++)
        between[word] = below[second + word]! & ~below[first! + word]!
      judgeBits(between, 0, opposite, known, out)
    }
    return out
  }
}

function judgeBits(
  found: Int32Array,
  from: number,
  opposite: 0 | -1,
  known: Int32Array,
  { yes, maybe }: ConditionBits,
): void {
  for (let word = 0; word < wordsPerChunk; word++) {
    const there = known[word]!
    const holds = (found[from + word]! ^ opposite) & there
    yes[word] = holds
    maybe[word] = holds | ~there
  }
}

/** Differences of so many rows lie in the processor's nearest cache beside the values. */
const rowsAtOnce = 256
const differences = new Float64Array(rowsAtOnce)
const halves = new Int32Array(differences.buffer)
/** Which half of a double holds its sign. */
const high = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0

// Three loops instead of one over a function: the last is called for each rule and column. -0 - 0 is -0; adding 0 makes it 0.

/** A bit for each row of which a - b is negative; of numbers that are not known it says nothing. */
function signs(a: Float64Array, b: Float64Array, count: number, words: Int32Array): void {
  for (let start = 0; start < count; start += rowsAtOnce) {
    for (let i = 0; i < rowsAtOnce; i++) differences[i] = a[start + i]! - b[start + i]! + 0
    pack(words, start >>> 5)
  }
}

function signsBelow(a: Float64Array, from: number, limit: number, count: number, words: Int32Array): void {
  for (let start = 0; start < count; start += rowsAtOnce) {
    const first = from + start
    for (let i = 0; i < rowsAtOnce; i++) differences[i] = a[first + i]! - limit + 0
    pack(words, start >>> 5)
  }
}

function signsAbove(a: Float64Array, from: number, limit: number, count: number, words: Int32Array): void {
  for (let start = 0; start < count; start += rowsAtOnce) {
    const first = from + start
    for (let i = 0; i < rowsAtOnce; i++) differences[i] = limit - a[first + i]! + 0
    pack(words, start >>> 5)
  }
}

function pack(words: Int32Array, first: number): void {
  for (let word = 0, base = high; word < rowsAtOnce / 32; word++, base += 64) {
    let found = 0
    for (let bit = 0; bit < 64; bit += 8)
      found |=
        ((halves[base + bit]! >>> 31) |
          ((halves[base + bit + 2]! >>> 31) << 1) |
          ((halves[base + bit + 4]! >>> 31) << 2) |
          ((halves[base + bit + 6]! >>> 31) << 3)) <<
        (bit >>> 1)
    words[first + word] = found
  }
}

interface NumberColumn {
  readonly values: Float64Array
  readonly known?: Bitset
}

/**
 * The values of a column whose known ones stand in bits: these alone are looked at, so that values need no copy in which the others
 * are marked. Undefined of the last chunk, past whose end lies nothing that could be read along.
 */
function valuesInPlace(
  context: KernelContext,
  expr: TypedExpr,
): Kernel<Float64Array | undefined> | undefined {
  if (expr.kind !== 'name') return undefined
  const column = fromTable(context, () => columnOf(context, expr) as NumberColumn)
  if (column().known === undefined) return undefined
  return () => {
    const { values } = column()
    return context.chunk.start + chunkRows <= values.length ? values : undefined
  }
}

/** Where a number is known: every constant is. */
export function knownKernel(context: KernelContext, expr: TypedExpr, number: NumberKernel): KnownKernel {
  const words = new Int32Array(wordsPerChunk)
  const kept = expr.kind === 'name' ? knownInBits(context, expr) : undefined
  if (kept !== undefined) return kept
  if (expr.kind === 'number' || expr.kind === 'date') {
    words.fill(-1)
    return () => words
  }
  return () => {
    const values = number()
    const { count } = context.chunk
    for (let word = 0, base = 0; base < count; word++, base += 32) {
      let found = 0
      const end = Math.min(32, count - base)
      for (let bit = 0; bit < end; bit++) found |= (Number.isNaN(values[base + bit]!) ? 0 : 1) << bit
      words[word] = found
    }
    return words
  }
}

function knownInBits(
  context: KernelContext,
  expr: TypedExpr & { readonly kind: 'name' },
): KnownKernel | undefined {
  const column = fromTable(context, () => columnOf(context, expr) as NumberColumn)
  if (column().known === undefined) return undefined
  const words = new Int32Array(wordsPerChunk)
  return () => {
    const { words: known } = column().known!
    const first = context.chunk.start >>> 5
    const end = Math.min(wordsPerChunk, known.length - first)
    for (let word = 0; word < end; word++) words[word] = known[first + word]!
    return words
  }
}

/** Bits of what was judged row by row. */
export function packed(context: KernelContext, flags: FlagKernel): ConditionKernel {
  const out = bits()
  return () => {
    const values = flags()
    const { count } = context.chunk
    for (let word = 0, base = 0; base < count; word++, base += 32) {
      let yes = 0
      let maybe = 0
      const end = Math.min(32, count - base)
      for (let bit = 0; bit < end; bit++) {
        const value = values[base + bit]!
        yes |= (value >> 1) << bit
        maybe |= (value & 1) << bit
      }
      out.yes[word] = yes
      out.maybe[word] = maybe
    }
    return out
  }
}

/** A byte for each row of what was judged in bits. */
export function unpacked(context: KernelContext, condition: ConditionKernel): FlagKernel {
  const out = new Uint8Array(chunkRows)
  return () => {
    const { yes, maybe } = condition()
    for (let i = 0; i < context.chunk.count; i++) {
      const [word, bit] = [i >>> 5, i & 31]
      out[i] = (((yes[word]! >>> bit) & 1) << 1) | ((maybe[word]! >>> bit) & 1)
    }
    return out
  }
}
