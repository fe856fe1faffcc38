import fc from 'fast-check'
import { expect } from 'vitest'
import type { Cell, Row, Warehouse } from '../../src/engine/warehouse.ts'
import { type AsOfPoint, createCalendar } from '../../src/features/calendar.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { evaluateRows } from '../../src/features/evaluate-rows.ts'
import { evaluateDerived, explainCustomer } from '../../src/features/explain-customer.ts'
import { FeatureSet } from '../../src/features/feature-set.ts'
import type { TableRows } from '../../src/features/table-rows.ts'
import { sql, tableNamed } from '../../src/sql/sql.ts'
import { Zone } from '../../src/sql/time-zone.ts'
import { addRows, type Cells, catalogueOf } from './standard-tables.ts'

const zones = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu']
const customers = ['A', 'B', 'C']
const firstMs = Date.UTC(2023, 9, 1)
const spanMs = 200 * 86_400_000

const timestamp = (ms: number) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
const instants = fc.integer({ min: 0, max: spanMs / 1_800_000 }).map((steps) => firstMs + steps * 1_800_000)
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null, freq: 6 })

const transactions: fc.Arbitrary<Cells> = fc
  .record({
    customer_id: fc.constantFrom(...customers),
    at: instants,
    lateBy: fc.constantFrom(null, null, 0, 0, 3, 40),
    kind: orNull(fc.constantFrom('purchase', 'investment', 'refund')),
    amount: fc.integer({ min: -500, max: 5_000 }).map((minor) => minor / 4),
    category: orNull(fc.constantFrom('food', 'travel', '餐饮')),
    channel: orNull(fc.constantFrom('app', 'store', '12', '7.5')),
    transaction_id: fc.integer({ min: 1, max: 40 }).map((n) => `t${n}`),
  })
  .map(({ at, lateBy, ...row }) => ({
    ...row,
    occurred_at: timestamp(at),
    known_at: lateBy === null ? null : timestamp(at + lateBy * 86_400_000),
  }))

const balances: fc.Arbitrary<Cells> = fc
  .record({
    customer_id: fc.constantFrom(...customers),
    account_id: fc.constantFrom('x', 'y'),
    day: fc.integer({ min: 0, max: 200 }),
    balance: orNull(fc.integer({ min: 0, max: 9_000 })),
    days_past_due: orNull(fc.integer({ min: 0, max: 120 })),
  })
  .map(({ day, ...row }) => ({ ...row, on_date: timestamp(firstMs + day * 86_400_000).slice(0, 10) }))

const versions: fc.Arbitrary<Cells> = fc
  .record({
    customer_id: fc.constantFrom(...customers),
    from: orNull(instants),
    onboarded: orNull(fc.integer({ min: 0, max: 100 })),
    birth: orNull(fc.integer({ min: -14_000, max: 10_000 })),
    gender: orNull(fc.constantFrom('male', 'female')),
    dependants: orNull(fc.integer({ min: 0, max: 4 })),
  })
  .map(({ from, onboarded, birth, ...row }) => ({
    ...row,
    valid_from: from === null ? null : timestamp(from),
    onboarded_at: onboarded === null ? null : timestamp(firstMs + onboarded * 86_400_000 + 3_600_000 * 17),
    birth_date: birth === null ? null : timestamp(birth * 86_400_000).slice(0, 10),
  }))

