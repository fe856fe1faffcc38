import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  type Feature,
  type FrozenSet,
  featureSchema,
  type Metric,
  metricSchema,
  type RecommendationRule,
  type ReportPolicy,
  type Segment,
  type SegmentSet,
  type Source,
  type StandardTableName,
  segmentSchema,
  segmentSetSchema,
  setKinds,
  sourceSchema,
  type Workspace,
  workspaceSchema,
} from '@tranche/contract'
import { TrancheError } from '../errors.ts'
import { attributeNames, type OwnAttributePolicy, readAttributePolicy } from './attribute-policy-file.ts'
import type { Catalogue, Definition, DefinitionKind, ExtraColumn, SegmentSetDefinition } from './catalogue.ts'
import { checkSettings } from './check-settings.ts'
import { countedFeatures } from './counted-features.ts'
import { frozenFor, readFrozenSets } from './frozen-sets.ts'
import { orderByNeeds } from './graph.ts'
import { canonicalJson, sha256, splitLogic } from './hash.ts'
import { hashLists } from './list-files.ts'
import {
  featureExpressions,
  featureNeeds,
  metricExpressions,
  metricNeeds,
  segmentExpressions,
  segmentNeeds,
  segmentSetNeeds,
  sourceExpressions,
  sourceNeeds,
  withSets,
} from './needs.ts'
import { type DefinitionProblem, fromError, fromZod, toError } from './problems.ts'
import { type Draft, placeIn, readKind } from './read-definitions.ts'
import { readRecommendations } from './recommendation-files.ts'
import { checkReferences } from './references.ts'
import { readReportPolicy } from './report-policy-file.ts'
import { stateSource } from './state-source.ts'
import { readYamlFile, type YamlFile } from './yaml-file.ts'

export type AnyDraft =
  | Draft<Source>
  | Draft<Feature>
  | Draft<Metric>
  | Draft<Segment>
  | Draft<SegmentSet>
  | Draft<RecommendationRule>

export interface LoadOutcome {
  /** Null where there are errors. */
  readonly catalogue: Catalogue | null
  readonly problems: readonly DefinitionProblem[]
}

/**
 * Reads and checks all definitions of a workspace.
 * @throws TrancheError not_found without a tranche.yaml; invalid_definition for the first problem, with its place
 */
export async function loadWorkspace(dir: string): Promise<Catalogue> {
  const { catalogue, problems } = await checkWorkspace(dir)
  if (catalogue === null) throw toError(problems)
  return catalogue
}

/** Like loadWorkspace, but gives every problem instead of throwing the first. */
export async function checkWorkspace(dir: string): Promise<LoadOutcome> {
  const root = resolve(dir)
  if (!existsSync(join(root, 'tranche.yaml')))
    throw new TrancheError(
      'not_found',
      { en: `There is no tranche.yaml in ${root}.`, zh: `${root} 中没有 tranche.yaml。` },
      {
        hint: {
          en: 'Name the workspace with -C DIR, or start one: tranche init DIR --from FILE…',
          zh: '用 -C DIR 指定工作区，或新建：tranche init DIR --from FILE…',
        },
      },
    )
  const problems: DefinitionProblem[] = []
  const settings = await readSettings(root, problems)
  const sources = await readKind(root, 'source', 'sources', sourceSchema, problems, (value) => ({
    expressions: sourceExpressions(value),
    needs: sourceNeeds(value),
  }))
  const ofState = settings === null ? null : stateSource(settings.value, settings.file)
  if (ofState !== null) sources.push(ofState)
  const features = await readKind(root, 'feature', 'features', featureSchema, problems, (value) => {
    const expressions = featureExpressions(value)
    return { expressions, needs: featureNeeds(value, expressions) }
  })
  const metrics = await readKind(root, 'metric', 'metrics', metricSchema, problems, (value) => {
    const expressions = metricExpressions(value)
    return { expressions, needs: metricNeeds(value, expressions) }
  })
  const readSets = await readKind(
    root,
    'segment_set',
    'segments',
    segmentSetSchema,
    problems,
    (value) => ({ expressions: [], needs: segmentSetNeeds(value) }),
    isSet,
  )
  const sets = readSets.map((set) => ({ ...set, needs: withSeeds(set.needs, readSets) }))
  const lists = await hashLists(root, sets, problems)
  const segments = await readKind(
    root,
    'segment',
    'segments',
    segmentSchema,
    problems,
    (value) => {
      const expressions = segmentExpressions(value)
      const needs = segmentNeeds(expressions)
      return {
        expressions,
        needs: withSets(
          needs,
          sets.map((set) => set.value),
        ),
      }
    },
    (item) => !isSet(item),
  )
  features.push(...countedFeatures(segments, problems))
  const frozen = await readFrozenSets(root, problems)
  const rules = await readRecommendations(root, problems)
  const report = await readReportPolicy(root, problems)
  const drafts: AnyDraft[] = [...sources, ...features, ...metrics, ...sets, ...segments, ...rules.drafts]
  problems.push(...checkReferences(drafts))
  const known = attributeNames(features, collectExtras(sources))
  const attributes = await readAttributePolicy(root, known, problems)
  if (settings !== null)
    problems.push(
      ...checkSettings(settings.value, { extras: collectExtras(drafts.filter(isSource)) }, settings.file),
    )
  if (settings === null || report === null || problems.some((problem) => problem.severity === 'error'))
    return { catalogue: null, problems }
  try {
    const own = { attributes, ownRecommendations: rules.isOwn, report, frozen, lists }
    return { catalogue: assemble(root, settings.value, drafts, problems, own), problems }
  } catch (error) {
    return { catalogue: null, problems: [...problems, fromError(error)] }
  }
}

