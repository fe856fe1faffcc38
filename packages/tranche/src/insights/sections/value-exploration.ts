import { chiSquareIndependence, sortedQuantile, wilsonInterval } from '@tranche/stats'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import { cramersVQuery } from '../association.ts'
import { neededForSpread } from '../compare.ts'
import type { Notebook, Point } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { both, type Group, withNumber } from '../group.ts'
import { missingShare } from '../measures.ts'
import { type Cut, naturalCut } from '../natural-cut.ts'
import { sizeOfGap } from '../peer-gap.ts'
import { rowsIn, valuesAt } from '../rows.ts'

const section = 'value_exploration'
/** The limit of cards where it is told from other lines, else any credit limit. */
const limitColumns = ['card_limit', 'credit_limit'] as const
/** Where no gap in the data says what a high limit is. */
const highQuantile = 0.8
/** Where none says what a small amount is, among those with a high limit. */
const lowQuantile = 0.25
/** What three of four peers reach is taken to be within reach. */
const realisticQuantile = 0.25
/** Share of the group that is assumed to reach what its peers invest. */
const activatedShare = 0.1

/**
 * Credit limit against first investment (or, without investments, spending): the high-net-worth group, and the
 * under-monetised one with a high limit that it hardly uses.
 */
export function sayValueExploration(book: Notebook): boolean {
  const { frame } = book
  const use = ['first_investment_amount', 'spend_365d', 'm'].find((name) => frame.numbers.has(name))
  const limit = limitColumns.find((name) => frame.numbers.has(name))
  if (limit === undefined || use === undefined) return false
  const limits = frame.numbers.get(limit)!
  const rows = knownRows(book, limit, use)
  if (rows.length < 5 * book.minimum) return false
  const uses = frame.numbers.get(use)!
  if (!sayAssociation(book, limit, use, rows)) return true
  const limitCut = naturalCut(valuesAt(limits.values, rows), highQuantile)
  if (!limitCut) return true
  const highRows = rows.filter((row) => limits.values[row]! >= limitCut.at)
  const useCut = naturalCut(valuesAt(uses.values, highRows), lowQuantile)
  if (!useCut) return true
  const high = withNumber(frame, limit, '>=', limitCut.at)
  const under = both(high, both(withNumber(frame, use, '>', 0), withNumber(frame, use, '<', useCut.at)))
  const cuts = { limitCut, useCut, limit, use }
  sayGroup(book, 'under_monetised', under, cuts, rows.length)
  sayGroup(book, 'high_net_worth', both(high, withNumber(frame, use, '>=', useCut.at)), cuts, rows.length)
  sayRoom(book, under, high, cuts)
  drawDensity(book, rows, cuts)
  return true
}

interface Cuts {
  readonly limitCut: Cut
  readonly useCut: Cut
  readonly limit: string
  readonly use: string
}

function knownRows({ frame }: Notebook, limit: string, use: string): Uint32Array {
  const limits = frame.numbers.get(limit)!
  const uses = frame.numbers.get(use)!
  const known = new Uint8Array(frame.rowCount)
  for (let row = 0; row < frame.rowCount; row++)
    if (limits.valid[row] === 1 && uses.valid[row] === 1 && limits.values[row]! > 0 && uses.values[row]! > 0)
      known[row] = 1
  return rowsIn(known)
}

