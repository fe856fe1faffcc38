import type { TypedExpr } from '@tranche/language'

/** A number that a rule compares a column with, and the rule with it moved down and up, a little and more. */
export interface Cut {
  readonly name: string
  readonly value: number
  readonly moved: readonly { readonly down: TypedExpr; readonly up: TypedExpr }[]
}

/**
 * The cuts of a rule: comparisons of order between a column and a number, each moved by shares of itself. One of 0 can't be
 * moved so, and one of whole numbers only where the least share is a whole step.
 */
export function cutsOf(
  rule: TypedExpr,
  shares: readonly number[],
  isWhole: (name: string) => boolean,
): readonly Cut[] {
  return comparisonsOf(rule).flatMap(({ name, value, node }) => {
    const steps = shares.map((share) => {
      const step = Math.abs(value) * share
      return isWhole(name) ? Math.floor(step) : step
    })
    if (steps.some((step) => step === 0)) return []
    const at = (other: number) => withNumber(rule, node, other)
    return [{ name, value, moved: steps.map((step) => ({ down: at(value - step), up: at(value + step) })) }]
  })
}

interface Comparison {
  /** The number's node. */
  readonly node: TypedExpr
  readonly name: string
  readonly value: number
}

const order = ['<', '<=', '>', '>=']

function comparisonsOf(rule: TypedExpr): readonly Comparison[] {
  if (rule.kind === 'and' || rule.kind === 'or') return rule.operands.flatMap(comparisonsOf)
  if (rule.kind === 'not') return comparisonsOf(rule.operand)
  if (rule.kind !== 'compare' || !order.includes(rule.op)) return []
  const { left, right } = rule
  if (left.kind === 'name' && right.kind === 'number')
    return [{ node: right, name: left.name, value: right.value }]
  if (right.kind === 'name' && left.kind === 'number')
    return [{ node: left, name: right.name, value: left.value }]
  return []
}

function withNumber(rule: TypedExpr, node: TypedExpr, value: number): TypedExpr {
  if (rule === node) return { ...rule, kind: 'number', value } as TypedExpr
  if (rule.kind === 'and' || rule.kind === 'or')
    return { ...rule, operands: rule.operands.map((operand) => withNumber(operand, node, value)) }
  if (rule.kind === 'not') return { ...rule, operand: withNumber(rule.operand, node, value) }
  if (rule.kind !== 'compare') return rule
  return { ...rule, left: withNumber(rule.left, node, value), right: withNumber(rule.right, node, value) }
}
