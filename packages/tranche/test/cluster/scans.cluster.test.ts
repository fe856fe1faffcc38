import type { Feature } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { packFolder, readPack } from '../../src/intake/propose/starter-catalogue.ts'
import { renderInline, type Sql, sql } from '../../src/sql/sql.ts'
import { openEngine } from '../conformance/engine.ts'
import { addRows, catalogueOf, createStandardTables } from '../features/standard-tables.ts'

let warehouse: Warehouse
let close: () => Promise<void>

beforeAll(async () => {
  ;({ warehouse, close } = await openEngine({ tablePrefix: 'run_1__' }))
  await createStandardTables(warehouse)
  await addRows(warehouse, 'customer_versions', [{ customer_id: 'A', onboarded_at: '2024-01-05 00:00:00' }])
  await addRows(warehouse, 'transactions', [
    {
      transaction_id: 't0',
      customer_id: 'A',
      occurred_at: '2024-02-01 10:00:00',
      kind: 'investment',
      amount: 1,
    },
    {
      transaction_id: 't1',
      customer_id: 'A',
      occurred_at: '2024-05-01 10:00:00',
      kind: 'purchase',
      amount: 12.5,
    },
  ])
}, 600_000)
afterAll(() => close())

/** Tables that the plan of a statement scans, each as often as it does. */
async function scannedBy(statement: Sql): Promise<readonly string[]> {
  if (!/\bselect\b/.test(renderInline(statement, warehouse.dialect))) return []
  const plan = await warehouse.rows<{ 'Query Plan': string }>(sql`explain ${statement}`)
  const text = plan.map((row) => row['Query Plan']).join('\n')
  const scans = text.matchAll(/\b(?:TableScan|Scan(?:Filter)?(?:Project)?)\[table = lake:\w+\.run_1__(\w+)/g)
  return [...scans].map(([, table]) => table!)
}

/** The same place, which plans each statement before it runs it. @param scanned takes the tables of each plan */
function planning(scanned: (tables: readonly string[]) => void): Warehouse {
  const first = async (statement: Sql) => {
    scanned(await scannedBy(statement))
    return statement
  }
  return {
    ...{ dialect: warehouse.dialect, interrupt: () => warehouse.interrupt(), close: () => warehouse.close() },
    run: async (statement) => warehouse.run(await first(statement)),
    rows: async (statement) => warehouse.rows(await first(statement)),
    row: async (statement) => warehouse.row(await first(statement)),
    columns: async (statement) => warehouse.columns(await first(statement)),
    sortedColumns: async (statement) => warehouse.sortedColumns(await first(statement)),
    batches: (statement) => warehouse.batches(statement),
    createFrom: (table, columns) => warehouse.createFrom(table, columns),
    append: (table, columns) => warehouse.append(table, columns),
    writeParquet: (statement, file) => warehouse.writeParquet(statement, file),
  }
}

/** How often the plans of all statements that compute features scan each table. */
async function scansOf(
  features: readonly Feature[],
  asOfs: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const scans: Record<string, number> = {}
  await computeFeatures({
    ...{ catalogue: catalogueOf({ features }), asOfs },
    warehouse: planning((tables) => {
      for (const table of tables) scans[table] = (scans[table] ?? 0) + 1
    }),
  })
  return scans
}

describe('By the plans of the cluster', () => {
  it('features scan their table once, however many they are and as of however many days; of the narrowed rows 46 make six scans, one makes four', async () => {
    const [earlier, day] = ['2024-05-01T00:00:00Z', '2024-06-01T00:00:00Z']
    const pack = await readPack(packFolder('starter'))
    const features = pack.flatMap(({ kind, value }) =>
      kind === 'feature' && 'from' in value && value.from === 'transactions' ? [value as Feature] : [],
    )
    expect(features).toHaveLength(46)
    const one = features.filter(({ key }) => key === 'spend_90d')
    expect(await scansOf(one, [day])).toMatchObject({
      standard_transactions: 1,
      feature_rows_transactions: 4,
    })
    expect(await scansOf(features, [day])).toMatchObject({
      standard_transactions: 1,
      feature_rows_transactions: 6,
    })
    expect(await scansOf(features, [earlier, day])).toMatchObject({ standard_transactions: 1 })
  }, 600_000)
})
