import { readdirSync } from 'node:fs'
import type { Feature, Metric } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { checkDefinitions } from '../../src/features/check-definitions.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { computeMetrics } from '../../src/features/compute-metrics.ts'
import { ledgerDefinitions } from '../../src/insights/ledger-facts.ts'
import { sql } from '../../src/sql/sql.ts'
import { readYamlFile } from '../../src/workspace/yaml-file.ts'
import { addRows, catalogueOf, openStandard } from './standard-tables.ts'

const pack = new URL('../../packs/starter/', import.meta.url)

async function definitions(
  kind: 'features' | 'metrics',
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const folder = new URL(`${kind}/`, pack)
  const files = await Promise.all(
    readdirSync(folder).map((name) => readYamlFile(new URL(name, folder).pathname, name)),
  )
  return files.flatMap(({ content }) => content as Readonly<Record<string, unknown>>[])
}

let warehouse: Warehouse
let features: readonly Readonly<Record<string, unknown>>[]
let metrics: readonly Readonly<Record<string, unknown>>[]
beforeAll(async () => {
  warehouse = await openStandard()
  features = await definitions('features')
  metrics = await definitions('metrics')
})
afterAll(() => warehouse.close())

/** What a feature is a measure of, whatever its window and condition. */
function kindOf({ measure, ratio }: Feature): string {
  if (measure === undefined) return ratio === undefined ? 'expression' : 'ratio'
  const [kind] = Object.keys(measure)
  if ('distinct' in measure) return measure.distinct.startsWith('business_day') ? 'distinct days' : 'distinct'
  if ('happened' in measure)
    return measure.happened.within === undefined ? 'ever' : `within of ${measure.happened.start}`
  if ('days_since' in measure) return `days since ${measure.days_since}`
  if ('interpurchase' in measure) return `interpurchase ${measure.interpurchase}`
  if ('streak' in measure) return `streak ${measure.streak}`
  return kind!
}

describe('the starter catalogue', () => {
  it('has sixty features of eighteen kinds and twenty metrics, in both languages', () => {
    const catalogue = catalogueOf({ features, metrics })
    expect(catalogue.features.length).toBeGreaterThanOrEqual(60)
    expect(catalogue.metrics.length).toBeGreaterThanOrEqual(20)
    expect(new Set(catalogue.features.map(({ value }) => kindOf(value))).size).toBeGreaterThanOrEqual(18)
    const described: readonly (Feature | Metric)[] = [...catalogue.features, ...catalogue.metrics].map(
      ({ value }) => value,
    )
    for (const { key, label, description } of described)
      for (const text of [label, description]) {
        expect(text?.zh, key).toMatch(/\p{Script=Han}/u)
        expect(text?.en, key).not.toMatch(/\p{Script=Han}/u)
      }
    for (const { value } of catalogue.features) expect(value.missing, value.key).toBeDefined()
    const keys = described.map(({ key }) => key)
    expect(new Set(keys.slice(0, features.length)).size).toBe(features.length)
  })

  it('defines earnings and losses as the report does where a workspace does not', () => {
    for (const [key, definition] of Object.entries(ledgerDefinitions)) {
      const given = catalogueOf({ features: [{ key, from: 'ledger', ...definition }] }).features[0]!.value
      const { measure, where, window, empty, from } = catalogueOf({ features }).features.find(
        (feature) => feature.key === key,
      )!.value
      expect({ measure, where, window, empty, from }, key).toEqual({
        measure: given.measure,
        where: given.where,
        window: given.window,
        empty: given.empty,
        from: given.from,
      })
    }
  })

  it('passes its own checks', () => {
    expect(checkDefinitions(catalogueOf({ features, metrics }))).toEqual([])
  })

  it('computes on an institution of nothing but one purchase', async () => {
    await addRows(warehouse, 'customer_versions', [{ customer_id: 'ann' }])
    await addRows(warehouse, 'transactions', [
      { transaction_id: 't1', customer_id: 'ann', occurred_at: '2024-06-01 00:00:00', amount: 12.5 },
    ])
    const catalogue = catalogueOf({ features, metrics })
    const asOf = '2024-06-30T16:00:00Z'
    const { rows, columns, read } = await computeFeatures({ warehouse, catalogue, asOfs: [asOf] })
    expect({ rows, columns: columns.length }).toEqual({ rows: 1, columns: features.length })
    expect(read).toMatchObject({ transactions: 1, ledger: 0 })
    const [row] = await warehouse.rows(sql`select * from features`)
    expect(row).toMatchObject({
      spend_30d: '12.5000',
      purchases_365d: 1,
      days_since_last_purchase: 29,
      days_since_last_activity: 29,
      invested_ever: false,
      interpurchase_mean_days: null,
      revenue_365d: null,
      gender: null,
    })
    await computeMetrics({ warehouse, catalogue, asOf })
    const found = await warehouse.rows(
      sql`select key, value from metrics where key in ('spend', 'revenue', 'ticket') order by key`,
    )
    expect(found).toEqual([
      { key: 'revenue', value: null },
      { key: 'spend', value: 12.5 },
      { key: 'ticket', value: 12.5 },
    ])
  })
})
