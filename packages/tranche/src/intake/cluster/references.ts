import { type Source, type StandardTableName, standardTableNames } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue, Definition } from '../../workspace/catalogue.ts'
import type { FaultCount } from '../intake-state.ts'
import type { CheckCount } from '../mapping/map-table.ts'
import { customerColumns } from '../mapping/order-of-columns.ts'
import { lookedUpSources } from '../mapping/stagings.ts'
import { tableColumns } from '../mapping/table-rows.ts'
import { type KindedExpectation, kindsOf } from '../quality/row-expectations.ts'
import { type ClusterTable, isInPlace } from './place.ts'
import { type RowsInPlaceOptions, standardRows, type TakenInPlace } from './standard-rows.ts'

/** An expectation that a column names a row of a table whose rows all lie on the cluster. */
interface ReferenceThere extends KindedExpectation {
  readonly column: string
  /** True of standard rows that name none; never NULL. */
  readonly fails: Sql
}

/** Sources whose tables the rows of a source are held against: looked up in or referred to, and what these look up in. */
export function othersOf({ sources }: Catalogue, source: Definition<Source>): readonly Definition<Source>[] {
  const tables = new Set<string>(foreignKeys(source).map(({ expectation }) => expectation.foreign_key!.table))
  const referred = sources.filter(
    ({ value }) => isInPlace(value) && value.tables.some(({ table }) => tables.has(table)),
  )
  const keys = new Set([source, ...referred].flatMap(({ value }) => lookedUpSources(value)))
  for (const { key } of referred) keys.add(key)
  return sources.filter(({ key }) => key !== source.key && keys.has(key))
}

/** What a source says of keys of other tables. */
export function foreignKeys(source: Definition<Source>): readonly KindedExpectation[] {
  return source.value.tables.flatMap((_, index) => foreignKeysOf(source, index))
}

/** Whether rows that a reference names lie where those that name them don't, on this machine or on the cluster: in a run they meet. */
function meetsElsewhere(
  { sources }: Pick<Catalogue, 'sources'>,
  source: Definition<Source>,
  { foreign_key }: KindedExpectation['expectation'],
): boolean {
  const isThere = isInPlace(source.value)
  return sources.some(
    ({ value }) =>
      isInPlace(value) !== isThere && value.tables.some(({ table }) => table === foreign_key?.table),
  )
}

/** References of a mapping that are followed in the run: all of them, as soon as one can be followed nowhere else. */
export function followedInRun(
  catalogue: Pick<Catalogue, 'sources'>,
  source: Definition<Source>,
  index: number,
): readonly KindedExpectation[] {
  const all = foreignKeysOf(source, index)
  return all.some(({ expectation }) => meetsElsewhere(catalogue, source, expectation)) ? all : []
}

function foreignKeysOf(source: Definition<Source>, index: number): readonly KindedExpectation[] {
  const { expectations } = source.value.tables[index]!
  return kindsOf(expectations, (at) => source.placeOf(['tables', index, 'expectations', at])).filter(
    ({ kind }) => kind === 'foreign_key',
  )
}

/** Rows of a mapping without those that name a row which is not there, where an expectation sets them aside. */
export function withoutOrphans(options: RowsInPlaceOptions, item: TakenInPlace, rows: Sql): Sql {
  const orphan = orphans(referencesOf(options, item))
  return orphan === null ? rows : sql`select * from (${rows}) where not ${orphan}`
}

/**
 * Rows that an expectation sets aside for naming a row which is not there, with the first column at fault and what it names;
 * null where none is set aside so.
 */
export function orphanRows(options: RowsInPlaceOptions, item: TakenInPlace, rows: Sql): Sql | null {
  const aside = referencesOf(options, item).filter(({ expectation }) => expectation.quarantine)
  if (aside.length === 0) return null
  const named = (at: number) => ident(`fails${at}`)
  const first = (of: (column: string) => Sql) =>
    sql`case ${join(
      aside.map(({ column }, at) => sql`when ${named(at)} then ${of(column)}`),
      ' ',
    )} end`
  return sql`select *, ${first((column) => sql`${column}`)} as _column, ${first((column) => sql`cast(${ident(column)} as varchar)`)} as _named
    from (select *, ${join(aside.map(({ fails }, at) => sql`${fails} as ${named(at)}`))} from (${rows}))
    where ${join(
      aside.map((_, at) => named(at)),
      ' or ',
    )}`
}

export interface ReferenceCounts {
  readonly checks: readonly CheckCount[]
  /** Rows that are set aside. */
  readonly orphans: number
  readonly faults: readonly FaultCount[]
}

