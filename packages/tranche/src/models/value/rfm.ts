import type { Workspace } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { byDialect, join, type Sql, sql, typed, unsafeRaw } from '../../sql/sql.ts'
import { isAfter, type RankOrder, rankCuts } from './rank-cuts.ts'

type Letter = 'r' | 'f' | 'm'
const letters: readonly Letter[] = ['r', 'f', 'm']

/**
 * Scores of days since the last purchase (r), purchase days (f) and amount (m), 1 to `bins`, the best customers highest.
 * `rank_first`: equal bins by rank, ties in order of customer_id. `quantile_type7`: bins (a, b] at the quantiles of
 * Hyndman and Fan's type 7, equal values always in the same bin. `cuts`: own ascending cut points, bins (a, b].
 *
 * @param source relation of customer_id, r, f, m
 * @returns `r_score`, `f_score`, `m_score` as columns over rows of that relation
 */
export async function rfmScores(
  warehouse: Warehouse,
  settings: Workspace['rfm'],
  source: Sql,
): Promise<readonly Sql[]> {
  const scores =
    settings.convention === 'rank_first'
      ? await scoresByRank(warehouse, settings.bins, source)
      : scoresByCuts(
          settings.convention === 'cuts'
            ? (settings.cuts ?? {})
            : await quantiles(warehouse, settings.bins, source),
        )
  return letters.map((letter) => sql`cast(${scores[letter]} as bigint) as ${unsafeRaw(`${letter}_score`)}`)
}

type Scores = Readonly<Record<Letter, Sql>>
type Cuts = { readonly [letter in Letter]?: readonly number[] | undefined }

/** Bins that differ by one row at the most, larger ones first. */
async function scoresByRank(warehouse: Warehouse, bins: number, source: Sql): Promise<Scores> {
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${source} as counted`)
  const larger = n % bins
  const ends = Array.from({ length: bins - 1 }, (_, bin) => {
    const place = bin + 1
    return place * Math.floor(n / bins) + Math.min(place, larger)
  })
  const score = async (letter: Letter) => {
    const order: RankOrder = { value: unsafeRaw(letter), descending: letter === 'r' }
    const cuts = await rankCuts(warehouse, sql`${source} as ranked`, order, ends)
    return oneMoreThan(cuts.map((cut) => isAfter(cut, order)))
  }
  return { r: await score('r'), f: await score('f'), m: await score('m') }
}

async function quantiles(warehouse: Warehouse, bins: number, source: Sql): Promise<Cuts> {
  const shares = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins)
  const name = (letter: Letter, index: number) => `${letter}${index}`
  const edges = letters.flatMap((letter) =>
    shares.map(
      (share, index) =>
        sql`${byDialect((dialect) => dialect.quantileBetween(sql`cast(${unsafeRaw(letter)} as double)`, share))} as ${unsafeRaw(name(letter, index))}`,
    ),
  )
  const found = await warehouse.row<Record<string, number | null>>(
    sql`select ${join(edges)} from ${source} as counted`,
  )
  const of = (letter: Letter) => shares.flatMap((_, index) => found[name(letter, index)] ?? [])
  return { r: of('r'), f: of('f'), m: of('m') }
}

function scoresByCuts(cuts: Cuts): Scores {
  const score = (letter: Letter) => {
    const own = cuts[letter] ?? []
    const higher = oneMoreThan(own.map((cut) => sql`${unsafeRaw(letter)} > ${typed('double', cut)}`))
    return letter === 'r' ? sql`(${own.length + 2} - ${higher})` : higher
  }
  return { r: score('r'), f: score('f'), m: score('m') }
}

function oneMoreThan(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`1`
  return sql`(1 + ${join(
    conditions.map((condition) => sql`(case when ${condition} then 1 else 0 end)`),
    ' + ',
  )})`
}
