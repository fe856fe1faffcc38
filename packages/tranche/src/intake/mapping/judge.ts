import { byDialect, ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { RowCheck } from '../quality/row-expectations.ts'
import { type RowReason, reasonText, rowReasons } from '../quarantine/reasons.ts'
import type { CompiledColumn } from './compile-column.ts'
import type { CompiledTable } from './compile-table.ts'
import { selectList } from './raw-columns.ts'
import { innerName } from './typed-value.ts'

export interface JudgeOptions {
  readonly compiled: CompiledTable
  /** Expectations whose failing rows are set aside. */
  readonly refusing: readonly RowCheck[]
  /** Further columns of the raw row to carry along, by the names given. */
  readonly carry?: readonly { readonly name: string; readonly value: Sql }[]
  /** Which of the mapping's rows to look at; all by default. */
  readonly only?: Sql
}

/** Which columns and expectations are at fault, a bit each: columns in their order, then expectations. */
export type Faults = bigint

/** Beyond so many no bits tell them apart. */
const mostFaults = 62

/**
 * Every row of the file as the standard table's columns with `known_at`, `_line`, `_part`, and whether it is
 * rejected (a value is missing or unreadable, an expectation broken) or filtered (not asked for). Both may be
 * false, never both true: a row that is wrong in a value the filter needs is rejected, not lost.
 * `withFaults` adds `_faults` of rejected rows.
 */
export function judgedRows(options: JudgeOptions & { readonly withFaults?: boolean }): Sql {
  const { compiled, carry = [], withFaults = false } = options
  const { columns } = compiled
  const names = columns.map(({ name }) => sql`${ident(name)}`)
  const knownAt = columns.some(({ name }) => name === 'known_at')
    ? []
    : [sql`${compiled.defaultKnownAt} as known_at`]
  const carried = carry.map(({ name }) => ident(name))
  return sql`(select _line, _part, ${join([...names, ...knownAt, ...carried])}, _rejected, (not _rejected and _unwanted) as _filtered${withFaults ? sql`, ${faultBits(options)} as _faults` : sql``} from (select *, ${rejected(options)} as _rejected, ${unwanted(options)} as _unwanted from ${valuesOfRows(options)}))`
}

/** Every row with its verdict, and under inner names what stood in its columns: for counting, in any engine. */
export function judgedInside(options: JudgeOptions): Sql {
  return sql`(select *, (not _rejected and _unwanted) as _filtered from (select *, ${rejected(options)} as _rejected, ${unwanted(options)} as _unwanted from ${valuesOfRows(options)}))`
}

/** How a column can be at fault, over `judgedInside`. */
export interface ColumnFault {
  readonly column: CompiledColumn
  /** Nothing stands where something must; null where it need not. */
  readonly missing: Sql | null
  /** Something stands there that is no value; null where that can't be. */
  readonly unreadable: Sql | null
  /** What stands there. */
  readonly text: Sql
}

export function columnFaults({ columns }: Pick<CompiledTable, 'columns'>): readonly ColumnFault[] {
  return columns.flatMap((column, index) => {
    const unreadable = columnUnreadable(column, index)
    const text = column.mayFail && column.text !== null ? innerName('t', index) : nullText
    const missing = column.required
      ? sql`(${ident(column.name)} is null and ${unreadable === null ? sql`true` : sql`${text} is null`})`
      : null
    return missing === null && unreadable === null ? [] : [{ column, missing, unreadable, text }]
  })
}

/**
 * One row per rejected row: line, part, first column at fault, its reason, what is said, what stood there.
 * @param among faults to look for, where it is known that there are no others: a statement about every column is long
 */
export function rejectedRows(all: JudgeOptions, among: Faults | null): Sql {
  const options = among === null ? all : onlyFaults(all, among)
  const { compiled, refusing } = options
  const faults = [
    ...compiled.columns.flatMap((column, index) => {
      const bad = columnFails(column, index)
      if (bad === null) return []
      const reason = sql`case when ${bad} then ${innerName('r', index)} end`
      const original = column.text === null ? nullText : innerName('t', index)
      return [fault(sql`${column.name}`, reason, column.masked ? masked(original) : original)]
    }),
    ...refusing.map((check) =>
      fault(
        sql`${check.column}`,
        sql`case when ${check.fails} then ${'expectation' satisfies RowReason} end`,
        compiled.columns.some(({ name, masked: hidden }) => name === check.column && hidden)
          ? masked(check.shown)
          : check.shown,
      ),
    ),
  ]
  const first = (field: string) => sql`faults[1].${ident(field)}`
  const others = (separator: string) =>
    sql`array_to_string(list_transform(faults[2:], lambda f: f.c || ' (' || f.r || ')'), ${separator})`
  const detail = (language: 'en' | 'zh', more: string, separator: string) => {
    const cases = rowReasons.map(
      (reason) => sql`when ${reason as string} then ${reasonText(reason)[language]}`,
    )
    return sql`case ${first('r')} ${join(cases, ' ')} end || case when len(faults) > 1 then ${more} || ${others(separator)} else '' end`
  }
  return sql`(select _line as line, _part as part, ${first('c')} as "column", ${first('r')} as reason, ${detail('en', ' Also: ', ', ')} as detail_en, ${detail('zh', '另有：', '、')} as detail_zh, ${first('o')} as original from (select _line, _part, list_filter([${join(faults)}], lambda f: f.r is not null) as faults from (select * from ${valuesOfRows({ ...options, withReasons: true })}) where ${rejected(options)}))`
}

const nullText = sql`cast(null as varchar)`

/** The bits of a rejected row's faults; 0 of any other, and where there are too many to tell apart. */
function faultBits({ compiled, refusing }: JudgeOptions): Sql {
  const count = compiled.columns.length + refusing.length
  const conditions = [...compiled.columns.map(columnFails), ...refusing.map(({ fails }) => fails)]
  const bits = conditions.flatMap((fails, index) =>
    fails === null ? [] : [sql`case when ${fails} then ${1n << BigInt(index)} else 0 end`],
  )
  if (count > mostFaults || bits.length === 0) return sql`cast(0 as bigint)`
  return sql`case when _rejected then ${join(bits, ' + ')} else 0 end`
}

/** The columns and expectations that are at fault somewhere; an expectation may ask for any column's value. */
function onlyFaults(options: JudgeOptions, among: Faults): JudgeOptions {
  const { compiled } = options
  const has = (index: number) => (among & (1n << BigInt(index))) !== 0n
  const refusing = options.refusing.filter((_, index) => has(compiled.columns.length + index))
  if (refusing.length > 0) return { ...options, refusing }
  return {
    ...options,
    refusing,
    compiled: { ...compiled, columns: compiled.columns.filter((_, index) => has(index)) },
  }
}

function fault(column: Sql, reason: Sql, original: Sql): Sql {
  return sql`struct_pack(c := ${column}, r := ${reason}, o := ${original})`
}

function masked(original: Sql): Sql {
  return sql`case when ${original} is not null then '***' end`
}

/** Values, and beside them what stood there, each worked out once. */
function valuesOfRows({
  compiled,
  carry = [],
  only,
  withReasons = false,
}: JudgeOptions & { readonly withReasons?: boolean }): Sql {
  const { rows, columns, where, empty } = compiled
  const items = columns.flatMap((column, index) => [
    { name: column.name, value: cast(column) },
    ...(column.mayFail || withReasons
      ? [
          ...(column.text === null ? [] : [{ name: `~t${index}`, value: column.text }]),
          ...(column.known === null ? [] : [{ name: `~k${index}`, value: column.known }]),
        ]
      : []),
    ...(withReasons ? [{ name: `~r${index}`, value: reasonOf(column) }] : []),
  ])
  const asked = [
    ...(where === null ? [] : [{ name: '~where', value: where }]),
    ...(empty === null ? [] : [{ name: '~empty', value: empty }]),
  ]
  const restricted = only === undefined ? sql`` : sql` where ${only}`
  return sql`(select ${rows.line} as _line, ${rows.part} as _part, ${selectList([...items, ...asked, ...carry])} from ${rows.from}${restricted})`
}

/** Nothing stood there, or what stood there is no value; over the raw row. */
export function reasonOf({ text, reason }: CompiledColumn): Sql {
  const missing: RowReason = 'missing'
  return text === null ? reason : sql`case when ${text} is null then ${missing as string} else ${reason} end`
}

function cast({ type, value }: CompiledColumn): Sql {
  return sql`cast(${value} as ${byDialect((dialect) => dialect.columnType(type))})`
}

/** Whether a column makes its row a rejected one; null where it never can. */
function columnFails(column: CompiledColumn, index: number): Sql | null {
  const { name, required, known } = column
  const unreadable = columnUnreadable(column, index)
  if (!required) return unreadable
  const missing = sql`(${ident(name)} is null)`
  return known === null || unreadable === null ? missing : sql`(${missing} or ${unreadable})`
}

/** Whether something stands in a column and is no value of it; null where that can't be. */
function columnUnreadable({ name, mayFail, known, text }: CompiledColumn, index: number): Sql | null {
  if (!mayFail || text === null) return null
  return known === null
    ? sql`(${innerName('t', index)} is not null and ${ident(name)} is null)`
    : sql`(${innerName('t', index)} is not null and not ${innerName('k', index)})`
}

function rejected({ compiled, refusing }: JudgeOptions): Sql {
  const faults = [
    ...compiled.columns.flatMap((column, index) => columnFails(column, index) ?? []),
    ...refusing.map(({ fails }) => fails),
  ]
  if (faults.length === 0) return sql`false`
  const wanted = [
    ...(compiled.where === null ? [] : [sql`"~where" is distinct from false`]),
    ...(compiled.empty === null ? [] : [sql`not "~empty"`]),
  ]
  return sql`(${join([sql`(${join(faults, ' or ')})`, ...wanted], ' and ')})`
}

function unwanted({ compiled }: JudgeOptions): Sql {
  const reasons = [
    ...(compiled.where === null ? [] : [sql`not coalesce("~where", false)`]),
    ...(compiled.empty === null ? [] : [sql`"~empty"`]),
  ]
  return reasons.length === 0 ? sql`false` : sql`(${join(reasons, ' or ')})`
}
