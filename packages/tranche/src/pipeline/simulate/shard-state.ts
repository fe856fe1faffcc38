import { ByteWriter } from './byte-writer.ts'
import { type Period, periodOf } from './calendar.ts'
import { DirtPlan, type DirtySource, dirtySources } from './dirt.ts'
import type { Parameters } from './parameters.ts'
import { channels, creatives, type Effects, expectedPurchaseDays, plantedParameters } from './parameters.ts'
import { type Population, populationOf } from './population.ts'
import { cumulate, Random } from './random.ts'
import { Staged } from './staged.ts'

/** What decides every byte of the files. */
export interface Recipe {
  readonly customers: number
  readonly months: number
  readonly seed: number
  readonly dirt: number
  readonly effects: Effects
  readonly transactionsPerCustomer: number
}

/** One part of the customers, numbered from `from` (inclusive) to `to` (exclusive). */
export interface Part {
  readonly number: number
  readonly from: number
  readonly to: number
}

export const textFiles = [
  'customers',
  'app_users',
  'accounts',
  'applications',
  'events',
  'contacts',
  'responses',
  'bureau',
  'complaints',
  'referrals',
] as const
export type TextFile = (typeof textFiles)[number]

/** Columns of the staged tables, in the order in which rows are given. */
export const stagedColumns = {
  transactions: [
    'customer',
    'number',
    'account',
    'day',
    'second',
    'kind',
    'cents',
    'category',
    'product',
    'merchant',
    'way',
    'city',
    'flaw',
  ],
  ledger: ['customer', 'number', 'account', 'day', 'kind', 'cents', 'flaw'],
  repayments: ['customer', 'account', 'due', 'cents', 'minimum', 'paid', 'paid_cents', 'flaw'],
  balances: ['customer', 'account', 'day', 'cents', 'limit_cents', 'days_past_due', 'flaw'],
} as const
export type StagedTable = keyof typeof stagedColumns
export const stagedTables = Object.keys(stagedColumns) as StagedTable[]

/** Stages of the simulation, each with a random stream of its own per customer. */
export const stage = {
  profile: 1,
  details: 2,
  purchases: 3,
  investments: 4,
  loans: 5,
  campaign: 6,
  ledger: 7,
  events: 8,
  service: 9,
  balances: 10,
  survey: 11,
  pairs: 12,
  savings: 13,
  behaviour: 14,
} as const

/** How many customers turned out to be what a finding speaks of. */
export interface Counts {
  buyers: number
  /** With a card and an investment, and among them the two groups that limit and first investment set apart. */
  investorsWithCard: number
  underMonetised: number
  highNetWorth: number
}

/** What a worker keeps from part to part: what is computed once, and room that is filled again and again. */
export interface Workshop {
  readonly recipe: Recipe
  readonly period: Period
  readonly parameters: Parameters
  readonly population: Population
  readonly tables: Tables
  readonly random: Random
  readonly texts: Readonly<Record<TextFile, ByteWriter>>
  readonly staged: Readonly<Record<StagedTable, Staged>>
  /** Of the customer at hand. */
  readonly monthlySpend: Float64Array
}

/** What a worker knows while it fills one part. */
export interface Shard extends Workshop {
  readonly part: Part
  readonly dirt: Readonly<Record<DirtySource, DirtPlan>>
  /** Customers won, by month, channel and creative. */
  readonly won: Int32Array
  /** Survey answers, `surveyWidth` numbers a respondent. */
  readonly survey: number[]
  /** Two digits a customer: mindset and behaviour. */
  readonly groups: number[]
  readonly drawn: Counts
  readonly identity: { matched: number; appOnly: number; shared: number }
}

/** Cumulative probabilities, computed once. */
export interface Tables {
  readonly ages: readonly (readonly Float64Array[])[]
  readonly creative: Float64Array
  readonly channel: Float64Array
  readonly tier: readonly Float64Array[]
  readonly mindset: Float64Array
  readonly behaviour: Float64Array
  readonly events: readonly Float64Array[]
  readonly firstProduct: readonly Float64Array[]
  readonly nextProduct: readonly Float64Array[]
  /** Mean number of transactions on a purchase day beyond the first. */
  readonly moreOnPurchaseDay: number
}

/** What a customer does besides purchases, in transactions: measured once, only to reach the size asked for. */
const otherTransactionsPerCustomer = 5.6

export function openWorkshop(recipe: Recipe): Workshop {
  const parameters = plantedParameters(recipe.effects)
  const population = populationOf(parameters)
  const purchaseDays = parameters.cardShare * expectedPurchaseDays(parameters, recipe.months)
  const perDay = (recipe.transactionsPerCustomer - otherTransactionsPerCustomer) / purchaseDays
  return {
    recipe,
    period: periodOf(recipe.months),
    parameters,
    population,
    tables: {
      ages: population.ageShares.map((byCreative) => byCreative.map(cumulate)),
      creative: cumulate(parameters.creativeShares),
      channel: cumulate(parameters.channelShares),
      tier: parameters.tierByBand.map(cumulate),
      mindset: cumulate(parameters.mindsetShares),
      behaviour: cumulate(parameters.behaviourShares),
      events: parameters.eventsByBehaviour.map(cumulate),
      firstProduct: parameters.firstProduct.map(cumulate),
      nextProduct: parameters.nextProduct.map(cumulate),
      moreOnPurchaseDay: Math.max(0, perDay - 1),
    },
    random: new Random(),
    texts: record(textFiles, () => new ByteWriter()),
    staged: record(stagedTables, (table) => new Staged(stagedColumns[table])),
    monthlySpend: new Float64Array(recipe.months),
  }
}

/** Starts a part in a workshop whose earlier parts are written. */
export function createShard(workshop: Workshop, part: Part): Shard {
  const { recipe } = workshop
  for (const table of stagedTables) workshop.staged[table].clear()
  return {
    ...workshop,
    part,
    dirt: record(dirtySources, (source) => new DirtPlan(source, recipe.dirt, part.number)),
    won: new Int32Array(recipe.months * channels.length * creatives.length),
    survey: [],
    groups: [],
    drawn: { buyers: 0, investorsWithCard: 0, underMonetised: 0, highNetWorth: 0 },
    identity: { matched: 0, appOnly: 0, shared: 0 },
  }
}

function record<K extends string, V>(keys: readonly K[], make: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, V>
}
