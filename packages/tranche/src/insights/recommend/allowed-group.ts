import type { Purpose } from '@tranche/contract'
import { printExpression, referencedNames, referencedSegments, type TypedExpr } from '@tranche/language'
import type { AttributePolicy } from '../../privacy/attribute-policy.ts'
import { forbiddenUses } from '../../privacy/check-purposes.ts'
import type { AttributeUse, LineageCatalogue } from '../../privacy/lineage.ts'

export interface PolicyVerdict {
  /** What the policy stops, each attribute with the way to it; nothing where the group may be used as it is. */
  readonly stopped: readonly AttributeUse[]
  /** The group without the conditions that the policy stops; undefined where nothing or no condition is left. */
  readonly allowed: TypedExpr | undefined
}

/**
 * Holds a group against the policy of attributes. Conditions that must all hold may be left out one by one; a group whose
 * only condition rests on a forbidden attribute, or that mixes it with others by "or", has no version that is allowed.
 */
export function judgeGroup(
  catalogue: LineageCatalogue,
  policy: AttributePolicy,
  purpose: Purpose,
  group: TypedExpr,
): PolicyVerdict {
  const usesOf = (expr: TypedExpr) =>
    forbiddenUses(catalogue, policy, purpose, {
      names: referencedNames(expr),
      segments: referencedSegments(expr),
    })
  const stopped = nearestOf(usesOf(group))
  if (stopped.length === 0) return { stopped, allowed: group }
  const left = conditionsOf(group).filter((condition) => usesOf(condition).length === 0)
  return { stopped, allowed: left.length === 0 ? undefined : allOf(left, group) }
}

/** Of attributes that rest on one another, the one that the rule comes to first. */
function nearestOf(uses: readonly AttributeUse[]): readonly AttributeUse[] {
  const names = new Set(uses.map(({ attribute }) => attribute))
  return uses.filter(({ path }) => !path.slice(0, -1).some((step) => names.has(step.split('.').at(-1)!)))
}

/** Conditions that must all hold, those of brackets within brackets too, each once. */
function conditionsOf(expr: TypedExpr): readonly TypedExpr[] {
  if (expr.kind !== 'and') return [expr]
  const found = new Map<string, TypedExpr>()
  for (const condition of expr.operands.flatMap(conditionsOf))
    found.set(printExpression(condition), condition)
  return [...found.values()]
}

function allOf(conditions: readonly TypedExpr[], { at }: TypedExpr): TypedExpr {
  const [first, ...more] = conditions
  return more.length === 0 ? first! : { kind: 'and', operands: conditions, at, type: 'bool' }
}
