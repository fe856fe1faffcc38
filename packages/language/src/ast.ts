/** Where a part of an expression starts in its text; both count from 1, columns in characters. */
export interface Position {
  readonly line: number
  readonly column: number
}

export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>='
export type ArithmeticOp = '+' | '-' | '*' | '/'
export type MatchOp = 'startsWith' | 'endsWith' | 'contains'

export const functionNames = [
  'known',
  'coalesce',
  'round',
  'abs',
  'business_day',
  'business_month',
  'days_between',
] as const
export type FunctionName = (typeof functionNames)[number]

/** The tree of an expression; `Extra` is what every node carries beside its own parts. */
export type Node<Extra> = Extra &
  (
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    /** A calendar date, `YYYY-MM-DD`. */
    | { readonly kind: 'date'; readonly value: string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'segment'; readonly key: string }
    | { readonly kind: 'not' | 'negate'; readonly operand: Node<Extra> }
    | { readonly kind: 'and' | 'or'; readonly operands: readonly Node<Extra>[] }
    | Binary<'compare', ComparisonOp, Extra>
    /** `+` on strings joins them. */
    | Binary<'arithmetic', ArithmeticOp, Extra>
    | {
        readonly kind: 'choose'
        readonly condition: Node<Extra>
        readonly yes: Node<Extra>
        readonly no: Node<Extra>
      }
    /** Membership in a list of constants. */
    | { readonly kind: 'in'; readonly operand: Node<Extra>; readonly list: readonly Node<Extra>[] }
    /** Membership in a column that holds a set of strings. */
    | { readonly kind: 'has'; readonly element: Node<Extra>; readonly set: Node<Extra> }
    | {
        readonly kind: 'match'
        readonly op: MatchOp
        readonly subject: Node<Extra>
        readonly part: Node<Extra>
      }
    | { readonly kind: 'call'; readonly fn: FunctionName; readonly args: readonly Node<Extra>[] }
  )

interface Binary<Kind, Op, Extra> {
  readonly kind: Kind
  readonly op: Op
  readonly left: Node<Extra>
  readonly right: Node<Extra>
}

/** What the parser gives: shape and positions, nothing known yet of columns and types. */
export type Expr = Node<{ readonly at: Position }>

/** The direct parts of a node, in the order in which they are written. */
export function childrenOf<Extra>(node: Node<Extra>): readonly Node<Extra>[] {
  switch (node.kind) {
    case 'not':
    case 'negate':
      return [node.operand]
    case 'and':
    case 'or':
      return node.operands
    case 'compare':
    case 'arithmetic':
      return [node.left, node.right]
    case 'choose':
      return [node.condition, node.yes, node.no]
    case 'in':
      return [node.operand, ...node.list]
    case 'has':
      return [node.element, node.set]
    case 'match':
      return [node.subject, node.part]
    case 'call':
      return node.args
    default:
      return []
  }
}

/** The same tree with another node wherever `pick` gives one in its place; what is put in is taken as it is. */
export function replaceNodes<Extra>(
  node: Node<Extra>,
  pick: (node: Node<Extra>) => Node<Extra> | undefined,
): Node<Extra> {
  const so = (part: Node<Extra>) => replaceNodes(part, pick)
  const other = pick(node)
  if (other !== undefined) return other
  switch (node.kind) {
    case 'not':
    case 'negate':
      return { ...node, operand: so(node.operand) }
    case 'and':
    case 'or':
      return { ...node, operands: node.operands.map(so) }
    case 'compare':
    case 'arithmetic':
      return { ...node, left: so(node.left), right: so(node.right) }
    case 'choose':
      return { ...node, condition: so(node.condition), yes: so(node.yes), no: so(node.no) }
    case 'in':
      return { ...node, operand: so(node.operand), list: node.list.map(so) }
    case 'has':
      return { ...node, element: so(node.element), set: so(node.set) }
    case 'match':
      return { ...node, subject: so(node.subject), part: so(node.part) }
    case 'call':
      return { ...node, args: node.args.map(so) }
    default:
      return node
  }
}

/** Names of all columns an expression reads, sorted, each once. */
export function referencedNames<Extra>(expr: Node<Extra>): string[] {
  return collect(expr, (node) => (node.kind === 'name' ? node.name : undefined))
}

/** Keys of all segments an expression asks for, sorted, each once. */
export function referencedSegments<Extra>(expr: Node<Extra>): string[] {
  return collect(expr, (node) => (node.kind === 'segment' ? node.key : undefined))
}

function collect<Extra>(root: Node<Extra>, pick: (node: Node<Extra>) => string | undefined): string[] {
  const found = new Set<string>()
  const visit = (node: Node<Extra>) => {
    const picked = pick(node)
    if (picked !== undefined) found.add(picked)
    for (const child of childrenOf(node)) visit(child)
  }
  visit(root)
  return [...found].sort()
}
