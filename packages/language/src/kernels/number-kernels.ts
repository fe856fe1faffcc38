import { roundHalfAway } from '../arithmetic.ts'
import { monthStart, parseDate } from '../calendar.ts'
import { requireBusinessDay } from '../evaluate.ts'
import type { TypedExpr } from '../types.ts'
import {
  type BoxedKernel,
  chunkRows,
  columnOf,
  fromTable,
  type KernelContext,
  type NumberKernel,
  no,
  unknown,
} from './kernel.ts'

/** Compiles an expression of type number or date. */
export function numberKernel(context: KernelContext, expr: TypedExpr): NumberKernel {
  switch (expr.kind) {
    case 'number':
      return constant(expr.value)
    case 'date':
      return constant(parseDate(expr.value)!)
    case 'name':
      return load(context, expr)
    case 'negate':
      return map(context, context.number(expr.operand), (value) => -value)
    case 'arithmetic':
      return arithmetic(context, expr)
    case 'choose':
      return choose(context, expr)
    case 'call':
      return call(context, expr)
    default:
      throw new Error(`${expr.kind} gives no number`)
  }
}

function constant(value: number): NumberKernel {
  const out = new Float64Array(chunkRows).fill(value)
  return () => out
}

function load(context: KernelContext, expr: TypedExpr & { kind: 'name' }): NumberKernel {
  const { chunk } = context
  const column = fromTable(
    context,
    () => columnOf(context, expr) as { values: Float64Array | Int32Array; valid?: Uint8Array },
  )
  const out = new Float64Array(chunkRows)
  return () => {
    const { start, count } = chunk
    const { values, valid } = column()
    for (let i = 0; i < count; i++) {
      const value = values[start + i]!
      // Infinity - Infinity is NaN, as NaN - NaN is; every other value is kept.
      out[i] = value - value === 0 ? value : Number.NaN
    }
    if (valid) for (let i = 0; i < count; i++) if (valid[start + i] === 0) out[i] = Number.NaN
    return out
  }
}

function map(context: KernelContext, source: NumberKernel, each: (value: number) => number): NumberKernel {
  const out = new Float64Array(chunkRows)
  return () => {
    const values = source()
    const { count } = context.chunk
    for (let i = 0; i < count; i++) out[i] = each(values[i]!)
    return out
  }
}

function arithmetic(context: KernelContext, expr: TypedExpr & { kind: 'arithmetic' }): NumberKernel {
  const [left, right] = [context.number(expr.left), context.number(expr.right)]
  const { op } = expr
  const out = new Float64Array(chunkRows)
  return () => {
    const [a, b] = [left(), right()]
    const { count } = context.chunk
    if (op === '+') for (let i = 0; i < count; i++) out[i] = a[i]! + b[i]!
    else if (op === '-') for (let i = 0; i < count; i++) out[i] = a[i]! - b[i]!
    else if (op === '*') for (let i = 0; i < count; i++) out[i] = a[i]! * b[i]!
    else for (let i = 0; i < count; i++) out[i] = a[i]! / b[i]!
    for (let i = 0; i < count; i++) if (out[i]! - out[i]! !== 0) out[i] = Number.NaN
    return out
  }
}

function choose(context: KernelContext, expr: TypedExpr & { kind: 'choose' }): NumberKernel {
  const condition = context.flags(expr.condition)
  const [whenYes, whenNo] = [context.number(expr.yes), context.number(expr.no)]
  const out = new Float64Array(chunkRows)
  return () => {
    const [asked, a, b] = [condition(), whenYes(), whenNo()]
    const { count } = context.chunk
    for (let i = 0; i < count; i++)
      out[i] = asked[i] === unknown ? Number.NaN : asked[i] === no ? b[i]! : a[i]!
    return out
  }
}

function call(context: KernelContext, expr: TypedExpr & { kind: 'call' }): NumberKernel {
  const first = expr.args[0]!
  switch (expr.fn) {
    case 'abs':
      return map(context, context.number(first), Math.abs)
    case 'round': {
      const digits = expr.args[1]!
      const places = digits.kind === 'number' ? digits.value : 0
      return map(context, context.number(first), (value) => roundHalfAway(value, places))
    }
    case 'coalesce':
      return coalesce(context, expr.args.map(context.number))
    case 'business_day':
      return first.type === 'date' ? context.number(first) : days(context, context.boxed(first))
    case 'business_month': {
      const day = first.type === 'date' ? context.number(first) : days(context, context.boxed(first))
      return map(context, day, monthStart)
    }
    case 'days_between':
      return difference(context, context.number(first), context.number(expr.args[1]!))
    case 'known':
      throw new Error('known gives no number')
  }
}

function coalesce(context: KernelContext, sources: readonly NumberKernel[]): NumberKernel {
  const out = new Float64Array(chunkRows)
  return () => {
    const { count } = context.chunk
    out.fill(Number.NaN)
    for (const source of sources) {
      const values = source()
      for (let i = 0; i < count; i++) if (Number.isNaN(out[i])) out[i] = values[i]!
    }
    return out
  }
}

function days(context: KernelContext, source: BoxedKernel): NumberKernel {
  const businessDay = requireBusinessDay(context.businessDay ? { businessDay: context.businessDay } : {})
  const out = new Float64Array(chunkRows)
  return () => {
    const instants = source()
    const { count } = context.chunk
    for (let i = 0; i < count; i++) {
      const instant = instants[i]
      out[i] = instant === undefined ? Number.NaN : businessDay(instant as bigint)
    }
    return out
  }
}

function difference(context: KernelContext, from: NumberKernel, to: NumberKernel): NumberKernel {
  const out = new Float64Array(chunkRows)
  return () => {
    const [a, b] = [from(), to()]
    for (let i = 0; i < context.chunk.count; i++) out[i] = b[i]! - a[i]!
    return out
  }
}
