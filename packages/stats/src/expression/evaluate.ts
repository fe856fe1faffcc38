import { type Columns, cellReader, columnOf, type NumberResult, numberColumnOf } from './columns.ts'
import { addTree } from './evaluate-tree.ts'
import type { CaseBranch, Comparison, Condition, Expression } from './expression.ts'

/**
 * Evaluates an expression over columns, a whole column at a time.
 * Cost O(n) for each node of the tree.
 * Source: Codd (1979) on three-valued logic, https://doi.org/10.1145/320107.320109
 * @returns n values with their validity; see `Expression` for the rules of missing values.
 * @throws StatsError `invalidOption` for a column that is not there or holds words, `lengthMismatch`.
 * @example
 * const data = { n: 2, columns: { age: { kind: 'number', values: Float64Array.of(30, 41) } } }
 * evaluateExpression({ op: 'add', args: [column('age'), constant(1)] }, data).values // → [31, 42]
 */
export function evaluateExpression(expression: Expression, data: Columns): NumberResult {
  const { n } = data
  switch (expression.op) {
    case 'constant':
      return constantColumn(expression.value, n)
    case 'column':
      return readColumn(expression.name, data)
    case 'add':
      return fold(expression.args, data, 0, (a, b) => a + b)
    case 'multiply':
      return fold(expression.args, data, 1, (a, b) => a * b)
    case 'subtract':
      return binary(expression.left, expression.right, data, (a, b) => a - b)
    case 'divide':
      return binary(expression.left, expression.right, data, (a, b) => a / b)
    case 'least':
      return fold(expression.args, data, undefined, Math.min)
    case 'greatest':
      return fold(expression.args, data, undefined, Math.max)
    case 'ln':
      return unary(expression.arg, data, Math.log)
    case 'exp':
      return unary(expression.arg, data, Math.exp)
    case 'coalesce':
      return coalesce(expression.args, data)
    case 'case':
      return evaluateCase(expression.branches, expression.otherwise, data)
    case 'lookup':
      return lookUp(expression, data)
    case 'sumOfTrees': {
      const values = new Float64Array(n).fill(expression.base)
      for (const tree of expression.trees) addTree(tree, data, values)
      return { values, valid: new Uint8Array(n).fill(1) }
    }
  }
}

const FALSE = 0
const TRUE = 1
const UNKNOWN = 2

/**
 * Evaluates a condition over columns to 0 (false), 1 (true) or 2 (unknown).
 * Length n, values 0, 1 and 2.
 * Cost O(n) for each node of the tree.
 * Source: Codd (1979) on three-valued logic, https://doi.org/10.1145/320107.320109
 * @throws StatsError `invalidOption`, `lengthMismatch`
 * @example
 * const age = { kind: 'number', values: Float64Array.of(30, 41, 0), valid: Uint8Array.of(1, 1, 0) }
 * evaluateCondition(compare(column('age'), '>', constant(35)), { n: 3, columns: { age } }) // → [0, 1, 2]
 */
export function evaluateCondition(condition: Condition, data: Columns): Uint8Array {
  switch (condition.op) {
    case 'compare': {
      const left = evaluateExpression(condition.left, data)
      const right = evaluateExpression(condition.right, data)
      const holds = comparator(condition.comparison)
      return Uint8Array.from(left.values, (a, i) =>
        left.valid[i] && right.valid[i] ? Number(holds(a, right.values[i]!)) : UNKNOWN,
      )
    }
    case 'and':
      return combine(condition.args, data, FALSE)
    case 'or':
      return combine(condition.args, data, TRUE)
    case 'not':
      return evaluateCondition(condition.arg, data).map((truth) => (truth === UNKNOWN ? UNKNOWN : 1 - truth))
    case 'isMissing':
      return evaluateExpression(condition.arg, data).valid.map((v) => 1 - v)
    case 'isOneOf': {
      const read = cellReader(columnOf(data, condition.column))
      const wanted = new Set(condition.values)
      return Uint8Array.from({ length: data.n }, (_, i) => {
        const cell = read(i)
        return cell === null ? UNKNOWN : Number(wanted.has(cell))
      })
    }
  }
}

/** `decisive` settles the whole (false for and, true for or); unknown beats the rest. */
function combine(args: readonly Condition[], data: Columns, decisive: number): Uint8Array {
  const truth = new Uint8Array(data.n).fill(1 - decisive)
  for (const arg of args) {
    evaluateCondition(arg, data).forEach((value, i) => {
      if (truth[i] === decisive) return
      if (value === decisive || value === UNKNOWN) truth[i] = value
    })
  }
  return truth
}

