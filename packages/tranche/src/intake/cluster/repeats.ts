import { type StandardTable, type StandardTableName, standardTables } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { CompiledTable } from '../mapping/compile-table.ts'
import { judgedRows } from '../mapping/judge.ts'
import type { RowCheck } from '../quality/row-expectations.ts'

/** Rows of a table of the cluster that repeat the key of another, and are not kept. */
export interface Repeats {
  /** They say the same. */
  readonly duplicates: number
  /** They say something else, and the other was known later. */
  readonly contradictions: number
}

/**
 * Tells rows of which a key repeats apart: those that are equal but for when they were known, of which the first known is kept,
 * and those that contradict each other, of which the last known is kept. `undecided` is the keys of rows that contradict each
 * other and were known at the same time: a table has no lines by which one would be later.
 */
export async function countRepeats(
  warehouse: TrinoWarehouse,
  compiled: CompiledTable,
  refusing: readonly RowCheck[],
): Promise<Repeats & { readonly undecided: number }> {
  const key = compiled.table.key.filter((name) => compiled.columns.some((column) => column.name === name))
  const content = compiled.columns.map(({ name }) => name).filter((name) => name !== 'known_at')
  const rows = sql`select * from ${judgedRows({ compiled, refusing })} where not _rejected and not _filtered`
  const contents = sql`select ${names(content, 'r')}, count(*) as n, max(r.known_at) as latest
    from ${repeatedRows(compiled.table, key, rows)} group by ${names(content, 'r')}`
  const keys = sql`select sum(n) as n, count(*) as contents, array_agg(latest order by latest desc nulls last) as latest
    from (${contents}) group by ${names(key)}`
  return await warehouse.row<{ duplicates: number; contradictions: number; undecided: number }>(sql`
    select coalesce(sum(n - contents), 0) as duplicates, coalesce(sum(contents - 1), 0) as contradictions,
      count_if(contents > 1 and element_at(latest, 1) is not distinct from element_at(latest, 2)) as undecided
    from (${keys})`)
}

/** Of rows whose key repeats, the one of each that is kept: few rows, whatever the size of the table. */
export function keptOfRepeated(name: StandardTableName, columns: readonly string[], rows: Sql): Sql {
  const table: StandardTable = standardTables.find((candidate) => candidate.name === name)!
  const { key } = table
  const content = columns.filter((column) => column !== 'known_at')
  return sql`select ${names(columns)}, _file, _line from (
    select *, row_number() over (partition by ${names(key)} order by latest desc nulls last, known_at nulls last) as place
    from (
      select r.*, max(r.known_at) over (partition by ${names(content, 'r')}) as latest from ${repeatedRows(table, key, rows)}
    )
  ) where place = 1`
}

/** Rows of a table without those that repeat a key, and with the ones that were kept of these. */
export function rowsOnce(name: StandardTableName, columns: readonly string[], rows: Sql, kept: Sql): Sql {
  const table: StandardTable = standardTables.find((candidate) => candidate.name === name)!
  const all = [...columns, '_file', '_line']
  return sql`select ${names(all, 'r')} from (${rows}) r left join ${kept} k on ${sameKey(table, table.key)} where k._file is null
    union all select ${names(all)} from ${kept}`
}

/**
 * Of rows that repeat a key and say something else than the one that was kept, each content once: its key, the columns in which it
 * differs, and what stands in them.
 * @param hidden columns whose values must not be shown
 */
export function contradictingRows(
  name: StandardTableName,
  columns: readonly string[],
  { rows, kept, hidden }: { readonly rows: Sql; readonly kept: Sql; readonly hidden: ReadonlySet<string> },
): Sql {
  const table: StandardTable = standardTables.find((candidate) => candidate.name === name)!
  const content = columns.filter((column) => column !== 'known_at')
  const compared = content.filter((column) => !table.key.includes(column))
  const differs = (column: string) => sql`r.${ident(column)} is distinct from k.${ident(column)}`
  const { differing, shown } = differencesOf(compared, differs, hidden)
  return sql`select distinct ${names(content, 'r')}, ${differing} as _differing, ${shown} as _shown
    from (${rows}) r join ${kept} k on ${sameKey(table, table.key)} where ${join(compared.map(differs), ' or ')}`
}

/** Of a row `r`: names of the columns in which it differs, and what stands in them. */
export function differencesOf(
  columns: readonly string[],
  differs: (column: string) => Sql,
  hidden: ReadonlySet<string> = new Set(),
): { readonly differing: Sql; readonly shown: Sql } {
  const found = (of: (column: string) => Sql) =>
    columns.length === 0
      ? sql`''`
      : sql`array_join(filter(array[${join(
          columns.map((column) => sql`case when ${differs(column)} then ${of(column)} end`),
        )}], x -> x is not null), ', ')`
  const shown = (column: string) =>
    hidden.has(column)
      ? sql`${`${column}=***`}`
      : sql`${`${column}=`} || coalesce(cast(r.${ident(column)} as varchar), '')`
  return { differing: found((column) => sql`${column}`), shown: found(shown) }
}

/** Rows, as `r`, of which a key repeats. */
function repeatedRows(table: StandardTable, key: readonly string[], rows: Sql): Sql {
  return sql`(${rows}) r join (select ${names(key)} from (${rows}) group by ${names(key)} having count(*) > 1) k on ${sameKey(table, key)}`
}

/** Columns that a key may lack are compared as texts, which are never empty. */
function sameKey({ columns }: StandardTable, key: readonly string[]): Sql {
  const required = new Set(columns.flatMap(({ name, required: must }) => (must ? [name] : [])))
  const conditions = key.map((name) => {
    const side = (alias: string) =>
      required.has(name) ? ident(alias, name) : sql`coalesce(cast(${ident(alias, name)} as varchar), '')`
    return sql`${side('r')} = ${side('k')}`
  })
  return join(conditions, ' and ')
}

const names = (columns: readonly string[], alias?: string): Sql =>
  join(columns.map((name) => (alias === undefined ? ident(name) : ident(alias, name))))
