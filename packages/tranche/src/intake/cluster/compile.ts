import type { Source } from '@tranche/contract'
import { ident, sql } from '../../sql/sql.ts'
import type { Zone } from '../../sql/time-zone.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { type CompiledTable, type CompileOptions, compileTable } from '../mapping/compile-table.ts'
import type { RawRows } from '../mapping/raw-columns.ts'
import { kindsOf, type RowCheck, rowCheck, rowKinds } from '../quality/row-expectations.ts'
import { columnsInPlace } from './columns.ts'
import { type ClusterTable, rowsOf } from './place.ts'

export interface CompileInPlace {
  readonly source: Definition<Source>
  readonly there: ClusterTable
  /** Short name of the table and its content: `_file` of its rows. */
  readonly fileId: string
  readonly clocks: CompileOptions['clocks']
}

/** The raw rows of a table of the cluster. */
export function rawRowsInPlace({ source, there }: Pick<CompileInPlace, 'source' | 'there'>): RawRows {
  return {
    from: sql`${rowsOf(there)} s`,
    line: sql`cast(0 as bigint)`,
    part: sql`cast(0 as integer)`,
    columns: columnsInPlace(there.columns, source.value.identifiers),
  }
}

/** A mapping of a source over its table on the cluster. @throws TrancheError invalid_source for a column that isn't there */
export function compileInPlace(options: CompileInPlace, index: number): CompiledTable {
  const { source, there, fileId, clocks } = options
  return compileTable({
    ...{ source, index, fileId, clocks },
    rows: rawRowsInPlace(options),
    file: there.name,
    lookedUp: () => {
      throw new TypeError('A table in place looks nothing up.')
    },
  })
}

/** Expectations of single rows: those whose failing rows are stepped over, and those that only count them. */
export function checksInPlace(
  source: Definition<Source>,
  index: number,
  { mapping, columns }: CompiledTable,
  zone: Zone,
): { readonly refusing: readonly RowCheck[]; readonly counting: readonly RowCheck[] } {
  const typed = columns.map(({ name, type }) => ({ name, type }))
  const checks = kindsOf(mapping.expectations, (at) => source.placeOf(['tables', index, 'expectations', at]))
    .filter(({ kind }) => (rowKinds as readonly string[]).includes(kind))
    .map((item) => rowCheck(item, typed, (name) => ident(name), zone))
  return {
    refusing: checks.filter(({ expectation }) => expectation.quarantine),
    counting: checks.filter(({ expectation }) => !expectation.quarantine),
  }
}