const windows = fc.constantFrom(
  undefined,
  { last: 1 },
  { last: 30 },
  { last: 90 },
  { last: 45, before: 30 },
  { last: 1, unit: 'month' },
  { last: 3, unit: 'month', before: 1 },
)
const conditions = fc.constantFrom(
  undefined,
  'kind == "purchase"',
  '!known(kind) || kind != "refund"',
  'amount > 100 && category == "food"',
  'business_day(occurred_at) < as_of && channel in ["app", "store"]',
)
const measures = fc.constantFrom<readonly [object, number | boolean | string]>(
  [{ count: 'rows' }, 0],
  [{ sum: 'amount' }, 0],
  [{ sum: 'amount / 3' }, 0],
  [{ mean: 'amount' }, 0],
  [{ stddev: 'amount' }, 0],
  [{ median: 'amount' }, 0],
  [{ min: 'amount' }, 0],
  [{ max: 'amount * 2 - 1' }, 0],
  [{ any: 'amount > 900' }, false],
  [{ distinct: 'business_day(occurred_at)' }, 0],
  [{ distinct: 'category' }, 0],
  [{ distinct: 'business_month(occurred_at)' }, 0],
  [{ entropy: 'category' }, 0],
  [{ top_category: 'category' }, 'none'],
  [{ top_share: 'category' }, 0],
  [{ last: 'category', by: ['occurred_at', 'transaction_id'] }, 'none'],
  [{ first: 'amount', by: ['occurred_at'] }, 0],
  [{ last: 'channel', by: ['transaction_id'], as: 'number' }, 0],
  [{ days_since: 'last' }, 0],
  [{ days_since: 'first' }, 0],
  [{ share: 'category == "food"' }, 0],
  [{ share: 'kind == "purchase"', of: 'amount' }, 0],
  [{ interpurchase: 'mean_days' }, 0],
  [{ interpurchase: 'cv' }, 0],
  [{ streak: 'current_months' }, 0],
  [{ streak: 'longest_months' }, 0],
  [{ followed_by: 'kind == "purchase"', within: 7 }, 0],
  [{ not_followed_by: 'amount > 100', within: 20 }, 0],
  [{ happened: { start: 'first_row' } }, false],
  [{ happened: {} }, false],
)
const transactionFeatures = fc
  .record({
    measure: measures,
    window: windows,
    where: conditions,
    withEmpty: fc.boolean(),
  })
  .map(({ measure: [measure, empty], window, where, withEmpty }) => ({
    from: 'transactions',
    measure,
    ...(window === undefined ? {} : { window }),
    ...(where === undefined ? {} : { where }),
    ...(withEmpty ? { empty } : {}),
  }))
/** What follows in another table: by the moment, by the day where one of the two has no hours, in a table of nobody. */
const otherTables: readonly object[] = [
  { from: 'events', measure: { followed_by: 'amount > 100', in: 'transactions', within: 12 }, empty: 0 },
  {
    from: 'transactions',
    where: 'kind == "purchase"',
    measure: { followed_by: 'name == "open"', in: 'events', within: 30 },
    window: { last: 90 },
    empty: 0,
  },
  {
    from: 'transactions',
    measure: { not_followed_by: 'name == "open"', in: 'events', within: 9 },
    window: { last: 3, unit: 'month' },
  },
  { from: 'account_balances', measure: { followed_by: 'true', in: 'transactions', within: 20 } },
  {
    from: 'events',
    where: 'name == "apply"',
    measure: { not_followed_by: 'balance > 4000', in: 'account_balances', within: 15 },
    empty: 0,
  },
  { from: 'transactions', measure: { not_followed_by: 'true', in: 'complaints', within: 5 }, empty: 0 },
]
const otherFeatures = fc.constantFrom<object>(
  { from: 'transactions', measure: { trend: 'amount' }, window: { last: 60 } },
  { from: 'transactions', measure: { trend: 'rows' }, window: { last: 2, unit: 'month' }, empty: 0 },
  { from: 'transactions', where: 'kind == "investment"', measure: { happened: { within: { next: 30 } } } },
  { from: 'transactions', measure: { happened: { within: { next: 2, unit: 'month' } } } },
  { from: 'transactions', measure: { happened: { start: 'first_row', within: { next: 20 } } } },
  { from: 'transactions', measure: { sum: 'amount', within: { next: 90 } } },
  { from: 'transactions', where: 'kind == "purchase"', measure: { sum: '-amount', within: { next: 30 } } },
  { from: 'account_balances', measure: { sum: 'balance / 3', within: { next: 2, unit: 'month' } }, empty: 0 },
  { from: 'account_balances', measure: { sum_last: 'balance', per: 'account_id', by: ['on_date'] } },
  { from: 'account_balances', measure: { max: 'days_past_due' }, window: { last: 90 }, empty: 0 },
  { from: 'account_balances', measure: { distinct: 'on_date' }, window: { last: 90 } },
  { from: 'account_balances', measure: { followed_by: 'days_past_due > 30', within: 30 }, empty: 0 },
  { from: 'account_balances', measure: { not_followed_by: 'balance > 0', within: 9 }, window: { last: 90 } },
  ...otherTables,
  { from: 'customer_versions', measure: { attribute: 'gender' } },
  { from: 'customer_versions', measure: { attribute: 'dependants' } },
  { from: 'customer_versions', measure: { age: 'birth_date' } },
  { from: 'complaints', measure: { count: 'rows' }, empty: 0 },
)

