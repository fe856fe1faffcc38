import type { Text } from '@tranche/contract'
import type { RunContext } from '../../engine/run-context.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { sql, tableNamed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type BackTest, backTest, backTestSample } from './back-test.ts'
import { createHistories, type HistorySummary, historiesOf, summariseHistories } from './histories.ts'
import { scannedPurchases } from './purchase-rows.ts'
import { spendGroupsSql, spendOfGroups } from './spend-groups.ts'
import { fitPurchaseModel, groupedDays, type PurchaseModel, type ValueMethod } from './value-model.ts'
import { createCustomerValue, findRfmScores } from './value-table.ts'

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

export interface ValueContext extends Pick<RunContext, 'asOf'> {
  /** Whether an earlier step has left the histories as of the instant, from rows that it had read anyway. */
  readonly hasHistories?: boolean
}

/**
 * Computes the customer value table (one row per customer of `features`): RFM, lifetime value with interval, potential,
 * tier and activity, beside what describes the customer. Leaves `customer_value` and gives the model.
 */
export async function computeCustomerValue(
  catalogue: Catalogue,
  warehouse: Warehouse,
  { asOf, hasHistories = false }: ValueContext,
): Promise<ValueModel> {
  const settings = catalogue.workspace.value
  if (!hasHistories)
    await createHistories(
      catalogue,
      warehouse,
      asOf,
      scannedPurchases(catalogue, asOf, tableNamed('features')),
    )
  const histories = await summariseHistories(catalogue, warehouse, asOf)
  const grouped = groupedDays(
    await warehouse.sortedColumns(sql`select frequency, recency_days, age_days, cast(count(*) as integer) as customers
      from ${historiesOf(asOf)} group by 1, 2, 3`),
  )
  const spend = spendOfGroups(await warehouse.columns(spendGroupsSql(historiesOf(asOf))))
  const sample = await backTestSample(warehouse, historiesOf(asOf), histories)
  // The engine ranks while the models are fitted here.
  const ranking = findRfmScores(catalogue, warehouse, asOf)
  const fitting = Promise.resolve().then(() => {
    const purchases = fitPurchaseModel(grouped, spend, settings.timeUnit)
    const tested =
      purchases.bgNbd === null || sample === null ? null : backTest(sample, histories, settings.timeUnit)
    return { purchases, tested }
  })
  await Promise.allSettled([ranking, fitting])
  const rfm = await ranking
  const { purchases, tested } = await fitting
  const method: ValueMethod =
    histories.customers === 0
      ? 'none'
      : purchases.bgNbd === null || tested?.modelHolds === false
        ? 'last_year'
        : 'lifetime_model'
  await createCustomerValue({ catalogue, warehouse, purchases, grouped, method, rfm, asOf })
  return {
    kind: 'value',
    version: 1,
    asOf,
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
