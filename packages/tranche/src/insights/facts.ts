import type { Warehouse } from '../engine/warehouse.ts'
import type { ValueModel } from '../models/value/customer-value.ts'
import { createEarlierStanding } from '../models/value/earlier-standing.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, join, type Sql, sql, typed } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import {
  createAccountMarks,
  defaultedOnLoan,
  dropRareHoldings,
  holdingColumn,
  holds,
} from './account-facts.ts'
import { earningDays, earningFeature, ledgerFeatures, lossFeature } from './ledger-facts.ts'
import { createDecisions } from './loan-decisions.ts'
import { createSequences } from './product-sequences.ts'
import { createPromotions } from './promotions.ts'
import { boughtInMonth, createPurchaseMonths } from './purchase-months.ts'

/** Days after becoming a customer within which a first investment counts as conversion. */
const conversionDays = 30

interface Fact {
  readonly name: string
  readonly expression: Sql
  /** What the expression reads. */
  readonly from: Home
}

type Home =
  | 'customer_value'
  | 'features'
  | 'attributes'
  | 'purchase_months'
  | 'product_sequences'
  | 'places'
  | 'account_marks'
  | 'decisions'
  | 'standing_before'
  | 'ledger_features'

/**
 * Leaves the published table `customer_facts`: per customer what findings compare besides the customer value table
 * (conversion in its window, retention, first and next product, guessed outcomes, attributes of sources).
 *
 * Without any columns beyond customer_id there is no table.
 */