/** Counts rows of a mapping that name a row of another table, and those that name none. */
export async function countReferences(
  warehouse: Warehouse,
  options: RowsInPlaceOptions,
  item: TakenInPlace,
  rows: Sql,
): Promise<ReferenceCounts> {
  const references = referencesOf(options, item)
  if (references.length === 0) return { checks: [], orphans: 0, faults: [] }
  const named = (at: number) => ident(`fails${at}`)
  const aside = references.flatMap(({ expectation }, at) => (expectation.quarantine ? [named(at)] : []))
  const orphan = aside.length === 0 ? sql`false` : sql`(${join(aside, ' or ')})`
  const found = await warehouse.row<Record<string, number>>(sql`
    select count_if(${orphan}) as orphans, ${join(
      references.flatMap(({ column, expectation }, at) => {
        const looked = expectation.quarantine ? sql`true` : sql`not ${orphan}`
        return [
          sql`count_if(${looked} and ${ident(column)} is not null) as ${ident(`n${at}`)}`,
          sql`count_if(${looked} and ${named(at)}) as ${ident(`failed${at}`)}`,
        ]
      }),
    )}
    from (select *, ${join(references.map(({ fails }, at) => sql`${fails} as ${named(at)}`))} from (${rows}))`)
  const count = (name: string) => Number(found[name] ?? 0)
  return {
    orphans: count('orphans'),
    checks: references.map(({ index, kind }, at) => ({
      ...{ index, kind, n: count(`n${at}`), failed: count(`failed${at}`) },
    })),
    faults: references.flatMap(({ column, expectation }, at) => {
      const failed = count(`failed${at}`)
      if (!expectation.quarantine || failed === 0) return []
      const { table } = expectation.foreign_key!
      return [{ column, missing: 0, unreadable: 0, looks: null, orphans: { rows: failed, table } }]
    }),
  }
}

function orphans(references: readonly ReferenceThere[]): Sql | null {
  const fails = references.flatMap((one) => (one.expectation.quarantine ? [one.fails] : []))
  return fails.length === 0 ? null : sql`(${join(fails, ' or ')})`
}

function referencesOf(options: RowsInPlaceOptions, item: TakenInPlace): readonly ReferenceThere[] {
  const { catalogue } = options
  const { file, taken } = item
  const source = catalogue.sources.find(({ key }) => key === file.source)!
  return foreignKeysOf(source, taken.index).map((reference) => {
    const { column } = reference.expectation
    const { table, column: target } = reference.expectation.foreign_key!
    const referred = standardTableNames.find((name) => name === table)
    if (
      referred === undefined ||
      column === undefined ||
      !hasColumn(catalogue, taken.table, column) ||
      !hasColumn(catalogue, referred, target)
    )
      throw new TrancheError(
        'invalid_definition',
        {
          en: `foreign_key: there is no ${taken.table}.${column ?? ''}, or no ${table}.${target}.`,
          zh: `foreign_key：没有列 ${taken.table}.${column ?? ''}，或没有 ${table}.${target}。`,
        },
        { place: reference.place },
      )
    const tables = { ...file.others, [file.source]: file.there! }
    const keys = keysThere(options, file.id, tables, referred, target)
    return { ...reference, column, fails: namesNothing(column, target, keys) }
  })
}

/** True of rows in which a column names none of the keys; never NULL. */
export function namesNothing(column: string, target: string, keys: Sql): Sql {
  // Numbers that differ in case only are one customer's.
  const alike = (value: Sql) => (customerColumns.includes(column) ? sql`upper(${value})` : value)
  const there = sql`${alike(ident(column))} in (select ${alike(ident(target))} from (${keys}))`
  return sql`(${ident(column)} is not null and not coalesce(${there}, false))`
}

const hasColumn = (catalogue: Catalogue, table: StandardTableName, wanted: string): boolean =>
  tableColumns(catalogue, table).some(({ name }) => name === wanted)

/**
 * Every value of a column of a standard table, from all tables of the cluster that are mapped to it, and in a run from what was
 * handed over.
 */
export function keysThere(
  options: RowsInPlaceOptions,
  id: string,
  tables: Readonly<Record<string, ClusterTable>>,
  table: StandardTableName,
  target: string,
): Sql {
  const parts = Object.entries(tables).flatMap(([key, there]) => {
    const { value } = options.catalogue.sources.find((source) => source.key === key)!
    const of = { source: key, id, there, others: tables }
    return value.tables.flatMap((mapping, index) => {
      if (mapping.table !== table || !gives(mapping, target)) return []
      const rows = standardRows(options, { file: of, taken: { table, index, columns: [target] } })
      return [sql`select ${ident(target)} from (${rows}) where ${ident(target)} is not null`]
    })
  })
  const handed = options.handed?.(table) ?? null
  // Who is only known from other tables is there because a row names them.
  if (handed !== null)
    parts.push(
      sql`select ${ident(target)} from ${handed} where ${ident(target)} is not null${table === 'customer_versions' ? sql` and source <> '_derived'` : sql``}`,
    )
  return parts.length === 0
    ? sql`select cast(null as varchar) as ${ident(target)} where false`
    : join(parts, ' union all ')
}

const gives = ({ columns, extras }: Source['tables'][number], name: string): boolean =>
  columns[name] !== undefined || extras[name] !== undefined
