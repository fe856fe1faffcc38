import type { BusinessDay } from './calendar.ts'
import { boxedKernel } from './kernels/boxed-kernels.ts'
import {
  type Bitset,
  type ColumnTable,
  type ConditionColumn,
  createBitset,
  lengthOf,
  type ResultColumn,
  setBit,
} from './kernels/columns.ts'
import { conditionKernel } from './kernels/condition-kernels.ts'
import { chunkRows, type Kernel, type KernelContext } from './kernels/kernel.ts'
import { numberKernel } from './kernels/number-kernels.ts'
import { LanguageError } from './problem.ts'
import type { TypedExpr } from './types.ts'

export interface ColumnContext {
  /** Needed by `business_day` and `business_month` of an instant. */
  readonly businessDay?: BusinessDay
}

/**
 * Evaluates one expression over typed columns; means the same as `evaluateExpression` row by row.
 * O(rows × nodes), in chunks; besides the result it holds one small buffer per node.
 * Throws LanguageError when a column is absent, of another type or of another length.
 */
export function evaluateColumns(
  expr: TypedExpr,
  table: ColumnTable,
  context: ColumnContext = {},
): ResultColumn {
  const kernels = createKernels(table, context)
  switch (expr.type) {
    case 'bool': {
      const condition = conditionResult(table.length, kernels.condition(expr))
      forEachChunk(kernels, () => condition.take(kernels))
      return condition.result
    }
    case 'number':
    case 'date':
      return numberResult(kernels, expr, expr.type)
    case 'instant':
      return instantResult(kernels, expr)
    case 'string':
      return stringResult(kernels, expr)
    case 'set':
      throw new LanguageError('bad_value', 'A set of texts is no result.', 'Ask "x" in the set.')
  }
}

/** Evaluates many conditions in one pass over the table: what one of them has loaded, the next finds in cache. */
export function evaluateConditions(
  exprs: readonly TypedExpr[],
  table: ColumnTable,
  context: ColumnContext = {},
): ConditionColumn[] {
  const kernels = createKernels(table, context)
  const conditions = exprs.map((expr) => conditionResult(table.length, kernels.condition(expr)))
  forEachChunk(kernels, () => {
    for (const condition of conditions) condition.take(kernels)
  })
  return conditions.map(({ result }) => result)
}

function createKernels(table: ColumnTable, { businessDay }: ColumnContext): KernelContext {
  for (const [name, column] of Object.entries(table.columns))
    if (lengthOf(column) < table.length)
      throw new LanguageError(
        'bad_value',
        `Column ${name} has ${lengthOf(column)} rows, the table ${table.length}.`,
        'All columns of a table have one length.',
      )
  const chunk = { start: -1, count: 0 }
  const loaded = new Map<string, Kernel<unknown>>()
  const context: KernelContext = {
    table,
    chunk,
    businessDay,
    number: (expr) => shared(expr, () => numberKernel(context, expr)),
    condition: (expr) => shared(expr, () => conditionKernel(context, expr)),
    boxed: (expr) => shared(expr, () => boxedKernel(context, expr)),
  }
  /** Columns are loaded once per chunk, however many parts read them. */
  const shared = <Buffer>(expr: TypedExpr, compile: () => Kernel<Buffer>): Kernel<Buffer> => {
    if (expr.kind !== 'name') return compile()
    const known = loaded.get(expr.name)
    if (known) return known as Kernel<Buffer>
    const kernel = oncePerChunk(chunk, compile())
    loaded.set(expr.name, kernel)
    return kernel
  }
  return context
}

function oncePerChunk<Buffer>(chunk: { readonly start: number }, kernel: Kernel<Buffer>): Kernel<Buffer> {
  let start = -1
  let buffer: Buffer
  return () => {
    if (start !== chunk.start) {
      buffer = kernel()
      start = chunk.start
    }
    return buffer
  }
}

function forEachChunk({ table, chunk }: KernelContext, each: () => void): void {
  for (let start = 0; start < table.length; start += chunkRows) {
    chunk.start = start
    chunk.count = Math.min(chunkRows, table.length - start)
    each()
  }
}

function conditionResult(
  length: number,
  kernel: Kernel<Uint8Array>,
): { result: ConditionColumn; take: (context: KernelContext) => void } {
  const [isTrue, known] = [createBitset(length), createBitset(length)]
  const take = ({ chunk: { start, count } }: KernelContext) => {
    const values = kernel()
    // Chunks start at multiples of 32, so whole words are written at once.
    for (let base = 0; base < count; base += 32) {
      let trueWord = 0
      let knownWord = 0
      const end = Math.min(32, count - base)
      for (let bit = 0; bit < end; bit++) {
        const value = values[base + bit]!
        // yes is 11, unknown 01, no 00: the upper bit says true, bits that differ say unknown.
        const isYes = value >> 1
        trueWord |= isYes << bit
        knownWord |= (value ^ isYes ^ (isYes << 1) ^ 1) << bit
      }
      isTrue.words[(start + base) >>> 5] = trueWord
      known.words[(start + base) >>> 5] = knownWord
    }
  }
  return { result: { type: 'bool', isTrue, known }, take }
}

function numberResult(context: KernelContext, expr: TypedExpr, type: 'number' | 'date'): ResultColumn {
  const kernel = context.number(expr)
  const values = new Float64Array(context.table.length)
  const known = collect(context, kernel, (row, value) => {
    if (Number.isNaN(value)) return false
    values[row] = value
    return true
  })
  return { type, values, known }
}

function instantResult(context: KernelContext, expr: TypedExpr): ResultColumn {
  const values = new BigInt64Array(context.table.length)
  const known = collect(context, context.boxed(expr), (row, value) => {
    if (value === undefined) return false
    values[row] = value as bigint
    return true
  })
  return { type: 'instant', values, known }
}

function stringResult(context: KernelContext, expr: TypedExpr): ResultColumn {
  const values: (string | undefined)[] = new Array(context.table.length)
  const known = collect(context, context.boxed(expr), (row, value) => {
    values[row] = value as string | undefined
    return value !== undefined
  })
  return { type: 'string', values, known }
}

function collect<T>(
  context: KernelContext,
  kernel: Kernel<ArrayLike<T>>,
  keep: (row: number, value: T) => boolean,
): Bitset {
  const known = createBitset(context.table.length)
  forEachChunk(context, () => {
    const values = kernel()
    const { start, count } = context.chunk
    for (let i = 0; i < count; i++) if (keep(start + i, values[i] as T)) setBit(known, start + i)
  })
  return known
}
