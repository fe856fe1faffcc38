import type { Value } from '../evaluate.ts'
import type { TypedExpr } from '../types.ts'
import type { Column } from './columns.ts'
import {
  type BoxedKernel,
  chunkRows,
  columnOf,
  fromTable,
  type KernelContext,
  no,
  unknown,
} from './kernel.ts'

/** Compiles an expression of type string, instant or set. */
export function boxedKernel(context: KernelContext, expr: TypedExpr): BoxedKernel {
  switch (expr.kind) {
    case 'string': {
      const out: (Value | undefined)[] = new Array(chunkRows).fill(expr.value)
      return () => out
    }
    case 'name':
      return load(
        context,
        fromTable(context, () => reader(columnOf(context, expr))),
      )
    case 'arithmetic':
      return join(context, context.boxed(expr.left), context.boxed(expr.right))
    case 'choose':
      return choose(context, expr)
    case 'call':
      return coalesce(context, expr.args.map(context.boxed))
    default:
      throw new Error(`${expr.kind} gives neither text nor an instant`)
  }
}

function load(context: KernelContext, reader: () => (row: number) => Value | undefined): BoxedKernel {
  const out: (Value | undefined)[] = new Array(chunkRows)
  return () => {
    const read = reader()
    const { start, count } = context.chunk
    for (let i = 0; i < count; i++) out[i] = read(start + i)
    return out
  }
}

function reader(column: Column): (row: number) => Value | undefined {
  if ('codes' in column) {
    const { codes, dictionary } = column
    return (row) => dictionary[codes[row]!]
  }
  if (column.type === 'string' || column.type === 'set') {
    const { values } = column
    return (row) => values[row] ?? undefined
  }
  const { values, valid } = column
  return (row) => (valid?.[row] === 0 ? undefined : values[row])
}

function join(context: KernelContext, left: BoxedKernel, right: BoxedKernel): BoxedKernel {
  const out: (Value | undefined)[] = new Array(chunkRows)
  return () => {
    const [a, b] = [left(), right()]
    for (let i = 0; i < context.chunk.count; i++)
      out[i] = a[i] === undefined || b[i] === undefined ? undefined : `${a[i]}${b[i]}`
    return out
  }
}

function choose(context: KernelContext, expr: TypedExpr & { kind: 'choose' }): BoxedKernel {
  const condition = context.flags(expr.condition)
  const [whenYes, whenNo] = [context.boxed(expr.yes), context.boxed(expr.no)]
  const out: (Value | undefined)[] = new Array(chunkRows)
  return () => {
    const [asked, a, b] = [condition(), whenYes(), whenNo()]
    for (let i = 0; i < context.chunk.count; i++)
      out[i] = asked[i] === unknown ? undefined : asked[i] === no ? b[i] : a[i]
    return out
  }
}

function coalesce(context: KernelContext, sources: readonly BoxedKernel[]): BoxedKernel {
  const out: (Value | undefined)[] = new Array(chunkRows)
  return () => {
    out.fill(undefined)
    for (const source of sources) {
      const values = source()
      for (let i = 0; i < context.chunk.count; i++) out[i] ??= values[i]
    }
    return out
  }
}
