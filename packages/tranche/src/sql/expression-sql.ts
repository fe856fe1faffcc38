import { printExpression, type TypedExpr } from '@tranche/language'
import { conditionFragment } from './condition-sql.ts'
import { decimalFragment } from './decimal-sql.ts'
import {
  type Compiler,
  chosen,
  coalesced,
  type Fragment,
  finiteSql,
  type NumberStorage,
  plain,
} from './expression-fragment.ts'
import { numberFragment } from './number-sql.ts'
import { byDialect, type Sql, sql, typed } from './sql.ts'

export interface ExpressionSqlOptions {
  /** Where the column of a name is read from. */
  readonly column: (name: string) => Sql
  /** How the engine stores a number column; `double` unless said. */
  readonly storage?: (name: string) => NumberStorage
  /** DATE on which an instant falls in the business time zone; needed by `business_day` and `business_month`. */
  readonly businessDay?: (instant: Sql) => Sql
  /** Whether the row's customer is in a segment, as boolean; needed by `in_segment`. */
  readonly inSegment?: (key: string) => Sql
  /**
   * `decimal` keeps money exact and takes only what decimals can do (see `isExact`); `double` is the language's
   * own arithmetic.
   */
  readonly numeric?: 'double' | 'decimal'
}

/**
 * The SQL of an expression: the same value as `evaluateExpression` in every row, NULL where that is unknown.
 * A number is a DOUBLE (or a DECIMAL when asked), a date a DATE, an instant a TIMESTAMP, a condition a BOOLEAN.
 * Throws TrancheError `unsupported` where `decimal` is asked of what has no exact decimal.
 */
export function expressionToSql(expr: TypedExpr, options: ExpressionSqlOptions): Sql {
  const compiler = createCompiler(options)
  if (options.numeric === 'decimal' && expr.type === 'number') return decimalFragment(compiler, expr).sql
  const fragment = compiler.compile(expr)
  return expr.type === 'number' ? finiteSql(fragment).sql : fragment.sql
}

function createCompiler(options: ExpressionSqlOptions): Compiler {
  const compiler: Compiler = {
    column: options.column,
    storage: options.storage ?? (() => 'double'),
    businessDay: (instant) => {
      if (options.businessDay) return options.businessDay(instant)
      throw new TypeError('business_day needs the option businessDay.')
    },
    inSegment: (key) => {
      if (options.inSegment) return options.inSegment(key)
      throw new TypeError('in_segment needs the option inSegment.')
    },
    compile: (expr) => compile(compiler, expr),
    known: (expr) => {
      const fragment = compiler.compile(expr)
      return expr.type === 'number' ? finiteSql(fragment) : fragment
    },
  }
  return compiler
}

function compile(compiler: Compiler, expr: TypedExpr): Fragment {
  switch (expr.type) {
    case 'bool':
      return conditionFragment(compiler, expr)
    case 'number':
      return numberFragment(compiler, expr)
    case 'date':
      return dateFragment(compiler, expr)
    default:
      return otherFragment(compiler, expr)
  }
}

function dateFragment(compiler: Compiler, expr: TypedExpr): Fragment {
  if (expr.kind === 'date') return plain(sql`${typed('date', expr.value)}`)
  if (expr.kind !== 'call' || expr.fn === 'coalesce') return otherFragment(compiler, expr)
  const operand = expr.args[0]!
  const inner = compiler.compile(operand)
  const day = operand.type === 'date' ? inner.sql : compiler.businessDay(inner.sql)
  if (expr.fn === 'business_day') return plain(day, inner)
  return plain(
    byDialect((dialect) => dialect.monthStart(day)),
    inner,
  )
}

/** Text, instants and sets, and what all types share. */
function otherFragment(compiler: Compiler, expr: TypedExpr): Fragment {
  switch (expr.kind) {
    case 'string':
      return plain(sql`${expr.value}`)
    case 'name':
      return plain(compiler.column(expr.name))
    case 'arithmetic': {
      const [left, right] = [compiler.compile(expr.left), compiler.compile(expr.right)]
      return plain(sql`(${left.sql} || ${right.sql})`, left, right)
    }
    case 'choose':
      return chosen(compiler.compile(expr.condition), compiler.compile(expr.yes), compiler.compile(expr.no))
    case 'call':
      return coalesced(expr.args.map(compiler.compile))
    default:
      throw new TypeError(`No SQL for ${printExpression(expr)} of type ${expr.type}.`)
  }
}
