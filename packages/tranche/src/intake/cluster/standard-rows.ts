import type { Source, StandardTableName } from '@tranche/contract'
import { byDialect, ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import type { TakenFile, TakenTable } from '../intake-state.ts'
import type { CompiledTable, CompileOptions } from '../mapping/compile-table.ts'
import { judgedRows } from '../mapping/judge.ts'
import { customerColumns } from '../mapping/order-of-columns.ts'
import { institution, sourceColumn, tableColumns } from '../mapping/table-rows.ts'
import type { RowCheck } from '../quality/row-expectations.ts'
import { checksInPlace, compileInPlace } from './compile.ts'

export interface RowsInPlaceOptions {
  readonly catalogue: Catalogue
  readonly clocks: CompileOptions['clocks']
  /** The system whose numbers customers keep. */
  readonly home: string
  /** In a run: rows of a standard table that lie on this machine, as they were handed over; null where there are none. */
  readonly handed?: (table: StandardTableName) => Sql | null
}

/** A mapping of a table of the cluster, as far as its rows are told by it. */
export interface TakenInPlace {
  readonly file: Pick<TakenFile, 'source' | 'id' | 'there' | 'others'>
  readonly taken: Pick<TakenTable, 'table' | 'index' | 'columns'>
}

/** Mappings of tables of the cluster to a standard table. */
export function takenInPlace(
  files: readonly TakenFile[],
  table: StandardTableName,
): readonly { readonly file: TakenFile; readonly taken: TakenTable }[] {
  return files.flatMap((file) =>
    file.tables.flatMap((taken) =>
      taken.table === table && taken.place === 'cluster' ? [{ file, taken }] : [],
    ),
  )
}

/** Whether any row of the standard table lies in a table of the cluster. */
export function isTableInPlace(files: readonly TakenFile[], table: StandardTableName): boolean {
  return takenInPlace(files, table).length > 0
}

/** What a mapping of a table of the cluster makes of each row, and which expectations set rows aside. */
export function compiledThere(
  { catalogue, clocks }: Pick<RowsInPlaceOptions, 'catalogue' | 'clocks'>,
  { file, taken }: TakenInPlace,
): {
  readonly source: Definition<Source>
  readonly compiled: CompiledTable
  readonly refusing: readonly RowCheck[]
} {
  const sourceOf = (wanted: string) => catalogue.sources.find(({ key }) => key === wanted)!
  const source = sourceOf(file.source)
  const others = Object.entries(file.others ?? {}).map(([key, there]) => ({ source: sourceOf(key), there }))
  const compiled = compileInPlace(
    { source, there: file.there!, others, fileId: file.id, clocks },
    taken.index,
  )
  const { refusing } = checksInPlace(source, taken.index, compiled, clocks(undefined).zone)
  return { source, compiled, refusing }
}

/** Rows kept of one mapping, as the standard table's columns with where they came from; for the cluster to read. */
export function standardRows(options: RowsInPlaceOptions, item: TakenInPlace): Sql {
  const { catalogue, home } = options
  const { file, taken } = item
  const { source, compiled, refusing } = compiledThere(options, item)
  const given = new Set([...taken.columns, 'known_at'])
  const system = source.value.system ?? institution
  const value = (name: string) =>
    system !== home && taken.table !== 'customer_keys' && customerColumns.includes(name)
      ? sql`(${`${system}:`} || ${ident(name)})`
      : ident(name)
  const columns = tableColumns(catalogue, taken.table).map(({ name, type }) => {
    const own = given.has(name) ? value(name) : sql`null`
    return sql`cast(${own} as ${byDialect((dialect) => dialect.columnType(type))}) as ${ident(name)}`
  })
  return sql`select ${join(columns)}, ${file.source} as ${ident(sourceColumn(taken.table))}, ${file.id} as _file, cast(0 as bigint) as _line
    from ${judgedRows({ compiled, refusing })} where not _rejected and not _filtered`
}
