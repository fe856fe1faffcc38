import type { Node } from './ast.ts'

/**
 * The canonical text of an expression: one spacing, no brackets that change nothing, one way to quote. Texts
 * that differ in these only print the same; the result parses to the same tree. Logic hashes are over it.
 */
export function printExpression<Extra>(expr: Node<Extra>): string {
  return print(expr, 0)
}

/** How tightly each kind binds; a part that binds less tightly than its place asks for gets brackets. */
const binding = {
  choose: 1,
  or: 2,
  and: 3,
  compare: 4,
  sum: 5,
  product: 6,
  unary: 7,
  primary: 8,
} as const

function print<Extra>(expr: Node<Extra>, atLeast: number): string {
  const [text, tightness] = printed(expr)
  return tightness < atLeast ? `(${text})` : text
}

function printed<Extra>(expr: Node<Extra>): [text: string, tightness: number] {
  switch (expr.kind) {
    case 'bool':
      return [String(expr.value), binding.primary]
    case 'number':
      return [printNumber(expr.value), expr.value < 0 ? binding.unary : binding.primary]
    case 'string':
      return [quote(expr.value), binding.primary]
    case 'date':
      return [`date(${quote(expr.value)})`, binding.primary]
    case 'name':
      return [printName(expr.name), binding.primary]
    case 'segment':
      return [`in_segment(${quote(expr.key)})`, binding.primary]
    case 'not':
      return [`!${print(expr.operand, binding.unary)}`, binding.unary]
    case 'negate':
      return [`-${print(expr.operand, binding.primary)}`, binding.unary]
    case 'and':
      return [expr.operands.map((operand) => print(operand, binding.and + 1)).join(' && '), binding.and]
    case 'or':
      return [expr.operands.map((operand) => print(operand, binding.or + 1)).join(' || '), binding.or]
    case 'compare':
      return [
        between(expr.left, expr.op, expr.right, binding.compare + 1, binding.compare + 1),
        binding.compare,
      ]
    case 'arithmetic': {
      const own = expr.op === '+' || expr.op === '-' ? binding.sum : binding.product
      return [between(expr.left, expr.op, expr.right, own, own + 1), own]
    }
    case 'choose': {
      const condition = print(expr.condition, binding.choose + 1)
      const yes = print(expr.yes, binding.choose + 1)
      return [`${condition} ? ${yes} : ${print(expr.no, binding.choose)}`, binding.choose]
    }
    case 'in': {
      const list = expr.list.map((element) => print(element, 0)).join(', ')
      return [`${print(expr.operand, binding.compare + 1)} in [${list}]`, binding.compare]
    }
    case 'has':
      return [
        between(expr.element, 'in', expr.set, binding.compare + 1, binding.compare + 1),
        binding.compare,
      ]
    case 'match':
      return [`${print(expr.subject, binding.primary)}.${expr.op}(${print(expr.part, 0)})`, binding.primary]
    case 'call':
      return [`${expr.fn}(${expr.args.map((arg) => print(arg, 0)).join(', ')})`, binding.primary]
  }
}

function between<Extra>(
  left: Node<Extra>,
  op: string,
  right: Node<Extra>,
  leftAtLeast: number,
  rightAtLeast: number,
): string {
  return `${print(left, leftAtLeast)} ${op} ${print(right, rightAtLeast)}`
}

/** The shortest text of a double; large whole numbers with an exponent, because integer literals must be exact. */
function printNumber(value: number): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** A column's name as it is written in an expression: bare where it can be, else `row["…"]`. */
export function printName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `row[${quote(name)}]`
}

const reserved = new Set(
  (
    'as break const continue else false for function if import in let loop package namespace null return true ' +
    'var void while'
  ).split(' '),
)

/** A string literal of the language. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    if (character === '\n') return '\\n'
    return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}
