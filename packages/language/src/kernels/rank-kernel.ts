import { childrenOf } from '../ast.ts'
import { parseDate } from '../calendar.ts'
import type { TypedExpr } from '../types.ts'
import { chunkRows, columnOf, fromTable, type Kernel, type KernelContext } from './kernel.ts'

const wordsPerChunk = chunkRows / 32

/** Of a column and its limits, a bit for each row that lies below: words of the first limit, of the second, … */
export interface Ranks {
  readonly below: Int32Array
  readonly known: Int32Array
}

/**
 * What columns are compared with in conditions, rising. What is at most a constant is below the next double, so that a limit
 * stands for the constant or for the one after it.
 */
export type Limits = ReadonlyMap<string, Float64Array>

/** Fewer limits of a column are cheaper compared one by one. */
const fewest = 4

/** The limits of those columns that have several. */
export function limitsOf(exprs: readonly TypedExpr[]): Limits {
  const found = new Map<string, Set<number>>()
  const visit = (expr: TypedExpr): void => {
    const compared = comparedWith(expr)
    for (const limit of compared?.below ?? []) {
      const { name } = compared!.column
      found.set(name, (found.get(name) ?? new Set()).add(limit))
    }
    for (const child of childrenOf(expr)) visit(child)
  }
  for (const expr of exprs) visit(expr)
  return new Map(
    [...found]
      .filter(([, values]) => values.size >= fewest)
      .map(([name, values]) => [name, Float64Array.from(values).sort()]),
  )
}

interface Compared {
  readonly column: TypedExpr & { readonly kind: 'name' }
  readonly below: readonly number[]
}

/** The column that a comparison of numbers or days is about, and the limits that it is below or not. */
export function comparedWith(expr: TypedExpr): Compared | undefined {
  if (expr.kind !== 'compare' || expr.left.kind !== 'name') return undefined
  const { op, left, right } = expr
  const constant =
    right.kind === 'number' ? right.value : right.kind === 'date' ? parseDate(right.value)! : undefined
  if (constant === undefined) return undefined
  // -0 is 0 to every comparison.
  const at = constant + 0
  if (op === '<' || op === '>=') return { column: left, below: [at] }
  return { column: left, below: op === '==' || op === '!=' ? [at, nextDouble(at)] : [nextDouble(at)] }
}

const double = new Float64Array(1)
const itsBits = new BigInt64Array(double.buffer)

/** The least double above a finite one. Bits of positive doubles rise with them, of negative ones they fall. */
function nextDouble(value: number): number {
  double[0] = value
  itsBits[0]! += value < 0 ? -1n : 1n
  return double[0]!
}

/** So many stretches of equal length, in most of which lies no limit or one. */
const stretches = 1024

/**
 * Finds each row's place among the limits, once for all comparisons of the column: rows of one place are put into one bit
 * set, and those below a limit are the union of the places up to it. A table of stretches says where to begin to look.
 */
export function rankKernel(
  context: KernelContext,
  limits: Float64Array,
  column: TypedExpr & { readonly kind: 'name' },
): Kernel<Ranks> {
  const read = fromTable(context, () => columnOf(context, column) as NumberColumn)
  const k = limits.length
  const first = limits[0]!
  const scale = finiteOr0((stretches - 1) / (limits[k - 1]! - first))
  const begins = new Int32Array(stretches)
  for (let stretch = 0; stretch < stretches; stretch++)
    begins[stretch] = limits.filter((limit) => stretchOf((limit - first) * scale) < stretch).length
  const ends = Float64Array.of(...limits, Number.POSITIVE_INFINITY)
  const missing = k + 1
  const places = new Int32Array(k + 2)
  const below = new Int32Array(k * wordsPerChunk)
  const known = new Int32Array(wordsPerChunk)
  const result = { below, known }
  return () => {
    const { values, valid = allValid } = read()
    const { start, count } = context.chunk
    const validFrom = valid === allValid ? 0 : start
    for (let word = 0, base = 0; base < count; word++, base += 32) {
      places.fill(0)
      const rows = Math.min(32, count - base)
      for (let bit = 0; bit < rows; bit++) {
        const value = values[start + base + bit]!
        let place = missing
        // The difference of what is not finite is not a number.
        if (valid[validFrom + base + bit] !== 0 && value - value === 0) {
          place = begins[stretchOf((value - first) * scale)]!
          while (ends[place]! <= value) place++
        }
        places[place]! |= 1 << bit
      }
      let so = 0
      for (let limit = 0; limit < k; limit++) {
        so |= places[limit]!
        below[limit * wordsPerChunk + word] = so
      }
      known[word] = so | places[k]!
    }
    return result
  }
}

interface NumberColumn {
  readonly values: Float64Array | Int32Array
  readonly valid?: Uint8Array
}

const allValid = new Uint8Array(chunkRows).fill(1)

/** Rises with the value, so that all limits of earlier stretches are below it; what is not known lies in the first. */
const stretchOf = (at: number) => (at >= 0 ? (at < stretches ? at | 0 : stretches - 1) : 0)

const finiteOr0 = (value: number) => (Number.isFinite(value) ? value : 0)
