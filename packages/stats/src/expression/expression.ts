import { requireFinite } from '../stats-error.ts'

/**
 * The small portable tree that a fitted model turns into: plain JSON, numbers out, no SQL. Every evaluator follows the
 * same rules: arithmetic on a missing value, division by zero, a logarithm of a number that is not positive and any
 * result that is not finite are missing; a comparison with a missing value is unknown, logic is three-valued, and a
 * case takes the first branch that is definitely true.
 */
export type Expression =
  | { readonly op: 'constant'; readonly value: number | null }
  | { readonly op: 'column'; readonly name: string }
  | { readonly op: 'add' | 'multiply'; readonly args: readonly Expression[] }
  | { readonly op: 'subtract' | 'divide'; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'ln' | 'exp'; readonly arg: Expression }
  /** Missing as soon as one argument is. */
  | { readonly op: 'least' | 'greatest'; readonly args: readonly Expression[] }
  /** The first argument that is known. */
  | { readonly op: 'coalesce'; readonly args: readonly Expression[] }
  | { readonly op: 'case'; readonly branches: readonly CaseBranch[]; readonly otherwise: Expression }
  /** Number found for the exact value of a column; `otherwise` for other values, `missing` for missing ones. */
  | {
      readonly op: 'lookup'
      readonly column: string
      readonly table: readonly (readonly [key: string | number, value: number])[]
      readonly otherwise: Expression
      readonly missing: Expression
    }
  | { readonly op: 'sumOfTrees'; readonly base: number; readonly trees: readonly DecisionTree[] }

export type CaseBranch = { readonly when: Condition; readonly result: Expression }

export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '<>'

export type Condition =
  | {
      readonly op: 'compare'
      readonly comparison: Comparison
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly op: 'and' | 'or'; readonly args: readonly Condition[] }
  | { readonly op: 'not'; readonly arg: Condition }
  | { readonly op: 'isMissing'; readonly arg: Expression }
  | { readonly op: 'isOneOf'; readonly column: string; readonly values: readonly (string | number)[] }

/** A decision tree: a leaf with a value, or a split. Never unknown: a missing value has a side of its own. */
export type DecisionTree =
  | { readonly value: number }
  | {
      readonly column: string
      /** Left when the value is at most this, … */
      readonly threshold: number
      readonly missing: 'left' | 'right'
      readonly left: DecisionTree
      readonly right: DecisionTree
    }
  | {
      readonly column: string
      /** … or one of these. Other values go right. */
      readonly categories: readonly (string | number)[]
      readonly missing: 'left' | 'right'
      readonly left: DecisionTree
      readonly right: DecisionTree
    }

/**
 * A constant number, or the missing value, as an expression.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws StatsError `notFinite`
 * @example
 * constant(3) // → { op: 'constant', value: 3 }
 */
export function constant(value: number | null): Expression {
  if (value !== null) requireFinite('A constant', value)
  return { op: 'constant', value }
}

/**
 * The value of a column as an expression.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws nothing
 * @example
 * column('age') // → { op: 'column', name: 'age' }
 */
export function column(name: string): Expression {
  return { op: 'column', name }
}

/**
 * A comparison of two expressions as a condition.
 * Cost O(1).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws nothing
 * @example
 * compare(column('age'), '>=', constant(18)).op // → 'compare'
 */
export function compare(left: Expression, comparison: Comparison, right: Expression): Condition {
  return { op: 'compare', comparison, left, right }
}

/**
 * The names of the columns that an expression reads, each once, in order of first use.
 * Cost O(nodes).
 * Source: Codd (1979) on missing values, https://doi.org/10.1145/320107.320109
 * @throws nothing
 * @example
 * columnsOf({ op: 'add', args: [column('age'), column('income'), column('age')] }) // → ['age', 'income']
 */
export function columnsOf(expression: Expression): readonly string[] {
  const names = new Set<string>()
  visitExpression(expression, names)
  return [...names]
}

function visitExpression(e: Expression, names: Set<string>): void {
  switch (e.op) {
    case 'constant':
      return
    case 'column':
      names.add(e.name)
      return
    case 'subtract':
    case 'divide':
      visitExpression(e.left, names)
      visitExpression(e.right, names)
      return
    case 'ln':
    case 'exp':
      visitExpression(e.arg, names)
      return
    case 'case':
      for (const branch of e.branches) {
        visitCondition(branch.when, names)
        visitExpression(branch.result, names)
      }
      visitExpression(e.otherwise, names)
      return
    case 'lookup':
      names.add(e.column)
      visitExpression(e.otherwise, names)
      visitExpression(e.missing, names)
      return
    case 'sumOfTrees':
      for (const tree of e.trees) visitTree(tree, names)
      return
    default:
      for (const arg of e.args) visitExpression(arg, names)
  }
}

function visitCondition(c: Condition, names: Set<string>): void {
  switch (c.op) {
    case 'compare':
      visitExpression(c.left, names)
      visitExpression(c.right, names)
      return
    case 'and':
    case 'or':
      for (const arg of c.args) visitCondition(arg, names)
      return
    case 'not':
      visitCondition(c.arg, names)
      return
    case 'isMissing':
      visitExpression(c.arg, names)
      return
    case 'isOneOf':
      names.add(c.column)
  }
}

function visitTree(tree: DecisionTree, names: Set<string>): void {
  if ('value' in tree) return
  names.add(tree.column)
  visitTree(tree.left, names)
  visitTree(tree.right, names)
}
