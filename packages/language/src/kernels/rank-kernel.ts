import { childrenOf } from '../ast.ts'
import { parseDate } from '../calendar.ts'
import type { TypedExpr } from '../types.ts'
import { chunkRows, type Kernel, type KernelContext, type NumberKernel } from './kernel.ts'

const wordsPerChunk = chunkRows / 32

/** Of a column and all constants that it is compared with, a bit for each row: words of the first constant, of the second, … */
export interface Ranks {
  readonly less: Int32Array
  readonly equal: Int32Array
}

/** Constants that a column is compared with, rising. */
export type Limits = ReadonlyMap<string, Float64Array>

/** Fewer comparisons of a column are cheaper one by one. */
const fewest = 4

/** The constants that columns are compared with in conditions, of those columns that are compared with several. */
export function limitsOf(exprs: readonly TypedExpr[]): Limits {
  const found = new Map<string, Set<number>>()
  const visit = (expr: TypedExpr): void => {
    const limit = limitIn(expr)
    if (limit !== undefined) found.set(limit.name, (found.get(limit.name) ?? new Set()).add(limit.value))
    for (const child of childrenOf(expr)) visit(child)
  }
  for (const expr of exprs) visit(expr)
  return new Map(
    [...found]
      .filter(([, values]) => values.size >= fewest)
      .map(([name, values]) => [name, Float64Array.from(values).sort()]),
  )
}

/** The column and the constant that a comparison of numbers or days is about. */
export function limitIn(expr: TypedExpr): { readonly name: string; readonly value: number } | undefined {
  if (expr.kind !== 'compare' || expr.left.kind !== 'name') return undefined
  const { left, right } = expr
  // -0 is 0 to every comparison.
  if (right.kind === 'number') return { name: left.name, value: right.value + 0 }
  return right.kind === 'date' ? { name: left.name, value: parseDate(right.value)! } : undefined
}

/** So many stretches of equal length, in most of which lies no constant or one. */
const stretches = 1024

/**
 * Finds each row's place among the constants, once for all comparisons of the column: rows of one place are put into one bit
 * set, and those below a constant are the union of the places up to it. A table of stretches says where to begin to look.
 */
export function rankKernel(
  context: KernelContext,
  limits: Float64Array,
  number: NumberKernel,
): Kernel<Ranks> {
  const k = limits.length
  const first = limits[0]!
  const scale = finiteOr0((stretches - 1) / (limits[k - 1]! - first))
  // Rises with the value, so that all constants of earlier stretches are below it; what is not known lies in the first.
  const stretchOf = (value: number) => Math.max(0, Math.min(stretches - 1, (value - first) * scale)) | 0
  const begins = new Int32Array(stretches)
  for (let stretch = 0; stretch < stretches; stretch++)
    begins[stretch] = limits.filter((limit) => stretchOf(limit) < stretch).length
  const ends = Float64Array.of(...limits, Number.POSITIVE_INFINITY)
  const places = new Int32Array(k + 1)
  const ranks = {
    less: new Int32Array(k * wordsPerChunk),
    equal: new Int32Array(k * wordsPerChunk),
  }
  return () => {
    const values = number()
    const { count } = context.chunk
    ranks.equal.fill(0)
    for (let word = 0, base = 0; base < count; word++, base += 32) {
      places.fill(0)
      for (let bit = 0; bit < 32; bit++) {
        const value = values[base + bit]!
        let place = begins[stretchOf(value)]!
        while (ends[place]! <= value) place++
        places[place]! |= 1 << bit
        if (place > 0 && ends[place - 1] === value)
          ranks.equal[(place - 1) * wordsPerChunk + word]! |= 1 << bit
      }
      let below = 0
      for (let limit = 0; limit < k; limit++) {
        below |= places[limit]!
        ranks.less[limit * wordsPerChunk + word] = below
      }
    }
    return ranks
  }
}

const finiteOr0 = (value: number) => (Number.isFinite(value) ? value : 0)
