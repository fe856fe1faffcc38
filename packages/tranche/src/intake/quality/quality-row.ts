import type { Text } from '@tranche/contract'
import type { AppendColumn, Warehouse } from '../../engine/warehouse.ts'
import { list, sql } from '../../sql/sql.ts'

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'info'

/** One line of the quality page. */
export interface QualityRow {
  /** Stable name, e.g. transactions.transactions.amount.range.2 */
  readonly key: string
  readonly source: string
  readonly table: string
  readonly column: string
  /** A kind of expectation, or what intake noticed by itself. */
  readonly kind: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly status: CheckStatus
  readonly observed: number | null
  readonly threshold: number | null
  /** Rows looked at. */
  readonly n: number | null
  /** Rows that fail. */
  readonly failed: number | null
  readonly message: Text
}

/** Writes the published table `quality`. */
export async function writeQualityTable(warehouse: Warehouse, rows: readonly QualityRow[]): Promise<void> {
  await warehouse.createFrom('quality', columnsOf(rows))
}

/** Adds what shows only later to the table `quality`, or puts it in the place of rows of the same keys. */
export async function addQualityRows(warehouse: Warehouse, rows: readonly QualityRow[]): Promise<void> {
  if (rows.length === 0) return
  await warehouse.run(sql`delete from quality where check_key in (${list(rows.map(({ key }) => key))})`)
  await warehouse.append('quality', columnsOf(rows))
}

function columnsOf(rows: readonly QualityRow[]): readonly AppendColumn[] {
  const text = (name: string, of: (row: QualityRow) => string): AppendColumn => ({
    name,
    type: 'varchar',
    values: rows.map(of),
  })
  const number = (name: string, of: (row: QualityRow) => number | null): AppendColumn => ({
    name,
    type: 'double',
    values: rows.map((row) => of(row) ?? Number.NaN),
  })
  const count = (name: string, of: (row: QualityRow) => number | null): AppendColumn => ({
    name,
    type: 'bigint',
    values: rows.map(of),
  })
  return [
    text('check_key', ({ key }) => key),
    text('source', ({ source }) => source),
    text('table_name', ({ table }) => table),
    text('column_name', ({ column }) => column),
    text('kind', ({ kind }) => kind),
    text('severity', ({ severity }) => severity),
    text('status', ({ status }) => status),
    number('observed', ({ observed }) => observed),
    number('threshold', ({ threshold }) => threshold),
    count('n', ({ n }) => n),
    count('failed', ({ failed }) => failed),
    text('message_en', ({ message }) => message.en),
    text('message_zh', ({ message }) => message.zh),
  ]
}
