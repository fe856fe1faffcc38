import { wilsonInterval } from '@tranche/stats'
import { sql } from '../../sql/sql.ts'
import type { Notebook, Point } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { both, type Group, withLevel } from '../group.ts'
import { missingShare } from '../measures.ts'

const section = 'tiers'
const tiers = ['high', 'medium', 'low'] as const

/** Who rose and fell between tiers, and which active customers faded, since the day that the histories were cut. */
export function sayMigration(book: Notebook, since: string | null): void {
  const { frame } = book
  if (since === null) return
  sayFading(book, since)
  if (!frame.levels.has('tier_before') || !frame.levels.has('tier')) return
  const now = withLevel(frame, 'tier', ['high'])
  const before = withLevel(frame, 'tier_before', ['high'])
  const fallen = both(before, withLevel(frame, 'tier_move', ['fallen']))
  const risen = both(now, withLevel(frame, 'tier_move', ['risen']))
  const newcomers = both(now, withLevel(frame, 'tier_move', ['new']))
  const cells = [fallen.n, before.n - fallen.n, risen.n, now.n - risen.n - newcomers.n]
  if (cells.some((n) => n < book.minimum)) return
  sayShare(book, {
    key: 'tiers.migration.fallen',
    message: lostAmong(book, fallen).quiet === 0 ? 'migration.fallen_awake' : 'migration.fallen',
    part: both(withLevel(frame, 'tier_before', ['high']), withLevel(frame, 'tier_move', ['fallen'])),
    of: before,
    values: { since, people: fallen.n, before: before.n, ...lostAmong(book, fallen) },
    weight: 62,
  })
  sayShare(book, {
    key: 'tiers.migration.risen',
    message: newcomers.n === 0 ? 'migration.risen_only' : 'migration.risen',
    part: risen,
    of: now,
    values: { since, people: risen.n, newcomers: newcomers.n },
    weight: 50,
  })
  draw(book)
}

function lostAmong({ frame }: Notebook, group: Group) {
  return { quiet: both(group, withLevel(frame, 'activity', ['silent', 'lost'])).n }
}

/** Of those who were active then, how many have gone quiet since. */
function sayFading(book: Notebook, since: string): void {
  const { frame } = book
  if (!frame.levels.has('activity_before') || !frame.levels.has('activity')) return
  const active = withLevel(frame, 'activity_before', ['active'])
  const silent = both(active, withLevel(frame, 'activity', ['silent'])).n
  const lost = both(active, withLevel(frame, 'activity', ['lost'])).n
  const quiet = both(active, withLevel(frame, 'activity', ['silent', 'lost']))
  if ([silent, lost, active.n - quiet.n].some((n) => n < book.minimum)) return
  sayShare(book, {
    key: 'activity.migration.faded',
    section: 'activity',
    message: 'migration.faded',
    part: quiet,
    of: active,
    values: { since, people: quiet.n, before: active.n, silent, lost },
    weight: 58,
  })
}

interface ShareOptions {
  readonly key: string
  readonly section?: 'tiers' | 'activity'
  readonly message: string
  /** A part of `of`. */
  readonly part: Group
  readonly of: Group
  readonly values: Readonly<Record<string, string | number>>
  readonly weight: number
}

function sayShare(book: Notebook, options: ShareOptions): void {
  const { part, of, values, weight, key, message } = options
  const interval = wilsonInterval({ successes: part.n, n: of.n })
  book.say({
    key,
    section: options.section ?? section,
    message,
    subject: key.split('.').at(-1)!,
    metric: 'customers',
    unit: 'share',
    estimate: part.n / of.n,
    low: interval.low,
    high: interval.high,
    n: of.n,
    missingShare: missingShare(book.frame, ...part.columns),
    values,
    query: sql`select avg(case when ${part.condition!} then 1.0 else 0.0 end) as estimate
from ${tablesOf(book.frame, [...part.columns, ...of.columns])} where ${of.condition!}`,
    group: part,
    weight,
  })
}

/** Where each tier of then stands now. */
function draw(book: Notebook): void {
  const { frame } = book
  const points: Point[] = []
  for (const before of tiers) {
    const of = withLevel(frame, 'tier_before', [before])
    if (of.n < book.minimum) continue
    const parts = tiers.map((tier) => both(of, withLevel(frame, 'tier', [tier])).n)
    // A row with one small cell would give it away by its total: the whole row stays out.
    if (parts.some((n) => n > 0 && n < book.minimum)) continue
    tiers.forEach((tier, index) => {
      points.push({
        series: `tier_before=${before}`,
        label: tier,
        x: null,
        y: parts[index]! / of.n,
        low: null,
        high: null,
        n: of.n,
      })
    })
  }
  if (points.length < 2 * tiers.length) return
  book.draw(
    {
      figure: 'tiers.migration',
      section,
      kind: 'flows',
      finding: 'tiers.migration.fallen',
      metric: 'customers',
      attribute: 'tier',
      unit: 'share',
      n: withLevel(frame, 'tier_before', tiers).n,
    },
    points,
  )
}
