import type { Workspace } from '@tranche/contract'
import { byDialect, join, type Sql, sql, typed, unsafeRaw } from '../../sql/sql.ts'

type Letter = 'r' | 'f' | 'm'
const letters: readonly Letter[] = ['r', 'f', 'm']

/**
 * Scores of days since the last purchase (r), purchase days (f) and amount (m), 1 to `bins`, the best customers highest.
 * `rank_first`: equal bins by rank, ties in order of customer_id. `quantile_type7`: bins (a, b] at the quantiles of
 * Hyndman and Fan's type 7, equal values always in the same bin. `cuts`: own ascending cut points, bins (a, b].
 */
export function rfmScores(settings: Workspace['rfm'], source: Sql): Sql {
  const scores = letters.map((letter) => sql`${scoreOf(settings, letter)} as ${unsafeRaw(`${letter}_score`)}`)
  if (settings.convention !== 'quantile_type7') return sql`select *, ${join(scores)} from (${source})`
  const edges = letters.flatMap((letter) =>
    innerShares(settings.bins).map(
      (share, index) =>
        sql`${byDialect((dialect) => dialect.quantileBetween(sql`cast(${unsafeRaw(letter)} as double)`, share))} as ${unsafeRaw(edgeName(letter, index))}`,
    ),
  )
  return sql`
    with base as (${source}), edges as (select ${join(edges)} from base) -- one row of quantiles
    select base.*, ${join(scores)} from base, edges`
}

function scoreOf(settings: Workspace['rfm'], letter: Letter): Sql {
  const value = unsafeRaw(letter)
  const { bins } = settings
  if (settings.convention === 'rank_first') {
    const order = letter === 'r' ? sql`${value} desc` : sql`${value}`
    return sql`ntile(${bins}) over (order by ${order}, customer_id)`
  }
  const cuts: readonly Sql[] =
    settings.convention === 'cuts'
      ? (settings.cuts?.[letter] ?? []).map((cut) => sql`${typed('double', cut)}`)
      : innerShares(bins).map((_, index) => unsafeRaw(edgeName(letter, index)))
  if (cuts.length === 0) return sql`1`
  const above = join(
    cuts.map((cut) => sql`(case when ${value} > ${cut} then 1 else 0 end)`),
    ' + ',
  )
  return letter === 'r' ? sql`${cuts.length + 1} - (${above})` : sql`1 + (${above})`
}

const innerShares = (bins: number) => Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins)
const edgeName = (letter: Letter, index: number) => `${letter}_edge_${index}`
