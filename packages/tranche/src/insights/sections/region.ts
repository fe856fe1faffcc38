import { wilsonInterval } from '@tranche/stats'
import { ident, join, sql, typed } from '../../sql/sql.ts'
import { findProvince } from '../code-lists/china.ts'
import type { Notebook } from '../draft.ts'
import { type LevelColumn, tablesOf } from '../frame.ts'
import { sayGap } from '../gap.ts'
import { withLevel } from '../group.ts'
import { publishLevels, publishShares } from '../levels.ts'
import {
  conversionMeasure,
  type Measure,
  mainAmount,
  measureOf,
  missingShare,
  outcomeMeasures,
} from '../measures.ts'
import { byRegionGroup } from '../region-groups.ts'
import { byLevels, saySpread } from '../spread.ts'
import { sayShrunkPlaces } from './places.ts'

const section = 'region'

/** Ranking of provinces (or countries), parts of the country, coast against inland, tiers of cities. */
export function sayRegion(book: Notebook): boolean {
  const before = book.findings.length
  const money = mainAmount(book.frame)
  const measures = [
    conversionMeasure(book.frame),
    ...outcomeMeasures(book.frame),
    money,
    measureOf(book.frame, 'value_12m'),
  ].filter(
    (measure, index, all): measure is Measure => measure !== undefined && all.indexOf(measure) === index,
  )
  const province = book.frame.levels.get('province')
  const inChina = province !== undefined && knownShare(province) > 0.8
  const place = placeOf(book)
  if (place === undefined) return false
  sayConcentration(book, place)
  const by = byLevels(book, place)
  for (const measure of measures) {
    if (by)
      saySpread(book, {
        section,
        measure,
        by,
        weight: measure.weight * 0.8,
        kind: inChina && place === 'province' ? 'tiles' : 'dots',
      })
    if (by) sayShrunkPlaces(book, by, measure)
    const tiers = byLevels(book, 'city_tier')
    if (tiers) saySpread(book, { section, measure, by: tiers, weight: measure.weight * 0.6 })
    if (inChina && province) sayChina(book, province, measure)
  }
  const groups = inChina && province ? byRegionGroup(province) : undefined
  if (groups) publishShares(book, { section, prefix: 'region.share', by: groups })
  if (inChina && province) sayCoastalShare(book, province)
  return book.findings.length > before
}

/** What customers' homes are told apart by: the first of these that the data has. */
export function placeOf({ frame }: Notebook): string | undefined {
  return ['province', 'country', 'city'].find((name) => (frame.levels.get(name)?.levels.length ?? 0) >= 2)
}

function knownShare(province: LevelColumn): number {
  const known = province.levels.reduce(
    (sum, level, code) => sum + (findProvince(level) ? province.counts[code]! : 0),
    0,
  )
  return known / Math.max(1, province.known)
}

function sayChina(book: Notebook, province: LevelColumn, measure: Measure): void {
  const by = byRegionGroup(province)
  if (by) {
    saySpread(book, { section, measure, by, weight: measure.weight * 0.75 })
    publishLevels(book, { section, prefix: `region.${measure.column}`, by, measure })
  }
  const coastal = province.levels.filter((level) => findProvince(level)?.coastal)
  const inland = province.levels.filter((level) => findProvince(level)?.coastal === false)
  if (coastal.length === 0 || inland.length === 0) return
  const coast = withLevel(book.frame, 'province', coastal)
  sayGap(book, {
    section,
    key: `region.coastal.${measure.column}`,
    attribute: 'coastal',
    measure,
    first: { level: 'coastal', group: coast },
    second: { level: 'inland', group: withLevel(book.frame, 'province', inland) },
    weight: measure.weight * 0.7,
    adjust: true,
    members: coast,
  })
}

function sayCoastalShare(book: Notebook, province: LevelColumn): void {
  const coastal = province.levels.filter((level) => findProvince(level)?.coastal)
  const coast = coastal.length === 0 ? undefined : withLevel(book.frame, 'province', coastal)
  if (!coast?.condition || coast.n < book.minimum || province.known - coast.n < book.minimum) return
  const interval = wilsonInterval({ successes: coast.n, n: province.known })
  book.say({
    key: 'region.coastal.share',
    section,
    message: 'region.coastal_share',
    subject: 'coastal',
    metric: 'customers',
    unit: 'share',
    estimate: coast.n / province.known,
    low: interval.low,
    high: interval.high,
    n: province.known,
    missingShare: missingShare(book.frame, 'province'),
    values: { people: coast.n },
    query: sql`select avg(case when ${coast.condition} then 1.0 else 0.0 end) as estimate from customer_value where province is not null`,
    group: coast,
    weight: 45,
  })
}

/** How much of the customers the largest places hold. */
const fewestPlaces = 6
const unevenFrom = 1.5

function sayConcentration(book: Notebook, place: string): void {
  const column = book.frame.levels.get(place)!
  const top = Math.min(5, column.levels.length - 1)
  // Three of four areas hold most of everything: news only where one of them holds far more than its part.
  const isUneven = column.counts[0]! * column.levels.length >= unevenFrom * column.known
  if (column.levels.length < fewestPlaces && !isUneven) return
  const people = column.counts.slice(0, top).reduce((sum, n) => sum + n, 0)
  if (top < 1 || column.counts.slice(0, top).some((n) => n < book.minimum)) return
  if (column.known - people < book.minimum) return
  const interval = wilsonInterval({ successes: people, n: column.known })
  book.say({
    key: `region.${place}.concentration`,
    section,
    message: 'region.concentration',
    subject: place,
    metric: 'customers',
    unit: 'share',
    estimate: people / column.known,
    low: interval.low,
    high: interval.high,
    n: column.known,
    missingShare: missingShare(book.frame, place),
    values: {
      attribute: place,
      top,
      levels: column.levels.length,
      first: column.levels[0]!,
      first_share: column.counts[0]! / column.known,
    },
    query: sql`with places as (select ${ident(place)}, count(*) as n from ${tablesOf(book.frame, [place])} where ${ident(place)} is not null group by 1)
select sum(n) filter (where ${ident(place)} in (${join(column.levels.slice(0, top).map((level) => sql`${typed('varchar', level)}`))})) / cast(sum(n) as double) as estimate from places`,
    // Evenly spread is no news.
    weight: people / column.known >= (unevenFrom * top) / column.levels.length ? 40 : 20,
  })
}
