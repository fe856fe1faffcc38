import type { TableMapping } from '@tranche/contract'
import type { Place } from '../../errors.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import { type RawColumn, type RawRows, rawText } from './raw-columns.ts'
import { invalid, rawColumn } from './source-column.ts'

type Unpivot = NonNullable<TableMapping['unpivot']>

/**
 * Wide to long: every line gives a row per period, with the period's label as column `period` and its values as
 * columns of the names given. `empty` is true of rows in which no value of the period stands.
 */
export function unfold(
  rows: RawRows,
  unpivot: Unpivot,
  context: { readonly file: string; readonly place: Place },
): { readonly rows: RawRows; readonly empty: Sql } {
  const names = Object.keys(unpivot.periods[0]!.columns)
  for (const { period, columns } of unpivot.periods)
    if (Object.keys(columns).length !== names.length || names.some((name) => columns[name] === undefined))
      throw invalid(
        context.place,
        `unpivot: period ${period} has other columns than ${unpivot.periods[0]!.period}.`,
        `unpivot：期间 ${period} 的列与 ${unpivot.periods[0]!.period} 不一致。`,
      )
  const source = { ...context, columns: rows.columns }
  const columns = new Map(rows.columns)
  for (const name of names) {
    const perPeriod = unpivot.periods.map((period) => rawColumn(period.columns[name]!, source))
    columns.set(name, unfolded(name, perPeriod))
  }
  columns.set('period', {
    name: 'period',
    sql: caseOfPart(unpivot.periods.map(({ period }) => sql`${period}`)),
    kind: 'text',
    engineType: 'VARCHAR',
  })
  const parts = join(unpivot.periods.map((_, index) => sql`(${index})`))
  const values = names.map((name) => rawText(columns.get(name)!))
  return {
    rows: {
      from: sql`${rows.from} cross join (values ${parts}) u(part)`,
      line: rows.line,
      part: ident('u', 'part'),
      columns,
    },
    empty:
      values.length === 0
        ? sql`false`
        : sql`(coalesce(${join(values.map((value) => sql`nullif(trim(${value}), '')`))}) is null)`,
  }
}

/** One type for all periods: theirs where they agree, else text. */
function unfolded(name: string, perPeriod: readonly RawColumn[]): RawColumn {
  const [first] = perPeriod
  const same = perPeriod.every((column) => column.engineType === first!.engineType)
  if (same) return { ...first!, name, sql: caseOfPart(perPeriod.map((column) => column.sql)) }
  const numeric = perPeriod.every((column) => column.kind === 'number' || column.kind === 'decimal')
  if (numeric)
    return {
      name,
      sql: caseOfPart(perPeriod.map((column) => sql`cast(${column.sql} as double)`)),
      kind: 'number',
      engineType: 'DOUBLE',
    }
  return { name, sql: caseOfPart(perPeriod.map(rawText)), kind: 'text', engineType: 'VARCHAR' }
}

function caseOfPart(values: readonly Sql[]): Sql {
  return sql`case u.part ${join(
    values.map((value, index) => sql`when ${index} then ${value}`),
    ' ',
  )} end`
}
