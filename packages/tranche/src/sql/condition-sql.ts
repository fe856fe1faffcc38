import type { ComparisonOp, TypedExpr } from '@tranche/language'
import { type Compiler, chosen, coalesced, type Fragment, plain, sizeOf } from './expression-fragment.ts'
import { byDialect, join, type Sql, sql } from './sql.ts'

/** The SQL of a condition: a boolean, NULL where it is unknown, as SQL's own three-valued logic has it. */
export function conditionFragment(compiler: Compiler, expr: TypedExpr): Fragment {
  switch (expr.kind) {
    case 'bool':
      return { sql: sql`${expr.value}`, size: 1, total: true }
    case 'name':
      return plain(compiler.column(expr.name))
    case 'segment':
      return plain(compiler.inSegment(expr.key))
    case 'not': {
      const operand = compiler.compile(expr.operand)
      return { ...plain(sql`(not ${operand.sql})`, operand), total: operand.total === true }
    }
    case 'and':
      return junction(compiler, expr.operands, ' and ')
    case 'or':
      return junction(compiler, expr.operands, ' or ')
    case 'compare': {
      const [left, right] = [compiler.known(expr.left), compiler.known(expr.right)]
      return plain(sql`(${left.sql} ${comparisons[expr.op]} ${right.sql})`, left, right)
    }
    case 'in': {
      const operand = compiler.known(expr.operand)
      const list = expr.list.map(compiler.compile)
      return plain(sql`(${operand.sql} in (${join(list.map((element) => element.sql))}))`, operand, ...list)
    }
    case 'has': {
      const [set, element] = [compiler.compile(expr.set), compiler.compile(expr.element)]
      return plain(
        byDialect((dialect) => dialect.hasElement(set.sql, element.sql)),
        set,
        element,
      )
    }
    case 'match': {
      const [subject, part] = [compiler.compile(expr.subject), compiler.compile(expr.part)]
      return plain(
        byDialect((dialect) => dialect.match(expr.op, subject.sql, part.sql)),
        subject,
        part,
      )
    }
    case 'choose':
      return chosen(compiler.compile(expr.condition), compiler.compile(expr.yes), compiler.compile(expr.no))
    case 'call': {
      if (expr.fn !== 'known') return coalesced(expr.args.map(compiler.compile))
      const operand = compiler.known(expr.args[0]!)
      return { ...plain(sql`(${operand.sql} is not null)`, operand), total: true }
    }
    default:
      throw new TypeError(`No condition can be made of ${expr.kind}.`)
  }
}

const comparisons: Readonly<Record<ComparisonOp, Sql>> = {
  '==': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

function junction(compiler: Compiler, operands: readonly TypedExpr[], word: string): Fragment {
  const parts = operands.map(compiler.compile)
  return {
    sql: sql`(${join(
      parts.map((part) => part.sql),
      word,
    )})`,
    size: sizeOf(parts),
    total: parts.every((part) => part.total === true),
  }
}
