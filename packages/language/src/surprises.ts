import type { Text } from '@tranche/contract'
import { childrenOf } from './ast.ts'
import { constantOf, contradiction } from './constancy.ts'
import { printExpression } from './print.ts'
import { type Problem, type ProblemCode, problem } from './problem.ts'
import type { Scope, TypedExpr } from './types.ts'

/** What is allowed but may not mean what its writer thinks: constants, missing values let in or left out. */
export function surprises(expr: TypedExpr, scope: Scope): Problem[] {
  const found: Problem[] = []
  const asked = new Set<string>()
  const warn = (code: ProblemCode, at: TypedExpr, message: Text, hint?: Text) =>
    found.push(problem(code, at.at, message, hint, 'warning'))

  const collectAsked = (node: TypedExpr): void => {
    if (node.kind === 'call' && node.fn === 'known') asked.add(printExpression(node.args[0]!))
    for (const child of childrenOf(node)) collectAsked(child)
  }
  collectAsked(expr)

  const visit = (node: TypedExpr): void => {
    if (reportConstant(node, warn)) return
    reportMissing(node, scope, asked, warn)
    for (const child of childrenOf(node)) visit(child)
  }
  visit(expr)
  return found
}

type Warn = (code: ProblemCode, at: TypedExpr, message: Text, hint?: Text) => void

function reportConstant(node: TypedExpr, warn: Warn): boolean {
  if (
    node.kind === 'arithmetic' &&
    node.op === '/' &&
    node.right.kind === 'number' &&
    node.right.value === 0
  ) {
    warn('constant', node, {
      en: 'Division by zero never has a value.',
      zh: '除以零永远没有结果。',
    })
    return true
  }
  if (node.type !== 'bool' || node.kind === 'bool' || node.kind === 'name') return false
  const constant = constantOf(node)
  if (constant !== undefined) {
    const [en, zh] = constant ? ['always true', '恒为真'] : ['never true', '恒为假']
    warn('constant', node, {
      en: `${printExpression(node)} is ${en}.`,
      zh: `${printExpression(node)} ${zh}。`,
    })
    return true
  }
  const name = contradiction(node)
  if (name === undefined) return false
  warn(
    'constant',
    node,
    node.kind === 'or'
      ? {
          en: `These conditions on ${name} leave nothing out: they hold for every known value.`,
          zh: `关于 ${name} 的这些条件没有排除任何取值，只要有值就成立。`,
        }
      : {
          en: `These conditions on ${name} exclude each other: no value satisfies all.`,
          zh: `关于 ${name} 的这些条件互相矛盾，没有取值能同时满足。`,
        },
    node.kind === 'or'
      ? { en: 'Did you mean &&?', zh: '是否想写 &&？' }
      : { en: 'Did you mean ||?', zh: '是否想写 ||？' },
  )
  return true
}

function reportMissing(node: TypedExpr, scope: Scope, asked: ReadonlySet<string>, warn: Warn): void {
  if (node.kind === 'or') {
    for (const operand of node.operands) {
      const name = deniedKnown(operand)
      if (name === undefined) continue
      warn('missing_included', operand, {
        en: `This lets in everyone whose ${name} is missing.`,
        zh: `这会包含所有 ${name} 缺失的对象。`,
      })
    }
  }
  if (node.kind === 'and') reportRedundant(node.operands, warn)
  const name = excludedByMissing(node)
  if (name === undefined || asked.has(name) || scope.columns.get(name)?.nullable === false) return
  warn(
    'missing_excluded',
    node,
    {
      en: `Where ${name} is missing this is unknown, so such rows are left out.`,
      zh: `${name} 缺失时结果未知，因此这些对象不会被包含。`,
    },
    {
      en: `To let them in, add || !known(${name}).`,
      zh: `如需包含，请加上 || !known(${name})。`,
    },
  )
}

/** `known(x) && x > 3`: the comparison alone already asks for a value. */
function reportRedundant(operands: readonly TypedExpr[], warn: Warn): void {
  for (const operand of operands) {
    if (operand.kind !== 'call' || operand.fn !== 'known') continue
    const text = printExpression(operand.args[0]!)
    const needed = operands.some(
      (other) =>
        other.kind === 'compare' && [other.left, other.right].some((side) => printExpression(side) === text),
    )
    if (!needed) continue
    warn('redundant', operand, {
      en: `known(${text}) changes nothing here: the comparison with ${text} needs a value anyway.`,
      zh: `此处的 known(${text}) 没有作用：与 ${text} 的比较本身就要求有值。`,
    })
  }
}

function deniedKnown(node: TypedExpr): string | undefined {
  if (node.kind !== 'not' || node.operand.kind !== 'call' || node.operand.fn !== 'known') return undefined
  return printExpression(node.operand.args[0]!)
}

/** The column of `x != v`, `!(x == v)`, `!(x in [...])` and the like, which people expect to hold for missing x. */
function excludedByMissing(node: TypedExpr): string | undefined {
  if (node.kind === 'compare' && node.op === '!=') return nameIn([node.left, node.right])
  if (node.kind !== 'not') return undefined
  const { operand } = node
  if (operand.kind === 'in') return nameIn([operand.operand])
  if (operand.kind === 'has') return nameIn([operand.set])
  if (operand.kind === 'match') return nameIn([operand.subject])
  if (operand.kind === 'compare') return nameIn([operand.left, operand.right])
  return undefined
}

function nameIn(nodes: readonly TypedExpr[]): string | undefined {
  const found = nodes.find((node) => node.kind === 'name')
  return found?.kind === 'name' ? printExpression(found) : undefined
}
