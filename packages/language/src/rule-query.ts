import type { ComparisonOp, Expr, MatchOp, Node } from './ast.ts'
import { printExpression } from './print.ts'
import { LanguageError } from './problem.ts'
import type { Scope, Type } from './types.ts'

/** A group of a visual rule builder, in the shape of react-querybuilder's `RuleGroupType`. */
export interface RuleQueryGroup {
  readonly combinator: 'and' | 'or'
  readonly not?: boolean
  readonly rules: readonly (RuleQueryGroup | RuleQueryRule)[]
}

/** One line of the builder, in the shape of its `RuleType`. */
export interface RuleQueryRule {
  readonly field: string
  readonly operator: RuleQueryOperator
  readonly value: RuleQueryValue | readonly RuleQueryValue[]
  /** `field` where the value names another column. */
  readonly valueSource?: 'value' | 'field'
}

export type RuleQueryValue = string | number | boolean | null

const comparisonOf = { '=': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const
const matchOf = { contains: 'contains', beginsWith: 'startsWith', endsWith: 'endsWith' } as const

/** What a line may say: the builder's own operators that have a meaning here, and four of ours. */
export const ruleQueryOperators = [
  ...(Object.keys(comparisonOf) as (keyof typeof comparisonOf)[]),
  ...(Object.keys(matchOf) as (keyof typeof matchOf)[]),
  'doesNotContain',
  'doesNotBeginWith',
  'doesNotEndWith',
  'null',
  'notNull',
  'in',
  'notIn',
  'between',
  'notBetween',
  'isTrue',
  'isFalse',
  'has',
  'hasNot',
] as const
export type RuleQueryOperator = (typeof ruleQueryOperators)[number]

/** Field of the lines that ask for membership in a segment; their value is its key. No column can be called so. */
export const segmentField = 'in_segment("…")'

/**
 * The builder's tree of a rule, or null where the builder can't show all of it: such a rule stays the text it is.
 * `queryToRule` of what is given prints the same canonical text as the rule.
 */
export function ruleToQuery(rule: Expr): RuleQueryGroup | null {
  const shown = partOf(rule)
  if (shown === null) return null
  return 'rules' in shown ? shown : { combinator: 'and', rules: [shown] }
}

/**
 * The canonical text of a rule that a builder holds. Values are read as the type of their column in the scope, because
 * editors hand over texts; what stands for no value of it is kept as a text, for the checker to refuse with its place.
 * @throws LanguageError bad_value where the tree is not one of a builder: an empty group, an unknown operator
 */
export function queryToRule(query: RuleQueryGroup, scope: Scope): string {
  return printExpression(groupExpr(query, scope))
}

function partOf(expr: Expr): RuleQueryGroup | RuleQueryRule | null {
  if (expr.kind === 'and' || expr.kind === 'or') {
    const rules = expr.operands.map(partOf)
    return rules.includes(null)
      ? null
      : { combinator: expr.kind, rules: rules as (RuleQueryGroup | RuleQueryRule)[] }
  }
  if (expr.kind !== 'not') return lineOf(expr)
  const inner = expr.operand
  const direct = negatedLine(inner)
  if (direct !== null) return direct
  const shown = partOf(inner)
  if (shown === null) return null
  if ('rules' in shown && !shown.not) return { ...shown, not: true }
  return { combinator: 'and', not: true, rules: [shown] }
}

function lineOf(expr: Expr): RuleQueryRule | null {
  switch (expr.kind) {
    case 'name':
      return { field: expr.name, operator: 'isTrue', value: null }
    case 'segment':
      return { field: segmentField, operator: '=', value: expr.key }
    case 'compare':
      return comparisonLine(expr.left, operatorOf(comparisonOf, expr.op), expr.right)
    case 'in': {
      const values = expr.list.map(literalOf)
      if (expr.operand.kind !== 'name' || values.includes(undefined)) return null
      return { field: expr.operand.name, operator: 'in', value: values as RuleQueryValue[] }
    }
    case 'has':
      if (expr.set.kind !== 'name' || expr.element.kind !== 'string') return null
      return { field: expr.set.name, operator: 'has', value: expr.element.value }
    case 'match':
      if (expr.subject.kind !== 'name' || expr.part.kind !== 'string') return null
      return {
        field: expr.subject.name,
        operator: operatorOf(matchOf, expr.op),
        value: expr.part.value,
      }
    case 'call': {
      const [only] = expr.args
      if (expr.fn !== 'known' || expr.args.length !== 1 || only?.kind !== 'name') return null
      return { field: only.name, operator: 'notNull', value: null }
    }
    default:
      return null
  }
}

const negations: Partial<Record<RuleQueryOperator, RuleQueryOperator>> = {
  contains: 'doesNotContain',
  beginsWith: 'doesNotBeginWith',
  endsWith: 'doesNotEndWith',
  notNull: 'null',
  in: 'notIn',
  isTrue: 'isFalse',
  has: 'hasNot',
}

/** `!x` as a line of its own, where an operator says just that; a negated comparison is not the opposite comparison. */
function negatedLine(inner: Expr): RuleQueryRule | null {
  if (inner.kind === 'segment') return { field: segmentField, operator: '!=', value: inner.key }
  const line = lineOf(inner)
  const operator = line === null ? undefined : negations[line.operator]
  return line === null || operator === undefined ? null : { ...line, operator }
}

function comparisonLine(left: Expr, operator: RuleQueryOperator, right: Expr): RuleQueryRule | null {
  if (left.kind !== 'name') return null
  if (right.kind === 'name') return { field: left.name, operator, value: right.name, valueSource: 'field' }
  const value = literalOf(right)
  return value === undefined ? null : { field: left.name, operator, value }
}

function literalOf(expr: Expr): RuleQueryValue | undefined {
  switch (expr.kind) {
    case 'bool':
    case 'number':
    case 'string':
    case 'date':
      return expr.value
    default:
      return undefined
  }
}

function operatorOf<Operators extends Readonly<Record<string, string>>>(
  operators: Operators,
  op: Operators[keyof Operators],
): keyof Operators & string {
  return Object.keys(operators).find((operator) => operators[operator] === op)!
}

type Bare = Node<unknown>

function groupExpr(group: RuleQueryGroup, scope: Scope): Bare {
  const { combinator, rules, not } = group
  if (combinator !== 'and' && combinator !== 'or') throw unreadable(`the combinator ${String(combinator)}`)
  if (!Array.isArray(rules) || rules.length === 0) throw unreadable('a group without rules')
  const operands = rules.flatMap((part): readonly Bare[] => {
    const built = 'rules' in part ? groupExpr(part, scope) : lineExpr(part, scope)
    return built.kind === combinator ? built.operands : [built]
  })
  const joined: Bare = operands.length === 1 ? operands[0]! : { kind: combinator, operands }
  if (not !== true) return joined
  return joined.kind === 'not' ? joined.operand : { kind: 'not', operand: joined }
}

function lineExpr({ field, operator, value, valueSource }: RuleQueryRule, scope: Scope): Bare {
  const not = (operand: Bare): Bare => ({ kind: 'not', operand })
  if (field === segmentField) {
    const asked: Bare = { kind: 'segment', key: String(value) }
    if (operator !== '=' && operator !== '!=') throw unreadable(`the operator ${operator} for a segment`)
    return operator === '=' ? asked : not(asked)
  }
  const name: Bare = { kind: 'name', name: field }
  const type = scope.columns.get(field)?.type
  const one = (given: RuleQueryRule['value']): Bare =>
    valueSource === 'field'
      ? { kind: 'name', name: String(given) }
      : literal(Array.isArray(given) ? given[0] : (given as RuleQueryValue), type)
  const compare = (op: ComparisonOp, right: Bare): Bare => ({ kind: 'compare', op, left: name, right })
  const match = (op: MatchOp): Bare => ({ kind: 'match', op, subject: name, part: textLiteral(value) })
  switch (operator) {
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(comparisonOf[operator], one(value))
    case 'contains':
    case 'beginsWith':
    case 'endsWith':
      return match(matchOf[operator])
    case 'doesNotContain':
      return not(match('contains'))
    case 'doesNotBeginWith':
      return not(match('startsWith'))
    case 'doesNotEndWith':
      return not(match('endsWith'))
    case 'notNull':
    case 'null': {
      const known: Bare = { kind: 'call', fn: 'known', args: [name] }
      return operator === 'notNull' ? known : not(known)
    }
    case 'in':
    case 'notIn': {
      const member: Bare = {
        kind: 'in',
        operand: name,
        list: listOf(value).map((item) => literal(item, type)),
      }
      return operator === 'in' ? member : not(member)
    }
    case 'between':
    case 'notBetween': {
      const [from, to, ...more] = listOf(value)
      if (to === undefined || more.length > 0) throw unreadable(`${operator} without two ends`)
      const within: Bare = { kind: 'and', operands: [compare('>=', one(from!)), compare('<=', one(to))] }
      return operator === 'between' ? within : not(within)
    }
    case 'isTrue':
      return name
    case 'isFalse':
      return not(name)
    case 'has':
    case 'hasNot': {
      const held: Bare = { kind: 'has', element: textLiteral(value), set: name }
      return operator === 'has' ? held : not(held)
    }
    default:
      throw unreadable(`the operator ${String(operator)}`)
  }
}

/** Several values, which editors hand over as a list or with commas between them. */
function listOf(value: RuleQueryRule['value']): readonly RuleQueryValue[] {
  const items = Array.isArray(value) ? value : typeof value === 'string' ? splitList(value) : [value]
  if (items.length === 0) throw unreadable('a list without values')
  return items as readonly RuleQueryValue[]
}

const splitList = (text: string) => text.split(',').map((item) => item.trim())

const textLiteral = (value: RuleQueryRule['value']): Bare => ({ kind: 'string', value: String(value) })

function literal(value: RuleQueryValue | undefined, type: Type | undefined): Bare {
  if (typeof value === 'boolean') return { kind: 'bool', value }
  if (typeof value === 'number') return { kind: 'number', value }
  if (typeof value !== 'string') throw unreadable('a rule without a value')
  if (type === 'number' && value.trim() !== '' && Number.isFinite(Number(value)))
    return { kind: 'number', value: Number(value) }
  if (type === 'bool' && (value === 'true' || value === 'false'))
    return { kind: 'bool', value: value === 'true' }
  if (type === 'date' || type === 'instant') return { kind: 'date', value }
  return { kind: 'string', value }
}

function unreadable(what: string): LanguageError {
  return new LanguageError(
    'bad_value',
    `A rule builder gave ${what}.`,
    `Groups hold at least one rule; operators are ${ruleQueryOperators.join(', ')}.`,
  )
}
