import type { parse } from '@bufbuild/cel'
import {
  type ArithmeticOp,
  type ComparisonOp,
  type Expr,
  type FunctionName,
  functionNames,
  type MatchOp,
  type Position,
} from './ast.ts'
import { type CelExpr, constant, dateLiteral, numberLiteral, refuse, refuseNul, textOf } from './constants.ts'
import { nearest } from './nearest.ts'
import type { ProblemSignal } from './problem.ts'
import { bracketDepths, type Lexed, positionAt } from './tokens.ts'

type Parsed = ReturnType<typeof parse>
type CelCall = Extract<CelExpr['exprKind'], { case: 'callExpr' }>['value']

/** Turns the parser's tree into the language's own, refusing what CEL has and the language has not. */
export function convert(parsed: Parsed, lexed: Lexed): Expr {
  if (!parsed.expr) throw new Error('the parser gave no tree')
  return new Converter(parsed, lexed).convert(parsed.expr)
}

const comparisons: Record<string, ComparisonOp> = {
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
}
const arithmetic: Record<string, ArithmeticOp> = { '_+_': '+', '_-_': '-', '_*_': '*', '_/_': '/' }
const matches: readonly string[] = ['startsWith', 'endsWith', 'contains']
const callable = [...functionNames, ...matches, 'date', 'in_segment']

class Converter {
  readonly #positions: Readonly<Record<string, number>>
  readonly #lexed: Lexed
  readonly #depths: ReadonlyMap<number, number>

  constructor(parsed: Parsed, lexed: Lexed) {
    this.#positions = parsed.sourceInfo?.positions ?? {}
    this.#lexed = lexed
    this.#depths = bracketDepths(lexed.tokens)
  }

  convert(expr: CelExpr): Expr {
    const at = this.#at(expr)
    const { exprKind } = expr
    switch (exprKind.case) {
      case 'constExpr':
        return constant(exprKind.value, at)
      case 'identExpr':
        if (this.#lexed.text[this.#offset(expr)] === '.')
          throw refuse('syntax', at, 'A name does not start with a point.', '名称不能以点开头。')
        return { kind: 'name', name: exprKind.value.name, at }
      case 'callExpr':
        return this.#call(expr, exprKind.value, at)
      case 'selectExpr':
        throw refuse(
          'not_in_language',
          at,
          `There is nothing inside a value to reach with .${exprKind.value.field}`,
          `不能用 .${exprKind.value.field} 读取值的内部。`,
          'Names have no points; write row["a.b"] for a column that is called a.b',
          '名称中没有点；列名为 a.b 时请写 row["a.b"]',
        )
      case 'listExpr':
        throw refuse(
          'not_in_language',
          at,
          'A list stands only after in.',
          '列表只能写在 in 之后。',
          'Write x in ["a", "b"]',
          '请写成 x in ["a", "b"]',
        )
      case 'comprehensionExpr':
        throw refuse(
          'not_in_language',
          at,
          'Loops over lists are not part of the language.',
          '不支持对列表循环。',
        )
      default:
        throw refuse(
          'not_in_language',
          at,
          'Maps and objects are not part of the language.',
          '不支持映射或对象。',
        )
    }
  }

  #call(expr: CelExpr, call: CelCall, at: Position): Expr {
    const { args, target } = call
    const name = call.function
    const arg = (index: number): Expr => this.convert(args[index]!)
    const comparison = comparisons[name]
    if (comparison !== undefined) {
      this.#refuseChain(expr, args)
      return { kind: 'compare', op: comparison, left: arg(0), right: arg(1), at }
    }
    const sum = arithmetic[name]
    if (sum !== undefined) return { kind: 'arithmetic', op: sum, left: arg(0), right: arg(1), at }
    switch (name) {
      case '_&&_':
        return { kind: 'and', operands: this.#flat(args, 'and'), at }
      case '_||_':
        return { kind: 'or', operands: this.#flat(args, 'or'), at }
      case '!_':
        return { kind: 'not', operand: arg(0), at }
      case '-_':
        return negated(arg(0), at)
      case '_?_:_':
        return { kind: 'choose', condition: arg(0), yes: arg(1), no: arg(2), at }
      case '@in':
        return this.#in(args, at)
      case '_[_]':
        return rowColumn(args, at)
      case '_%_':
        throw refuse(
          'not_in_language',
          at,
          'Remainders (%) are not part of the language.',
          '不支持取余（%）。',
        )
      default:
        return this.#function(name, target ? [target, ...args] : args, target !== undefined, at)
    }
  }

  #function(name: string, args: readonly CelExpr[], method: boolean, at: Position): Expr {
    if (matches.includes(name)) {
      expectArguments(name, args, 2, at)
      const [subject, part] = [this.convert(args[0]!), this.convert(args[1]!)]
      return { kind: 'match', op: name as MatchOp, subject, part, at }
    }
    if (!callable.includes(name) || method) throw unknownFunction(name, method, at)
    if (name === 'date') return { kind: 'date', value: dateLiteral(args, at), at }
    if (name === 'in_segment') {
      const key = args.length === 1 ? textOf(args[0]!) : undefined
      if (key === undefined)
        throw refuse(
          'wrong_arguments',
          at,
          'in_segment takes the key of one segment, in quotes.',
          'in_segment 的参数是一个客群的键，需加引号。',
          'Write in_segment("loyal_savers")',
          '请写成 in_segment("loyal_savers")',
        )
      return { kind: 'segment', key, at }
    }
    return { kind: 'call', fn: name as FunctionName, args: args.map((arg) => this.convert(arg)), at }
  }

  #in(args: readonly CelExpr[], at: Position): Expr {
    const operand = this.convert(args[0]!)
    const { exprKind } = args[1]!
    if (exprKind.case !== 'listExpr')
      return { kind: 'has', element: operand, set: this.convert(args[1]!), at }
    const list = exprKind.value.elements.map((element) => this.convert(element))
    if (list.length === 0)
      throw refuse('bad_literal', at, 'The list after in is empty.', 'in 之后的列表为空。')
    return { kind: 'in', operand, list, at }
  }

