import type { BusinessDay } from '../calendar.ts'
import type { Value } from '../evaluate.ts'
import { LanguageError } from '../problem.ts'
import type { TypedExpr } from '../types.ts'
import type { Column, ColumnTable } from './columns.ts'

/** Rows that are worked on at a time: their buffers stay in the processor's nearest cache. */
export const chunkRows = 2048

/**
 * A condition's value in one byte: the lower bit says not definitely false, the upper one definitely true, so that && is
 * bitwise and, || bitwise or.
 */
export const no = 0b00
export const unknown = 0b01
export const yes = 0b11

/** Computes one part of an expression for the current chunk; the buffer is reused at the next chunk. */
export type Kernel<Buffer> = () => Buffer
/** Unknown numbers are NaN. */
export type NumberKernel = Kernel<Float64Array>
export type FlagKernel = Kernel<Uint8Array>
/** A condition in two bits of words of 32 rows, so that one instruction judges 32: definitely true, and not definitely false. */
export interface ConditionBits {
  readonly yes: Int32Array
  readonly maybe: Int32Array
}
export type ConditionKernel = Kernel<ConditionBits>
/** Words of rows below the limits of a column; those of a comparison's one or two limits begin at its places. */
export interface RankedBits {
  readonly ranks: Kernel<{ readonly below: Int32Array; readonly known: Int32Array }>
  readonly places: readonly number[]
}
/** Where a number is known. */
export type KnownKernel = Kernel<Int32Array>
/** Text, instants and sets, which typed arrays don't hold or that rules seldom read. */
export type BoxedKernel = Kernel<(Value | undefined)[]>

/** What kernels share: the table, where in it the current chunk lies, and the compilers of their parts. */
export interface KernelContext {
  /** Kernels outlive it: the next one has columns of the same names and kinds. */
  table: ColumnTable
  /** No two chunks, of one table or another, have the same turn. */
  readonly chunk: { start: number; count: number; turn: number }
  readonly businessDay: BusinessDay | undefined
  readonly number: (expr: TypedExpr) => NumberKernel
  readonly condition: (expr: TypedExpr) => ConditionKernel
  /** The same with a byte for each row. */
  readonly flags: (expr: TypedExpr) => FlagKernel
  readonly known: (expr: TypedExpr) => KnownKernel
  /** Where a column is compared with several constants, how one comparison is read from them all; undefined where it is made by itself. */
  readonly ranked: (expr: TypedExpr) => RankedBits | undefined
  readonly boxed: (expr: TypedExpr) => BoxedKernel
}

/** What a kernel takes from the table: at once, and again from each table that follows. */
export function fromTable<T>(context: KernelContext, take: () => T): () => T {
  let { table } = context
  let taken = take()
  return () => {
    if (table !== context.table) {
      table = context.table
      taken = take()
    }
    return taken
  }
}

/** The column that a name stands for, of the type the checker was promised. */
export function columnOf({ table }: KernelContext, expr: TypedExpr & { kind: 'name' }): Column {
  const column = Object.hasOwn(table.columns, expr.name) ? table.columns[expr.name] : undefined
  if (!column)
    throw new LanguageError(
      'missing_column',
      `There is no column ${expr.name}.`,
      'Load every referenced column.',
    )
  if (column.type !== expr.type)
    throw new LanguageError(
      'bad_value',
      `Column ${expr.name} holds ${column.type}; the expression was checked for ${expr.type}.`,
      'Check the expression against the columns that are loaded.',
    )
  return column
}
