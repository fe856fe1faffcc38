import type { parse } from '@bufbuild/cel'
import type { Expr, Position } from './ast.ts'
import { parseDate } from './calendar.ts'
import { type ProblemCode, ProblemSignal, problem } from './problem.ts'

export type CelExpr = NonNullable<ReturnType<typeof parse>['expr']>
type CelConstant = Extract<CelExpr['exprKind'], { case: 'constExpr' }>['value']

/** A literal of the parser's tree as one of the language: one number type, no nulls, no bytes. */
export function constant({ constantKind }: CelConstant, at: Position): Expr {
  switch (constantKind.case) {
    case 'boolValue':
      return { kind: 'bool', value: constantKind.value, at }
    case 'stringValue':
      refuseNul(constantKind.value, at)
      return { kind: 'string', value: constantKind.value, at }
    case 'doubleValue':
      if (Number.isFinite(constantKind.value)) return numberLiteral(constantKind.value, at)
      throw refuse('bad_literal', at, 'This number is too large.', '该数字过大。')
    case 'int64Value': {
      const value = Number(constantKind.value)
      if (BigInt(value) === constantKind.value) return numberLiteral(value, at)
      throw refuse(
        'bad_literal',
        at,
        `Numbers have 53 bits; ${constantKind.value} would become ${BigInt(value)}.`,
        `数字精度为 53 位，${constantKind.value} 会变成 ${BigInt(value)}。`,
        'Compare long identifiers as text, in quotes.',
        '较长的编号请加引号作为文本比较。',
      )
    }
    case 'nullValue':
      throw refuse(
        'null_literal',
        at,
        'null is not a value of the language.',
        'null 不是可用的值。',
        'Write known(x) or !known(x)',
        '请写成 known(x) 或 !known(x)',
      )
    default:
      throw refuse(
        'bad_literal',
        at,
        'Write numbers plainly and text in plain quotes: 5, 1.5, "text".',
        '请直接书写数字，文本使用普通引号：5、1.5、"文本"。',
      )
  }
}

/** A number; zero has one sign. */
export function numberLiteral(value: number, at: Position): Expr {
  return { kind: 'number', value: value === 0 ? 0 : value, at }
}

/** The day that `date("…")` names. */
export function dateLiteral(args: readonly CelExpr[], at: Position): string {
  const text = args.length === 1 ? textOf(args[0]!) : undefined
  if (text !== undefined && parseDate(text) !== undefined) return text
  throw refuse(
    'bad_literal',
    at,
    text === undefined ? 'date takes one day, in quotes.' : `There is no day "${text}".`,
    text === undefined ? 'date 的参数是一个日期，需加引号。' : `不存在日期“${text}”。`,
    'Write date("2026-03-31"): year, month, day.',
    '请写成 date("2026-03-31")，依次为年、月、日。',
  )
}

/** The text of a plain string literal, undefined for anything else. */
export function textOf({ exprKind }: CelExpr): string | undefined {
  if (exprKind.case !== 'constExpr') return undefined
  const { constantKind } = exprKind.value
  return constantKind.case === 'stringValue' ? constantKind.value : undefined
}

/** No engine keeps the NUL character inside text, so it has no literal. */
export function refuseNul(text: string, at: Position): void {
  if (!text.includes('\0')) return
  throw refuse('bad_literal', at, 'Text can not hold the NUL character.', '文本中不能包含 NUL 字符。')
}

/** A problem to throw, written in both languages. */
export function refuse(
  code: ProblemCode,
  at: Position,
  en: string,
  zh: string,
  hintEn?: string,
  hintZh?: string,
): ProblemSignal {
  const hint = hintEn === undefined || hintZh === undefined ? undefined : { en: hintEn, zh: hintZh }
  return new ProblemSignal(problem(code, at, { en, zh }, hint))
}
