import type { Finding, LedgerEntry } from '@tranche/contract'
import type { RunContext } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { attributePolicyOf, permits } from '../privacy/attribute-policy.ts'
import { attributeUses } from '../privacy/lineage.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { openNotebook } from './draft.ts'
import type { Facts } from './facts.ts'
import { type CustomerFrame, readFrame } from './frame.ts'
import { type MissingSection, sayLimits } from './limits.ts'
import { isFlatValue, ownAmounts, withoutRareOutcomes } from './measures.ts'
import { byRank, finishFindings, publishFindings } from './publish-findings.ts'
import { publishLedger } from './recommend/publish-ledger.ts'
import { publishRecommendations } from './recommend/publish-recommendations.ts'
import { recommend } from './recommend/recommend.ts'
import { draftsOf } from './recommend/say-recommendations.ts'
import { sayActivity } from './sections/activity.ts'
import { sayAge } from './sections/age.ts'
import { sayYoungRisk } from './sections/age-risk.ts'
import { sayBudget } from './sections/budget.ts'
import { type Before, sayChanges } from './sections/changes.ts'
import { sayCohorts } from './sections/cohorts.ts'
import { sayConcentration } from './sections/concentration.ts'
import { sayGender } from './sections/gender.ts'
import { sayHoldings } from './sections/holdings.ts'
import { sayMakeup } from './sections/makeup.ts'
import { sayMarketIndex } from './sections/market-index.ts'
import { sayMigration } from './sections/migration.ts'
import { sayOutcomes } from './sections/outcomes.ts'
import { sayProducts } from './sections/products.ts'
import { sayProfile } from './sections/profile.ts'
import { sayQuality } from './sections/quality.ts'
import { sayRegion } from './sections/region.ts'
import { sayRisk } from './sections/risk.ts'
import { sayTiers } from './sections/tiers.ts'
import { sayValueExploration } from './sections/value-exploration.ts'

/** Columns of the customer value table that findings read, where the workspace has them. */
const readColumns = [
  'gender',
  'age_years',
  'country',
  'province',
  'city',
  'city_tier',
  'occupation',
  'employment_type',
  'income_annual',
  'education',
  'marital_status',
  'channel',
  'creative',
  'tenure_days',
  'risk_appetite',
  'card_limit',
  'credit_limit',
  'first_investment_amount',
  'first_term_months',
  'invested_ever',
  'revenue_365d',
  'revenue_total',
  'margin_365d',
  'spend_365d',
  'm',
  'ticket_mean_365d',
  'default_ever',
  'bureau_score',
  'repeat_customer',
  'p_alive',
  'value_12m',
  'room_to_grow',
  'tier',
  'activity',
] as const

/** Attributes an outcome may go with; measures of value are none, since they follow from the same history. */
const outcomeAttributeColumns = [
  'gender',
  'age_years',
  'country',
  'province',
  'city_tier',
  'occupation',
  'employment_type',
  'income_annual',
  'education',
  'marital_status',
  'channel',
  'creative',
  'tenure_days',
  'risk_appetite',
  'credit_limit',
] as const

/** Attributes that a profile of customers may name: what is known of somebody who is not a customer yet, or soon after. */
const profileAttributeColumns = [
  'gender',
  'age_years',
  'country',
  'region_group',
  'province',
  'city_tier',
  'occupation',
  'employment_type',
  'income_annual',
  'education',
  'marital_status',
  'channel',
  'creative',
  'risk_appetite',
  'credit_limit',
  'bureau_score',
] as const

export interface FindingsOptions {
  /** Holds `customer_value`, `customer_facts`, `features` and the standard tables; receives the tables of findings. */
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  readonly context: Pick<RunContext, 'asOf' | 'seed'>
  /** What `customer_facts` holds. */
  readonly facts: Facts
  /** The report before, whose tables lie beside as `previous_…`; null where there is none. */
  readonly before?: Before | null
  /** What had become of recommendations when the run began. */
  readonly ledger?: readonly LedgerEntry[]
}

