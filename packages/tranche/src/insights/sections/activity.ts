import { wilsonInterval } from '@tranche/stats'
import { suppressSmallCells } from '../../privacy/disclosure.ts'
import { sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { withLevel } from '../group.ts'
import { missingShare } from '../measures.ts'
import { byLevels, saySpread } from '../spread.ts'

const section = 'activity'
const states = ['active', 'silent', 'lost'] as const

/** Active, silent and lost customers by each one's own rhythm, and what they hold. */
export function sayActivity(book: Notebook): boolean {
  const { frame } = book
  const column = frame.levels.get('activity')
  if (!column) return false
  const value = frame.numbers.get('value_12m')
  const cells = suppressSmallCells(
    states.map((state) => ({ n: withLevel(frame, 'activity', [state]).n })),
    { minimum: book.minimum, totalKnown: true },
  )
  states.forEach((state, index) => {
    const group = withLevel(frame, 'activity', [state])
    if (!cells[index]!.shown || group.n === 0) return
    const interval = wilsonInterval({ successes: group.n, n: column.known })
    const held = value
      ? value.values.reduce((sum, amount, row) => sum + (group.mask[row] === 1 ? amount : 0), 0)
      : null
    book.say({
      key: `activity.${state}.share`,
      section,
      message: held === null ? 'activity.share' : 'activity.share_value',
      subject: state,
      metric: 'activity',
      unit: 'share',
      estimate: group.n / column.known,
      low: interval.low,
      high: interval.high,
      n: column.known,
      missingShare: missingShare(frame, 'activity'),
      values: { attribute: 'activity', a: state, people: group.n, ...(held === null ? {} : { held }) },
      query: sql`select avg(case when ${group.condition!} then 1.0 else 0.0 end) as estimate from customer_value where activity is not null`,
      group,
      weight: state === 'silent' ? 48 : state === 'lost' ? 44 : 42,
    })
  })
  book.draw(
    {
      figure: 'activity.shares',
      section,
      kind: 'stack',
      finding: 'activity.active.share',
      metric: 'customers',
      attribute: 'activity',
      unit: 'share',
      n: column.known,
    },
    states.map((state, index) => {
      const { n } = withLevel(frame, 'activity', [state])
      return {
        series: 'customers',
        label: state,
        x: null,
        y: n / column.known,
        low: null,
        high: null,
        n,
        suppressed: !cells[index]!.shown,
      }
    }),
  )
  const alive = frame.numbers.get('p_alive')
  const by = byLevels(book, 'channel', 12)
  if (alive && by)
    saySpread(book, {
      section,
      measure: { column: 'p_alive', kind: 'mean', unit: 'share', weight: 40 },
      by,
      weight: 40,
    })
  return true
}
