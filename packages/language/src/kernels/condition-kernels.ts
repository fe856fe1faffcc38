import { compareValues, matchText } from '../arithmetic.ts'
import type { Value } from '../evaluate.ts'
import { LanguageError } from '../problem.ts'
import type { TypedExpr } from '../types.ts'
import { compareNumbers, junction, negation, packed } from './bit-kernels.ts'
import { dictionaryKernel } from './dictionary-kernel.ts'
import {
  type ConditionKernel,
  chunkRows,
  columnOf,
  type FlagKernel,
  fromTable,
  type KernelContext,
  no,
  unknown,
  yes,
} from './kernel.ts'

/** Compiles a condition: && , || , ! and comparisons of numbers in bits, everything else row by row. */
export function conditionKernel(context: KernelContext, expr: TypedExpr): ConditionKernel {
  switch (expr.kind) {
    case 'not':
      return negation(context.condition(expr.operand))
    case 'and':
    case 'or':
      return junction(expr.operands.map(context.condition), expr.kind === 'and')
    case 'compare':
      if (expr.left.type === 'number' || expr.left.type === 'date') return compareNumbers(context, expr)
  }
  return dictionaryKernel(context, expr) ?? packed(context, flagKernel(context, expr))
}

function flagKernel(context: KernelContext, expr: TypedExpr): FlagKernel {
  switch (expr.kind) {
    case 'bool': {
      const out = new Uint8Array(chunkRows).fill(expr.value ? yes : no)
      return () => out
    }
    case 'name':
      return load(
        context,
        fromTable(context, () => columnOf(context, expr) as Flags),
      )
    case 'segment':
      return load(
        context,
        fromTable(context, () => segmentOf(context, expr.key)),
      )
    case 'compare':
      return compare(context, expr)
    case 'in':
      return contained(context, expr)
    case 'has':
      return pairwise(context, expr.set, expr.element, (set, element) =>
        (set as ReadonlySet<string>).has(element as string),
      )
    case 'match': {
      const { op } = expr
      return pairwise(context, expr.subject, expr.part, (subject, part) =>
        matchText(op, subject as string, part as string),
      )
    }
    case 'choose':
      return choose(context, expr)
    case 'call':
      return expr.fn === 'known' ? isKnown(context, expr.args[0]!) : coalesce(context, expr.args)
    default:
      throw new Error(`${expr.kind} gives no condition`)
  }
}

interface Flags {
  readonly values: Uint8Array
  readonly valid?: Uint8Array
}

function produce(context: KernelContext, compute: (out: Uint8Array, count: number) => void): FlagKernel {
  const out = new Uint8Array(chunkRows)
  return () => {
    compute(out, context.chunk.count)
    return out
  }
}

function load(context: KernelContext, flags: () => Flags): FlagKernel {
  return produce(context, (out, count) => {
    const { start } = context.chunk
    const { values, valid } = flags()
    for (let i = 0; i < count; i++)
      out[i] = valid !== undefined && valid[start + i] === 0 ? unknown : values[start + i] === 0 ? no : yes
  })
}

function segmentOf({ table }: KernelContext, key: string): Flags {
  const segments = table.segments ?? {}
  const flags = Object.hasOwn(segments, key) ? segments[key] : undefined
  if (flags) return flags
  throw new LanguageError(
    'missing_column',
    `There are no memberships of ${key}.`,
    'Load every segment asked for.',
  )
}

function compare(context: KernelContext, expr: TypedExpr & { kind: 'compare' }): FlagKernel {
  const { op, left, right } = expr
  if (left.type === 'bool') {
    const [a, b] = [context.flags(left), context.flags(right)]
    return produce(context, (out, count) => {
      const [x, y] = [a(), b()]
      for (let i = 0; i < count; i++)
        out[i] = x[i] === unknown || y[i] === unknown ? unknown : (x[i] === y[i]) === (op === '==') ? yes : no
    })
  }
  return pairwise(context, left, right, (a, b) => compareValues(op, a as bigint, b as bigint))
}

function contained(context: KernelContext, expr: TypedExpr & { kind: 'in' }): FlagKernel {
  const wanted = expr.list
  if (expr.operand.type === 'bool') {
    const operand = context.flags(expr.operand)
    const values = wanted.map((element) => element.kind === 'bool' && element.value)
    return produce(context, (out, count) => {
      const flags = operand()
      for (let i = 0; i < count; i++)
        out[i] = flags[i] === unknown ? unknown : values.includes(flags[i] === yes) ? yes : no
    })
  }
  if (expr.operand.type === 'string') {
    const texts = new Set(wanted.map((element) => (element.kind === 'string' ? element.value : '')))
    const operand = context.boxed(expr.operand)
    return produce(context, (out, count) => {
      const values = operand()
      for (let i = 0; i < count; i++)
        out[i] = values[i] === undefined ? unknown : texts.has(values[i] as string) ? yes : no
    })
  }
  const numbers = new Set(wanted.map((element) => context.number(element)()[0]!))
  const operand = context.number(expr.operand)
  return produce(context, (out, count) => {
    const values = operand()
    for (let i = 0; i < count; i++)
      out[i] = numbers.has(values[i]!) ? yes : Number.isNaN(values[i]) ? unknown : no
  })
}

function pairwise(
  context: KernelContext,
  left: TypedExpr,
  right: TypedExpr,
  holds: (a: Value, b: Value) => boolean,
): FlagKernel {
  const [a, b] = [context.boxed(left), context.boxed(right)]
  return produce(context, (out, count) => {
    const [x, y] = [a(), b()]
    for (let i = 0; i < count; i++) {
      const [p, q] = [x[i], y[i]]
      out[i] = p === undefined || q === undefined ? unknown : holds(p, q) ? yes : no
    }
  })
}

function choose(context: KernelContext, expr: TypedExpr & { kind: 'choose' }): FlagKernel {
  const [condition, whenYes, whenNo] = [expr.condition, expr.yes, expr.no].map(context.flags)
  return produce(context, (out, count) => {
    const [asked, a, b] = [condition!(), whenYes!(), whenNo!()]
    for (let i = 0; i < count; i++) out[i] = asked[i] === unknown ? unknown : asked[i] === yes ? a[i]! : b[i]!
  })
}

function coalesce(context: KernelContext, args: readonly TypedExpr[]): FlagKernel {
  const sources = args.map(context.flags)
  return produce(context, (out, count) => {
    out.fill(unknown)
    for (const source of sources) {
      const values = source()
      for (let i = 0; i < count; i++) if (out[i] === unknown) out[i] = values[i]!
    }
  })
}

function isKnown(context: KernelContext, expr: TypedExpr): FlagKernel {
  if (expr.type === 'number' || expr.type === 'date') {
    const source = context.number(expr)
    return produce(context, (out, count) => {
      const values = source()
      for (let i = 0; i < count; i++) out[i] = Number.isNaN(values[i]) ? no : yes
    })
  }
  if (expr.type === 'bool') {
    const source = context.flags(expr)
    return produce(context, (out, count) => {
      const values = source()
      for (let i = 0; i < count; i++) out[i] = values[i] === unknown ? no : yes
    })
  }
  const source = context.boxed(expr)
  return produce(context, (out, count) => {
    const values = source()
    for (let i = 0; i < count; i++) out[i] = values[i] === undefined ? no : yes
  })
}
