import type { Expr } from './ast.ts'
import { checkCall, type FunctionScope } from './check-call.ts'
import { nearest } from './nearest.ts'
import { type Problem, problem } from './problem.ts'
import { surprises } from './surprises.ts'
import { type Scope, type ScopeColumn, type Type, type TypedExpr, typeNames } from './types.ts'

export interface CheckOptions {
  /** Rules speak of customers (features, segments); row expressions of one table's columns, with more functions. */
  readonly kind: FunctionScope
  /** Types the whole expression may have; any when absent. */
  readonly expect?: readonly Type[]
}

export type CheckOutcome =
  | { readonly ok: true; readonly expr: TypedExpr; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Finds every name, type and literal of an expression in its scope. Gives the typed tree with warnings about
 * what may surprise, or all errors found, each with line, column and the nearest known name.
 */
export function checkExpression(expr: Expr, scope: Scope, options: CheckOptions): CheckOutcome {
  const checker = new Checker(scope, options.kind)
  const typed = checker.check(expr)
  if (typed && options.expect && !options.expect.includes(typed.type))
    checker.wrongType(expr, typed.type, options.expect)
  if (!typed || checker.problems.length > 0) return { ok: false, problems: checker.problems }
  return { ok: true, expr: typed, warnings: surprises(typed, scope) }
}

/** Walks the tree, keeps going after an error, and answers undefined for a part that has one. */
export class Checker {
  readonly problems: Problem[] = []
  readonly scope: Scope
  readonly kind: FunctionScope

  constructor(scope: Scope, kind: FunctionScope) {
    this.scope = scope
    this.kind = kind
  }

  check(expr: Expr): TypedExpr | undefined {
    switch (expr.kind) {
      case 'bool':
      case 'number':
      case 'string':
      case 'date':
        return { ...expr, type: expr.kind }
      case 'name':
        return this.#name(expr)
      case 'segment':
        return this.#segment(expr)
      case 'not': {
        const operand = this.expect(expr.operand, ['bool'])
        return operand && { kind: 'not', operand, at: expr.at, type: 'bool' }
      }
      case 'negate': {
        const operand = this.expect(expr.operand, ['number'])
        return operand && { kind: 'negate', operand, at: expr.at, type: 'number' }
      }
      case 'and':
      case 'or': {
        const operands = allOf(expr.operands.map((operand) => this.expect(operand, ['bool'])))
        return operands && { kind: expr.kind, operands, at: expr.at, type: 'bool' }
      }
      case 'compare':
        return this.#compare(expr)
      case 'arithmetic':
        return this.#arithmetic(expr)
      case 'choose':
        return this.#choose(expr)
      case 'in':
        return this.#in(expr)
      case 'has': {
        const element = this.expect(expr.element, ['string'])
        const set = this.expect(expr.set, ['set'])
        if (!element || !set) return undefined
        this.#literalAgainst(element, set)
        return { kind: 'has', element, set, at: expr.at, type: 'bool' }
      }
      case 'match': {
        const subject = this.expect(expr.subject, ['string'])
        const part = this.expect(expr.part, ['string'])
        return subject && part && { kind: 'match', op: expr.op, subject, part, at: expr.at, type: 'bool' }
      }
      case 'call':
        return checkCall(this, expr)
    }
  }

  /** Checks a part that must have one of the given types. */
  expect(expr: Expr, types: readonly Type[]): TypedExpr | undefined {
    const typed = this.check(expr)
    if (!typed || types.includes(typed.type)) return typed
    this.wrongType(expr, typed.type, types)
    return undefined
  }

  wrongType(expr: Expr, found: Type, expected: readonly Type[]): void {
    const names = expected.map((type) => typeNames[type])
    this.report('wrong_type', expr, {
      en: `This is ${typeNames[found].en}; expected ${names.map(({ en }) => en).join(' or ')}.`,
      zh: `此处是${typeNames[found].zh}，应为${names.map(({ zh }) => zh).join('或')}。`,
    })
  }

  report(code: Problem['code'], expr: Expr, message: Problem['message'], hint?: Problem['hint']): undefined {
    this.problems.push(problem(code, expr.at, message, hint))
    return undefined
  }

  /** Both sides of one comparison, of a choice or of coalesce must be of one type. */
  sameType(expr: Expr, left: TypedExpr, right: TypedExpr): boolean {
    if (left.type === right.type) return true
    const [a, b] = [typeNames[left.type], typeNames[right.type]]
    this.report(
      'wrong_type',
      expr,
      { en: `One side is ${a.en}, the other ${b.en}.`, zh: `一边是${a.zh}，另一边是${b.zh}。` },
      mixedHint(left, right),
    )
    return false
  }

  #name(expr: Expr & { kind: 'name' }): TypedExpr | undefined {
    const column = this.scope.columns.get(expr.name)
    if (column) return { ...expr, type: column.type }
    const close = nearest(expr.name, this.scope.columns.keys())
    return this.report(
      'unknown_name',
      expr,
      { en: `There is nothing named ${expr.name} here.`, zh: `此处没有名为 ${expr.name} 的内容。` },
      close === undefined ? undefined : { en: `Did you mean ${close}?`, zh: `是否想写 ${close}？` },
    )
  }

  #segment(expr: Expr & { kind: 'segment' }): TypedExpr | undefined {
    if (this.kind === 'row')
      return this.report('unknown_function', expr, {
        en: 'in_segment asks about a customer; rows of a table are in no segment.',
        zh: 'in_segment 只用于客户，数据表的行不属于客群。',
      })
    const { segments } = this.scope
    if (segments?.includes(expr.key)) return { ...expr, type: 'bool' }
    const close = nearest(expr.key, segments ?? [])
    return this.report(
      'unknown_segment',
      expr,
      { en: `There is no segment ${expr.key}.`, zh: `没有客群 ${expr.key}。` },
      close === undefined ? undefined : { en: `Did you mean ${close}?`, zh: `是否想写 ${close}？` },
    )
  }

  #compare(expr: Expr & { kind: 'compare' }): TypedExpr | undefined {
    const [left, right] = [this.check(expr.left), this.check(expr.right)]
    if (!left || !right || !this.sameType(expr, left, right)) return undefined
    const ordered = expr.op !== '==' && expr.op !== '!='
    if (ordered && left.type === 'string')
      return this.report(
        'string_order',
        expr,
        {
          en: 'Text has no order that is the same in every system.',
          zh: '文本没有在各系统中一致的顺序。',
        },
        {
          en: 'Compare with == or !=, or list values with in.',
          zh: '请用 == 或 != 比较，或用 in 列出取值。',
        },
      )
    if (left.type === 'set' || (ordered && left.type === 'bool'))
      return this.report('wrong_type', expr, {
        en: `${expr.op} does not compare ${left.type === 'set' ? 'sets' : 'yes and no'}.`,
        zh: `${expr.op} 不能比较${typeNames[left.type].zh}。`,
      })
    this.#literalAgainst(left, right)
    this.#literalAgainst(right, left)
    return { kind: 'compare', op: expr.op, left, right, at: expr.at, type: 'bool' }
  }

  #arithmetic(expr: Expr & { kind: 'arithmetic' }): TypedExpr | undefined {
    const joins = expr.op === '+' && this.kind === 'row'
    const types: readonly Type[] = joins ? ['number', 'string'] : ['number']
    const [left, right] = [this.expect(expr.left, types), this.expect(expr.right, types)]
    if (!left || !right || !this.sameType(expr, left, right)) return undefined
    return { kind: 'arithmetic', op: expr.op, left, right, at: expr.at, type: left.type }
  }

  #choose(expr: Expr & { kind: 'choose' }): TypedExpr | undefined {
    const condition = this.expect(expr.condition, ['bool'])
    const [yes, no] = [this.check(expr.yes), this.check(expr.no)]
    if (!condition || !yes || !no || !this.sameType(expr, yes, no)) return undefined
    return { kind: 'choose', condition, yes, no, at: expr.at, type: yes.type }
  }

  #in(expr: Expr & { kind: 'in' }): TypedExpr | undefined {
    const operand = this.expect(expr.operand, ['number', 'string', 'date', 'bool'])
    const list = allOf(expr.list.map((element) => this.check(element)))
    if (!operand || !list) return undefined
    for (const element of list) {
      if (!isConstant(element))
        return this.report(
          'bad_literal',
          element,
          { en: 'A list after in holds constants only.', zh: 'in 之后的列表只能是常量。' },
          { en: 'Write x == a || x == b', zh: '请写成 x == a || x == b' },
        )
      if (!this.sameType(element, operand, element)) return undefined
      this.#literalAgainst(element, operand)
    }
    return { kind: 'in', operand, list, at: expr.at, type: 'bool' }
  }

  /** Refuses a text that a column with listed values can never hold. */
  #literalAgainst(literal: TypedExpr, other: TypedExpr): void {
    if (literal.kind !== 'string' || other.kind !== 'name') return
    const values = (this.scope.columns.get(other.name) as ScopeColumn).values
    if (!values || values.includes(literal.value)) return
    const close = nearest(literal.value, values)
    const some = values.slice(0, 8)
    this.report(
      'unknown_value',
      literal,
      { en: `${other.name} is never "${literal.value}".`, zh: `${other.name} 不会取值“${literal.value}”。` },
      close === undefined
        ? { en: `It is one of ${some.join(', ')}.`, zh: `可取值：${some.join('、')}。` }
        : { en: `Did you mean "${close}"?`, zh: `是否想写“${close}”？` },
    )
  }
}

function isConstant(expr: TypedExpr): boolean {
  return expr.kind === 'bool' || expr.kind === 'number' || expr.kind === 'string' || expr.kind === 'date'
}

function mixedHint(left: TypedExpr, right: TypedExpr): Problem['hint'] {
  const types = new Set<Type>([left.type, right.type])
  const literal = [left, right].find(({ kind }) => kind === 'string')
  if (types.has('date') && types.has('instant'))
    return {
      en: 'Write business_day(x) to get the day of a time.',
      zh: '请用 business_day(x) 取得时间所在的日期。',
    }
  if (types.has('date') && literal)
    return { en: 'Write a day as date("2026-03-31").', zh: '日期请写成 date("2026-03-31")。' }
  if (types.has('number') && literal) return { en: 'Write numbers without quotes.', zh: '数字不要加引号。' }
  if (types.has('string') && types.has('number')) return { en: 'Write text in quotes.', zh: '文本请加引号。' }
  return undefined
}

function allOf<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const found = items.filter((item) => item !== undefined)
  return found.length === items.length ? found : undefined
}
