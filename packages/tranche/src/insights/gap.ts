import type { Section } from '@tranche/contract'
import { compareAdjusted } from './adjusted.ts'
import { compare, neededSample } from './compare.ts'
import type { Notebook } from './draft.ts'
import type { Group } from './group.ts'
import { type Measure, missingShare } from './measures.ts'

/** A group with the name under which reports know it: a level of an attribute. */
export interface NamedGroup {
  readonly level: string
  readonly group: Group
}

export interface GapOptions {
  readonly section: Section
  /** Start of the finding's key. */
  readonly key: string
  /** What follows the key of the raw difference; `.gap` unless said. */
  readonly suffix?: string
  readonly attribute: string
  readonly measure: Measure
  readonly first: NamedGroup
  readonly second: NamedGroup
  readonly weight: number
  /** Also say the gap with the mix held fixed, and whether it turns round. */
  readonly adjust?: boolean
  /** Whose members the command exports; the first group's unless said. */
  readonly members?: Group
}

/** Says the difference of a measure between two groups, raw and (if asked) with the mix held fixed. */
export function sayGap(book: Notebook, options: GapOptions): boolean {
  const { section, key, attribute, measure, first, second, weight } = options
  const raw = compare(book.frame, measure, first.group, second.group, book.minimum)
  if (raw === undefined) return false
  const common = {
    section,
    subject: attribute,
    metric: measure.column,
    unit: measure.unit,
    missingShare: missingShare(book.frame, measure.column, ...first.group.columns),
  } as const
  const names = { attribute, a: first.level, b: second.level }
  book.say({
    ...common,
    key: `${key}${options.suffix ?? '.gap'}`,
    message: `gap.${measure.kind}`,
    estimate: raw.estimate,
    low: raw.low,
    high: raw.high,
    n: raw.n,
    p: raw.p,
    effectSize: raw.effectSize,
    neededN: raw.neededN,
    values: {
      ...names,
      a_value: raw.first.mean,
      b_value: raw.second.mean,
      a_n: raw.first.n,
      b_n: raw.second.n,
    },
    query: raw.query,
    group: options.members ?? first.group,
    weight,
  })
  if (options.adjust) sayAdjusted(book, options, common, raw.estimate, raw.p)
  return true
}

function sayAdjusted(
  book: Notebook,
  { key, attribute, measure, first, second, weight }: GapOptions,
  common: {
    readonly section: Section
    readonly subject: string
    readonly metric: string
    readonly unit: Measure['unit']
    readonly missingShare: number
  },
  rawGap: number,
  rawP: number,
): void {
  const adjusted = compareAdjusted(book.frame, book.factors(), measure, first.group, second.group)
  if (adjusted === undefined) return
  const reversed = Math.sign(adjusted.estimate) !== Math.sign(rawGap) && rawP < 0.05 && adjusted.p < 0.05
  book.say({
    ...common,
    key: `${key}.gap_adjusted`,
    message: `${reversed ? 'gap_reversed' : 'gap_adjusted'}.${measure.kind}`,
    estimate: adjusted.estimate,
    low: adjusted.low,
    high: adjusted.high,
    n: adjusted.n,
    p: adjusted.p,
    effectSize: adjusted.effectSize,
    neededN: neededSample(adjusted.n, adjusted.p),
    values: {
      attribute,
      a: first.level,
      b: second.level,
      raw: rawGap,
      // What the mix explains of it: the rest is what is left among customers who are alike.
      explained: rawGap - adjusted.estimate,
      cells: adjusted.cells,
      held: adjusted.columns.join(' '),
    },
    query: adjusted.query,
    weight: reversed ? 90 : weight * 0.8,
  })
}
