import { normalQuantile } from '@tranche/stats'
import { sql } from '../../sql/sql.ts'
import type { Notebook, Point } from '../draft.ts'
import type { NumberColumn } from '../frame.ts'
import { both, withLevel } from '../group.ts'
import { missingShare, moneyMeasure } from '../measures.ts'

const section = 'tiers'
const tiers = ['high', 'medium', 'low'] as const

/** Who holds the value: shares of the tiers, room to grow, and the best who fall silent. */
export function sayTiers(book: Notebook): boolean {
  const { frame } = book
  const column = frame.levels.get('tier')
  const value = frame.numbers.get('value_12m')
  if (!column || !value) return false
  const before = book.findings.length
  const total = sumOf(value.values)
  if (!(total > 0)) return false
  for (const tier of tiers.filter((name) => column.levels.includes(name))) {
    const group = withLevel(frame, 'tier', [tier])
    if (group.n < book.minimum) continue
    const held = sumOf(value.values, group.mask)
    book.say({
      key: `tiers.${tier}.value_share`,
      section,
      // A share that rounds to nothing is said in words.
      message: held / total < 0.0005 ? 'tiers.share_of_nothing' : 'tiers.share',
      subject: tier,
      metric: 'value_12m',
      unit: 'share',
      estimate: held / total,
      ...shareInterval(value, group.mask, held / total, total),
      n: column.known,
      missingShare: missingShare(frame, 'value_12m'),
      values: {
        attribute: 'tier',
        a: tier,
        people: group.n,
        people_share: group.n / column.known,
        held,
        mean: held / group.n,
      },
      query: sql`select sum(cast(value_12m as double)) filter (where ${group.condition!}) / sum(cast(value_12m as double)) as estimate from customer_value`,
      group,
      weight: tier === 'high' ? 74 : 30,
    })
  }
  drawTiers(book, total)
  sayRoom(book)
  saySilentBest(book)
  return book.findings.length > before
}

function drawTiers(book: Notebook, total: number): void {
  const { frame } = book
  const column = frame.levels.get('tier')!
  const value = frame.numbers.get('value_12m')!
  const money = moneyMeasure(frame)
  const revenue = money && frame.numbers.get(money.column)
  const tiered = new Uint8Array(frame.rowCount).map((_, row) => (column.codes[row]! >= 0 ? 1 : 0))
  const allRevenue = revenue ? sumOf(revenue.values, tiered) : 0
  const points: Point[] = []
  for (const tier of tiers.filter((name) => column.levels.includes(name))) {
    const { mask, n } = withLevel(frame, 'tier', [tier])
    const add = (series: string, y: number) =>
      points.push({ series, label: tier, x: null, y, low: null, high: null, n })
    add('customers', n / column.known)
    if (money && revenue && allRevenue > 0) add(money.column, sumOf(revenue.values, mask) / allRevenue)
    add('value_12m', sumOf(value.values, mask) / total)
  }
  book.draw(
    {
      figure: 'tiers.shares',
      section,
      kind: 'stack',
      finding: 'tiers.high.value_share',
      metric: 'value_12m',
      attribute: 'tier',
      unit: 'share',
      n: column.known,
    },
    points,
  )
}

/** Nobody is written off for being small today: what the low tier could bring. */
function sayRoom(book: Notebook): void {
  const { frame } = book
  const room = frame.numbers.get('room_to_grow')
  if (!room) return
  const low = withLevel(frame, 'tier', ['low'])
  let [n, total] = [0, 0]
  for (let row = 0; row < low.mask.length; row++) {
    if (low.mask[row] === 0 || room.valid[row] === 0) continue
    n++
    total += room.values[row]!
  }
  if (n < book.minimum || low.n < book.minimum || !(total > 0)) return
  book.say({
    key: 'tiers.low.room',
    section,
    message: 'tiers.room',
    subject: 'low',
    metric: 'room_to_grow',
    unit: 'money',
    // What peers do is taken as given here, so an interval would claim more than is known.
    estimate: total,
    n,
    missingShare: missingShare(frame, 'room_to_grow'),
    values: { attribute: 'tier', a: 'low', mean: total / n },
    assumption: 'peers_comparable',
    query: sql`select sum(cast(room_to_grow as double)) as estimate from customer_value where tier = 'low'`,
    group: low,
    weight: 46,
  })
}

/** Best customers who fall silent: worth a call before they are lost. */
function saySilentBest(book: Notebook): void {
  const { frame } = book
  const activity = frame.levels.get('activity')
  if (!activity?.levels.includes('silent')) return
  const group = both(withLevel(frame, 'tier', ['high']), withLevel(frame, 'activity', ['silent']))
  const best = withLevel(frame, 'tier', ['high'])
  if (group.n < book.minimum || best.n - group.n < book.minimum) return
  const held = sumOf(frame.numbers.get('value_12m')!.values, group.mask)
  book.say({
    key: 'tiers.high.silent',
    section,
    message: 'tiers.silent_best',
    subject: 'high_silent',
    metric: 'value_12m',
    unit: 'money',
    estimate: held,
    ...totalInterval(frame.numbers.get('value_12m')!, group.mask, held),
    n: group.n,
    missingShare: missingShare(frame, 'value_12m', 'activity'),
    values: { people: group.n, share: group.n / best.n, mean: held / group.n },
    query: sql`select sum(cast(value_12m as double)) as estimate from customer_value where ${group.condition!}`,
    group,
    weight: 64,
  })
}

function sumOf(values: Float64Array, mask?: Uint8Array): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) if (mask === undefined || mask[row] === 1) sum += values[row]!
  return sum
}

const z = normalQuantile(0.975)

/** A share of a total is a ratio of means: its error by the delta method, Σ(v·(1[in] − share))² ÷ (Σv)². */
function shareInterval({ values, valid }: NumberColumn, mask: Uint8Array, share: number, total: number) {
  let squares = 0
  for (let row = 0; row < values.length; row++)
    if (valid[row] === 1) squares += (values[row]! * ((mask[row] === 1 ? 1 : 0) - share)) ** 2
  const reach = (z * Math.sqrt(squares)) / total
  return { low: Math.max(0, share - reach), high: Math.min(1, share + reach) }
}

/** A total over a group of a population, whose members are as random as what they hold. */
function totalInterval({ values }: NumberColumn, mask: Uint8Array, total: number) {
  let squares = 0
  for (let row = 0; row < values.length; row++) if (mask[row] === 1) squares += values[row]! ** 2
  const reach = z * Math.sqrt(Math.max(0, squares - total ** 2 / values.length))
  return { low: Math.max(0, total - reach), high: total + reach }
}
