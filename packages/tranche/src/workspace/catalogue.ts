import type {
  ColumnType,
  Feature,
  Metric,
  RecommendationRule,
  ReportPolicy,
  Segment,
  SegmentSet,
  SegmentSetModel,
  Source,
  StandardTableName,
  Text,
  Unit,
  Workspace,
} from '@tranche/contract'
import type { Place } from '../errors.ts'
import type { OwnAttributePolicy } from './attribute-policy-file.ts'

export type DefinitionKind = 'source' | 'feature' | 'metric' | 'segment' | 'segment_set' | 'recommendation'

/** A definition as its file says it, with its place and what it is in the graph of needs. */
export interface Definition<T> {
  readonly kind: DefinitionKind
  readonly key: string
  readonly value: T
  readonly place: Place
  /** Place of a part of the definition, for messages. */
  readonly placeOf: (path: readonly PropertyKey[]) => Place
  /** Hash of what it computes, and of the hashes of all it depends on. */
  readonly logicHash: string
  /** Hash of its words. */
  readonly textHash: string
  /** What it reads, as `kind:key` (source:, feature:, metric:, segment:, table:). */
  readonly needs: readonly string[]
}

export interface SegmentSetDefinition extends Definition<SegmentSet> {
  /** Hash of the definition without what was frozen. */
  readonly openHash: string
  /** The model that was frozen for just this definition; null where each run fits its own. */
  readonly frozen: SegmentSetModel | null
}

/** A column that a source declares beyond the standard ones. */
export interface ExtraColumn {
  readonly key: string
  readonly type: ColumnType
  readonly label: Text
  readonly unit?: Unit
}

/** Everything the files of a workspace say, checked. */
export interface Catalogue {
  /** Absolute folder of the workspace. */
  readonly dir: string
  readonly workspace: Workspace
  readonly sources: readonly Definition<Source>[]
  readonly features: readonly Definition<Feature>[]
  readonly metrics: readonly Definition<Metric>[]
  /** In the order of their needs. */
  readonly segments: readonly Definition<Segment>[]
  readonly segmentSets: readonly SegmentSetDefinition[]
  readonly recommendations: readonly Definition<RecommendationRule>[]
  /** False where the workspace has none of its own and the starter set holds. */
  readonly ownRecommendations: boolean
  /** What `policies/attributes.yaml` says; null where there is none, and the default policy holds. */
  readonly attributePolicy: OwnAttributePolicy | null
  readonly extras: Readonly<Partial<Record<StandardTableName, readonly ExtraColumn[]>>>
  /** Standard tables that at least one source maps. */
  readonly mapped: ReadonlySet<StandardTableName>
  /** `policies/report.yaml`, or what holds without it. */
  readonly report: ReportPolicy
  /** Logic hash of the workspace's own settings. */
  readonly settingsHash: string
  readonly warnings: readonly { readonly place: Place; readonly text: Text }[]
}
