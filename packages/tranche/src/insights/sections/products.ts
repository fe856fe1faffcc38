import { newcombeInterval, twoProportionZTest, wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { suppressSmallCells } from '../../privacy/disclosure.ts'
import { ident, sql } from '../../sql/sql.ts'
import { neededSample } from '../compare.ts'
import type { Notebook, Point } from '../draft.ts'
import { type LevelColumn, tablesOf } from '../frame.ts'
import { keyPart } from '../levels.ts'
import { missingShare } from '../measures.ts'

const section = 'products'
const mostProducts = 8
/** Segments whose mix of first products is compared. */
const segments = ['gender', 'tier', 'risk_appetite'] as const

/** Mix of first products by segment, and which product follows which. */
export async function sayProducts(book: Notebook, warehouse: Warehouse): Promise<boolean> {
  const { frame } = book
  const first = frame.levels.get('first_product')
  if (!first || first.levels.length < 2) return false
  const before = book.findings.length
  sayMix(book, first)
  const idOf = await productIds(warehouse)
  const gender = frame.levels.get('gender')
  if (gender)
    publishConditional(book, gender, first, (level) => `products.first_share.${keyPart(level)}`, idOf)
  const next = frame.levels.get('next_product')
  if (next) {
    saySequences(book, first, next)
    publishConditional(book, first, next, (level) => `products.next.${keyPart(idOf(level))}`, idOf)
  }
  return book.findings.length > before
}

/** Tiers from high to low; other levels by size. */
const rankOf = (level: string): number => {
  const at = ['high', 'medium', 'low'].indexOf(level)
  return at < 0 ? 0 : at
}

function sayMix(book: Notebook, first: LevelColumn): void {
  const { frame } = book
  const products = first.levels.slice(0, mostProducts)
  const share = first.counts[0]! / first.known
  if (first.counts[0]! < book.minimum || first.known - first.counts[0]! < book.minimum) return
  book.say({
    key: 'products.first.most_common',
    section,
    message: 'products.most_common',
    subject: first.levels[0]!,
    metric: 'first_product',
    unit: 'share',
    estimate: share,
    n: first.known,
    missingShare: missingShare(frame, 'first_product'),
    values: { attribute: 'first_product', a: first.levels[0]!, products: first.levels.length },
    query: sql`select avg(case when first_product = ${first.levels[0]!} then 1.0 else 0.0 end) as estimate from customer_facts where first_product is not null`,
    weight: 36,
  })
  const points: Point[] = []
  for (const name of segments) {
    const segment = frame.levels.get(name)
    if (!segment || segment.levels.length > 6) continue
    const counts = crossCounts(segment, first)
    const ordered = [...segment.levels.keys()].sort(
      (a, b) => rankOf(segment.levels[a]!) - rankOf(segment.levels[b]!) || a - b,
    )
    for (const code of ordered) {
      const level = segment.levels[code]!
      const total = counts[code]!.reduce((sum, n) => sum + n, 0)
      if (total < book.minimum) continue
      // A row with one small cell would give it away by its total: the whole row stays out.
      if (counts[code]!.some((n) => n > 0 && n < book.minimum)) continue
      products.forEach((product, at) => {
        points.push({
          series: `${name}=${level}`,
          label: product,
          x: null,
          y: counts[code]![at]! / total,
          low: null,
          high: null,
          n: total,
        })
      })
    }
  }
  if (points.length === 0) return
  book.draw(
    {
      figure: 'products.mix',
      section,
      kind: 'stack',
      finding: 'products.first.most_common',
      metric: 'first_product',
      attribute: 'segment',
      unit: 'share',
      n: first.known,
    },
    points,
  )
}

/** Products by number in keys, which stay when a product is renamed; those without a number by name. */
async function productIds(warehouse: Warehouse): Promise<(name: string) => string> {
  const rows = await warehouse.rows<{ product_id: string; name: string }>(
    sql`select min(product_id) as product_id, name from standard.products where name is not null group by name order by name`,
  )
  const ids = new Map(rows.map(({ product_id, name }) => [name, product_id]))
  return (name) => ids.get(name) ?? name
}

/** Publishes the share of each level of one column among those with each level of another. */
function publishConditional(
  book: Notebook,
  given: LevelColumn,
  asked: LevelColumn,
  prefixOf: (level: string) => string,
  idOf: (level: string) => string,
): void {
  const counts = crossCounts(given, asked)
  given.levels.slice(0, mostProducts).forEach((level, i) => {
    const n = counts[i]!.reduce((sum, count) => sum + count, 0)
    const cells = suppressSmallCells(
      counts[i]!.map((count) => ({ n: count })),
      { minimum: book.minimum, totalKnown: true },
    )
    asked.levels.slice(0, mostProducts).forEach((product, j) => {
      const successes = counts[i]![j]!
      if (!cells[j]!.shown || successes === 0 || n - successes < book.minimum) return
      const interval = wilsonInterval({ successes, n })
      book.say({
        key: `${prefixOf(level)}.${keyPart(idOf(product))}`,
        section,
        message: 'products.given',
        subject: level,
        metric: asked.name,
        unit: 'share',
        estimate: successes / n,
        low: interval.low,
        high: interval.high,
        n,
        missingShare: missingShare(book.frame, given.name, asked.name),
        values: { attribute: given.name, a: level, b: product, people: successes },
        query: sql`select avg(case when ${ident(asked.name)} = ${product} then 1.0 else 0.0 end) as estimate
from ${tablesOf(book.frame, [given.name, asked.name])} where ${ident(given.name)} = ${level} and ${ident(asked.name)} is not null`,
        weight: 1,
      })
    })
  })
}

function crossCounts(rows: LevelColumn, columns: LevelColumn): number[][] {
  const counts = rows.levels.map(() => columns.levels.map(() => 0))
  for (let row = 0; row < rows.codes.length; row++) {
    const a = rows.codes[row]!
    const b = columns.codes[row]!
    if (a >= 0 && b >= 0) counts[a]![b]!++
  }
  return counts
}

/**
 * After A comes B: the share of B among second products of those who began with A, against those who began with
 * neither. One test a pair; only pairs where enough customers can be shown.
 */
function saySequences(book: Notebook, first: LevelColumn, next: LevelColumn): void {
  const { frame } = book
  const counts = crossCounts(first, next)
  const totals = counts.map((row) => row.reduce((sum, n) => sum + n, 0))
  const found: { key: string; a: string; b: string; lift: number; rate: number; n: number }[] = []
  first.levels.slice(0, mostProducts).forEach((a, i) => {
    next.levels.slice(0, mostProducts).forEach((b, j) => {
      const own = { successes: counts[i]![j]!, n: totals[i]! }
      const others = { successes: 0, n: 0 }
      first.levels.forEach((level, k) => {
        if (k === i || level === b) return
        others.successes += counts[k]![j]!
        others.n += totals[k]!
      })
      const cells = [own.successes, own.n - own.successes, others.successes, others.n - others.successes]
      if (cells.some((n) => n < book.minimum)) return
      const test = twoProportionZTest(own, others)
      const rate = own.successes / own.n
      const base = others.successes / others.n
      const interval = newcombeInterval(own, others)
      const key = `products.sequence.${keyPart(a)}_${keyPart(b)}`
      book.say({
        key,
        section,
        message: a === b ? 'products.repeat' : 'products.sequence',
        subject: a,
        metric: 'next_product',
        unit: 'share',
        estimate: test.estimate,
        low: interval.low,
        high: interval.high,
        n: own.n + others.n,
        missingShare: missingShare(frame, 'next_product'),
        p: test.pValue,
        effectSize: rate / base - 1,
        neededN: neededSample(own.n + others.n, test.pValue),
        values: { a, b, rate, base, lift: rate / base, a_n: own.n },
        query: sql`select avg(case when next_product = ${b} then 1.0 else 0.0 end) filter (where first_product = ${a})
  - avg(case when next_product = ${b} then 1.0 else 0.0 end) filter (where first_product <> ${a} and first_product <> ${b}) as estimate
from ${tablesOf(frame, ['first_product'])} where next_product is not null and first_product is not null`,
        weight: rate > base ? 44 : 8,
      })
      found.push({ key, a, b, lift: rate / base, rate, n: own.n })
    })
  })
  const best = [...found].sort((x, y) => y.lift - x.lift)
  if (best.length < 2) return
  book.draw(
    {
      figure: 'products.sequence',
      section,
      kind: 'bars',
      finding: best[0]!.key,
      metric: 'lift',
      attribute: 'sequence',
      unit: 'number',
      n: next.known,
    },
    best
      .slice(0, 12)
      .map(({ a, b, lift, n }) => ({ series: b, label: a, x: null, y: lift, low: null, high: null, n })),
  )
}
