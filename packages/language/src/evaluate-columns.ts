import type { BusinessDay } from './calendar.ts'
import { knownKernel, unpacked } from './kernels/bit-kernels.ts'
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
import {
  type ConditionKernel,
  chunkRows,
  type Kernel,
  type KernelContext,
  type KnownKernel,
  type RankedBits,
} from './kernels/kernel.ts'
import { numberKernel } from './kernels/number-kernels.ts'
import { comparedWith, limitsOf, type Ranks, rankKernel } from './kernels/rank-kernel.ts'
import { printExpression } from './print.ts'
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
  const kernels = createKernels(table, context, [expr])
  switch (expr.type) {
    case 'bool': {
      const [answer, condition] = [conditionColumn(table.length), kernels.condition(expr)]
      forEachChunk(kernels, () => take(kernels, condition, answer))
      return answer
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

/**
 * Prepares many conditions that are evaluated in one pass over a table, or over one table after another: what one of them has
 * loaded, the next finds in cache, and what several say alike is judged once. Answers hold until the next table is judged.
 */
export function prepareConditions(
  exprs: readonly TypedExpr[],
  context: ColumnContext = {},
): (table: ColumnTable) => ConditionColumn[] {
  let shape: string | undefined
  let kernels: KernelContext
  let conditions: readonly ConditionKernel[]
  let answers: ConditionColumn[] = []
  return (table) => {
    if (shape !== shapeOf(table)) {
      kernels = createKernels(table, context, exprs)
      conditions = exprs.map(kernels.condition)
      answers = []
      shape = shapeOf(table)
    } else {
      requireLengths(table)
      kernels.table = table
    }
    const { length } = table
    if (answers[0]?.isTrue.length !== length) answers = exprs.map(() => conditionColumn(length))
    forEachChunk(kernels, () => {
      for (let at = 0; at < conditions.length; at++) take(kernels, conditions[at]!, answers[at]!)
    })
    return answers
  }
}

/** Tables of one shape are read by the same kernels. */
function shapeOf({ columns }: ColumnTable): string {
  return JSON.stringify(
    Object.entries(columns).map(([name, column]) => [
      name,
      column.type,
      'codes' in column,
      'known' in column,
    ]),
  )
}

function createKernels(
  table: ColumnTable,
  { businessDay }: ColumnContext,
  exprs: readonly TypedExpr[],
): KernelContext {
  requireLengths(table)
  const chunk = { start: 0, count: 0, turn: 0 }
  const loaded = new Map<string, Kernel<unknown>>()
  const context: KernelContext = {
    table,
    chunk,
    businessDay,
    number: (expr) => shared(expr, () => numberKernel(context, expr)),
    condition: (expr) => shared(expr, () => conditionKernel(context, expr)),
    flags: (expr) => unpacked(context, context.condition(expr)),
    known: (expr) => sharedKnown(expr),
    ranked: (expr) => ranked(expr),
    boxed: (expr) => shared(expr, () => boxedKernel(context, expr)),
  }
  const knownOf = new Map<string, KnownKernel>()
  const sharedKnown = (expr: TypedExpr): KnownKernel => {
    const compile = () => knownKernel(context, expr, context.number(expr))
    if (expr.kind !== 'name') return compile()
    const kernel = knownOf.get(expr.name) ?? oncePerChunk(chunk, compile())
    knownOf.set(expr.name, kernel)
    return kernel
  }
  const limits = limitsOf(exprs)
  const ranks = new Map<string, Kernel<Ranks>>()
  const ranked = (expr: TypedExpr): RankedBits | undefined => {
    const compared = comparedWith(expr)
    const all = compared === undefined ? undefined : limits.get(compared.column.name)
    if (compared === undefined || all === undefined) return undefined
    const known = ranks.get(compared.column.name)
    const kernel = known ?? oncePerChunk(chunk, rankKernel(context, all, compared.column))
    ranks.set(compared.column.name, kernel)
    return {
      ranks: kernel,
      places: compared.below.map((limit) => (all.indexOf(limit) * chunkRows) / 32),
    }
  }
  /** What parts say alike is computed once per chunk, however many ask. */
  const shared = <Buffer>(expr: TypedExpr, compile: () => Kernel<Buffer>): Kernel<Buffer> => {
    const key = printExpression(expr)
    const known = loaded.get(key)
    if (known) return known as Kernel<Buffer>
    const kernel = oncePerChunk(chunk, compile())
    loaded.set(key, kernel)
    return kernel
  }
  return context
}

function requireLengths({ columns, length }: ColumnTable): void {
  for (const [name, column] of Object.entries(columns))
    if (lengthOf(column) < length)
      throw new LanguageError(
        'bad_value',
        `Column ${name} has ${lengthOf(column)} rows, the table ${length}.`,
        'All columns of a table have one length.',
      )
}

function oncePerChunk<Buffer>(chunk: { readonly turn: number }, kernel: Kernel<Buffer>): Kernel<Buffer> {
  let turn = -1
  let buffer: Buffer
  return () => {
    if (turn !== chunk.turn) {
      buffer = kernel()
      turn = chunk.turn
    }
    return buffer
  }
}

function forEachChunk({ table, chunk }: KernelContext, each: () => void): void {
  for (let start = 0; start < table.length; start += chunkRows) {
    chunk.start = start
    chunk.count = Math.min(chunkRows, table.length - start)
    chunk.turn++
    each()
  }
}

function conditionColumn(length: number): ConditionColumn {
  return { type: 'bool', isTrue: createBitset(length), known: createBitset(length) }
}

function take(
  { chunk: { start, count } }: KernelContext,
  kernel: ConditionKernel,
  { isTrue, known }: ConditionColumn,
): void {
  const { yes, maybe } = kernel()
  // Chunks start at multiples of 32, so whole words are written at once; rows past the last are in none.
  for (let word = 0, base = 0; base < count; word++, base += 32) {
    const within = count - base >= 32 ? -1 : (1 << (count - base)) - 1
    isTrue.words[(start + base) >>> 5] = yes[word]! & within
    known.words[(start + base) >>> 5] = (yes[word]! | ~maybe[word]!) & within
  }
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
