import { run } from '@bufbuild/cel'
import {
  childrenOf,
  evaluateExpression,
  type Node,
  printExpression,
  type Row,
  type TypedExpr,
} from '@tranche/language'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expressionArbitrary, rowArbitrary } from './arbitrary.ts'

it('On rows without missing values, what CEL itself can evaluate has the value CEL gives it', () => {
  let compared = 0
  fc.assert(
    fc.property(expressionArbitrary('bool', 4), rowArbitrary, (expr, cells) => {
      const row = complete(cells)
      if (!isPlainCel(expr)) return
      const { text, numbers } = forCel(expr)
      const expected = run(text, { ...bindings(row), ...numbers })
      const found = evaluateExpression(expr, row)
      // Where a number overflows or a divisor is zero, CEL goes on with infinity and the language with unknown.
      if (found === undefined) return
      compared++
      expect(expected, printExpression(expr)).toBe(found)
    }),
    { numRuns: 4000, seed: 5 },
  )
  expect(compared).toBeGreaterThan(500)
})

/** No dates and functions, which CEL has not. */
function isPlainCel(expr: TypedExpr): boolean {
  if (expr.kind === 'call' || expr.type === 'date' || expr.type === 'instant' || expr.type === 'set')
    return false
  return childrenOf(expr).every(isPlainCel)
}

type Plain = Node<{ at: TypedExpr['at'] }>

/** The same text with a bound double in place of every number (CEL keeps integers apart) and names CEL can bind. */
function forCel(expr: TypedExpr): { text: string; numbers: Record<string, number> } {
  const numbers: Record<string, number> = {}
  const bind = (value: number) => {
    const name = `number${Object.keys(numbers).length}`
    numbers[name] = value
    return name
  }
  const tree = JSON.stringify(expr, (_, part) => {
    if (part?.kind === 'number') return { kind: 'name', name: bind(part.value as number) }
    return part?.kind === 'name' ? { ...part, name: names[part.name as string] ?? part.name } : part
  })
  return { text: printExpression(JSON.parse(tree) as Plain), numbers }
}
const names: Record<string, string> = { '列 "名"\\': 'second_name' }

function complete(row: Row): Row {
  const filled: Record<string, Row[string]> = { ...row }
  const defaults: Row = {
    x: 1.5,
    y: -2,
    amount: 0.25,
    days: 3,
    name: 'a',
    level: 'low',
    active: true,
    flag: false,
    '列 "名"\\': '中',
  }
  for (const [name, value] of Object.entries(defaults)) {
    const own = filled[name]
    if (own === null || own === undefined || (typeof own === 'number' && !Number.isFinite(own)))
      filled[name] = value
  }
  return filled
}

function bindings(row: Row): Record<string, number | string | boolean> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
        ? [[names[name] ?? name, value]]
        : [],
    ),
  )
}