async function readSettings(
  root: string,
  problems: DefinitionProblem[],
): Promise<{ readonly value: Workspace; readonly file: YamlFile } | null> {
  try {
    const file = await readYamlFile(join(root, 'tranche.yaml'), 'tranche.yaml')
    const outcome = workspaceSchema.safeParse(file.content ?? {})
    if (!outcome.success) {
      problems.push(...fromZod(outcome.error, file))
      return null
    }
    return { value: outcome.data, file }
  } catch (error) {
    problems.push(fromError(error))
    return null
  }
}

function assemble(
  dir: string,
  workspace: Workspace,
  drafts: readonly AnyDraft[],
  problems: DefinitionProblem[],
  own: {
    readonly attributes: OwnAttributePolicy | null
    readonly ownRecommendations: boolean
    readonly report: ReportPolicy
    readonly frozen: ReadonlyMap<string, FrozenSet>
    readonly lists: ReadonlyMap<string, string>
  },
): Catalogue {
  const nodes = drafts.map((draft) => ({
    id: `${draft.kind}:${draft.key}`,
    needs: draft.needs,
    place: draft.file.placeOf(draft.path),
    draft,
  }))
  const {
    name: _name,
    locale: _locale,
    runs: _runs,
    warehouse: _warehouse,
    state: _state,
    // What is called stale, not who is in.
    segments: _segments,
    // What is told of settings, not what they are.
    assumed: _assumed,
    ...settings
  } = workspace
  const settingsHash = sha256(canonicalJson(settings))
  const tableHashes = hashOfTables(drafts)
  const hashes = new Map<string, string>()
  const definitions = orderByNeeds(nodes).map(({ id, needs, place, draft }) => {
    const { logic, text } = splitLogic(draft.value)
    // What a rule names that is no feature is a customer's value, which the settings define.
    const other = draft.kind === 'segment' || draft.kind === 'segment_set' ? settingsHash : ''
    const below = needs.map((need) => [need, hashes.get(need) ?? tableHashes.get(need) ?? other])
    // A list holds what its file does.
    const file = draft.kind === 'segment_set' ? own.lists.get(draft.key) : undefined
    const openHash = sha256(
      canonicalJson({ kind: draft.kind, logic, below, ...(file === undefined ? {} : { file }) }),
    )
    const frozen = draft.kind === 'segment_set' ? frozenFor(draft.key, openHash, own.frozen, problems) : null
    const logicHash = frozen === null ? openHash : sha256(canonicalJson({ openHash, frozen }))
    hashes.set(id, logicHash)
    return {
      kind: draft.kind,
      key: draft.key,
      value: draft.value,
      place,
      placeOf: (path: readonly PropertyKey[]) => placeIn(draft, path),
      logicHash,
      textHash: sha256(canonicalJson(text)),
      needs,
      ...(draft.kind === 'segment_set' ? { openHash, frozen } : {}),
    }
  })
  const ofKind = <T>(kind: DefinitionKind) =>
    definitions.filter((definition) => definition.kind === kind) as Definition<T>[]
  const sources = ofKind<Source>('source')
  return {
    dir,
    workspace,
    sources,
    features: ofKind<Feature>('feature'),
    metrics: ofKind<Metric>('metric'),
    segments: ofKind<Segment>('segment'),
    segmentSets: ofKind<SegmentSet>('segment_set') as SegmentSetDefinition[],
    recommendations: ofKind<RecommendationRule>('recommendation'),
    ownRecommendations: own.ownRecommendations,
    attributePolicy: own.attributes,
    extras: collectExtras(sources),
    mapped: new Set(sources.flatMap((source) => source.value.tables.map((mapping) => mapping.table))),
    report: own.report,
    settingsHash,
    warnings: problems.filter((problem) => problem.severity === 'warning'),
  }
}

/** A feature's logic changes when the mappings of the table it reads do. */
function hashOfTables(drafts: readonly AnyDraft[]): Map<string, string> {
  const mappings = new Map<string, unknown[]>()
  for (const draft of drafts) {
    if (draft.kind !== 'source') continue
    for (const mapping of (draft.value as Source).tables) {
      const id = `table:${mapping.table}`
      mappings.set(id, [...(mappings.get(id) ?? []), [draft.key, mapping]])
    }
  }
  return new Map([...mappings].map(([id, list]) => [id, sha256(canonicalJson(list))]))
}

/** Of what a set needs, segments that others are to be like may be cells of another set. */
function withSeeds(needs: readonly string[], sets: readonly Draft<SegmentSet>[]): readonly string[] {
  const values = sets.map(({ value }) => value)
  return needs.flatMap((need) => (need.startsWith('segment:') ? withSets([need], values) : [need]))
}

/** Files of segments hold rules and sets. */
const isSet = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && setKinds.some((kind) => kind in item)

const isSource = (draft: AnyDraft): draft is Draft<Source> => draft.kind === 'source'

function collectExtras(sources: readonly { readonly value: Source }[]): Catalogue['extras'] {
  const found: Partial<Record<StandardTableName, ExtraColumn[]>> = {}
  for (const { value } of sources) {
    for (const mapping of value.tables) {
      for (const [key, extra] of Object.entries(mapping.extras)) {
        const columns = found[mapping.table] ?? []
        found[mapping.table] = columns
        if (columns.some((column) => column.key === key)) continue
        columns.push({
          key,
          type: extra.type,
          label: extra.label,
          ...(extra.unit === undefined ? {} : { unit: extra.unit }),
        })
      }
    }
  }
  return found
}
