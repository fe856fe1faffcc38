import { chiSquareSurvival, wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import { timestampOf } from '../../sql/time-zone.ts'
import { findProvince } from '../code-lists/china.ts'
import { neededForSpread } from '../compare.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { withLevel } from '../group.ts'
import { missingShare } from '../measures.ts'
import { placeOf } from './region.ts'

const section = 'region'
/** Indicators by region that count whom an institution could have. */
const baseNames = /population|inhabitants|households|adults|market_size|人口|居民|户数/i
const fewestPlaces = 3

interface Place {
  readonly level: string
  /** The region as the indicator names it. */
  readonly region: string
  readonly n: number
  readonly base: number
}

/**
 * Where customers gather more than the population does: a place's share of customers over its share of the base that an
 * indicator by region gives. Nothing where none is mapped.
 */
export async function sayMarketIndex(
  book: Notebook,
  warehouse: Warehouse,
  asOfInstant: string,
): Promise<void> {
  const { frame } = book
  const place = placeOf(book)
  const column = place === undefined ? undefined : frame.levels.get(place)
  if (place === undefined || !column) return
  const asOf = sql`${timestampOf(Date.parse(asOfInstant))}`
  const rows = await warehouse.rows<{ name: string; region: string; value: number }>(sql`
    select name, region, cast(value as double) as value from standard.indicators
    where region is not null and on_date < ${asOf} and (known_at is null or known_at < ${asOf})
    qualify row_number() over (partition by name, region order by on_date desc) = 1 order by name, region`)
  const name = rows.find((row) => baseNames.test(row.name))?.name
  if (name === undefined) return
  const base = new Map(rows.filter((row) => row.name === name).map((row) => [placeKey(row.region), row]))
  const places = column.levels.flatMap((level, code): Place[] => {
    const found = base.get(placeKey(level))
    const n = column.counts[code]!
    return found && found.value > 0 && n >= book.minimum
      ? [{ level, region: found.region, n, base: found.value }]
      : []
  })
  if (places.length < fewestPlaces) return
  sayIndex(book, place, name, places, asOf)
}

/** Provinces are written in several ways; other places as they are. */
const placeKey = (text: string): string => findProvince(text)?.code ?? text.trim().toLowerCase()

function sayIndex(book: Notebook, place: string, name: string, places: readonly Place[], asOf: Sql): void {
  const { frame } = book
  const total = places.reduce((sum, { n }) => sum + n, 0)
  const whole = places.reduce((sum, { base }) => sum + base, 0)
  const indexed = places
    .map((found) => {
      const share = found.base / whole
      const ends = wilsonInterval({ successes: found.n, n: total })
      return {
        ...found,
        share,
        index: found.n / total / share,
        low: ends.low / share,
        high: ends.high / share,
      }
    })
    .sort((a, b) => b.index - a.index || (a.level < b.level ? -1 : 1))
  const [best] = indexed
  const worst = indexed.at(-1)!
  // Counts against shares that are given: Pearson's test of goodness of fit.
  const statistic = indexed.reduce((sum, { n, share }) => sum + (n - total * share) ** 2 / (total * share), 0)
  const levels = join(places.map(({ level }) => sql`${typed('varchar', level)}`))
  const regions = join(places.map(({ region }) => sql`${typed('varchar', region)}`))
  const key = `${section}.${place}.index`
  book.say({
    section,
    key,
    message: 'region.index',
    subject: place,
    metric: 'index',
    unit: 'number',
    estimate: best!.index,
    low: best!.low,
    high: best!.high,
    n: total,
    missingShare: missingShare(frame, place),
    p: chiSquareSurvival(statistic, places.length - 1),
    effectSize: Math.sqrt(statistic / total),
    neededN: neededForSpread(total, statistic, places.length - 1),
    values: {
      attribute: place,
      base: name,
      levels: places.length,
      best: best!.level,
      share: best!.n / total,
      base_share: best!.share,
      worst: worst.level,
      worst_value: worst.index,
    },
    query: sql`with base as (
  select region, cast(value as double) as value from standard.indicators
  where name = ${name} and region in (${regions}) and on_date < ${asOf} and (known_at is null or known_at < ${asOf})
  qualify row_number() over (partition by region order by on_date desc) = 1
)
select (select avg(case when ${ident(place)} = ${best!.level} then 1.0 else 0.0 end) from ${tablesOf(frame, [place])} where ${ident(place)} in (${levels}))
  / (select sum(value) filter (where region = ${best!.region}) / sum(value) from base) as estimate`,
    group: withLevel(frame, place, [best!.level]),
    weight: 43,
  })
  book.draw(
    {
      figure: key,
      section,
      kind: 'dots',
      finding: key,
      metric: 'index',
      attribute: place,
      unit: 'number',
      n: total,
    },
    indexed.map(({ level, index, low, high, n }) => ({
      series: 'level',
      label: level,
      x: null,
      y: index,
      low,
      high,
      n,
    })),
  )
}
