import type { Source } from '@tranche/contract'
import { ident, sql } from '../../sql/sql.ts'
import type { Zone } from '../../sql/time-zone.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { type CompiledTable, type CompileOptions, compileTable } from '../mapping/compile-table.ts'
import type { RawRows } from '../mapping/raw-columns.ts'
import { kindsOf, type RowCheck, rowCheck, rowKinds } from '../quality/row-expectations.ts'
import { columnsInPlace } from './columns.ts'
import { type ClusterTable, rowsOf } from './place.ts'

/** A source that lies on the cluster too, against which rows of another are held. */
export interface OtherThere {
  readonly source: Definition<Source>
  readonly there: ClusterTable
}

export interface CompileInPlace {
  readonly source: Definition<Source>
  readonly there: ClusterTable
  /** Tables that its columns are looked up in, among others. */
  readonly others: readonly OtherThere[]
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
  const { source, there, others, fileId, clocks } = options
  return compileTable({
    ...{ source, index, fileId, clocks },
    rows: rawRowsInPlace(options),
    file: there.name,
    lookedUp: (key) => {
      const other = others.find((candidate) => candidate.source.key === key)
      if (other === undefined) throw new TypeError(`${key} was not prepared to look anything up in it.`)
      return { rows: rawRowsInPlace(other), file: other.there.name }
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
