import type { Expr, FunctionName } from './ast.ts'
import type { Checker } from './check.ts'
import type { Type, TypedExpr } from './types.ts'

/** Which functions an expression may use. */
export type FunctionScope = 'rule' | 'row'

type Call = Expr & { kind: 'call' }

interface Signature {
  readonly scope: FunctionScope
  readonly usage: string
  readonly check: (checker: Checker, call: Call) => TypedExpr | undefined
}

/** Checks the arguments of a function and types its result. */
export function checkCall(checker: Checker, call: Call): TypedExpr | undefined {
  const signature = signatures[call.fn]
  if (checker.kind === 'rule' && signature.scope === 'row')
    return checker.report(
      'unknown_function',
      call,
      {
        en: `${call.fn} works on the rows of a table, not in a rule.`,
        zh: `${call.fn} 只能用于数据表的行，不能用于规则。`,
      },
      { en: 'Make a feature of it and name that here.', zh: '请先定义为特征，再在规则中引用。' },
    )
  return signature.check(checker, call)
}

const days: readonly Type[] = ['date', 'instant']
const values: readonly Type[] = ['bool', 'number', 'string', 'date', 'instant']

const signatures: Readonly<Record<FunctionName, Signature>> = {
  known: {
    scope: 'rule',
    usage: 'known(x)',
    check: (checker, call) => withTypes(checker, call, [[...values, 'set']], 'bool'),
  },
  coalesce: { scope: 'row', usage: 'coalesce(a, b)', check: checkCoalesce },
  round: { scope: 'row', usage: 'round(x, 2)', check: checkRound },
  abs: {
    scope: 'row',
    usage: 'abs(x)',
    check: (checker, call) => withTypes(checker, call, [['number']], 'number'),
  },
  business_day: {
    scope: 'row',
    usage: 'business_day(time)',
    check: (checker, call) => withTypes(checker, call, [days], 'date'),
  },
  business_month: {
    scope: 'row',
    usage: 'business_month(time)',
    check: (checker, call) => withTypes(checker, call, [days], 'date'),
  },
  days_between: {
    scope: 'row',
    usage: 'days_between(from, to)',
    check: (checker, call) => withTypes(checker, call, [['date'], ['date']], 'number'),
  },
}

function withTypes(
  checker: Checker,
  call: Call,
  parameters: readonly (readonly Type[])[],
  type: Type,
): TypedExpr | undefined {
  if (call.args.length !== parameters.length) return wrongCount(checker, call)
  const args = call.args.map((arg, index) => checker.expect(arg, parameters[index]!))
  return complete(call, args, type)
}

function checkCoalesce(checker: Checker, call: Call): TypedExpr | undefined {
  if (call.args.length < 2) return wrongCount(checker, call)
  const args = call.args.map((arg) => checker.expect(arg, values))
  const first = args[0]
  if (!first || !args.every((arg, index) => arg && checker.sameType(call.args[index]!, first, arg)))
    return undefined
  return complete(call, args, first.type)
}

function checkRound(checker: Checker, call: Call): TypedExpr | undefined {
  if (call.args.length !== 2) return wrongCount(checker, call)
  const value = checker.expect(call.args[0]!, ['number'])
  const digits = call.args[1]!
  if (!isDigits(digits))
    return checker.report('wrong_arguments', digits, {
      en: `round needs a whole number of decimals, 0 to ${maxDigits}, written out.`,
      zh: `round 的小数位数须为 0 到 ${maxDigits} 的整数常量。`,
    })
  return complete(call, [value, { ...digits, type: 'number' }], 'number')
}

/** Powers of ten up to here are exact and small enough that scaling keeps its meaning in every engine. */
const maxDigits = 10

function isDigits(expr: Expr): expr is Expr & { kind: 'number' } {
  return expr.kind === 'number' && Number.isInteger(expr.value) && expr.value >= 0 && expr.value <= maxDigits
}

function wrongCount(checker: Checker, call: Call): undefined {
  const { usage } = signatures[call.fn]
  return checker.report(
    'wrong_arguments',
    call,
    {
      en: `${call.fn} was given ${call.args.length} values, which is not how it is used.`,
      zh: `${call.fn} 收到 ${call.args.length} 个值，用法不对。`,
    },
    { en: `Write ${usage}`, zh: `请写成 ${usage}` },
  )
}

function complete(call: Call, args: readonly (TypedExpr | undefined)[], type: Type): TypedExpr | undefined {
  const present = args.filter((arg) => arg !== undefined)
  if (present.length !== args.length) return undefined
  return { kind: 'call', fn: call.fn, args: present, at: call.at, type }
}