export async function createFacts(
  catalogue: Catalogue,
  warehouse: Warehouse,
  { asOf, valueModel }: { readonly asOf: string; readonly valueModel: ValueModel | null },
): Promise<Facts> {
  const has = await columnNames(warehouse)
  const purchaseMonths = await createPurchaseMonths(catalogue, warehouse, { asOf })
  const hasSequences = await createSequences(warehouse, asOf)
  const livesAt = await createPlaces(warehouse, has.value, asOf)
  const { hasLoans, kinds } = await createAccountMarks(warehouse, asOf)
  const hasDecisions = await createDecisions(warehouse, asOf)
  const standingBefore =
    purchaseMonths === null || valueModel === null
      ? null
      : await createEarlierStanding(catalogue, warehouse, valueModel, asOf)
  const hasPromotions = await createPromotions(catalogue, warehouse, { known: has.value, asOf })
  const ledger = [
    ...(hasPromotions ? earningDays.map((days) => [`earned_${days}d`, earningFeature(days)] as const) : []),
    ...(hasLoans && has.value.has('revenue_365d') ? [[lossFeature, lossFeature] as const] : []),
  ]
  const { home: ledgerHome, drop: dropLedger } = await ledgerFeatures(catalogue, warehouse, {
    keys: ledger.map(([, feature]) => feature),
    known: has.features,
    asOf,
  })
  const attributes = attributeFacts(catalogue, has)
  const facts: Fact[] = [
    ...(livesAt === undefined ? [] : [fact(livesAt, 'places', sql`places.place`)]),
    ...conversionFacts(has),
    ...totalFacts(has),
    ...(hasLoans ? [fact('default_12m', 'account_marks', defaultedOnLoan)] : []),
    ...(hasDecisions ? [fact('loan_approved', 'decisions', sql`decisions.approved`)] : []),
    ...(purchaseMonths === null ? [] : [fact('retained_3m', 'purchase_months', boughtInMonth(3))]),
    ...(hasSequences
      ? (['first_product', 'next_product', 'first_product_term'] as const).map((name) =>
          fact(name, 'product_sequences', ident(name)),
        )
      : []),
    ...(standingBefore === null ? [] : standingFacts()),
    ...ledger.map(([name, feature]) => fact(name, ledgerHome, asDouble(ident(ledgerHome, feature)))),
    ...kinds.map((kind) => fact(holdingColumn(kind), 'account_marks', holds(kind, has.value))),
    ...attributes,
    ...outcomeFacts(catalogue, has),
  ]
  await warehouse.run(sql`drop table if exists customer_facts`)
  if (facts.length === 0) return noFacts
  const homes = new Set(facts.map(({ from }) => from))
  const joined = relations(purchaseMonths, asOf)
    .filter(([home]) => homes.has(home))
    .map(
      ([home, relation]) =>
        sql`left join ${relation} as ${ident(home)} on ${ident(home, 'customer_id')} = customer_value.customer_id`,
    )
  await warehouse.run(sql`
    create table customer_facts as
    select customer_value.customer_id, ${join(facts.map(({ name, expression }) => sql`${expression} as ${ident(name)}`))}
    from ${join([sql`customer_value`, ...joined], ' ')}`)
  await dropLedger()
  const rare = await dropRareHoldings(warehouse, kinds)
  const columns = facts.map(({ name }) => name).filter((name) => !rare.has(name))
  if (columns.length === 0) {
    await warehouse.run(sql`drop table customer_facts`)
    return noFacts
  }
  const outcomes = [...outcomeAttributes(catalogue)]
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from customer_facts`,
  )
  return {
    customers,
    columns,
    // What bears the name of an outcome within its own was made from it, and explains nothing.
    attributes: attributes
      .map(({ name }) => name)
      .filter((name) => !outcomes.some((outcome) => name.includes(outcome))),
    amounts: (catalogue.extras.customer_versions ?? [])
      .filter(({ key, unit }) => unit === 'money' && attributes.some(({ name }) => name === key))
      .map(({ key }) => key),
    standingBefore,
  }
}

/** What the table of facts holds. */
export interface Facts {
  /** Rows of it; null where there is no table. */
  readonly customers: number | null
  readonly columns: readonly string[]
  /** Those of them that describe customers. */
  readonly attributes: readonly string[]
  /** Those of them that are amounts of money. */
  readonly amounts: readonly string[]
  /** Day as of which customers' tier and activity are known from before; null where they aren't. */
  readonly standingBefore: string | null
}

const noFacts: Facts = { customers: null, columns: [], attributes: [], amounts: [], standingBefore: null }

const fact = (name: string, from: Home, expression: Sql): Fact => ({ name, from, expression })

/** Added up in decimals, and compared as doubles: the engine takes longest to read the decimals of many digits that it has packed. */
const asDouble = (amount: Sql): Sql => sql`cast(${amount} as double)`

/** Where facts lie besides the customer value table, one row per customer each. */
function relations(purchaseMonths: Sql | null, asOf: string): readonly (readonly [Home, Sql])[] {
  const heldLast = sql`(
    select * from standard.customer_versions
    where ${knownBefore(timestampOf(Date.parse(asOf)))}
    qualify row_number() over (partition by customer_id order by valid_from desc nulls last, source, _line) = 1
  )`
  return [
    ['features', sql`features`],
    ['attributes', heldLast],
    ...(purchaseMonths === null ? [] : [['purchase_months', purchaseMonths] as const]),
    ['product_sequences', sql`product_sequences`],
    ['places', sql`customer_places`],
    ['account_marks', sql`account_marks`],
    ['decisions', sql`customer_decisions`],
    ['standing_before', sql`standing_before`],
    ['ledger_features', sql`ledger_features`],
  ]
}

/** Where customers stood before, and whether they rose or fell since. */
function standingFacts(): Fact[] {
  const rank = (tier: Sql) => sql`list_position(['low', 'medium', 'high'], ${tier})`
  const now = sql`customer_value.tier`
  const before = sql`standing_before.tier_before`
  return [
    fact('tier_before', 'standing_before', before),
    fact('activity_before', 'standing_before', sql`standing_before.activity_before`),
    fact(
      'tier_move',
      'standing_before',
      sql`case when ${now} is null then null when ${before} is null then 'new' when ${rank(now)} > ${rank(before)} then 'risen'
        when ${rank(now)} < ${rank(before)} then 'fallen' else 'held' end`,
    ),
  ]
}

interface Columns {
  readonly value: ReadonlySet<string>
  readonly features: ReadonlySet<string>
}

async function columnNames(warehouse: Warehouse): Promise<Columns> {
  const rows = await warehouse.rows<{ table_name: string; name: string }>(sql`
    select table_name, column_name as name from duckdb_columns()
    where schema_name = 'main' and table_name in ('customer_value', 'features')`)
  const of = (table: string) =>
    new Set(rows.filter((row) => row.table_name === table).map(({ name }) => name))
  return { value: of('customer_value'), features: of('features') }
}

/** Whether the first investment came within 30 days; missing where these are not over. */
function conversionFacts({ value, features }: Columns): Fact[] {
  const name = `conversion_${conversionDays}d`
  if (features.has('invested_30d_from_onboarding'))
    return [fact(name, 'features', sql`features.invested_30d_from_onboarding`)]
  if (!value.has('first_investment_days') || !value.has('tenure_days')) return []
  const days = ident('customer_value', 'first_investment_days')
  const isOver = sql`${ident('customer_value', 'tenure_days')} >= ${conversionDays}`
  return [
    fact(
      name,
      'customer_value',
      sql`case when ${isOver} then coalesce(${days} < ${conversionDays}, false) end`,
    ),
  ]
}

/** Sums that ratios of groups are made of. */
function totalFacts({ value, features }: Columns): Fact[] {
  return ['spend_total', 'purchases_total']
    .filter((name) => features.has(name) && !value.has(name))
    .map((name) => fact(name, 'features', asDouble(ident('features', name))))
}

/** Attributes that sources declare and that no feature carries into the customer value table. */
function attributeFacts(catalogue: Catalogue, { value, features }: Columns): Fact[] {
  const outcomes = outcomeAttributes(catalogue)
  return (catalogue.extras.customer_versions ?? [])
    .filter(({ key, type }) => !value.has(key) && !outcomes.has(key) && type !== 'json' && type !== 'id')
    .map(({ key }) => {
      const home = features.has(key) ? 'features' : 'attributes'
      return fact(key, home, ident(home, key))
    })
}

function outcomeFacts(catalogue: Catalogue, { value, features }: Columns): Fact[] {
  return catalogue.metrics.flatMap(({ value: { key, outcome } }) => {
    if (outcome === undefined) return []
    const name = outcome.attribute
    const home = value.has(name) ? 'customer_value' : features.has(name) ? 'features' : 'attributes'
    const column = ident(home, name)
    const wanted =
      typeof outcome.equals === 'number'
        ? sql`cast(${column} as double) = ${typed('double', outcome.equals)}`
        : typeof outcome.equals === 'boolean'
          ? sql`cast(${column} as boolean) = ${outcome.equals}`
          : sql`cast(${column} as varchar) = ${outcome.equals}`
    return [fact(`outcome_${key}`, home, wanted)]
  })
}

/** Columns that are outcomes, so that nothing is explained by itself. */
export function outcomeAttributes(catalogue: Catalogue): ReadonlySet<string> {
  return new Set(catalogue.metrics.flatMap(({ value }) => (value.outcome ? [value.outcome.attribute] : [])))
}

/**
 * Leaves `customer_places`: where each customer bought last, for an institution that knows no home of its customers
 * but the country or city of what they buy. Gives the column's name, or undefined where nothing is known.
 */
async function createPlaces(
  warehouse: Warehouse,
  known: ReadonlySet<string>,
  asOf: string,
): Promise<'country' | 'city' | undefined> {
  const at = timestampOf(Date.parse(asOf))
  await warehouse.run(sql`create or replace temp table customer_places (customer_id varchar, place varchar)`)
  if (known.has('province') || known.has('country') || known.has('city')) return undefined
  for (const column of ['country', 'city'] as const) {
    const [any] = await warehouse.rows(
      sql`select 1 as found from standard.transactions where ${ident(column)} is not null limit 1`,
    )
    if (any === undefined) continue
    await warehouse.run(sql`
      insert into customer_places
      select customer_id, arg_max(${ident(column)}, (occurred_at, transaction_id)) from standard.transactions
      where ${ident(column)} is not null and customer_id is not null and occurred_at < ${at} and ${knownBefore(at)}
      group by 1`)
    return column
  }
  return undefined
}
