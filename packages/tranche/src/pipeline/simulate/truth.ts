import type { Text, Unit } from '@tranche/contract'
import { dayText, periodOf, timeZone } from './calendar.ts'
import { type DirtySource, dirtKinds, type Outcome } from './dirt.ts'
import { effectLabel } from './effect-labels.ts'
import { actionEffects } from './effects-of-actions.ts'
import { customerEffects } from './effects-of-customers.ts'
import { valueEffects } from './effects-of-value.ts'
import {
  behaviours,
  channels,
  type Effects,
  goldenAge,
  idealProfile,
  mindsets,
  type Parameters,
} from './parameters.ts'
import type { Population } from './population.ts'
import { regions } from './regions.ts'
import type { Counts, Recipe } from './shard-state.ts'

export const areas = [
  'value',
  'gender',
  'age',
  'region',
  'profile',
  'value_exploration',
  'products',
  'acquisition',
  'risk',
  'mindset',
  'churn',
  'campaign',
  'service',
] as const

/** A number that was planted, and how it is estimated from the standard tables. */
export interface PlantedEffect {
  readonly key: string
  readonly area: (typeof areas)[number]
  /** In a few words. */
  readonly label: Text
  /** Of the population that customers are drawn from, not of those drawn. */
  readonly value: number
  readonly unit: Unit
  readonly population: Text
  readonly definition: Text
}

/** A planted number before it is named. */
export type EffectDraft = Omit<PlantedEffect, 'label'>

export interface PlantedDirt {
  readonly source: string
  readonly kind: string
  /** Rows of this kind in the source's files. */
  readonly count: number
  readonly outcome: Outcome
}

/** Rows of a source as its mapping sees them: a line each, and of the survey one for each question of a line. */
export interface SourceRows {
  readonly source: string
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly filtered: number
  readonly duplicates: number
}

export interface Truth {
  readonly version: 1
  readonly seed: number
  readonly customers: number
  readonly months: number
  readonly effectsPlanted: Effects
  readonly dirtRate: number
  readonly timeZone: string
  readonly currency: string
  /** First day of the history, and the day as of whose start everything is known. */
  readonly from: string
  readonly asOf: string
  readonly bgNbd: Parameters['bgNbd'] & { readonly timeUnit: 'week' }
  readonly gammaGamma: Parameters['gammaGamma']
  /** Ages on which conversion is highest and level; null where nothing depends on age. */
  readonly goldenAge: { readonly from: number; readonly to: number } | null
  /** Customers who invest far more often than either of the two says by itself; null where nothing depends on anything. */
  readonly idealProfile: { readonly region: string; readonly channel: string } | null
  readonly effects: readonly PlantedEffect[]
  readonly dirt: readonly PlantedDirt[]
  /** Rows in = kept + quarantined + filtered + duplicates, by source. */
  readonly sources: readonly SourceRows[]
  readonly identity: {
    readonly matched: number
    readonly unmatchedApp: number
    readonly conflictingApp: number
  }
  /** What was in fact drawn. */
  readonly drawn: Counts
  /** Planted groups; null where nothing depends on them, or there are more than a million customers. */
  readonly groups: Readonly<Record<'mindset' | 'behaviour', PlantedGroups>> | null
}

export interface PlantedGroups {
  readonly names: readonly string[]
  /** One digit a customer, in the order of customer numbers: the place of the group in `names`. */
  readonly codes: string
}

export interface Planted {
  readonly parameters: Parameters
  readonly population: Population
}

/** Puts together what truth.json says. */
export function buildTruth(
  input: Planted & {
    readonly recipe: Recipe
    /** Genuine rows by source. */
    readonly rows: Readonly<Record<string, number>>
    /** Times that each kind of dirt was planted, by source, in the order of `dirtKinds`. */
    readonly dirt: Readonly<Record<string, readonly number[]>>
    readonly identity: { readonly matched: number; readonly appOnly: number; readonly shared: number }
    readonly drawn: Counts
    readonly groups: readonly number[]
  },
): Truth {
  const { recipe, parameters, identity } = input
  const period = periodOf(recipe.months)
  const dirt = Object.entries(input.dirt).flatMap(([source, counts]) =>
    counts.map((count, index) => {
      const { kind, outcome } = dirtKinds[source as DirtySource][index]!
      return { source, kind, count, outcome }
    }),
  )
  return {
    version: 1,
    seed: recipe.seed,
    customers: recipe.customers,
    months: recipe.months,
    effectsPlanted: recipe.effects,
    dirtRate: recipe.dirt,
    timeZone,
    currency: 'CNY',
    from: dayText(period.startDay),
    asOf: dayText(period.endDay),
    bgNbd: { ...parameters.bgNbd, timeUnit: 'week' },
    gammaGamma: parameters.gammaGamma,
    goldenAge: recipe.effects === 'none' ? null : goldenAge,
    idealProfile:
      recipe.effects === 'none'
        ? null
        : { region: regions[idealProfile.region]!.key, channel: channels[idealProfile.channel]! },
    effects: plantedEffects(input),
    dirt,
    sources: Object.entries(input.rows)
      .map(([source, genuine]) => countRows(source, genuine, dirt))
      .sort((a, b) => (a.source < b.source ? -1 : 1)),
    identity: {
      matched: identity.matched,
      unmatchedApp: identity.appOnly,
      conflictingApp: identity.shared,
    },
    drawn: input.drawn,
    groups: recipe.effects === 'none' || input.groups.length === 0 ? null : plantedGroups(input.groups),
  }
}

function plantedGroups(groups: readonly number[]) {
  const every = (first: number) => groups.filter((_, index) => index % 2 === first).join('')
  return {
    mindset: { names: mindsets, codes: every(0) },
    behaviour: { names: behaviours, codes: every(1) },
  }
}

/** Every planted number, by area. */
export function plantedEffects(planted: Planted): readonly PlantedEffect[] {
  const drafts = [...valueEffects(planted), ...customerEffects(planted), ...actionEffects(planted)]
  return drafts.map((draft) => ({ ...draft, label: effectLabel(draft.key) }))
}

function countRows(source: string, genuine: number, dirt: readonly PlantedDirt[]): SourceRows {
  const rows = (outcome: Outcome): number =>
    dirt.reduce(
      (sum, planted) => sum + (planted.source === source && planted.outcome === outcome ? planted.count : 0),
      0,
    )
  const [quarantined, filtered, duplicates] = [rows('quarantined'), rows('filtered'), rows('duplicate')]
  return {
    source,
    read: genuine + quarantined + filtered + duplicates,
    kept: genuine,
    quarantined,
    filtered,
    duplicates,
  }
}
