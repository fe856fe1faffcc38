import { sortedQuantile } from '../inference/quantile.ts'
import { midRanks } from '../inference/ranks.ts'
import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { UpliftData } from './uplift-curves.ts'

/** A group of the ranking; a rate or the uplift is null where an arm has no row in it. */
export type UpliftGroup = {
  readonly treated: number
  readonly control: number
  readonly responsesTreated: number
  readonly responsesControl: number
  readonly uplift: number | null
}

export type GroupedQini = {
  readonly groups: readonly UpliftGroup[]
  /** Responses gained up to and with each group, per treated row of all. */
  readonly gains: Float64Array
  /** The same for a ranking at random. */
  readonly randomGains: Float64Array
  /** Area between the two, from the first group's end on. */
  readonly qini: number
}

/**
 * Qini coefficient by groups of the ranking, cut at the quantiles of the ranks: equal predictions stay together, so that
 * there may be fewer groups than asked for.
 * Outcomes are 0 or 1; one entry a group, highest prediction first.
 * Cost O(n log n).
 * Source: Radcliffe (2007); Guelman, Guillén & Pérez-Marín (2015), Decision Support Systems 72,
 * https://doi.org/10.1016/j.dss.2015.02.007
 * Parity: R package uplift, `performance` and `qini`, whose curve starts at the first group's end, not at 0.
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, `outOfDomain`, `invalidOption` for fewer than 2 groups, `oneClass`
 * without treated or without control rows.
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 0, 1, 0, 1, 0, 1, 0] }
 * groupedQini(data, { groups: 2 }).qini // → -0.0625
 */
export function groupedQini(data: UpliftData, options: { readonly groups?: number } = {}): GroupedQini {
  const { groups: asked = 10 } = options
  if (!(Number.isInteger(asked) && asked >= 2))
    throw new StatsError('invalidOption', `groups is ${asked}; a whole number of at least 2 was expected.`)
  const { y, uplift, treatment } = data
  const n = requireSameLength({ y, uplift, treatment })
  requireFiniteColumn('uplift', uplift)
  const { ranks } = midRanks(Float64Array.from(uplift, (u) => -u))
  const sorted = Float64Array.from(ranks).sort()
  const cuts = [
    ...new Set(Array.from({ length: asked + 1 }, (_, k) => sortedQuantile(sorted, k / asked))),
  ].slice(1)
  const counts = (cuts.length > 0 ? cuts : [Infinity]).map(() => ({
    treated: 0,
    control: 0,
    responsesTreated: 0,
    responsesControl: 0,
  }))
  for (let i = 0; i < n; i++) {
    for (const [name, value] of [
      ['outcome', y[i]],
      ['treatment', treatment[i]],
    ] as const)
      if (value !== 0 && value !== 1)
        throw new StatsError('outOfDomain', `The ${name} of row ${i} is ${value}; 0 or 1 was expected.`)
    const place = cuts.findIndex((cut) => ranks[i]! <= cut)
    const group = counts[place < 0 ? counts.length - 1 : place]!
    if (treatment[i] === 1) {
      group.treated++
      group.responsesTreated += y[i]!
    } else {
      group.control++
      group.responsesControl += y[i]!
    }
  }
  const sum = (key: keyof (typeof counts)[number]): number => counts.reduce((s, g) => s + g[key], 0)
  const [treated, control] = [sum('treated'), sum('control')]
  if (!(treated > 0 && control > 0))
    throw new StatsError(
      'oneClass',
      `There are ${treated} treated and ${control} control rows; both were expected.`,
    )
  let gained = 0
  const gains = Float64Array.from(counts, (g) => {
    gained += g.responsesTreated / treated - g.responsesControl / control
    return gained
  })
  const randomGains = gains.map((_, k) => (gained * (k + 1)) / gains.length)
  let qini = 0
  for (let k = 1; k < gains.length; k++)
    qini += (gains[k]! + gains[k - 1]! - randomGains[k]! - randomGains[k - 1]!) / (2 * gains.length)
  const rate = (responses: number, rows: number): number | null => (rows > 0 ? responses / rows : null)
  const groups = counts.map((g) => {
    const [t, c] = [rate(g.responsesTreated, g.treated), rate(g.responsesControl, g.control)]
    return { ...g, uplift: t === null || c === null ? null : t - c }
  })
  return { groups, gains, randomGains, qini }
}