/** Whether limit and use go together at all: without that, a high limit says nothing about room. */
function sayAssociation(book: Notebook, limit: string, use: string, rows: Uint32Array): boolean {
  const { frame } = book
  const band = (name: string): Banded => {
    const values = valuesAt(frame.numbers.get(name)!.values, rows)
    const sorted = values.slice().sort()
    const cuts = [...new Set(fifths.map((p) => sortedQuantile(sorted, p, 1)))].filter(
      (cut) => cut > sorted[0]!,
    )
    return { name, cuts, codes: codesOf(values, cuts) }
  }
  const x = band(limit)
  const y = band(use)
  if (x.cuts.length === 0 || y.cuts.length === 0) return false
  const table = Array.from({ length: x.cuts.length + 1 }, () => new Array<number>(y.cuts.length + 1).fill(0))
  for (let i = 0; i < rows.length; i++) table[x.codes[i]!]![y.codes[i]!]!++
  const test = chiSquareIndependence(table)
  const n = rows.length
  const least = Math.min(x.cuts.length, y.cuts.length)
  book.say({
    key: `value_exploration.${use}.association`,
    section,
    message: 'value.association',
    subject: limit,
    metric: use,
    unit: 'number',
    estimate: test.cramersV,
    n,
    missingShare: missingShare(frame, use, limit),
    p: test.pValue,
    effectSize: test.cramersV,
    neededN: neededForSpread(n, test.statistic, test.degreesOfFreedom),
    values: { attribute: limit },
    query: cramersVQuery(
      {
        x: bandOf(x),
        y: bandOf(y),
        from: sql`${tablesOf(frame, [limit, use])} where ${ident(limit)} > 0 and ${ident(use)} > 0`,
      },
      least,
    ),
    weight: 50,
  })
  return test.pValue < 0.05
}

interface Banded {
  readonly name: string
  readonly cuts: readonly number[]
  /** How many of the cuts a value reaches. */
  readonly codes: Uint8Array
}

function codesOf(values: Float64Array, cuts: readonly number[]): Uint8Array {
  const codes = new Uint8Array(values.length)
  for (let row = 0; row < values.length; row++) {
    let code = 0
    while (code < cuts.length && values[row]! >= cuts[code]!) code++
    codes[row] = code
  }
  return codes
}

const fifths = [0.2, 0.4, 0.6, 0.8] as const

function bandOf({ name, cuts }: Banded): Sql {
  const value = sql`cast(${ident(name)} as double)`
  return join(
    cuts.map((cut) => sql`(case when ${value} >= ${typed('double', cut)} then 1 else 0 end)`),
    ' + ',
  )
}

function sayGroup(
  book: Notebook,
  name: string,
  group: Group,
  { limitCut, useCut, limit, use }: Cuts,
  known: number,
): void {
  if (group.n < book.minimum || known - group.n < book.minimum) return
  const { frame } = book
  const interval = wilsonInterval({ successes: group.n, n: known })
  const uses = frame.numbers.get(use)!
  const amount = sumWhere(uses.values, group.mask)
  const everything = uses.values.reduce((sum, value, row) => sum + (uses.valid[row] === 1 ? value : 0), 0)
  book.say({
    key: `value_exploration.share.${name}`,
    section,
    message: `value.${name}`,
    subject: name,
    metric: use,
    unit: 'share',
    estimate: group.n / known,
    low: interval.low,
    high: interval.high,
    n: known,
    missingShare: missingShare(frame, use, limit),
    values: {
      attribute: limit,
      people: group.n,
      limit: limitCut.at,
      amount: useCut.at,
      held: amount,
      held_share: everything > 0 ? amount / everything : null,
      cut: limitCut.kind === 'natural' && useCut.kind === 'natural' ? 'natural' : 'quantile',
    },
    query: sql`select avg(case when ${group.condition!} then 1.0 else 0.0 end) as estimate
from ${tablesOf(frame, [limit, use])} where ${ident(limit)} > 0 and ${ident(use)} > 0`,
    group,
    weight: name === 'under_monetised' ? 84 : 68,
  })
}

