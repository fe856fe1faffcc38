import type { Purpose } from '@tranche/contract'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { DefinitionProblem } from '../workspace/problems.ts'
import { type AttributePolicy, attributePolicyOf, permits } from './attribute-policy.ts'
import { type AttributeUse, attributeUses, type LineageCatalogue } from './lineage.ts'

/** What of a rule the policy stops for a purpose; nothing where it may be used. */
export function forbiddenUses(
  catalogue: LineageCatalogue,
  policy: AttributePolicy,
  purpose: Purpose,
  from: { readonly names: readonly string[]; readonly segments?: readonly string[] },
): readonly AttributeUse[] {
  return attributeUses(catalogue, from).filter(({ attribute }) => !permits(policy, attribute, purpose))
}

/** Segments that say what they are for are held against the policy of attributes, through all that they rest on. */
export function checkPurposes(
  catalogue: LineageCatalogue & Pick<Catalogue, 'attributePolicy'>,
): readonly DefinitionProblem[] {
  const policy = attributePolicyOf(catalogue)
  return [...catalogue.segments, ...catalogue.segmentSets].flatMap(({ kind, key, value, placeOf }) =>
    (value.purposes ?? []).flatMap((purpose, index) =>
      forbiddenUses(
        catalogue,
        policy,
        purpose,
        kind === 'segment' ? { names: [], segments: [key] } : { names: [key] },
      )
        .slice(0, 1)
        .map(({ attribute, path }): DefinitionProblem => {
          const { sensitivity } = policy.get(attribute)!
          const way = path.join(' → ')
          return {
            severity: 'error',
            place: placeOf(['purposes', index]),
            text: {
              en: `${key} may not serve ${purpose}: it uses ${attribute} (${sensitivity}) by ${way}.`,
              zh: `${key} 不得用于 ${purpose}：它经由 ${way} 使用了 ${attribute}（${sensitivity}）。`,
            },
            hint: {
              en: 'Take the attribute out of the rule, or change policies/attributes.yaml if the law allows it.',
              zh: '请从规则中去掉该属性；若法规允许，可修改 policies/attributes.yaml。',
            },
          }
        }),
    ),
  )
}
