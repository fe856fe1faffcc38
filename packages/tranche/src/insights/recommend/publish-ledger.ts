import type { LedgerEntry } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'

type Column = Parameters<Warehouse['createFrom']>[1][number]

/** Leaves the published table `recommendation_ledger`: what had become of recommendations when the run began. */
export async function publishLedger(warehouse: Warehouse, ledger: readonly LedgerEntry[]): Promise<void> {
  const text = (name: string, of: (entry: LedgerEntry) => string | null): Column => ({
    name,
    type: 'varchar',
    values: ledger.map(of),
  })
  const number = (name: string, of: (entry: LedgerEntry) => number | null | undefined): Column => ({
    name,
    type: 'double',
    values: ledger.map((entry) => of(entry) ?? Number.NaN),
  })
  await warehouse.createFrom('recommendation_ledger', [
    text('key', (entry) => entry.key),
    text('status', (entry) => entry.status),
    text('at', (entry) => entry.at),
    text('run', (entry) => entry.run),
    text('reason', (entry) => entry.reason),
    text('label_en', ({ expected }) => expected.label.en),
    text('label_zh', ({ expected }) => expected.label.zh),
    text('effect_metric_en', ({ expected }) => expected.effect_metric.en),
    text('effect_metric_zh', ({ expected }) => expected.effect_metric.zh),
    text('unit', ({ expected }) => expected.unit),
    number('expected', ({ expected }) => expected.effect),
    number('expected_low', ({ expected }) => expected.effect_low),
    number('expected_high', ({ expected }) => expected.effect_high),
    number('expected_cost', ({ expected }) => expected.cost),
    number('realised', ({ realised }) => realised?.value),
    number('realised_low', ({ realised }) => realised?.low),
    number('realised_high', ({ realised }) => realised?.high),
    number('realised_cost', ({ realised }) => realised?.cost),
    text('evidence', ({ realised }) => realised?.evidence ?? null),
  ])
}