/** What the group would have invested besides, had each member done what comparable customers do. */
function sayRoom(book: Notebook, under: Group, high: Group, { useCut, limit, use }: Cuts): void {
  const peers = both(high, withNumber(book.frame, use, '>=', useCut.at))
  const room = sizeOfGap(book, { use, limit, group: under, peers })
  if (room === undefined) return
  const common = {
    section,
    subject: 'under_monetised',
    metric: use,
    unit: 'money',
    n: under.n,
    missingShare: missingShare(book.frame, use, limit),
    group: under,
  } as const
  const values = {
    attribute: limit,
    people: under.n,
    mean: room.total / under.n,
    peers: peers.n,
    cells: room.cells,
  }
  book.say({
    ...common,
    key: 'value_exploration.under_monetised.room',
    message: 'value.room',
    estimate: room.total,
    low: room.low,
    high: room.high,
    values,
    assumption: 'peers_comparable',
    query: room.query,
    weight: 76,
  })
  const realistic = sizeOfGap(book, { use, limit, group: under, peers, quantile: realisticQuantile })
  if (realistic && realistic.total > 0)
    book.say({
      ...common,
      key: 'value_exploration.under_monetised.realistic',
      message: 'value.realistic',
      estimate: realistic.total,
      low: realistic.low,
      high: realistic.high,
      values: { ...values, mean: realistic.total / under.n, of_room: realistic.total / room.total },
      assumption: 'peers_lower_quarter',
      query: realistic.query,
      weight: 73,
    })
  book.say({
    ...common,
    key: 'value_exploration.under_monetised.potential',
    message: 'value.potential',
    estimate: activatedShare * room.total,
    low: activatedShare * room.low,
    high: activatedShare * room.high,
    values: { ...values, assumed_share: activatedShare },
    assumption: 'activated_share',
    query: sql`select ${typed('double', activatedShare)} * estimate as estimate from (${room.query})`,
    weight: 70,
  })
}

function sumWhere(values: Float64Array, mask: Uint8Array): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) if (mask[row] === 1) sum += values[row]!
  return sum
}

const columns = 28
const rowsOfGrid = 20

/** Counts over a grid on logarithmic axes; cells with too few people stay empty. */
function drawDensity(book: Notebook, rows: Uint32Array, { limitCut, useCut, limit, use }: Cuts): void {
  const { frame } = book
  const xs = valuesAt(frame.numbers.get(limit)!.values, rows).map(Math.log10)
  const ys = valuesAt(frame.numbers.get(use)!.values, rows).map(Math.log10)
  const [x0, x1] = extent(xs)
  const [y0, y1] = extent(ys)
  const dx = (x1 - x0) / columns || 1
  const dy = (y1 - y0) / rowsOfGrid || 1
  const counts = new Float64Array(columns * rowsOfGrid)
  for (let i = 0; i < xs.length; i++) {
    const column = Math.min(columns - 1, Math.max(0, Math.floor((xs[i]! - x0) / dx)))
    const row = Math.min(rowsOfGrid - 1, Math.max(0, Math.floor((ys[i]! - y0) / dy)))
    counts[row * columns + column]!++
  }
  const cells: Point[] = []
  counts.forEach((n, at) => {
    if (n < book.minimum) return
    const x = x0 + ((at % columns) + 0.5) * dx
    const y = y0 + (Math.floor(at / columns) + 0.5) * dy
    cells.push({ series: 'cell', label: null, x, y, low: y - dy / 2, high: y + dy / 2, n })
  })
  const line = (series: string, at: number): Point => ({
    series,
    label: null,
    x: Math.log10(at),
    y: null,
    low: dx,
    high: null,
    n: null,
  })
  book.draw(
    {
      figure: 'value_exploration.density',
      section,
      kind: 'density',
      finding: book.findings.some(({ key }) => key === 'value_exploration.share.under_monetised')
        ? 'value_exploration.share.under_monetised'
        : `value_exploration.${use}.association`,
      metric: use,
      attribute: limit,
      unit: 'money',
      n: rows.length,
    },
    [...cells, line('cut_x', limitCut.at), line('cut_y', useCut.at)],
  )
}

/** From the 0.2% to the 99.8% quantile, so that one odd account does not squeeze the rest. */
function extent(values: Float64Array): [number, number] {
  const sorted = Float64Array.from(values).sort()
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))]!
  return [at(0.002), at(0.998)]
}
