import { reportPolicySchema, workspaceSchema } from '@tranche/contract'
import {
  bgNbdExpectedTransactions,
  bgNbdProbabilityAlive,
  createRandom,
  gammaGammaConditionalMean,
  sampleExponential,
  sampleGamma,
} from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Warehouse } from '../../src/engine/warehouse.ts'
import { computeCustomerValue, type ValueModel } from '../../src/models/value/customer-value.ts'
import { sql, tableNamed } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { createStandardTables } from '../features/standard-tables.ts'
import { openEngine } from './engine.ts'

const asOf = '2024-07-01T00:00:00Z'
const dayMs = 86_400_000
const end = Date.parse(asOf) / dayMs
const customers = 700

const catalogue: Catalogue = {
  dir: '/nowhere',
  workspace: workspaceSchema.parse({ name: { en: 'Test', zh: '测试' }, timeZone: 'UTC' }),
  ...{ sources: [], features: [], metrics: [], segments: [], segmentSets: [], recommendations: [] },
  ...{ extras: {}, mapped: new Set(['transactions']), ownRecommendations: false, attributePolicy: null },
  ...{ report: reportPolicySchema.parse({}), settingsHash: '', warnings: [] },
}

interface Purchase {
  readonly customer: string
  readonly day: number
  readonly cents: number
}

/** Purchases of customers who buy at rates and drop out with chances of their own, over two years. */
function draw(): readonly Purchase[] {
  const random = createRandom(11)
  return Array.from({ length: customers }, (_, index) => {
    const customer = `C${String(index).padStart(4, '0')}`
    const rate = sampleGamma(random, 1.2, 0.06)
    const mean = 20 + sampleGamma(random, 3, 15)
    const days: number[] = [end - 1 - Math.floor(random.uniform() * 700)]
    while (random.uniform() > 0.08) {
      const next = days.at(-1)! + 1 + Math.floor(sampleExponential(random, rate))
      if (next >= end) break
      days.push(next)
    }
    return days.map((day) => ({ customer, day, cents: Math.round(mean * (50 + 100 * random.uniform())) }))
  }).flat()
}

let warehouse: Warehouse
let close: () => Promise<void>
let model: ValueModel
let rows: readonly Row[]
const purchases = draw()

beforeAll(async () => {
  ;({ warehouse, close } = await openEngine({ tablePrefix: 'run_1_' }))
  await createStandardTables(warehouse)
  await warehouse.createFrom('drawn', [
    { name: 'customer_id', type: 'varchar', values: purchases.map(({ customer }) => customer) },
    { name: 'day', type: 'integer', values: Int32Array.from(purchases, ({ day }) => day) },
    { name: 'cents', type: 'integer', values: Int32Array.from(purchases, ({ cents }) => cents) },
  ])
  const { dialect } = warehouse
  const instant = dialect.columnType('instant')
  const since = sql`cast('1970-01-01 10:00:00' as ${instant})`
  await warehouse.run(sql`insert into ${tableNamed('standard', 'transactions')} (customer_id, occurred_at, amount, kind)
    select customer_id, ${dialect.daysAfter(since, sql`day`)}, cast(cast(cents as decimal(18, 4)) / 100 as decimal(18, 4)), 'purchase' from ${tableNamed('drawn')}`)
  await warehouse.run(sql`create table ${tableNamed('features')} as
    select distinct customer_id, cast('2024-07-01 00:00:00' as ${instant}) as as_of from ${tableNamed('drawn')}`)
  model = await computeCustomerValue(catalogue, warehouse, { asOf })
  rows =
    await warehouse.rows(sql`select customer_id, r, f, cast(m as double) as m, r_score, f_score, m_score, p_alive,
    expected_transactions_12m as expected, expected_spend as spend, cast(value_12m as double) as value,
    cast(value_12m_low as double) as low, cast(value_12m_high as double) as high, tier
    from ${tableNamed('customer_value')} order by customer_id`)
}, 600_000)
afterAll(() => close())

/** The histories as days and cents tell them, without any engine. */
const histories = [...Map.groupBy(purchases, ({ customer }) => customer)].map(([customer, own]) => {
  const days = [...new Set(own.map(({ day }) => day))].sort((a, b) => a - b)
  const sum = (all: readonly Purchase[]) => all.reduce((total, { cents }) => total + cents, 0) / 100
  const [first, last] = [days[0]!, days.at(-1)!]
  return {
    ...{
      customer,
      frequency: days.length - 1,
      recency: last - first,
      age: end - first - 1,
      silent: end - last - 1,
    },
    ...{ amount: sum(own), repeat: sum(own.filter(({ day }) => day > first)) },
  }
})

describe('The models of value score every customer as they do without an engine', () => {
  it('with the days and amounts that the purchases have', () => {
    expect(model.method).toBe('lifetime_model')
    expect(model.spendMethod).toBe('gamma_gamma')
    expect(rows).toHaveLength(customers)
    rows.forEach((row, index) => {
      const { customer, frequency, silent, amount } = histories[index]!
      expect(row).toMatchObject({ customer_id: customer, r: silent, f: frequency + 1 })
      expect(row['m']).toBeCloseTo(amount, 6)
    })
  })

  it('by P(alive), expected purchases, spend and value', () => {
    const { bgNbd, gammaGamma } = model.purchases
    const inWeeks = (days: number) => days / 7
    const data = {
      frequency: histories.map(({ frequency }) => frequency),
      recency: histories.map(({ recency }) => inWeeks(recency)),
      T: histories.map(({ age }) => inWeeks(age)),
    }
    const alive = bgNbdProbabilityAlive(bgNbd!, data)
    const expected = bgNbdExpectedTransactions(bgNbd!, inWeeks(365.25), data)
    const spend = gammaGammaConditionalMean(gammaGamma!, {
      frequency: data.frequency,
      monetaryValue: histories.map(({ frequency, repeat }) => (frequency > 0 ? repeat / frequency : 0)),
    })
    rows.forEach((row, index) => {
      expect(row['p_alive']).toBeCloseTo(alive[index]!, 9)
      expect(row['expected']).toBeCloseTo(expected[index]!, 9)
      expect(row['spend']).toBeCloseTo(spend[index]!, 8)
      expect(Math.abs(Number(row['value']) - expected[index]! * spend[index]!)).toBeLessThan(0.0051)
      expect(Number(row['low'])).toBeLessThanOrEqual(Number(row['value']))
      expect(Number(row['high'])).toBeGreaterThanOrEqual(Number(row['value']))
    })
  })

  it('by scores and tiers', () => {
    const ranked = <Key extends 'r' | 'f' | 'm' | 'value'>(key: Key, sign: 1 | -1) =>
      rows.toSorted(
        (a, b) =>
          sign * (Number(a[key]) - Number(b[key])) ||
          (String(a['customer_id']) < String(b['customer_id']) ? -1 : 1),
      )
    for (const [letter, sign] of [
      ['r', -1],
      ['f', 1],
      ['m', 1],
    ] as const)
      ranked(letter, sign).forEach((row, rank) => {
        expect(row[`${letter}_score`]).toBe(1 + Math.floor((rank * 5) / customers))
      })
    ranked('value', -1).forEach((row, rank) => {
      expect(row['tier']).toBe(rank < customers * 0.2 ? 'high' : rank < customers * 0.8 ? 'medium' : 'low')
    })
  })
})
