import { replaceNodes, type TypedExpr } from '@tranche/language'
import type { SegmentRules } from './check-segments.ts'

/**
 * The rule with the condition of each segment it asks about in the place where it asks, so that it reads columns alone: the same
 * answer, unknowns included.
 */
export function inlineSegments(rule: TypedExpr, { scope, rules }: SegmentRules): TypedExpr {
  const inlined = new Map<string, TypedExpr>()
  const inline = (expr: TypedExpr): TypedExpr =>
    replaceNodes(expr, (node) => {
      if (node.kind !== 'segment') return undefined
      const standing = scope.columnSegments.find(({ key }) => key === node.key)
      const condition =
        inlined.get(node.key) ??
        (standing === undefined
          ? inline(rules.find(({ key }) => key === node.key)!.rule)
          : isValue(node, standing.column, standing.value))
      inlined.set(node.key, condition)
      return condition
    })
  return inline(rule)
}

function isValue({ at }: TypedExpr, name: string, value: string): TypedExpr {
  const [left, right] = [
    { kind: 'name', name, type: 'string', at },
    { kind: 'string', value, type: 'string', at },
  ] as const
  return { kind: 'compare', op: '==', left, right, type: 'bool', at }
}
