import { type Source, type StandardTableName, standardTables } from '@tranche/contract'
import type { Definition } from '../../workspace/catalogue.ts'
import { isInPlace } from '../cluster/place.ts'
import { followedInRun } from '../cluster/references.ts'
import type { Distribution } from '../intake-state.ts'
import { sourceExpectations } from '../mapping/source-checks.ts'
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
  for (const source of catalogue.sources) {
    quality.push(...sourceRows(context, source))
    for (const [index, mapping] of source.value.tables.entries()) {
      const later = followedInRun(catalogue, source, index).map(({ index: at }) => at)
      for (const item of expectationsOf(source, index)) {
        if (item.kind === 'foreign_key' && later.includes(item.index)) continue
        const isRow =
          (rowKinds as readonly string[]).includes(item.kind) ||
          // What a row of the cluster refers to was counted there.
          (item.kind === 'foreign_key' && isInPlace(source.value))
        const check = isRow
          ? rowCheckSum(context, source.key, index, item)
          : await checkTable(context, source.key, mapping.table, item)
        quality.push(qualityRow(source.key, mapping.table, index, item, check))
        if (check.distribution !== undefined)
          distributions[distributionKey(source.key, mapping.table, item.expectation.column!)] =
            check.distribution
      }
    }
  }
  return { quality: uniqueKeys([...quality, ...noticed(context)]), distributions }
}

function uniqueKeys(rows: readonly QualityRow[]): readonly QualityRow[] {
  const seen = new Map<string, number>()
  return rows.map((row) => {
    const count = (seen.get(row.key) ?? 0) + 1
    seen.set(row.key, count)
    return count === 1 ? row : { ...row, key: `${row.key}.${count}` }
  })
}

/** Expectations of a mapping, and those of its source that ask something of every table. */
function expectationsOf(source: Definition<Source>, index: number): readonly KindedExpectation[] {
  const mapping = source.value.tables[index]!
  const own = kindsOf(mapping.expectations, (at) => source.placeOf(['tables', index, 'expectations', at]))
  return [...own, ...sourceExpectations(source).ofTables]
}

/** What files say of the source's own columns. */
function sourceRows({ state }: TableCheckContext, source: Definition<Source>): readonly QualityRow[] {
  return sourceExpectations(source).ofColumns.map((item) => {
    const counted = state.files
      .filter((file) => file.source === source.key && file.copyOf === null)
      .flatMap(({ checks }) => checks.filter(({ index, kind }) => index === item.index && kind === item.kind))
    const check = checkSum(counted, item)
    return qualityRow(source.key, '', -1, item, check)
  })
}

/** Row checks were counted while files were mapped. */
function rowCheckSum(
  { state }: TableCheckContext,
  source: string,
  mapping: number,
  item: KindedExpectation,
): TableCheck {
  const { index, kind } = item
  const counted = state.files
    .filter((file) => file.source === source && file.copyOf === null)
    .flatMap(({ tables }) => tables.filter((table) => table.index === mapping))
    .flatMap(({ checks }) => checks.filter((check) => check.index === index && check.kind === kind))
  return checkSum(counted, item)
}

/** What became of an expectation of a mapping that was asked only in the run. */
export function checkedRow(
  source: string,
  table: StandardTableName,
  mapping: number,
  item: KindedExpectation,
  counted: { readonly n: number; readonly failed: number },
): QualityRow {
  return qualityRow(source, table, mapping, item, checkSum([counted], item))
}

function checkSum(
  counted: readonly { readonly n: number; readonly failed: number }[],
  { expectation }: KindedExpectation,
): TableCheck {
  const n = counted.reduce((sum, check) => sum + check.n, 0)
  const failed = counted.reduce((sum, check) => sum + check.failed, 0)
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
  table: StandardTableName | '',
  mapping: number,
  item: KindedExpectation,
  check: TableCheck,
): QualityRow {
  const { expectation, kind, index } = item
  const column = expectation.column ?? ''
  return {
    key: [source, table, mapping < 0 ? '' : String(mapping), column, kind, String(index)]
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

function labelOf(
  table: StandardTableName | '',
  column: string,
): { readonly en: string; readonly zh: string } {
  const standard = standardTables.find(({ name }) => name === table)?.columns
  const label = (
    standard as readonly { name: string; label: { en: string; zh: string } }[] | undefined
  )?.find(({ name }) => name === column)?.label
  return {
    en: column === '' ? table : column,
    zh: label === undefined ? column || table : `${label.zh}（${column}）`,
  }
}
