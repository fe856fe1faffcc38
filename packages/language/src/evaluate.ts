import { calculate, compareValues, matchText, roundHalfAway } from './arithmetic.ts'
import { type BusinessDay, monthStart, parseDate } from './calendar.ts'
import { LanguageError } from './problem.ts'
import type { Type, TypedExpr } from './types.ts'

/**
 * A known value: a date is its day counted from 1970-01-01, an instant its microseconds since then in UTC.
 * Unknown is undefined.
 */
export type Value = boolean | number | string | bigint | ReadonlySet<string>

/** Values of one row by column name; null, undefined, absent and non-finite numbers are unknown. */
export type Row = Readonly<Record<string, Value | null | undefined>>

export interface EvaluationContext {
  /** Needed by `business_day` and `business_month` of an instant. */
  readonly businessDay?: BusinessDay
  /** Needed by `in_segment`: whether the customer is in it, undefined when that is unknown. */
  readonly inSegment?: (key: string) => boolean | undefined
}

/**
 * The value of an expression for one row, undefined when unknown. Logic is three-valued: `false && unknown` is
 * false, `true || unknown` is true; a comparison, a sum or a choice that needs a missing value is unknown, and
 * so are division by zero and results that no double holds.
 * Throws LanguageError when a value is not of its column's type.
 */
export function evaluateExpression(
  expr: TypedExpr,
  row: Row,
  context: EvaluationContext = {},
): Value | undefined {
  const evaluate = (node: TypedExpr): Value | undefined => evaluateExpression(node, row, context)
  switch (expr.kind) {
    case 'bool':
    case 'number':
    case 'string':
      return expr.value
    case 'date':
      return parseDate(expr.value)
    case 'name':
      return cellOf(row, expr.name, expr.type)
    case 'segment':
      return segment(expr.key, context)
    case 'not': {
      const operand = evaluate(expr.operand)
      return operand === undefined ? undefined : !operand
    }
    case 'negate':
      return known(-number(evaluate(expr.operand)))
    case 'and':
      return decided(expr.operands, false, evaluate)
    case 'or':
      return decided(expr.operands, true, evaluate)
    case 'compare': {
      const [left, right] = [evaluate(expr.left), evaluate(expr.right)]
      if (left === undefined || right === undefined) return undefined
      return compareValues(expr.op, left as number, right as number)
    }
    case 'arithmetic': {
      const [left, right] = [evaluate(expr.left), evaluate(expr.right)]
      if (left === undefined || right === undefined) return undefined
      if (typeof left === 'string') return left + String(right)
      return known(calculate(expr.op, number(left), number(right)))
    }
    case 'choose': {
      const condition = evaluate(expr.condition)
      return condition === undefined ? undefined : evaluate(condition ? expr.yes : expr.no)
    }
    case 'in': {
      const operand = evaluate(expr.operand)
      return operand === undefined ? undefined : expr.list.some((element) => evaluate(element) === operand)
    }
    case 'has': {
      const [element, set] = [evaluate(expr.element), evaluate(expr.set)]
      return element === undefined || set === undefined
        ? undefined
        : (set as ReadonlySet<string>).has(String(element))
    }
    case 'match': {
      const [subject, part] = [evaluate(expr.subject), evaluate(expr.part)]
      return subject === undefined || part === undefined
        ? undefined
        : matchText(expr.op, String(subject), String(part))
    }
    case 'call':
      return call(expr, context, evaluate)
  }
}

/** Finds the day of an instant, or complains that nobody said in which zone. */
export function requireBusinessDay(context: EvaluationContext): BusinessDay {
  if (context.businessDay) return context.businessDay
  throw new LanguageError(
    'missing_context',
    'business_day was evaluated without a time zone.',
    'Pass businessDay: businessDaysOf(timeZone).',
  )
}

type Evaluate = (node: TypedExpr) => Value | undefined

function call(
  expr: TypedExpr & { kind: 'call' },
  context: EvaluationContext,
  evaluate: Evaluate,
): Value | undefined {
  const arg = (index: number) => evaluate(expr.args[index]!)
  switch (expr.fn) {
    case 'known':
      return arg(0) !== undefined
    case 'coalesce': {
      for (const candidate of expr.args) {
        const value = evaluate(candidate)
        if (value !== undefined) return value
      }
      return undefined
    }
    case 'round':
      return known(roundHalfAway(number(arg(0)), number(arg(1))))
    case 'abs':
      return known(Math.abs(number(arg(0))))
    case 'business_day':
      return known(dayOf(arg(0), context))
    case 'business_month':
      return known(monthStart(dayOf(arg(0), context)))
    case 'days_between':
      return known(number(arg(1)) - number(arg(0)))
  }
}

function dayOf(value: Value | undefined, context: EvaluationContext): number {
  return typeof value === 'bigint' ? requireBusinessDay(context)(value) : number(value)
}

function decided(operands: readonly TypedExpr[], decisive: boolean, evaluate: Evaluate): boolean | undefined {
  let result: boolean | undefined = !decisive
  for (const operand of operands) {
    const value = evaluate(operand)
    if (value === decisive) return decisive
    if (value === undefined) result = undefined
  }
  return result
}

function segment(key: string, context: EvaluationContext): boolean | undefined {
  if (context.inSegment) return context.inSegment(key)
  throw new LanguageError(
    'missing_context',
    `in_segment("${key}") was evaluated without memberships.`,
    'Pass inSegment.',
  )
}

function cellOf(row: Row, name: string, type: Type): Value | undefined {
  const value = Object.hasOwn(row, name) ? row[name] : undefined
  if (value === null || value === undefined) return undefined
  if (!isOfType(value, type))
    throw new LanguageError(
      'bad_value',
      `Column ${name} should hold ${type}, found ${typeof value}.`,
      'Dates are day numbers, instants bigint microseconds, sets are Set objects.',
    )
  return typeof value === 'number' ? known(value) : value
}

function isOfType(value: Value, type: Type): boolean {
  switch (type) {
    case 'bool':
      return typeof value === 'boolean'
    case 'number':
    case 'date':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'instant':
      return typeof value === 'bigint'
    case 'set':
      return value instanceof Set
  }
}

function number(value: Value | undefined): number {
  return value === undefined ? Number.NaN : Number(value)
}

function known(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
