import type { ComparisonOp } from '../ast.ts'
import type { TypedExpr } from '../types.ts'
import {
  type ConditionBits,
  type ConditionKernel,
  chunkRows,
  type FlagKernel,
  type KernelContext,
  type KnownKernel,
  type NumberKernel,
} from './kernel.ts'

const wordsPerChunk = chunkRows / 32

function bits(): ConditionBits {
  return { yes: new Int32Array(wordsPerChunk), maybe: new Int32Array(wordsPerChunk) }
}

/** What is definitely true is definitely false of the opposite. */
export function negation(operand: ConditionKernel): ConditionKernel {
  const out = bits()
  return () => {
    const { yes, maybe } = operand()
    for (let word = 0; word < wordsPerChunk; word++) {
      out.yes[word] = ~maybe[word]!
      out.maybe[word] = ~yes[word]!
    }
    return out
  }
}

export function junction(operands: readonly ConditionKernel[], and: boolean): ConditionKernel {
  const out = bits()
  return () => {
    const first = operands[0]!()
    out.yes.set(first.yes)
    out.maybe.set(first.maybe)
    for (let k = 1; k < operands.length; k++) {
      const { yes, maybe } = operands[k]!()
      for (let word = 0; word < wordsPerChunk; word++) {
        out.yes[word] = and ? out.yes[word]! & yes[word]! : out.yes[word]! | yes[word]!
        out.maybe[word] = and ? out.maybe[word]! & maybe[word]! : out.maybe[word]! | maybe[word]!
      }
    }
    return out
  }
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
  const [a, b] = [context.number(left), context.number(right)]
  const [knownLeft, knownRight] = [context.known(left), context.known(right)]
  const less = new Int32Array(wordsPerChunk)
  const more = new Int32Array(wordsPerChunk)
  const ofBits = judgements[op]
  const out = bits()
  const ranked = context.ranked(expr)
  if (ranked !== undefined)
    return () => {
      const { less, equal, from } = ranked()
      const known = knownLeft()
      for (let word = 0; word < wordsPerChunk; word++) {
        const below = less[from + word]!
        const holds = ofBits(below, ~(below | equal[from + word]!)) & known[word]!
        out.yes[word] = holds
        out.maybe[word] = holds | ~known[word]!
      }
      return out
    }
  const [needsLess, needsMore] = [op !== '>' && op !== '<=', op !== '<' && op !== '>=']
  const constant = right.kind === 'number' ? right.value : undefined
  return () => {
    const x = a()
    const { count } = context.chunk
    if (constant !== undefined) {
      if (needsLess) signsBelow(x, constant, count, less)
      if (needsMore) signsAbove(x, constant, count, more)
    } else {
      const y = b()
      if (needsLess) signs(x, y, count, less)
      if (needsMore) signs(y, x, count, more)
    }
    const [m, n] = [knownLeft(), knownRight()]
    for (let word = 0; word < wordsPerChunk; word++) {
      const known = m[word]! & n[word]!
      const holds = ofBits(less[word]!, more[word]!) & known
      out.yes[word] = holds
      out.maybe[word] = holds | ~known
    }
    return out
  }
}

const judgements: Readonly<Record<ComparisonOp, (less: number, more: number) => number>> = {
  '<': (less) => less,
  '>=': (less) => ~less,
  '>': (_, more) => more,
  '<=': (_, more) => ~more,
  '==': (less, more) => ~(less | more),
  '!=': (less, more) => less | more,
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

function signsBelow(a: Float64Array, limit: number, count: number, words: Int32Array): void {
  for (let start = 0; start < count; start += rowsAtOnce) {
    for (let i = 0; i < rowsAtOnce; i++) differences[i] = a[start + i]! - limit + 0
    pack(words, start >>> 5)
  }
}

function signsAbove(a: Float64Array, limit: number, count: number, words: Int32Array): void {
  for (let start = 0; start < count; start += rowsAtOnce) {
    for (let i = 0; i < rowsAtOnce; i++) differences[i] = limit - a[start + i]! + 0
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

/** Where a number is known: every constant is. */
export function knownKernel(context: KernelContext, expr: TypedExpr, number: NumberKernel): KnownKernel {
  const words = new Int32Array(wordsPerChunk)
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
      for (let bit = 0; bit < end; bit++) if (!Number.isNaN(values[base + bit]!)) found |= 1 << bit
      words[word] = found
    }
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