function constantColumn(value: number | null, n: number): NumberResult {
  const known = value !== null && Number.isFinite(value)
  return { values: new Float64Array(n).fill(known ? value : 0), valid: new Uint8Array(n).fill(known ? 1 : 0) }
}

function readColumn(name: string, data: Columns): NumberResult {
  const { values, valid } = numberColumnOf(data, name)
  const result = { values: new Float64Array(data.n), valid: new Uint8Array(data.n) }
  for (let i = 0; i < data.n; i++) if (!valid || valid[i]) put(result, i, values[i]!)
  return result
}

/** A result that is not finite is missing. */
function put(result: NumberResult, row: number, value: number): void {
  if (!Number.isFinite(value)) return
  result.values[row] = value
  result.valid[row] = 1
}

function unary(arg: Expression, data: Columns, f: (x: number) => number): NumberResult {
  const inner = evaluateExpression(arg, data)
  const result = { values: new Float64Array(data.n), valid: new Uint8Array(data.n) }
  for (let i = 0; i < data.n; i++) if (inner.valid[i]) put(result, i, f(inner.values[i]!))
  return result
}

function binary(
  left: Expression,
  right: Expression,
  data: Columns,
  f: (a: number, b: number) => number,
): NumberResult {
  return combineColumns(evaluateExpression(left, data), evaluateExpression(right, data), data.n, f)
}

function combineColumns(
  a: NumberResult,
  b: NumberResult,
  n: number,
  f: (a: number, b: number) => number,
): NumberResult {
  const result = { values: new Float64Array(n), valid: new Uint8Array(n) }
  for (let i = 0; i < n; i++) if (a.valid[i] && b.valid[i]) put(result, i, f(a.values[i]!, b.values[i]!))
  return result
}

function fold(
  args: readonly Expression[],
  data: Columns,
  empty: number | undefined,
  f: (a: number, b: number) => number,
): NumberResult {
  const [first, ...rest] = args
  if (!first) return constantColumn(empty ?? null, data.n)
  return rest.reduce(
    (so, arg) => combineColumns(so, evaluateExpression(arg, data), data.n, f),
    evaluateExpression(first, data),
  )
}

function coalesce(args: readonly Expression[], data: Columns): NumberResult {
  const result = { values: new Float64Array(data.n), valid: new Uint8Array(data.n) }
  for (const arg of args) {
    const next = evaluateExpression(arg, data)
    for (let i = 0; i < data.n; i++) if (!result.valid[i] && next.valid[i]) put(result, i, next.values[i]!)
  }
  return result
}

function evaluateCase(branches: readonly CaseBranch[], otherwise: Expression, data: Columns): NumberResult {
  const result = { values: new Float64Array(data.n), valid: new Uint8Array(data.n) }
  const settled = new Uint8Array(data.n)
  for (const { when, result: then } of branches) {
    const truth = evaluateCondition(when, data)
    const value = evaluateExpression(then, data)
    for (let i = 0; i < data.n; i++) {
      if (settled[i] || truth[i] !== TRUE) continue
      settled[i] = 1
      if (value.valid[i]) put(result, i, value.values[i]!)
    }
  }
  const rest = evaluateExpression(otherwise, data)
  for (let i = 0; i < data.n; i++) if (!settled[i] && rest.valid[i]) put(result, i, rest.values[i]!)
  return result
}

function lookUp(expression: Extract<Expression, { op: 'lookup' }>, data: Columns): NumberResult {
  const read = cellReader(columnOf(data, expression.column))
  const table = new Map(expression.table)
  const otherwise = evaluateExpression(expression.otherwise, data)
  const missing = evaluateExpression(expression.missing, data)
  const result = { values: new Float64Array(data.n), valid: new Uint8Array(data.n) }
  for (let i = 0; i < data.n; i++) {
    const cell = read(i)
    const found = cell === null ? undefined : table.get(cell)
    const fallback = cell === null ? missing : otherwise
    if (found !== undefined) put(result, i, found)
    else if (fallback.valid[i]) put(result, i, fallback.values[i]!)
  }
  return result
}

function comparator(comparison: Comparison): (a: number, b: number) => boolean {
  switch (comparison) {
    case '<':
      return (a, b) => a < b
    case '<=':
      return (a, b) => a <= b
    case '>':
      return (a, b) => a > b
    case '>=':
      return (a, b) => a >= b
    case '=':
      return (a, b) => a === b
    case '<>':
      return (a, b) => a !== b
  }
}