const events: fc.Arbitrary<Cells> = fc
  .record({
    customer_id: fc.constantFrom(...customers),
    at: instants,
    lateBy: fc.constantFrom(null, 0, 5),
    name: orNull(fc.constantFrom('apply', 'open')),
    message_id: fc.integer({ min: 1, max: 40 }).map((n) => `m${n}`),
  })
  .map(({ at, lateBy, ...row }) => ({
    ...row,
    occurred_at: timestamp(at),
    known_at: lateBy === null ? null : timestamp(at + lateBy * 86_400_000),
  }))

export const cases = fc.record({
  timeZone: fc.constantFrom(...zones),
  transactions: fc.array(transactions, { maxLength: 40 }),
  balances: fc.array(balances, { maxLength: 12 }),
  events: fc.array(events, { maxLength: 20 }),
  versions: fc.array(versions, { maxLength: 5 }),
  asOfs: fc.array(fc.record({ at: instants, startOfDay: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  features: fc.array(fc.oneof({ weight: 4, arbitrary: transactionFeatures }, otherFeatures), {
    minLength: 8,
    maxLength: 14,
  }),
})

async function fill(warehouse: Warehouse, table: string, rows: readonly Cells[]): Promise<void> {
  await warehouse.run(sql`delete from ${tableNamed('standard', table)}`)
  await addRows(warehouse, table, rows)
}

function expectSame(found: Cell | undefined, expected: Cell, what: string): void {
  if (typeof expected === 'number' && found !== null) {
    const value = Number(found)
    const tolerance = 1e-4 + 1e-9 * Math.abs(expected)
    expect(Math.abs(value - expected), `${what}: ${value} and ${expected}`).toBeLessThanOrEqual(tolerance)
  } else expect(found ?? null, what).toEqual(expected)
}

type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never

/** Computes features in the engine and row by row, and compares them for every customer and as-of. */
export async function expectAgreement(warehouse: Warehouse, given: Case): Promise<void> {
  const zone = new Zone(given.timeZone)
  const asOfs = given.asOfs.map(({ at, startOfDay }) =>
    new Date(startOfDay ? zone.startOfDay(zone.dateOf(at)) : at).toISOString(),
  )
  await fill(warehouse, 'transactions', given.transactions)
  await fill(warehouse, 'account_balances', given.balances)
  await fill(warehouse, 'events', given.events)
  await fill(warehouse, 'customer_versions', [
    ...customers.map((customer_id) => ({ customer_id })),
    ...given.versions,
  ])
  const definitions = given.features.map((feature, index) => ({ key: `f${index}`, ...feature }))
  const catalogue = catalogueOf({ features: definitions, timeZone: given.timeZone })
  await computeFeatures({ warehouse, catalogue, asOfs })
  const computed = await warehouse.rows(sql`select * from ${tableNamed('features')}`)
  const calendar = createCalendar(given.timeZone, asOfs)
  const features = new FeatureSet(catalogue, calendar)
  const tables = new Map<string, readonly Row[]>()
  for (const table of ['transactions', 'account_balances', 'events', 'customer_versions', 'complaints'])
    tables.set(table, await warehouse.rows(sql`select * from ${tableNamed('standard', table)}`))
  const seen = new Map<string, readonly Row[]>()
  const visibleIn = async ({ table, visibleAt }: TableRows, point: AsOfPoint) => {
    const key = `${table.name} ${point.index}`
    const rows =
      seen.get(key) ??
      (await warehouse.rows(
        sql`select customer_id from ${tableNamed('standard', table.name)} where ${visibleAt(point)}`,
      ))
    seen.set(key, rows)
    return rows
  }
  for (const point of calendar.points)
    for (const customer of customers) {
      const row = computed.find((one) => one['customer_id'] === customer && one['as_of'] === point.instant)
      const onboardings = tables
        .get('customer_versions')!
        .flatMap((version) =>
          version['customer_id'] === customer && version['onboarded_at'] !== null
            ? [String(version['onboarded_at'])]
            : [],
        )
        .sort()
      expect(row === undefined, `${customer} as of ${point.instant}`).toBe(
        onboardings[0] !== undefined && Date.parse(onboardings[0]) >= point.ms,
      )
      if (row === undefined) continue
      for (const { key, place } of catalogue.features) {
        const node = features.node(key, place)
        if (node.kind !== 'measure') continue
        const all = tables.get(node.measure.rows.table.name)!
        const visible = await visibleIn(node.measure.rows, point)
        const { measure } = node.measure
        const following =
          measure.kind === 'followed' && measure.rows !== node.measure.rows
            ? {
                rows: tables.get(measure.rows.table.name)!.filter((one) => one['customer_id'] === customer),
                tableHasRows: (await visibleIn(measure.rows, point)).length > 0,
              }
            : undefined
        const value = evaluateRows(
          node.measure,
          all.filter((one) => one['customer_id'] === customer),
          {
            point,
            timeZone: given.timeZone,
            hasHistory: visible.some((one) => one['customer_id'] === customer),
            tableHasRows: visible.length > 0,
            onboarded: onboardings[0] === undefined ? null : zone.dateOf(Date.parse(onboardings[0])),
          },
          following,
        )
        expectSame(
          row[key],
          value,
          `${key} ${JSON.stringify(definitions.find((one) => one.key === key))} of ${customer} as of ${point.instant}`,
        )
      }
    }
}

/** Explains a customer and evaluates the printed rows again. */
export async function expectExplained(warehouse: Warehouse, given: Case): Promise<void> {
  const asOf = new Date(given.asOfs[0]!.at).toISOString()
  await fill(warehouse, 'transactions', given.transactions)
  await fill(warehouse, 'account_balances', given.balances)
  await fill(warehouse, 'events', given.events)
  await fill(warehouse, 'customer_versions', [
    ...customers.map((customer_id) => ({ customer_id })),
    ...given.versions.map((version) => ({ ...version, onboarded_at: null })),
  ])
  const definitions = [
    ...given.features.map((feature, index) => ({ key: `f${index}`, ...feature })),
    { key: 'n', from: 'transactions', measure: { count: 'rows' }, empty: 0 },
    { key: 'n30', from: 'transactions', measure: { count: 'rows' }, window: { last: 30 }, empty: 0 },
    { key: 'recent', ratio: { numerator: 'n30', denominator: 'n' } },
    { key: 'busy', expression: 'known(recent) ? recent > 0.5 : false' },
  ]
  const catalogue = catalogueOf({ features: definitions, timeZone: given.timeZone })
  const features = new FeatureSet(catalogue, createCalendar(given.timeZone, [asOf]))
  const explained = await explainCustomer({ warehouse, catalogue, customer: 'A', asOf })
  const values = Object.fromEntries(explained.features.map(({ key, value }) => [key, value]))
  for (const { key, value, madeOf } of explained.features) {
    const node = features.node(key, { file: '' })
    if (madeOf.kind === 'rows' && node.kind === 'measure')
      expectSame(value, evaluateRows(node.measure, madeOf.rows, madeOf.surroundings, madeOf.following), key)
    else if (node.kind === 'derived') {
      const again = evaluateDerived(node, values, (need) => features.typeOf(need, { file: '' }))
      expectSame(value, (again ?? null) as Cell, key)
    }
  }
}
