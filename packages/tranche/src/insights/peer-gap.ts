import { sortedQuantile } from '@tranche/stats'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import type { Notebook } from './draft.ts'
import { tablesOf } from './frame.ts'
import type { Group } from './group.ts'
import { rowsIn, valuesAt } from './rows.ts'

export interface PeerGap {
  readonly total: number
  readonly low: number
  readonly high: number
  /** Kinds of customers that were compared. */
  readonly cells: number
  readonly query: Sql
}

interface Options {
  /** Of the peers' use, that members are held against: 0.5, the median, unless said. */
  readonly quantile?: number
  readonly use: string
  readonly limit: string
  readonly group: Group
  readonly peers: Group
}

const ageBounds = [30, 40, 50]
const limitBands = 3
const fewestPeers = 30

/**
 * How much less a group uses than comparable customers do: each member against the median (or another quantile) of the peers with a like
 * limit and age (all peers, where fewer than 30 are alike). The interval counts that members vary and that medians of
 * few peers are uncertain. Undefined where there are too few peers.
 */
export function sizeOfGap(
  { frame }: Notebook,
  { use, limit, group, peers, quantile = 0.5 }: Options,
): PeerGap | undefined {
  const uses = frame.numbers.get(use)!.values
  const limits = frame.numbers.get(limit)!.values
  const peerRows = rowsIn(peers.mask)
  if (peerRows.length < fewestPeers || group.n === 0) return undefined
  const sortedLimits = valuesAt(limits, peerRows).sort()
  const limitBounds = [
    ...new Set(
      Array.from({ length: limitBands - 1 }, (_, i) => sortedQuantile(sortedLimits, (i + 1) / limitBands, 1)),
    ),
  ]
  const ages = frame.numbers.get('age_years')
  const cellOf = (row: number): number => {
    const age = ages === undefined || ages.valid[row] === 0 ? 0 : 1 + countBelow(ageBounds, ages.values[row]!)
    return countBelow(limitBounds, limits[row]!) * (ageBounds.length + 2) + age
  }
  const byCell = new Map<number, number[]>()
  for (const row of peerRows) {
    const cell = cellOf(row)
    const found = byCell.get(cell)
    if (found) found.push(uses[row]!)
    else byCell.set(cell, [uses[row]!])
  }
  const overall = quantileOf(valuesAt(uses, peerRows), quantile)
  const medians = new Map(
    [...byCell]
      .filter(([, values]) => values.length >= fewestPeers)
      .map(([cell, values]) => [cell, quantileOf(values, quantile)]),
  )
  let n = 0
  let total = 0
  let squares = 0
  const members = new Map<{ value: number; error: number }, number>()
  for (const row of rowsIn(group.mask)) {
    const median = medians.get(cellOf(row)) ?? overall
    const gap = Math.max(0, median.value - uses[row]!)
    n++
    total += gap
    squares += gap * gap
    members.set(median, (members.get(median) ?? 0) + 1)
  }
  let variance = Math.max(0, squares - (total * total) / n)
  for (const [median, count] of members) variance += (count * median.error) ** 2
  const reach = 1.959964 * Math.sqrt(variance)
  return {
    total,
    low: Math.max(0, total - reach),
    high: total + reach,
    cells: medians.size,
    query: gapQuery(
      tablesOf(frame, [use, limit, ...(ages ? ['age_years'] : [])]),
      { use, limit, group, peers, quantile },
      limitBounds,
      ages !== undefined,
    ),
  }
}

function countBelow(bounds: readonly number[], value: number): number {
  let below = 0
  while (below < bounds.length && value >= bounds[below]!) below++
  return below
}

/** A quantile and its standard error from the order statistics of its 95% interval. */
function quantileOf(values: ArrayLike<number>, q: number): { value: number; error: number } {
  const sorted = Float64Array.from(values).sort()
  const half = 1.959964 * Math.sqrt((q * (1 - q)) / sorted.length)
  const at = (p: number) => sortedQuantile(sorted, Math.min(1, Math.max(0, p)), 1)
  return { value: at(q), error: (at(q + half) - at(q - half)) / (2 * 1.959964) }
}

function gapQuery(
  tables: Sql,
  { use, limit, group, peers, quantile = 0.5 }: Options,
  limitBounds: readonly number[],
  hasAge: boolean,
): Sql {
  const steps = (value: Sql, bounds: readonly number[]) =>
    bounds.length === 0
      ? sql`0`
      : join(
          bounds.map((bound) => sql`(case when ${value} >= ${typed('double', bound)} then 1 else 0 end)`),
          ' + ',
        )
  const age = hasAge
    ? sql`case when age_years is null then 0 else 1 + ${steps(sql`age_years`, ageBounds)} end`
    : sql`0`
  return sql`with people as (
  select (${steps(sql`cast(${ident(limit)} as double)`, limitBounds)}) as limit_band, ${age} as age_band,
    cast(${ident(use)} as double) as amount, (${group.condition!}) as member, (${peers.condition!}) as peer
  from ${tables}
), cells as (
  select limit_band, age_band, quantile_disc(amount, ${quantile}) as median from people where peer
  group by all having count(*) >= ${fewestPeers}
), everyone as (select quantile_disc(amount, ${quantile}) as median from people where peer)
select sum(greatest(0, coalesce(cells.median, everyone.median) - amount)) as estimate
from people cross join everyone left join cells on cells.limit_band = people.limit_band and cells.age_band = people.age_band
where member`
}
