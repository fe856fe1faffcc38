import type { Text } from '@tranche/contract'

/** A group of customers as the published tables show it. */
export interface Persona {
  /** `tier=high`, `segment=KEY`, or the key of the finding that found the group. */
  readonly key: string
  readonly name: Text
  readonly customers: number
  /** Customers among whom the group is a part. */
  readonly population: number
  readonly traits: readonly Trait[]
  readonly means: readonly PersonaMean[]
  /** Shares that fewer than half, or none, of the group have a value for. */
  readonly unknown: readonly { readonly attribute: string; readonly share: number }[]
  /** Command that exports the group. */
  readonly members: string
}

/** A level that is more, or less, frequent in the group than among all, beyond chance. */
export interface Trait {
  readonly attribute: string
  readonly level: string
  /** Of the group's members whose attribute is known. */
  readonly share: number
  readonly overall: number
  readonly n: number
}

export interface PersonaMean {
  readonly column: string
  readonly mean: number
  readonly overall: number
  /** The group's part of the sum over all; null where a sum says nothing. */
  readonly ofTotal: number | null
}

/** Attributes by the part of a card that they stand in. */
export const personaAttributes = {
  who: [
    'gender',
    'age_years',
    'province',
    'country',
    'city_tier',
    'occupation',
    'employment_type',
    'education',
    'marital_status',
    'risk_appetite',
  ],
  does: ['activity', 'first_product'],
  needs: ['next_product'],
  reach: ['channel', 'creative'],
} as const

/** Numbers by the part of a card that they stand in. */
export const personaMeasures = {
  does: ['r', 'f', 'ticket_mean_365d'],
  worth: ['value_12m', 'revenue_365d', 'revenue_total', 'm'],
  needs: ['room_to_grow'],
  beware: ['default_12m', 'default_ever'],
} as const
