import {
  type Feature,
  featureSchema,
  type Metric,
  metricSchema,
  type Segment,
  type SegmentSet,
  type SegmentSetModel,
  segmentSchema,
  segmentSetSchema,
} from '@tranche/contract'
import type { Catalogue, Definition, DefinitionKind, SegmentSetDefinition } from '../workspace/catalogue.ts'
import type { SegmentCatalogue } from './check-segments.ts'

interface Stored<T> {
  readonly value: T
  readonly logicHash: string
}

/** What segments rested on when a run was computed: enough to judge by the rules of that day. */
export interface StoredDefinitions {
  readonly version: 1
  readonly features: readonly Stored<Feature>[]
  readonly metrics: readonly Stored<Metric>[]
  readonly segments: readonly Stored<Segment>[]
  readonly sets: readonly (Stored<SegmentSet> & {
    readonly openHash: string
    readonly frozen: SegmentSetModel | null
  })[]
  readonly extras: Catalogue['extras']
  readonly timeZone: string
}

/** The definitions as they are kept with a run. */
export function storedDefinitions(catalogue: SegmentCatalogue): StoredDefinitions {
  const { features, metrics, segments, segmentSets, extras, workspace } = catalogue
  const stored = <T>({ value, logicHash }: Definition<T>): Stored<T> => ({ value, logicHash })
  return {
    version: 1,
    features: features.map(stored),
    metrics: metrics.map(stored),
    segments: segments.map(stored),
    sets: segmentSets.map(({ openHash, frozen, ...set }) => ({ ...stored(set), openHash, frozen })),
    extras,
    timeZone: workspace.timeZone,
  }
}

/** The catalogue of segments that a run was computed by; of the workspace's own settings only the zone is of that day. */
export function catalogueThen(
  { features, metrics, segments, sets, extras, timeZone }: StoredDefinitions,
  { workspace }: Pick<Catalogue, 'workspace'>,
): SegmentCatalogue {
  return {
    features: features.map((one) => restored('feature', featureSchema.parse(one.value), one.logicHash)),
    metrics: metrics.map((one) => restored('metric', metricSchema.parse(one.value), one.logicHash)),
    segments: segments.map((one) => restored('segment', segmentSchema.parse(one.value), one.logicHash)),
    segmentSets: sets.map(
      ({ value, logicHash, openHash, frozen }): SegmentSetDefinition => ({
        ...restored('segment_set', segmentSetSchema.parse(value), logicHash),
        openHash,
        frozen,
      }),
    ),
    extras,
    workspace: { ...workspace, timeZone },
  }
}

/** Without a place: the files may say something else by now. */
function restored<T extends { readonly key: string }>(
  kind: DefinitionKind,
  value: T,
  logicHash: string,
): Definition<T> {
  const place = { file: '' }
  return {
    kind,
    key: value.key,
    value,
    place,
    placeOf: () => place,
    logicHash,
    textHash: '',
    needs: [],
  }
}
