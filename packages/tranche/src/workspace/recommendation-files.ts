import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type RecommendationRule, recommendationRuleSchema } from '@tranche/contract'
import type { DefinitionProblem } from './problems.ts'
import { type Draft, readKind } from './read-definitions.ts'

export const recommendationFolder = 'recommendations'

/** The pack whose rules hold where a workspace has none of its own. */
export const starterRules = join(import.meta.dirname, '..', '..', 'packs', 'starter')

/** The rules of a workspace, or else the starter set that ships with the program. */
export async function readRecommendations(
  root: string,
  problems: DefinitionProblem[],
): Promise<{ readonly isOwn: boolean; readonly drafts: readonly Draft<RecommendationRule>[] }> {
  const isOwn = existsSync(join(root, recommendationFolder))
  const drafts = await readKind(
    isOwn ? root : starterRules,
    'recommendation',
    recommendationFolder,
    recommendationRuleSchema,
    problems,
    // Its expressions are checked where their names are known: features, value, figures of the finding.
    () => ({ expressions: [], needs: [] }),
  )
  return { isOwn, drafts }
}
