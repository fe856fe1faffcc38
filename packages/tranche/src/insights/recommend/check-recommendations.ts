import { attributePolicyOf } from '../../privacy/attribute-policy.ts'
import { segmentRules } from '../../segments/check-segments.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import type { DefinitionProblem } from '../../workspace/problems.ts'
import { judgeGroup } from './allowed-group.ts'
import { type CheckedRule, checkRule } from './checked-rule.ts'

/**
 * Every fault in the rules of a workspace's own recommendations with its place, and as warnings those that the policy of
 * attributes will stop. Of the starter set, rules that name what the workspace doesn't have call for nothing, and are no
 * fault.
 */
export function checkRecommendations(catalogue: Catalogue): readonly DefinitionProblem[] {
  if (!catalogue.ownRecommendations || catalogue.recommendations.length === 0) return []
  const { scope } = segmentRules(catalogue)
  return catalogue.recommendations.flatMap((definition) => {
    const { rule, problems } = checkRule(definition, scope)
    return rule === undefined ? problems : [...problems, ...stopsOf(catalogue, definition, rule)]
  })
}

function stopsOf(
  catalogue: Catalogue,
  { placeOf }: Pick<Definition<unknown>, 'placeOf'>,
  { key, value, group }: CheckedRule,
): readonly DefinitionProblem[] {
  const { purpose } = value
  const { stopped, allowed } = judgeGroup(catalogue, attributePolicyOf(catalogue), purpose, group)
  const [first] = stopped
  if (first === undefined) return []
  const way = first.path.join(' → ')
  return [
    {
      severity: 'warning',
      place: placeOf(['purpose']),
      text: {
        en: `${key}: the policy stops ${first.attribute} (by ${way}) for ${purpose}; ${allowed === undefined ? 'no version is allowed' : 'the report gives the version without it'}.`,
        zh: `${key}：策略禁止将 ${first.attribute}（经由 ${way}）用于 ${purpose}，${allowed === undefined ? '没有允许的版本' : '报告将给出去掉该条件的版本'}。`,
      },
    },
  ]
}
