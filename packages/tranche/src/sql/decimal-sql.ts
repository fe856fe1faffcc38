import { printExpression, type TypedExpr } from '@tranche/language'
import { TrancheError } from '../errors.ts'
import {
  type Compiler,
  chosen,
  coalesced,
  type Fragment,
  type NumberStorage,
  plain,
} from './expression-fragment.ts'
import { type Sql, sql, unsafeRaw } from './sql.ts'

/**
 * Whether a number can be computed in decimals without rounding: decimal and integer columns and literals, put
 * together with + - *, minus, abs, coalesce and ?:, with at most 18 places after the point.
 */
export function isExact(expr: TypedExpr, storage: (name: string) => NumberStorage): boolean {
  const decimals = decimalsOf(expr, storage)
  return decimals !== undefined && decimals <= mostDecimals
}

/** The SQL of a number as DECIMAL, exact. Throws TrancheError `unsupported` where `isExact` is false. */
export function decimalFragment(compiler: Compiler, expr: TypedExpr): Fragment {
  if (isExact(expr, compiler.storage)) return decimal(compiler, expr)
  throw new TrancheError(
    'unsupported',
    {
      en: `${printExpression(expr)} can't be computed as an exact amount.`,
      zh: `${printExpression(expr)} 无法按精确金额计算。`,
    },
    {
      hint: {
        en: 'Use amounts, whole numbers, + - * and at most 18 decimals; no division and no columns of doubles.',
        zh: '请只使用金额、整数以及 + - *，小数不超过 18 位；不要使用除法和浮点列。',
      },
    },
  )
}

const mostDecimals = 18

function decimal(compiler: Compiler, expr: TypedExpr): Fragment {
  const parts = (items: readonly TypedExpr[]) => items.map((item) => decimal(compiler, item))
  switch (expr.kind) {
    case 'number':
      return plain(wide(sql`${plainDecimal(expr.value)}`, decimalsOfNumber(expr.value)))
    case 'name':
      return plain(wide(compiler.column(expr.name), decimalsOf(expr, compiler.storage)!))
    case 'negate': {
      const operand = decimal(compiler, expr.operand)
      return plain(sql`(- ${operand.sql})`, operand)
    }
    case 'arithmetic': {
      const [left, right] = parts([expr.left, expr.right])
      if (expr.op === '+') return plain(sql`(${left!.sql} + ${right!.sql})`, left!, right!)
      if (expr.op === '-') return plain(sql`(${left!.sql} - ${right!.sql})`, left!, right!)
      return plain(sql`(${left!.sql} * ${right!.sql})`, left!, right!)
    }
    case 'choose': {
      const [yes, no] = parts([expr.yes, expr.no])
      return chosen(compiler.compile(expr.condition), yes!, no!)
    }
    case 'call': {
      const args = parts(expr.args)
      return expr.fn === 'abs' ? plain(sql`abs(${args[0]!.sql})`, args[0]!) : coalesced(args)
    }
    default:
      throw new TypeError(`No decimal can be made of ${expr.kind}.`)
  }
}

/** The widest type: engines give products of narrow decimals a type too narrow for them. */
function wide(value: Sql, decimals: number): Sql {
  return sql`cast(${value} as decimal(38, ${unsafeRaw(String(decimals))}))`
}

/** Places after the point of an exact result; undefined where there is none. */
function decimalsOf(expr: TypedExpr, storage: (name: string) => NumberStorage): number | undefined {
  const of = (items: readonly TypedExpr[]) => items.map((item) => decimalsOf(item, storage) ?? Number.NaN)
  const exact = (decimals: number) => (Number.isNaN(decimals) ? undefined : decimals)
  switch (expr.kind) {
    case 'number':
      return decimalsOfNumber(expr.value)
    case 'name': {
      const stored = storage(expr.name)
      if (stored === 'double') return undefined
      return stored === 'integer' ? 0 : stored.decimals
    }
    case 'negate':
      return decimalsOf(expr.operand, storage)
    case 'arithmetic': {
      const [left, right] = of([expr.left, expr.right])
      if (expr.op === '/') return undefined
      return exact(expr.op === '*' ? left! + right! : Math.max(left!, right!))
    }
    case 'choose':
      return exact(Math.max(...of([expr.yes, expr.no])))
    case 'call':
      return expr.fn === 'abs' || expr.fn === 'coalesce' ? exact(Math.max(...of(expr.args))) : undefined
    default:
      return undefined
  }
}

function decimalsOfNumber(value: number): number {
  return plainDecimal(value).split('.')[1]?.length ?? 0
}

/** The shortest decimal text of a double, without an exponent. */
function plainDecimal(value: number): string {
  const [mantissa, exponent] = String(value).split('e')
  if (exponent === undefined) return mantissa!
  const [sign, digits] = mantissa!.startsWith('-') ? ['-', mantissa!.slice(1)] : ['', mantissa!]
  const [whole, fraction = ''] = digits.split('.')
  const point = whole!.length + Number(exponent)
  const all = `${whole}${fraction}`
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`
  return `${sign}${all.padEnd(point, '0')}`
}
