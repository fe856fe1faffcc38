import { segmentRules } from '../../segments/check-segments.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { DefinitionProblem } from '../../workspace/problems.ts'
import { checkRule } from './checked-rule.ts'

/**
 * Every fault in the rules of a workspace's own recommendations with its place. Of the starter set, rules that name what
 * the workspace doesn't have call for nothing, and are no fault.
 */
export function checkRecommendations(catalogue: Catalogue): readonly DefinitionProblem[] {
  if (!catalogue.ownRecommendations || catalogue.recommendations.length === 0) return []
  const { scope } = segmentRules(catalogue)
  return catalogue.recommendations.flatMap((definition) => checkRule(definition, scope).problems)
}
