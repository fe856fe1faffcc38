import { normalQuantile } from '@tranche/stats'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { withCode } from '../group.ts'
import { type Measure, missingShare } from '../measures.ts'
import { shrinkMeans } from '../shrink.ts'
import type { Breakdown } from '../spread.ts'
import { isDisclosable, summariseByCode } from '../summaries.ts'

const section = 'region'
const fewestPlaces = 5
const z = normalQuantile(0.975)

/**
 * The first and the last place after small ones are drawn towards the common mean, said where places differ at all: a
 * province of forty customers leads a ranking by luck alone.
 */
export function sayShrunkPlaces(book: Notebook, by: Breakdown, measure: Measure): void {
  const { frame } = book
  const spread = book.findings.find(
    ({ key }) => key === `${section}.${by.attribute}.${measure.column}.spread`,
  )
  if (spread?.p === undefined || spread.p >= 0.05) return
  const summaries = summariseByCode(frame, measure, by.codes, by.levels.length)
  const usable = summaries
    .map((_, code) => code)
    .filter((code) => isDisclosable(measure, summaries[code]!, book.minimum))
  if (usable.length < fewestPlaces) return
  const groups = usable.map((code) => summaries[code]!)
  const degrees = groups.reduce((sum, { n }) => sum + n - 1, 0)
  const within = groups.reduce((sum, { n, variance }) => sum + (n - 1) * variance, 0) / degrees
  const shrunk = shrinkMeans(groups, within)
  if (shrunk === undefined) return
  const order = usable.map((_, i) => i).sort((a, b) => shrunk.means[b]! - shrunk.means[a]!)
  const [best, worst] = [order[0]!, order.at(-1)!]
  const n = groups.reduce((sum, group) => sum + group.n, 0)
  // Posterior spread with the variance between taken as known, as Morris's first approximation has it.
  const share = shrunk.between / (shrunk.between + within / groups[best]!.n)
  const reach = z * Math.sqrt((share * within) / groups[best]!.n)
  const ofRate = (value: number) => (measure.kind === 'rate' ? Math.min(1, Math.max(0, value)) : value)
  book.say({
    section,
    key: `${section}.${by.attribute}.${measure.column}.shrunk`,
    message: `region.shrunk.${measure.kind}`,
    subject: by.attribute,
    metric: measure.column,
    unit: measure.unit,
    estimate: shrunk.means[best]!,
    low: ofRate(shrunk.means[best]! - reach),
    high: ofRate(shrunk.means[best]! + reach),
    n,
    missingShare: missingShare(frame, measure.column, ...by.columns),
    values: {
      attribute: by.attribute,
      best: by.levels[usable[best]!]!,
      raw: groups[best]!.mean,
      worst: by.levels[usable[worst]!]!,
      worst_value: shrunk.means[worst]!,
      levels: usable.length,
    },
    query: shrunkQuery(book, by, measure, usable, usable[best]!),
    group: withCode(by, usable[best]!),
    weight: measure.weight * 0.55,
  })
}

function shrunkQuery(
  { frame }: Notebook,
  by: Breakdown,
  measure: Measure,
  usable: readonly number[],
  best: number,
): Sql {
  const value = sql`cast(${ident(measure.column)} as double)`
  const place = ident(by.columns[0]!)
  const shown = usable.map((code) => sql`(${by.condition(code)})`)
  const any = shown.reduce((all, one) => sql`${all} or ${one}`)
  return sql`with places as ( -- one row per place
  select ${place} as place, bool_or(${by.condition(best)}) as wanted, cast(count(*) as double) as n, avg(${value}) as y, sum((${value}) * (${value})) as yy
  from ${tablesOf(frame, [measure.column, ...by.columns])} where ${ident(measure.column)} is not null and (${any}) group by 1
), pooled as (select sum(yy - n * y * y) / sum(n - 1) as within, sum(n * y) / sum(n) as fixed, sum(n) as total, sum(n * n) as squares, count(*) as k from places),
tau as (
  select any_value(within) as within, (sum(n / within * (y - fixed) * (y - fixed)) - (any_value(k) - 1)) / (any_value(total) / any_value(within) - any_value(squares) / any_value(within) / any_value(total)) as between_places
  from places cross join pooled
), centre as (
  select any_value(within) as within, any_value(between_places) as between_places,
    sum(y / (between_places + within / n)) / sum(1 / (between_places + within / n)) as middle
  from places cross join tau
)
select middle + between_places / (between_places + within / n) * (y - middle) as estimate from places cross join centre where wanted`
}
