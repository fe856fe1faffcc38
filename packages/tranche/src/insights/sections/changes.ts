import type { LedgerEntry, Text } from '@tranche/contract'
import { formatDate } from '@tranche/language'
import { normalCdf, normalQuantile } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type ComparedMove, type CustomersCompared, compareCustomers } from '../changes/compare-customers.ts'
import { compareDefinitions, type DefinitionChange } from '../changes/compare-definitions.ts'
import { sayOutcomesOfAdvice } from '../changes/outcomes-of-advice.ts'
import { hasPrevious } from '../changes/previous-tables.ts'
import { saySegmentChanges } from '../changes/segment-changes.ts'
import { neededSample } from '../compare.ts'
import type { Notebook } from '../draft.ts'

const section = 'changes'
const z = normalQuantile(0.975)

/** The run that a report compares itself with. */
export interface Before {
  readonly asOf: string
  readonly definitions: Readonly<Record<string, string>>
}

export interface ChangesOptions {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly before: Before
  readonly ledger: readonly LedgerEntry[]
}

/**
 * What changed since the report before: customers, metrics split into mix and rate, segments, definitions, data, and what
 * became of what was recommended. Gives whether there was a report before.
 */
export async function sayChanges(book: Notebook, options: ChangesOptions | null): Promise<boolean> {
  if (options === null || !(await hasPrevious(options.warehouse))) return false
  const { warehouse, catalogue, before, ledger } = options
  const { customers, moves } = await compareCustomers(warehouse, book.frame, book.minimum)
  sayCustomers(book, customers, dayOf(before.asOf, catalogue.workspace.timeZone))
  for (const measure of new Set(moves.map((move) => move.measure.column)))
    sayMove(
      book,
      moves.filter((move) => move.measure.column === measure),
    )
  await saySegmentChanges(book, { warehouse, catalogue, before })
  sayDefinitions(book, await compareDefinitions(warehouse, catalogue, before.definitions))
  await sayData(book, warehouse)
  await sayOutcomesOfAdvice(book, warehouse, ledger)
  return true
}

function sayCustomers(book: Notebook, { now, before, came, left }: CustomersCompared, day: Text): void {
  const isSame = now === before && came === 0
  book.say({
    key: 'changes.customers',
    section,
    message: isSame ? 'changes.same_customers' : 'changes.customers',
    subject: 'customers',
    metric: 'customers',
    unit: 'count',
    estimate: now,
    n: now,
    values: { before, came, left, day_en: day.en, day_zh: day.zh },
    query: sql`select count(*) as estimate from customer_value`,
    weight: isSame ? 12 : 52,
  })
}

/** One measure's move, and its parts by each attribute: they add up to the move. */
function sayMove(book: Notebook, moves: readonly ComparedMove[]): void {
  const [first] = moves
  if (first === undefined) return
  const { measure, split, attribute } = first
  const common = {
    section,
    subject: 'customers',
    metric: measure.column,
    unit: measure.unit,
    n: Math.max(split.nBefore, split.nNow),
  } as const
  const { estimate, variance } = split.move
  if (variance === 0) return
  const p = pOf(split.move)
  book.say({
    ...common,
    key: `changes.${measure.column}.move`,
    message: `changes.move.${measure.kind}`,
    estimate,
    ...endsOf(split.move),
    p,
    neededN: neededSample(common.n, p),
    values: { before: split.before, now: split.now, before_n: split.nBefore, now_n: split.nNow },
    query: sql`select sum(share_now * coalesce(mean_now, 0)) - sum(share_before * coalesce(mean_before, 0)) as estimate
from changes where measure = ${measure.column} and attribute = ${attribute}`,
    weight: 70,
  })
  const byMix = [...moves].sort((a, b) => Math.abs(b.split.mix.estimate) - Math.abs(a.split.mix.estimate))
  byMix.forEach(({ attribute: by, split: { mix, rate, move } }, place) => {
    if (mix.variance === 0) return
    const rateEnds = endsOf(rate)
    book.say({
      ...common,
      key: `changes.${measure.column}.${by}.mix`,
      subject: by,
      message: `changes.split.${measure.kind}`,
      estimate: mix.estimate,
      ...endsOf(mix),
      values: {
        attribute: by,
        move: move.estimate,
        rate: rate.estimate,
        rate_low: rateEnds.low,
        rate_high: rateEnds.high,
        before: split.before,
        now: split.now,
      },
      query: sql`select sum((share_now - share_before) * (coalesce(mean_before, mean_now) + coalesce(mean_now, mean_before)) / 2) as estimate
from changes where measure = ${measure.column} and attribute = ${by}`,
      // Parts of a move that may be none are in the list of all; unless they are large and cancel each other.
      weight: place === 0 && (p < 0.05 || pOf(mix) < 0.01) ? 50 : 5,
    })
  })
}

function endsOf({ estimate, variance }: { readonly estimate: number; readonly variance: number }) {
  const reach = z * Math.sqrt(variance)
  return { low: estimate - reach, high: estimate + reach }
}

function pOf({ estimate, variance }: { readonly estimate: number; readonly variance: number }): number {
  return 2 * normalCdf(-Math.abs(estimate) / Math.sqrt(variance))
}

function sayDefinitions(book: Notebook, changes: readonly DefinitionChange[]): void {
  if (changes.length === 0) return
  const of = (change: DefinitionChange['change']) => changes.filter((one) => one.change === change).length
  const shown = changes.slice(0, 5)
  book.say({
    key: 'changes.definitions',
    section,
    message: changes.length > shown.length ? 'changes.definitions_more' : 'changes.definitions',
    subject: 'definitions',
    metric: 'definitions',
    unit: 'count',
    estimate: changes.length,
    n: book.frame.rowCount,
    values: {
      changed: of('changed'),
      added: of('added'),
      removed: of('removed'),
      names_en: shown.map(({ label }) => label.en).join('; '),
      names_zh: shown.map(({ label }) => label.zh).join('、'),
    },
    query: sql`select count(*) as estimate from definition_changes`,
    weight: 45,
  })
}

/** Rows of all sources, then and now. */
async function sayData(book: Notebook, warehouse: Warehouse): Promise<void> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select table_name as name from duckdb_tables() where table_name in ('row_counts', 'previous_row_counts')`,
  )
  if (found.length < 2) return
  const { now, before, sources } = await warehouse.row<{ now: number; before: number; sources: number }>(sql`
    with counted as ( -- one row per source and table
      select coalesce(n.source, p.source) as source, coalesce(n.kept, 0) as now, coalesce(p.kept, 0) as before
      from row_counts as n full join previous_row_counts as p on p.source = n.source and p.table_name = n.table_name
    )
    select coalesce(cast(sum(now) as bigint), 0) as now, coalesce(cast(sum(before) as bigint), 0) as before,
      count(distinct source) filter (where now <> before) as sources
    from counted`)
  if (sources === 0) return
  book.say({
    key: 'changes.rows',
    section,
    message: 'changes.rows',
    subject: 'rows',
    metric: 'kept',
    unit: 'count',
    estimate: now,
    n: book.frame.rowCount,
    values: { before, sources },
    query: sql`select sum(kept) as estimate from row_counts`,
    weight: 40,
  })
}

function dayOf(asOf: string, timeZone: string): Text {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone }).format(Date.parse(asOf))
  return { en: formatDate(day, 'en'), zh: formatDate(day, 'zh') }
}
