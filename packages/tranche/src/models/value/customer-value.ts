import type { Text } from '@tranche/contract'
import type { RunContext } from '../../engine/run-context.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type BackTest, backTest } from './back-test.ts'
import { type HistorySummary, summariseHistories } from './histories.ts'
import {
  fitPurchaseModel,
  groupedDays,
  numbers,
  type PurchaseModel,
  type ValueMethod,
} from './value-model.ts'
import { createCustomerValue } from './value-table.ts'

/** What `tranche model show value` prints, beside the parameters. */
export interface ValueModel {
  readonly kind: 'value'
  readonly version: 1
  readonly asOf: string
  readonly method: ValueMethod
  readonly spendMethod: 'gamma_gamma' | 'own_mean' | null
  readonly horizonMonths: number
  readonly marginRate: number | null
  readonly discountAnnual: number
  readonly rfm: { readonly convention: string; readonly bins: number }
  readonly purchases: PurchaseModel
  readonly histories: HistorySummary
  readonly backTest: BackTest | null
  readonly notes: readonly Text[]
}

/**
 * Computes the customer value table (one row per customer of `features`): RFM, lifetime value with interval, potential,
 * tier and activity, beside what describes the customer. Leaves `customer_value` and gives the model.
 */
export async function computeCustomerValue(
  catalogue: Catalogue,
  warehouse: Warehouse,
  context: Pick<RunContext, 'asOf'>,
): Promise<ValueModel> {
  const settings = catalogue.workspace.value
  const histories = await summariseHistories(catalogue, warehouse, context.asOf)
  const grouped = groupedDays(
    await warehouse.columns(sql`select frequency, recency_days, age_days, count(*) as customers
      from value_histories group by all order by all`),
  )
  const spend = await warehouse.columns(sql`
    select frequency, cast(repeat_amount as double) / frequency as mean_amount from value_histories
    where frequency > 0 and repeat_amount > 0 order by customer_id`)
  const purchases = fitPurchaseModel(
    grouped,
    { frequency: numbers(spend, 'frequency'), meanAmount: numbers(spend, 'mean_amount') },
    settings.timeUnit,
  )
  const tested = purchases.bgNbd === null ? null : await backTest(warehouse, histories, settings.timeUnit)
  const method: ValueMethod =
    histories.customers === 0
      ? 'none'
      : purchases.bgNbd === null || tested?.modelHolds === false
        ? 'last_year'
        : 'lifetime_model'
  await createCustomerValue({ catalogue, warehouse, purchases, grouped, method })
  return {
    kind: 'value',
    version: 1,
    asOf: context.asOf,
    method,
    spendMethod:
      method !== 'lifetime_model' ? null : purchases.gammaGamma === null ? 'own_mean' : 'gamma_gamma',
    horizonMonths: settings.horizonMonths,
    marginRate: settings.marginRate ?? null,
    discountAnnual: settings.discountAnnual,
    rfm: { convention: catalogue.workspace.rfm.convention, bins: catalogue.workspace.rfm.bins },
    purchases,
    histories,
    backTest: tested,
    notes: notesOf(method, purchases, tested, settings.marginRate),
  }
}

function notesOf(
  method: ValueMethod,
  purchases: PurchaseModel,
  tested: BackTest | null,
  marginRate: number | undefined,
): Text[] {
  const notes: Text[] = purchases.refusals.map(({ text }) => text)
  if (method === 'none')
    notes.push({
      en: 'There are no purchases, so no value is computed.',
      zh: '没有购买记录，未计算客户价值。',
    })
  if (method === 'last_year')
    notes.push({
      en: 'value_12m is the amount of the last 365 days, the simpler measure.',
      zh: 'value_12m 采用更简单的口径：近 365 天金额。',
    })
  if (tested?.modelHolds === false)
    notes.push({
      en: 'The lifetime model did not beat its plain baselines on the hold-out and is not used.',
      zh: '生命周期价值模型在留出期未优于简单基线，因此不采用。',
    })
  if (marginRate === undefined && method !== 'none')
    notes.push({
      en: 'No margin rate is given: value is spend, not profit (assumed).',
      zh: '未提供利润率：价值按消费金额计，并非利润（假设）。',
    })
  return notes
}
