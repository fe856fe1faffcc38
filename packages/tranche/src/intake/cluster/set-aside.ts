import { ident, join, type Sql, sql, whole } from '../../sql/sql.ts'
import { columnFaults, judgedInside, judgedRows, reasonOf } from '../mapping/judge.ts'
import { sourceColumn, tableColumns } from '../mapping/table-rows.ts'
import type { RowReason } from '../quarantine/reasons.ts'
import { orphanRows } from './references.ts'
import { contradictingRows, rowsOnce } from './repeats.ts'
import { readable } from './scan-mapping.ts'
import { compiledThere, type RowsInPlaceOptions, standardRows, type TakenInPlace } from './standard-rows.ts'

/**
 * Rows of a mapping of a table of the cluster that its standard table has not: source, table_name, file, line (NULL: a table has
 * none), key, column, reason, more (further columns at fault), original. One row each; what names a person is masked.
 * @param kept the rows that were kept of those whose keys repeat; null where none does
 */
export function setAsideThere(options: RowsInPlaceOptions, item: TakenInPlace, kept: Sql | null): Sql {
  const rows = standardRows(options, item)
  const columns = namesOf(options, item)
  const once = kept === null ? rows : rowsOnce(item.taken.table, columns, rows, kept)
  const orphans = orphanRows(options, item, once)
  return join(
    [
      rejected(options, item),
      ...(kept === null ? [] : [contradicting(options, item, rows, kept)]),
      ...(orphans === null ? [] : [referring(options, item, orphans)]),
    ],
    ' union all ',
  )
}

/** The table's own columns of rejected rows, as texts; what names a person is left out. */
export function rejectedThere(options: RowsInPlaceOptions, item: TakenInPlace): Sql {
  const { source, compiled, refusing } = compiledThere(options, item)
  const carry = readable(source, item.file.there!).map(({ name }) => ({
    name: `~s:${name}`,
    value: sql`cast(${ident('s', name)} as varchar)`,
  }))
  return sql`select ${join(
    carry.map(({ name }, index) => sql`${ident(name)} as ${ident(`c${index}`)}`),
  )} from ${judgedRows({ compiled, refusing, carry })} where _rejected`
}

const reasonName = (column: string) => `~r:${column}`

function rejected(options: RowsInPlaceOptions, item: TakenInPlace): Sql {
  const { compiled, refusing } = compiledThere(options, item)
  const hidden = hiddenOf(options, item)
  const ofColumns = columnFaults(compiled)
  const faults = [
    ...ofColumns.map(({ column, missing, unreadable, text }) => ({
      fails: sql`(${join(
        [missing, unreadable].flatMap((fails) => fails ?? []),
        ' or ',
      )})`,
      ...{ column: column.name, reason: ident(reasonName(column.name)), shown: text },
    })),
    ...refusing.map(({ fails, column, shown }) => ({
      ...{ fails, column, shown, reason: sql`${'expectation' satisfies RowReason}` },
    })),
  ]
  const first = (of: (fault: (typeof faults)[number]) => Sql) =>
    sql`case ${join(
      faults.map((fault) => sql`when ${fault.fails} then ${of(fault)}`),
      ' ',
    )} end`
  const failing = join(faults.map(({ fails, column }) => sql`case when ${fails} then ${column} end`))
  const carry = ofColumns.map(({ column }) => ({ name: reasonName(column.name), value: reasonOf(column) }))
  return asListed(options, item, {
    rows: sql`${judgedInside({ compiled, refusing, carry })} where _rejected`,
    column: first(({ column }) => sql`${column}`),
    reason: first(({ reason }) => reason),
    more: sql`array_join(slice(filter(array[${failing}], x -> x is not null), 2, ${faults.length}), ', ')`,
    original: first(({ column, shown }) => (hidden.has(column) ? masked(shown) : shown)),
  })
}

function contradicting(options: RowsInPlaceOptions, item: TakenInPlace, rows: Sql, kept: Sql): Sql {
  const { table } = compiledThere(options, item).compiled
  const hidden = hiddenOf(options, item)
  const found = contradictingRows(item.taken.table, namesOf(options, item), { rows, kept, hidden })
  return asListed(options, item, {
    rows: sql`(${found})`,
    column: sql`${table.key.join(', ')}`,
    reason: sql`${'contradiction' satisfies RowReason}`,
    more: sql`_differing`,
    original: sql`_shown`,
  })
}

function referring(options: RowsInPlaceOptions, item: TakenInPlace, rows: Sql): Sql {
  return asListed(options, item, {
    rows: sql`(${rows})`,
    column: sql`_column`,
    reason: sql`${'foreign_key' satisfies RowReason}`,
    more: sql`''`,
    original: sql`_named`,
  })
}

interface Listed {
  readonly rows: Sql
  readonly column: Sql
  readonly reason: Sql
  readonly more: Sql
  readonly original: Sql
}

const mostShown = 1000

function asListed(options: RowsInPlaceOptions, item: TakenInPlace, listed: Listed): Sql {
  const { compiled } = compiledThere(options, item)
  const hidden = hiddenOf(options, item)
  const { source, there } = item.file
  const key = compiled.table.key
    .filter((name) => compiled.columns.some((column) => column.name === name))
    .map((name) => {
      const value = sql`cast(${ident(name)} as varchar)`
      return hidden.has(name) ? masked(value) : value
    })
  const text = (value: Sql) => sql`cast(${value} as varchar)`
  return sql`select ${join([
    sql`${text(sql`${source}`)} as source`,
    sql`${text(sql`${item.taken.table as string}`)} as table_name`,
    sql`${text(sql`${`cluster:${there!.name}`}`)} as file`,
    sql`cast(null as bigint) as line`,
    sql`${key.length === 0 ? text(sql`null`) : sql`concat_ws(', ', ${join(key)})`} as "key"`,
    sql`${text(listed.column)} as "column"`,
    sql`${text(listed.reason)} as reason`,
    sql`${text(listed.more)} as more`,
    sql`substr(${text(listed.original)}, 1, ${whole(mostShown)}) as original`,
  ])} from ${listed.rows}`
}

/** Columns of the standard table as `standardRows` gives them, but for where rows came from. */
function namesOf({ catalogue }: RowsInPlaceOptions, { taken }: TakenInPlace): readonly string[] {
  return [...tableColumns(catalogue, taken.table).map(({ name }) => name), sourceColumn(taken.table)]
}

function hiddenOf(options: RowsInPlaceOptions, item: TakenInPlace): ReadonlySet<string> {
  const { columns } = compiledThere(options, item).compiled
  return new Set(columns.flatMap(({ name, masked: isMasked }) => (isMasked ? [name] : [])))
}

const masked = (value: Sql): Sql => sql`case when ${value} is not null then '***' end`
