import { type StandardTableName, standardTableNames } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { followedInRun } from '../cluster/references.ts'
import { type RowSources, sourceColumn, tableColumns, tableRows } from '../mapping/table-rows.ts'

/** A column whose rows are set aside where the row it refers to does not exist. */
interface Reference {
  readonly source: string
  readonly index: number
  readonly column: string
  readonly table: StandardTableName
  readonly target: string
}

/**
 * Adds to the dropped rows of a table those that refer to nothing, where an expectation of the source sets them
 * aside. Gives the table of dropped rows, or null where none was added.
 */
export async function dropOrphans(
  warehouse: Warehouse,
  sources: RowSources,
  name: StandardTableName,
  dropped: string | null,
  numbers: Sql,
): Promise<string | null> {
  const references = referencesOf(sources, name)
  if (references.length === 0) return null
  const target = dropped ?? `intake_dropped_${name}`
  if (dropped === null) await warehouse.run(createDropped(target))
  for (const reference of references) {
    const { source, index, column } = reference
    const missing = missingValues(sources, reference, numbers, name)
    await warehouse.run(sql`create or replace temp table intake_missing as ${missing}`)
    const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from intake_missing`)
    if (n > 0)
      await warehouse.run(sql`insert into ${ident(target)}
        select t._file, t._index, t._line, t._part, 'orphan', false, ${column}, cast(t.${ident(column)} as varchar), '', 0
        from ${tableRows(sources, name, null)} t
        where t.${ident(sourceColumn(name))} = ${source} and t._index = ${index}
          and t.${ident(column)} in (select value from intake_missing)
          and not exists (select 1 from ${ident(target)} d where d._file = t._file and d._index = t._index and d._line = t._line and d._part = t._part)
        order by all`)
    await warehouse.run(sql`drop table intake_missing`)
  }
  const { n } = await warehouse.row<{ n: number }>(
    sql`select count(*) as n from ${ident(target)} where verdict = 'orphan'`,
  )
  if (n > 0 || dropped !== null) return target
  await warehouse.run(sql`drop table ${ident(target)}`)
  return null
}

/** Foreign keys declared for a table, checked against the standard model. */
export function referencesOf(
  { catalogue }: Pick<RowSources, 'catalogue'>,
  name: StandardTableName,
): readonly Reference[] {
  return catalogue.sources.flatMap((source) =>
    source.value.tables.flatMap((mapping, index) =>
      mapping.table !== name || followedInRun(catalogue, source, index).length > 0
        ? []
        : mapping.expectations.flatMap((expectation, at) => {
            const { column, foreign_key, quarantine } = expectation
            if (foreign_key === undefined || !quarantine) return []
            const place = source.placeOf(['tables', index, 'expectations', at])
            const table = standardTableNames.find((candidate) => candidate === foreign_key.table)
            const known =
              table !== undefined &&
              column !== undefined &&
              tableColumns(catalogue, name).some((candidate) => candidate.name === column) &&
              tableColumns(catalogue, table).some((candidate) => candidate.name === foreign_key.column)
            if (!known)
              throw new TrancheError(
                'invalid_definition',
                {
                  en: `foreign_key: there is no ${name}.${column ?? ''}, or no ${foreign_key.table}.${foreign_key.column}.`,
                  zh: `foreign_key：没有列 ${name}.${column ?? ''}，或没有 ${foreign_key.table}.${foreign_key.column}。`,
                },
                { place },
              )
            return [{ source: source.key, index, column, table, target: foreign_key.column }]
          }),
    ),
  )
}

/** Distinct values that refer to nothing. Customers were collected before, which saves a scan of the largest tables. */
function missingValues(
  sources: RowSources,
  { column, table, target }: Reference,
  numbers: Sql,
  name: StandardTableName,
) {
  const there = sql`(select distinct ${ident(target)} as value from ${tableRows(sources, table, null)})`
  if (column !== 'customer_id')
    return sql`select distinct ${ident(column)} as value from ${tableRows(sources, name, null)} t where ${ident(column)} is not null and not exists (select 1 from ${there} k where k.value = t.${ident(column)})`
  const spelled =
    sources.names.aliases === null
      ? sql`select customer_id from ${numbers} where table_name = ${name as string}`
      : sql`select coalesce(a.customer_id, n.customer_id) as customer_id from ${numbers} n left join ${sources.names.aliases} a on a.spelling = n.customer_id where n.table_name = ${name as string}`
  return sql`select distinct n.customer_id as value from (${spelled}) n where not exists (select 1 from ${there} k where k.value = n.customer_id)`
}

/** The shape of a table of dropped rows. */
function createDropped(table: string) {
  return sql`create or replace temp table ${ident(table)} (_file varchar, _index integer, _line bigint, _part integer, verdict varchar, disagrees boolean, differing varchar, shown varchar, kept_file varchar, kept_line bigint)`
}