/**
 * Computes all findings of the growth report as of the run's instant and leaves the published tables `findings`,
 * `figures` and `figure_points`. A section whose data is not there is named
 * among the limits instead. Cost: one scan of the customer value table beside the facts, then arithmetic on columns.
 *
 * @returns the findings, most important first.
 */
export async function computeFindings({
  warehouse,
  catalogue,
  context,
  facts,
  before = null,
  ledger = [],
}: FindingsOptions): Promise<readonly Finding[]> {
  const { asOf } = context
  const policy = attributePolicyOf(catalogue)
  const usesOf = (name: string) =>
    attributeUses(catalogue, { names: [name] }).map(({ attribute }) => attribute)
  const mayTell = (name: string) => usesOf(name).every((attribute) => permits(policy, attribute, 'insight'))
  const isProtected = (name: string) =>
    usesOf(name).some((attribute) => (policy.get(attribute)?.sensitivity ?? 'ordinary') !== 'ordinary')
  const read = await readFrame(warehouse, [...readColumns, ...facts.columns].filter(mayTell))
  const isFlat = isFlatValue(read)
  const { minimumCell } = catalogue.workspace.disclosure
  const told = { ...read, numbers: withoutRareOutcomes(read, minimumCell) }
  const frame = {
    ...told,
    levels: isFlat ? withoutTiers(read.levels) : read.levels,
    amounts: ownAmounts(told, facts.amounts),
  }
  const book = openNotebook(frame, warehouse, minimumCell)
  const missing: MissingSection[] = []
  const note = (section: MissingSection, said: boolean) => {
    if (!said) missing.push(section)
  }
  note('value_exploration', sayValueExploration(book))
  note('gender', sayGender(book))
  note('age', sayAge(book, context.seed))
  sayYoungRisk(book)
  note('region', sayRegion(book))
  await sayMarketIndex(book, warehouse, asOf)
  note(
    'profile',
    await sayProfile(book, warehouse, [...profileAttributeColumns, ...facts.attributes], isProtected),
  )
  note(isFlat ? 'tiers_flat' : 'tiers', sayTiers(book))
  sayConcentration(book)
  sayMigration(book, facts.standingBefore)
  note('activity', sayActivity(book))
  note('cohorts', await sayCohorts(book, warehouse))
  await sayBudget(book, warehouse, { asOf, timeZone: catalogue.workspace.timeZone })
  const hasHoldings = sayHoldings(book)
  note('products', (await sayProducts(book, warehouse)) || hasHoldings)
  sayRisk(book)
  sayOutcomes(book, [...outcomeAttributeColumns, ...facts.attributes], [...facts.amounts, 'income_annual'])
  const isCompared = book.findings.some(({ metric }) => metric !== 'customers')
  if (!isCompared) sayMakeup(book, [...outcomeAttributeColumns, ...facts.attributes])
  note('changes', await sayChanges(book, before && { warehouse, catalogue, before, ledger }))
  await sayQuality(book, warehouse)
  sayLimits(book, missing)
  const found = finishFindings(book.findings, catalogue, context)
  const groups = new Map(book.findings.flatMap(({ key, rule }) => (rule === undefined ? [] : [[key, rule]])))
  const { minimum } = book
  const called = await recommend({ warehouse, catalogue, context, findings: found, groups, minimum })
  await publishRecommendations(warehouse, called)
  await publishLedger(warehouse, ledger)
  const advice = openNotebook(frame, warehouse, minimum)
  for (const draft of draftsOf(called, await columnsOfValue(warehouse), ledger, catalogue.workspace.timeZone))
    advice.say(draft)
  const findings = byRank([...found, ...finishFindings(advice.findings, catalogue, context)])
  await publishFindings(warehouse, findings, book)
  return findings
}

/** Where everybody is worth the same, a rank among them is chance, and so is who rose and fell. */
function withoutTiers(levels: CustomerFrame['levels']): CustomerFrame['levels'] {
  return new Map([...levels].filter(([name]) => !['tier', 'tier_before', 'tier_move'].includes(name)))
}

async function columnsOfValue(warehouse: Warehouse): Promise<ReadonlySet<string>> {
  return new Set((await warehouse.columns(sql`select * from customer_value limit 0`)).names)
}
