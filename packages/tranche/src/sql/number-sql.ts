import type { TypedExpr } from '@tranche/language'
import { type Compiler, chosen, coalesced, type Fragment, finiteSql, plain } from './expression-fragment.ts'
import { byDialect, type Sql, sql, typed } from './sql.ts'

/**
 * The SQL of a number as DOUBLE. A result may be NaN or infinite: that spreads through sums and products like
 * an unknown does, and is made NULL before anything that would lose it (a divisor, a comparison, coalesce).
 */
export function numberFragment(compiler: Compiler, expr: TypedExpr): Fragment {
  switch (expr.kind) {
    case 'number':
      return plain(sql`${typed('double', expr.value)}`)
    case 'name':
      return compiler.storage(expr.name) === 'double'
        ? { ...plain(compiler.column(expr.name)), mayOverflow: true }
        : plain(sql`cast(${compiler.column(expr.name)} as double)`)
    case 'negate': {
      const operand = compiler.compile(expr.operand)
      return passing(sql`(- ${operand.sql})`, operand)
    }
    case 'arithmetic':
      return arithmetic(compiler, expr)
    case 'choose':
      return chosen(compiler.compile(expr.condition), compiler.compile(expr.yes), compiler.compile(expr.no))
    case 'call':
      return call(compiler, expr)
    default:
      throw new TypeError(`No number can be made of ${expr.kind}.`)
  }
}

function arithmetic(compiler: Compiler, expr: TypedExpr & { kind: 'arithmetic' }): Fragment {
  const left = compiler.compile(expr.left)
  const right = compiler.compile(expr.right)
  switch (expr.op) {
    case '+':
      return overflowing(sql`(${left.sql} + ${right.sql})`, left, right)
    case '-':
      return overflowing(sql`(${left.sql} - ${right.sql})`, left, right)
    case '*':
      return overflowing(sql`(${left.sql} * ${right.sql})`, left, right)
    case '/': {
      // 1 / infinity would be zero, and no longer tell that it is unknown.
      const divisor = finiteSql(right)
      return overflowing(sql`(${left.sql} / ${divisor.sql})`, left, divisor)
    }
  }
}

function call(compiler: Compiler, expr: TypedExpr & { kind: 'call' }): Fragment {
  const first = expr.args[0]!
  switch (expr.fn) {
    case 'abs': {
      const operand = compiler.compile(first)
      return passing(sql`abs(${operand.sql})`, operand)
    }
    case 'round': {
      const operand = compiler.compile(first)
      const digits = expr.args[1]!
      const places = digits.kind === 'number' ? digits.value : 0
      return passing(
        byDialect((dialect) => dialect.round(operand.sql, places)),
        operand,
      )
    }
    case 'coalesce':
      return coalesced(expr.args.map(compiler.known))
    case 'days_between': {
      const [from, to] = [compiler.compile(first), compiler.compile(expr.args[1]!)]
      const days = byDialect((dialect) => dialect.daysBetween(from.sql, to.sql))
      return plain(sql`cast(${days} as double)`, from, to)
    }
    default:
      throw new TypeError(`${expr.fn} gives no number.`)
  }
}

/** Overflows only if its operand does. */
function passing(statement: Sql, operand: Fragment): Fragment {
  return { ...plain(statement, operand), mayOverflow: operand.mayOverflow === true }
}

function overflowing(statement: Sql, ...parts: readonly Fragment[]): Fragment {
  return { ...plain(statement, ...parts), mayOverflow: true }
}
