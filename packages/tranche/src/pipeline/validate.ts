import { standardTables } from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import { checkDefinitions } from '../features/check-definitions.ts'
import { checkRecommendations } from '../insights/recommend/check-recommendations.ts'
import { checkPurposes } from '../privacy/check-purposes.ts'
import { checkSegments } from '../segments/check-segments.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { checkWorkspace } from '../workspace/load.ts'
import { type DefinitionProblem, toError } from '../workspace/problems.ts'
import { checkClusterSources } from './check-cluster-sources.ts'
import { checkMappings } from './check-mappings.ts'

export interface Validation {
  readonly problems: readonly DefinitionProblem[]
  readonly counts: {
    readonly sources: number
    readonly features: number
    readonly metrics: number
    readonly segments: number
    readonly sets: number
  }
}

/** Checks every definition of a workspace: files, keys, needs, then tables, columns and types. */
export async function validateWorkspace(dir: string): Promise<Validation> {
  const { catalogue, problems } = await checkWorkspace(dir)
  if (catalogue === null)
    return { problems, counts: { sources: 0, features: 0, metrics: 0, segments: 0, sets: 0 } }
  return {
    problems: [...problems, ...faultsOf(catalogue)],
    counts: {
      sources: catalogue.sources.length,
      features: catalogue.features.length,
      metrics: catalogue.metrics.length,
      segments: catalogue.segments.length,
      sets: catalogue.segmentSets.length,
    },
  }
}

/**
 * Refuses to read a row before every definition is sound.
 * @throws TrancheError invalid_definition for the first fault, with its place
 */
export function requireSound(catalogue: Catalogue): void {
  if (!standardTables.some(({ name, perCustomer }) => perCustomer && catalogue.mapped.has(name)))
    throw new TrancheError(
      'invalid_definition',
      {
        en: 'No source names a customer, so there is nothing to compute or report.',
        zh: '没有任何数据源指明客户，因此没有可计算或报告的内容。',
      },
      {
        place: { file: 'tranche.yaml' },
        hint: {
          en: 'Map a file with a customer number under sources/: columns: {customer_id: {from: …}}.',
          zh: '请在 sources/ 中映射含客户编号的文件：columns: {customer_id: {from: …}}。',
        },
      },
    )
  const problems = faultsOf(catalogue)
  if (hasErrors(problems)) throw toError(problems)
}

function faultsOf(catalogue: Catalogue): readonly DefinitionProblem[] {
  const below = [
    ...checkMappings(catalogue),
    ...checkClusterSources(catalogue),
    ...checkDefinitions(catalogue),
  ]
  // Rules are checked against the types of features, which a faulty feature has not.
  if (hasErrors(below)) return below
  const rules = [...below, ...checkSegments(catalogue), ...checkPurposes(catalogue)]
  return hasErrors(rules) ? rules : [...rules, ...checkRecommendations(catalogue)]
}

const hasErrors = (problems: readonly DefinitionProblem[]) =>
  problems.some(({ severity }) => severity === 'error')