  /** `a && (b && c)` is `a && b && c`: three-valued and / or do not care how they are grouped. */
  #flat(args: readonly CelExpr[], kind: 'and' | 'or'): readonly Expr[] {
    return args.flatMap((arg) => {
      const converted = this.convert(arg)
      return converted.kind === kind ? converted.operands : [converted]
    })
  }

  /** `1 < x < 3` parses as `(1 < x) < 3`; told apart from that by the brackets around the inner sign. */
  #refuseChain(outer: CelExpr, args: readonly CelExpr[]): void {
    for (const inner of args) {
      if (inner.exprKind.case !== 'callExpr' || !comparisons[inner.exprKind.value.function]) continue
      const depth = (expr: CelExpr) => this.#depths.get(this.#offset(expr))
      if (depth(inner) !== depth(outer)) continue
      throw refuse(
        'chained_comparison',
        this.#at(outer),
        'Comparisons can not be chained.',
        '比较不能连写。',
        'Write 1 < x && x < 3',
        '请写成 1 < x && x < 3',
      )
    }
  }

  /** The parser puts an operator's position at the space before it; its own place is the next token's. */
  #offset(expr: CelExpr): number {
    const position = this.#positions[String(expr.id)] ?? 0
    return this.#lexed.tokens.find((token) => token.offset >= position)?.offset ?? position
  }

  #at(expr: CelExpr): Position {
    return positionAt(this.#lexed.text, this.#offset(expr))
  }
}

/** A minus before a number is part of the number. */
function negated(operand: Expr, at: Position): Expr {
  return operand.kind === 'number' ? numberLiteral(-operand.value, at) : { kind: 'negate', operand, at }
}

function rowColumn(args: readonly CelExpr[], at: Position): Expr {
  const owner = args[0]!.exprKind
  const name = textOf(args[1]!)
  if (name !== undefined) refuseNul(name, at)
  if (owner.case === 'identExpr' && owner.value.name === 'row' && name !== undefined)
    return { kind: 'name', name, at }
  throw refuse(
    'not_in_language',
    at,
    'Square brackets name a column of the row, in quotes.',
    '方括号只用于书写列名，需加引号。',
    'Write row["column name"]',
    '请写成 row["列名"]',
  )
}

function unknownFunction(name: string, method: boolean, at: Position): ProblemSignal {
  if (method && callable.includes(name))
    return refuse(
      'unknown_function',
      at,
      `${name} takes its value in brackets.`,
      `${name} 的值应写在括号内。`,
      `Write ${name}(x)`,
      `请写成 ${name}(x)`,
    )
  const close = nearest(name, callable)
  return refuse(
    'unknown_function',
    at,
    `There is no function ${name}.`,
    `没有函数 ${name}。`,
    close ? `Did you mean ${close}?` : `There are ${callable.join(', ')}.`,
    close ? `是否想写 ${close}？` : `可用函数：${callable.join('、')}。`,
  )
}

function expectArguments(name: string, args: readonly CelExpr[], count: number, at: Position): void {
  if (args.length === count) return
  throw refuse(
    'wrong_arguments',
    at,
    `${name} needs a text and a part of it.`,
    `${name} 需要一个文本和其中的一部分。`,
    `Write x.${name}("…")`,
    `请写成 x.${name}("…")`,
  )
}
