import { childrenOf } from './ast.ts'
import { parseDate } from './calendar.ts'
import { evaluateExpression } from './evaluate.ts'
import { printExpression } from './print.ts'
import type { TypedExpr } from './types.ts'

/** Whether a condition is true or false whatever the row holds; undefined when it depends on the row. */
export function constantOf(expr: TypedExpr): boolean | undefined {
  switch (expr.kind) {
    case 'bool':
      return expr.value
    case 'not': {
      const operand = constantOf(expr.operand)
      return operand === undefined ? undefined : !operand
    }
    case 'and':
      return mixed(expr.operands.map(constantOf), false)
    case 'or':
      return mixed(expr.operands.map(constantOf), true)
    default: {
      const value = readsRow(expr) ? undefined : evaluateExpression(expr, {})
      return typeof value === 'boolean' ? value : undefined
    }
  }
}

/** The column on which the conditions of one `&&` exclude each other, or those of one `||` leave nothing out. */
export function contradiction(expr: TypedExpr): string | undefined {
  if (expr.kind !== 'and' && expr.kind !== 'or') return undefined
  const byName = new Map<string, Range[]>()
  for (const operand of expr.operands) {
    const range = rangeOf(operand)
    if (!range) continue
    const ranges = byName.get(range.name) ?? []
    ranges.push(expr.kind === 'and' ? range : { ...range, op: opposites[range.op] })
    byName.set(range.name, ranges)
  }
  for (const [name, ranges] of byName) if (isEmpty(ranges)) return name
  return undefined
}

interface Range {
  readonly name: string
  readonly op: '==' | '!=' | '<' | '<=' | '>' | '>='
  readonly value: string | number | boolean
}

const opposites = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const
const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

function rangeOf(expr: TypedExpr): Range | undefined {
  if (expr.kind !== 'compare') return undefined
  const [left, right] = [literalOf(expr.left), literalOf(expr.right)]
  if (expr.left.kind === 'name' && right !== undefined)
    return { name: printExpression(expr.left), op: expr.op, value: right }
  if (expr.right.kind === 'name' && left !== undefined)
    return { name: printExpression(expr.right), op: mirrored[expr.op], value: left }
  return undefined
}

function literalOf(expr: TypedExpr): Range['value'] | undefined {
  if (expr.kind === 'date') return parseDate(expr.value)
  return expr.kind === 'number' || expr.kind === 'string' || expr.kind === 'bool' ? expr.value : undefined
}

/** Whether no value satisfies all ranges of one column. */
function isEmpty(ranges: readonly Range[]): boolean {
  const equal = ranges.find(({ op }) => op === '==')
  if (equal) return ranges.some((range) => !holds(equal.value, range))
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let open = false
  for (const { op, value } of ranges) {
    if (typeof value !== 'number') continue
    if (op.startsWith('>') && value >= low) {
      open = op === '>' || (open && value === low)
      low = value
    }
  }
  for (const { op, value } of ranges) {
    if (typeof value !== 'number' || !op.startsWith('<')) continue
    if (value < low || (value === low && (open || op === '<'))) return true
    high = Math.min(high, value)
  }
  return low > high
}

function holds(value: Range['value'], range: Range): boolean {
  switch (range.op) {
    case '==':
      return value === range.value
    case '!=':
      return value !== range.value
    case '<':
      return value < range.value
    case '<=':
      return value <= range.value
    case '>':
      return value > range.value
    case '>=':
      return value >= range.value
  }
}

function mixed(parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive
  return parts.includes(undefined) ? undefined : !decisive
}

function readsRow(expr: TypedExpr): boolean {
  return expr.kind === 'name' || expr.kind === 'segment' || childrenOf(expr).some(readsRow)
}
