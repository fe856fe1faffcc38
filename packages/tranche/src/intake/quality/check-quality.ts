import { type Source, type StandardTableName, standardTables } from '@tranche/contract'
import type { Definition } from '../../workspace/catalogue.ts'
import type { Distribution } from '../intake-state.ts'
import { expectationMessage } from './expectation-message.ts'
import { noticed } from './noticed.ts'
import type { QualityRow } from './quality-row.ts'
import { rowCounts } from './row-counts.ts'
import { type KindedExpectation, kindsOf, rowKinds } from './row-expectations.ts'
import { checkTable, distributionKey, type TableCheck, type TableCheckContext } from './table-expectations.ts'

export type CheckQualityOptions = Omit<TableCheckContext, 'previousRows'>

/** Everything the quality page says: expectations first, then what intake noticed by itself. */
export async function checkQuality(options: CheckQualityOptions): Promise<{
  readonly quality: readonly QualityRow[]
  readonly distributions: Readonly<Record<string, Distribution>>
}> {
  const { catalogue, previous } = options
  const context: TableCheckContext = {
    ...options,
    previousRows: previous === null ? [] : rowCounts(previous),
  }
  const quality: QualityRow[] = []
  const distributions: Record<string, Distribution> = {}
  for (const source of catalogue.sources)
    for (const [index, mapping] of source.value.tables.entries())
      for (const item of expectationsOf(source, index)) {
        const isRow = (rowKinds as readonly string[]).includes(item.kind)
        const check = isRow
          ? rowCheckSum(context, source.key, index, item)
          : await checkTable(context, source.key, mapping.table, item)
        quality.push(qualityRow(source.key, mapping.table, index, item, check))
        if (check.distribution !== undefined)
          distributions[distributionKey(source.key, mapping.table, item.expectation.column!)] =
            check.distribution
      }
  return { quality: [...quality, ...noticed(context)], distributions }
}

/** Expectations of a mapping, and those of its source that name a column of the table or none. */
export function expectationsOf(source: Definition<Source>, index: number): readonly KindedExpectation[] {
  const mapping = source.value.tables[index]!
  const own = kindsOf(mapping.expectations, (at) => source.placeOf(['tables', index, 'expectations', at]))
  return own
}

/** Row checks were counted while files were mapped. */
function rowCheckSum(
  { state }: TableCheckContext,
  source: string,
  mapping: number,
  { index, kind, expectation }: KindedExpectation,
): TableCheck {
  let n = 0
  let failed = 0
  for (const file of state.files) {
    if (file.source !== source || file.copyOf !== null) continue
    const taken = file.tables.find((table) => table.index === mapping)
    const check = taken?.checks.find((counted) => counted.index === index && counted.kind === kind)
    n += check?.n ?? 0
    failed += check?.failed ?? 0
  }
  return {
    observed: n === 0 ? null : failed / n,
    threshold: expectation.threshold,
    n,
    failed,
    holds: failed <= n * expectation.threshold,
  }
}

function qualityRow(
  source: string,
  table: StandardTableName,
  mapping: number,
  item: KindedExpectation,
  check: TableCheck,
): QualityRow {
  const { expectation, kind, index } = item
  const column = expectation.column ?? ''
  return {
    key: [source, table, String(mapping), column, kind, String(index)]
      .filter((part) => part !== '')
      .join('.'),
    source,
    table,
    column,
    kind,
    severity: expectation.severity,
    status: check.holds ? 'pass' : expectation.severity === 'error' ? 'fail' : 'warn',
    observed: check.observed,
    threshold: check.threshold,
    n: check.n,
    failed: check.failed,
    message: expectationMessage(item, check, labelOf(table, column)),
  }
}

function labelOf(table: StandardTableName, column: string): { readonly en: string; readonly zh: string } {
  const standard = standardTables.find(({ name }) => name === table)?.columns
  const label = (
    standard as readonly { name: string; label: { en: string; zh: string } }[] | undefined
  )?.find(({ name }) => name === column)?.label
  return {
    en: column === '' ? table : column,
    zh: label === undefined ? column || table : `${label.zh}（${column}）`,
  }
}
