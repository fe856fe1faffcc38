import type { LedgerEntry } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { temporaryColumns } from './previous-tables.ts'

const section = 'changes'

/** What the report before recommended and what became of it; what was measured since, against what was expected. */
export async function sayOutcomesOfAdvice(
  book: Notebook,
  warehouse: Warehouse,
  ledger: readonly LedgerEntry[],
): Promise<void> {
  const told = await keysOf(warehouse, 'previous_recommendations')
  if (told.length > 0) {
    const statuses = new Map(ledger.map(({ key, status }) => [key, status]))
    const of = (status: LedgerEntry['status']) =>
      told.filter((key) => (statuses.get(key) ?? 'proposed') === status).length
    book.say({
      key: 'changes.recommended',
      section,
      message: 'changes.recommended',
      subject: 'recommendations',
      metric: 'recommendations',
      unit: 'count',
      estimate: told.length,
      n: book.frame.rowCount,
      values: {
        accepted: of('accepted'),
        refused: of('refused'),
        running: of('running'),
        measured: of('measured'),
        open: of('proposed'),
      },
      query: sql`select count(*) as estimate from earlier_recommendations`,
      weight: 60,
    })
  }
  await publish(warehouse, told)
  const before = await toldBefore(warehouse)
  for (const entry of ledger) if (!before.has(`${entry.key} ${entry.at}`)) sayRealised(book, entry)
}

function sayRealised(book: Notebook, { key, status, expected, realised }: LedgerEntry): void {
  const { effect, cost, unit, label, effect_metric: metric, reach } = expected
  if (status !== 'measured' || realised === null || effect === null || effect === 0) return
  const { value, low, high } = realised
  book.say({
    key: `changes.realised.${key}`,
    section,
    message: `changes.realised.${realised.cost === null ? 'effect' : 'both'}`,
    subject: key,
    metric: 'realised',
    unit,
    estimate: value,
    low,
    high,
    n: reach ?? 0,
    values: {
      ...{ label_en: label.en, label_zh: label.zh },
      ...{ expected_words_en: metric.en, expected_words_zh: metric.zh },
      expected: effect,
      share: value / effect,
      cost: realised.cost,
      expected_cost: cost,
    },
    query: sql`select realised as estimate from recommendation_ledger where key = ${key}`,
    weight: 75,
  })
}

/** What the report before knew already: each key with the instant of its step. */
async function toldBefore(warehouse: Warehouse): Promise<ReadonlySet<string>> {
  if ((await temporaryColumns(warehouse, 'previous_recommendation_ledger')).length === 0) return new Set()
  const rows = await warehouse.rows<{ step: string }>(
    sql`select key || ' ' || "at" as step from previous_recommendation_ledger`,
  )
  return new Set(rows.map(({ step }) => step))
}

async function keysOf(warehouse: Warehouse, table: 'previous_recommendations'): Promise<readonly string[]> {
  if ((await temporaryColumns(warehouse, table)).length === 0) return []
  const rows = await warehouse.rows<{ key: string }>(
    sql`select key from previous_recommendations order by key`,
  )
  return rows.map(({ key }) => key)
}

async function publish(warehouse: Warehouse, keys: readonly string[]): Promise<void> {
  await warehouse.createFrom('earlier_recommendations', [{ name: 'key', type: 'varchar', values: keys }])
}
